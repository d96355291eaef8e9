"""Connections to ledger and rollup: the one list of what differs between the dialects.

Never a query of the page and never a decision about who may read what.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BindParameter,
    Connection,
    Date,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    cast,
    create_engine,
    event,
    func,
    literal_column,
    make_url,
    type_coerce,
)
from sqlalchemy.dialects import postgresql as postgresql_dialect
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.sql.elements import ColumnElement

from data.column_types import LocalDate
from data.errors import UsageError

__all__ = ["Connection", "Engine", "connect", "create_tables", "day_index", "read_transaction"]

DAY_MICROS = 86_400_000_000
CONTENDED = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
NO_ROOM = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
}
WRITES = "takes_the_write_lock"  # an execution option: wait for other writers at BEGIN, not later


def database_url(text: str) -> str:
    """`text` as a SQLAlchemy URL: a bare path is a SQLite file, postgresql means psycopg 3."""
    if "://" not in text:
        # Escaped, or a name with ? in it would be cut there and another file written.
        return URL.create("sqlite", database=str(Path(text).absolute())).render_as_string()
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise UsageError("db.url", f"{text!r} is not a database URL: {error}") from error
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise UsageError(
            "db.url", f"{url.drivername!r} is not supported: use sqlite:///… or postgresql://…"
        )
    return url.render_as_string(hide_password=False)


def connect(url: str) -> Engine:
    """An engine for a database URL or the path of a SQLite file, read and write.

    A SQLite file that is missing is created on first use; a snapshot is opened by
    data/snapshot.py instead, which never writes.
    """
    resolved = database_url(url)
    if not resolved.startswith("sqlite"):
        # No server-side prepared statements: a pooler in transaction mode has none to offer.
        return create_engine(resolved, pool_pre_ping=True, connect_args={"prepare_threshold": None})
    engine = create_engine(resolved)
    use_explicit_transactions(engine)
    event.listen(engine, "connect", _sync_log_at_checkpoints)
    event.listen(engine, "connect", _keep_pages)
    return engine


def _sync_log_at_checkpoints(dbapi: sqlite3.Connection, _record: object) -> None:
    """In write-ahead mode a commit need not wait for the disk: the file stays whole, and marks

    and the days made of them are in one transaction, which a power cut takes or leaves.
    """
    if dbapi.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        dbapi.execute("PRAGMA synchronous = NORMAL")


def _keep_pages(dbapi: sqlite3.Connection, _record: object) -> None:
    """An account's days are summed by three statements: the second finds what the first one read.

    A rebuild is a fifth faster with 64 MB at most than with the 2 MB that are SQLite's default.
    """
    dbapi.execute("PRAGMA cache_size = -65536")


def use_explicit_transactions(engine: Engine) -> None:
    """Make BEGIN ours on SQLite: the driver would begin only before the first write,

    and the reads of one answer would each see their own moment.
    """

    @event.listens_for(engine, "connect")
    def no_implicit_begin(dbapi: sqlite3.Connection, _record: Any) -> None:
        dbapi.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def create_tables(engine: Engine, tables: MetaData) -> None:
    """Create the tables of `tables` that are missing, with constraints and indexes."""
    tables.create_all(engine)


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """One connection that alone may write from its first statement on; committed at the end."""
    with engine.connect() as connection:
        connection = connection.execution_options(**{WRITES: True})
        with connection.begin():
            yield connection


@contextmanager
def read_transaction(engine: Engine, **options: str) -> Iterator[Connection]:
    """One connection whose reads all see the same moment; nothing is ever written.

    The options are those of the connection, such as the account of data/wall.py.
    """
    with engine.connect() as connection:
        connection = connection.execution_options(**options)
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


def day_index(
    dialect: str, column: Any, midnight: dt.datetime | BindParameter[dt.datetime]
) -> ColumnElement[int]:
    """Whole local days from a segment's first midnight to `column`, for a select list only."""
    if dialect == "sqlite":
        index = type_coerce(column - midnight, Integer) // DAY_MICROS
    else:
        # An interval between two instants holds whole days of 24 hours, exactly.
        index = cast(func.date_part("day", column - midnight), Integer)
    return index.label("day_index")


def day_at(
    dialect: str, first: BindParameter[dt.date], index: ColumnElement[int]
) -> ColumnElement[dt.date]:
    """The local day that is `index` days after `first`, for a select list only."""
    if dialect == "sqlite":
        return func.date(first, cast(index, Text).concat(" days"), type_=LocalDate())
    return first.op("+", return_type=Date())(index)  # a date and whole days are a date


def monday_of(dialect: str, day: ColumnElement[dt.date]) -> ColumnElement[dt.date]:
    """The Monday of a local day's week, for a select list only."""
    if dialect == "sqlite":
        sunday, back = literal_column("'weekday 0'", Text), literal_column("'-6 days'", Text)
        return func.date(day, sunday, back, type_=LocalDate())
    return cast(func.date_trunc(literal_column("'week'"), day), Date)


def insert_found(dialect: str, table: Table, rows: Select[Any], *, adding: bool) -> Any:
    """An INSERT of what a query finds; `adding` to the amounts of a row whose key is there."""
    own = sqlite_dialect if dialect == "sqlite" else postgresql_dialect
    made = own.insert(table).from_select(table.columns.keys(), rows)
    if adding:
        keys = list(table.primary_key.columns)
        amounts = [column for column in table.columns if column not in keys]
        added = {column.name: column + made.excluded[column.name] for column in amounts}
        made = made.on_conflict_do_update(index_elements=keys, set_=added)
    return made.execution_options(preserve_rowcount=True)


def insert_unless_there(connection: Connection, table: Table) -> Any:
    """An INSERT that leaves a row alone whose key is there already."""
    dialect = sqlite_dialect if connection.dialect.name == "sqlite" else postgresql_dialect
    return dialect.insert(table).on_conflict_do_nothing()


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert many rows, each in the order of the table's columns, in one statement.

    Several times faster than one execution a row: on PostgreSQL each column goes as an array.
    """
    statement, binds = _insertion(table, connection.dialect)
    columns = [
        [bind(value) for value in values] if bind else list(values)
        for bind, values in zip(binds, zip(*rows, strict=True), strict=True)
    ]
    by_row = connection.dialect.name == "sqlite"
    connection.exec_driver_sql(
        statement, list(zip(*columns, strict=True)) if by_row else tuple(columns)
    )


@lru_cache(maxsize=64)
def _insertion(table: Table, dialect: Dialect) -> tuple[str, list[Any]]:
    """The statement, and for each column what turns a value into the driver's."""
    names = ", ".join(table.columns.keys())
    binds = [column.type.bind_processor(dialect) for column in table.columns]
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(binds))
        return f"INSERT INTO {table.name} ({names}) VALUES ({marks})", binds  # noqa: S608
    arrays = ", ".join(f"%s::{column.type.compile(dialect)}[]" for column in table.columns)
    return f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})", binds  # noqa: S608


def lost_connection(error: DBAPIError) -> bool:
    """Whether the database could not be reached, or went away: to be tried again in silence."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", "")
    # psycopg names no state where no server answered; 57P0x: it shuts down or starts.
    unanswered = isinstance(error, OperationalError) and state is None
    return unanswered or str(state or "").startswith(("08", "57P", "53300"))


def no_room(error: sqlite3.Error) -> bool:
    """Whether a SQLite file could not grow: its disk is full, or it has reached a limit."""
    return getattr(error, "sqlite_errorcode", 0) in NO_ROOM


def unwritable(error: DBAPIError) -> bool:
    """Whether the database as a whole may not be written, or not by this user: no fault of ours."""
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        read_only = code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
        return read_only or no_room(error.orig)
    # read-only transaction (a standby), insufficient privilege, disk full
    return getattr(error.orig, "sqlstate", None) in {"25006", "42501", "53100"}


def contended(error: DBAPIError) -> bool:
    """Whether another transaction was in the way: a lock, a deadlock, a serialization failure."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # the rest tells kinds of it apart
    state = getattr(error.orig, "sqlstate", None)
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} or state in CONTENDED
