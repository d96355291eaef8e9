"""The column types: what is bound, what is read back, and what is refused."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, select
from sqlalchemy.exc import StatementError

from data.column_types import HostId, Instant, LocalDate, Micro, from_micros, to_micros

table = Table(
    "typed",
    MetaData(),
    Column("id", HostId(), primary_key=True),
    Column("at", Instant),
    Column("day", LocalDate),
    Column("micro", Micro),
)
instants = st.datetimes(
    dt.datetime.fromisoformat("0001-01-03"), dt.datetime.fromisoformat("9998-12-29")
).map(lambda naive: naive.replace(tzinfo=dt.UTC))


@pytest.fixture
def typed(database):
    table.create(database)
    return database


def kept(engine, **values):
    """The row read back after it was written; nothing stays."""
    with engine.connect() as connection:
        connection.execute(table.insert().values(id="x", **values))
        row = connection.execute(select(table)).one()
        connection.rollback()
    return row


@given(at=instants)
def test_an_instant_comes_back_to_the_microsecond_in_utc(typed, at):
    found = kept(typed, at=at).at
    assert at == found
    assert dt.UTC == found.tzinfo


def test_an_instant_of_another_zone_is_the_same_instant(typed):
    at = dt.datetime(2026, 11, 22, 17, 14, tzinfo=ZoneInfo("Asia/Kathmandu"))
    assert dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC) == kept(typed, at=at).at


def test_both_passes_of_a_repeated_hour_stay_apart(typed):
    """Two datetimes of one zone compare by their wall clock; what is stored must not."""
    berlin = ZoneInfo("Europe/Berlin")
    first = dt.datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    second = first.replace(fold=1)
    apart = kept(typed, at=second).at - kept(typed, at=first).at
    assert dt.timedelta(hours=1) == apart


def test_a_stamp_without_a_zone_is_refused_with_its_value(typed):
    naive = dt.datetime.fromisoformat("2026-11-22T11:29")
    with pytest.raises(StatementError, match="an instant needs a zone"):
        kept(typed, at=naive)


@given(day=st.dates())
def test_a_local_day_comes_back_as_it_was(typed, day):
    assert day == kept(typed, day=day).day


@given(micro=st.integers(-(2**63), 2**63 - 1))
def test_an_amount_keeps_all_of_its_64_bits(typed, micro):
    assert micro == kept(typed, micro=micro).micro


def test_nothing_is_nothing_in_every_type(typed):
    assert ("x", None, None, None) == tuple(kept(typed, at=None, day=None, micro=None))


@given(instants)
def test_microseconds_and_instants_are_each_others_inverse(at):
    assert at == from_micros(to_micros(at))


def test_the_epoch_is_microsecond_zero():
    assert 0 == to_micros(dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    assert -1 == to_micros(dt.datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC))


@pytest.mark.parametrize("value", ["it's", "Ωmega 2", "'; DROP TABLE typed; --", " ", "007", "%s"])
def test_an_id_is_bound_as_data_and_comes_back_as_the_same_text(typed, value):
    with typed.begin() as connection:
        connection.execute(table.insert().values(id=value))
        assert value == connection.execute(select(table.c.id).where(table.c.id == value)).scalar()


def test_an_id_is_text_in_python_whatever_was_given(typed):
    with typed.begin() as connection:
        connection.execute(table.insert().values(id=42))
        assert "42" == connection.execute(select(table.c.id)).scalar()
    assert str is HostId().python_type
