"""The column types of ledger and rollup, one for both dialects; never a conversion in SQL.

A type decides how a Python value is bound, so a WHERE clause always compares the bare column
with a bound value and a host's index serves.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)


def to_micros(instant: dt.datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC; ValueError for a stamp without a zone."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone, got {instant!r}")
    return (instant - EPOCH) // MICROSECOND


def from_micros(micros: int) -> dt.datetime:
    """The aware UTC datetime at `micros` microseconds since 1970-01-01 UTC."""
    return EPOCH + dt.timedelta(microseconds=micros)


class Instant(TypeDecorator[dt.datetime]):
    """An aware datetime: `timestamptz` on PostgreSQL, integer microseconds UTC on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        micros = to_micros(value)
        return micros if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return from_micros(value)
        aware: dt.datetime = value
        return aware.astimezone(dt.UTC)


class LocalDate(TypeDecorator[dt.date]):
    """A calendar day of the account: `date` on PostgreSQL, text `2026-11-22` on SQLite."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: dt.date | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return value.isoformat()

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """One call a value, where the base class makes three: an answer reads a thousand days."""
        if dialect.name != "sqlite":
            return None
        parse = dt.date.fromisoformat
        return lambda value: None if value is None else parse(value)


class HostId(UserDefinedType[str]):
    """A host's id, text in Python whatever the column is (text, uuid, bigint).

    Bound without a cast: PostgreSQL infers the parameter's type from the column it is compared
    with, SQLite applies the column's affinity. An ordinary string type would send `::VARCHAR`,
    which no uuid or bigint column accepts.
    """

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Any:
        return lambda value: None if value is None else str(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return lambda value: None if value is None else str(value)

    @property
    def python_type(self) -> type[str]:
        """Always text."""
        return str


# STRICT tables of SQLite know INTEGER (64 bits) but not BIGINT.
Micro = BigInteger().with_variant(Integer(), "sqlite")


class DatabaseClock(FunctionElement[dt.datetime]):
    """The database's own clock at this very row, as the default of an Instant column."""

    inherit_cache = True


@compiles(DatabaseClock, "postgresql")
def _postgresql_clock(_element: DatabaseClock, _compiler: Any, **_kw: Any) -> str:
    return "clock_timestamp()"  # now() is the transaction's start, which may be hours ago


@compiles(DatabaseClock, "sqlite")
def _sqlite_clock(_element: DatabaseClock, _compiler: Any, **_kw: Any) -> str:
    # Whole seconds and the milliseconds of %f apart, since a float of days is not exact.
    return (
        "(CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
        " + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER) * 1000)"
    )
