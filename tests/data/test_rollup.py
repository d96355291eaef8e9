"""The rollup equals the ledger by day, reason and workspace, whatever was there before."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from data import day_sums, rollup, schema
from data.engine import read_transaction, write_transaction
from data.periods import Period
from tests import oracle, strategies
from tests.examples import examples
from tests.ledger_builder import clear
from tests.rolled import weeks

DAY = dt.timedelta(days=1)
WIDE = (dt.date(1980, 1, 1), dt.date(2040, 1, 1))


def stored(engine, table, account):
    """(day, …labels) -> Amount of the rows that stand in a rollup table."""
    with engine.connect() as connection:
        rows = connection.execute(select(table).where(table.c.account_id == account)).all()
    return {tuple(row[1:-2]): oracle.Amount(row.used_micro, row.refunded_micro) for row in rows}


def expected(made, account):
    """The same mappings from the raw rows, with empty text for none as the tables have it."""
    zone = next(row["timezone"] for row in made.rows.accounts if row["id"] == account)
    found = oracle.consumed(made.rows.entries, account, zone, *WIDE)
    return (
        {(day, reason, kind or ""): amount
         for (day, reason, kind), amount in found.by_day_and_reason.items()},
        {(day, workspace or ""): amount
         for (day, workspace), amount in found.by_day_and_workspace.items()},
        oracle.moved(made.rows.entries, account, zone),
        weeks(found.by_day_and_workspace),
    )  # fmt: skip


def rebuild(engine, account):
    with write_transaction(engine) as connection:
        rolled = rollup.account_to_roll(connection, account)
        rollup.rebuild(connection, rolled)


def all_tables(engine, account):
    table = schema.rollup_movements
    with engine.connect() as connection:
        moved = connection.execute(select(table).where(table.c.account_id == account)).all()
    return (
        stored(engine, schema.rollup_by_reason, account),
        stored(engine, schema.rollup_by_workspace, account),
        {(row.day, row.kind): row.amount_micro for row in moved},
        stored(engine, schema.rollup_weeks, account),
    )


@pytest.mark.parametrize("small", [True, False])
@given(made=strategies.ledgers())
@examples(15)
def test_a_rebuilt_account_equals_the_sum_over_its_raw_rows(ledger, monkeypatch, small, made):
    """A small one in one step, a large one in many."""
    monkeypatch.setattr(rollup, "is_small", lambda *_: small)
    clear(ledger)
    made.rows.save(ledger)
    for account in made.focus:
        rebuild(ledger, account)
    for account in made.focus:
        assert expected(made, account) == all_tables(ledger, account)


@given(strategies.ledgers(), st.data())
@examples(25)
def test_recomputing_some_days_twice_changes_nothing_and_mends_those_days(ledger, made, data):
    clear(ledger)
    made.rows.save(ledger)
    account = "acme"
    rebuild(ledger, account)
    first, last = data.draw(strategies.ranges_near(made.focus[account]))
    wrong = (
        schema.rollup_by_workspace.update().values(used_micro=7),
        schema.rollup_movements.update().values(amount_micro=7),
    )
    with write_transaction(ledger) as connection:
        for spoil in wrong:
            connection.execute(spoil.where(spoil.table.c.day.between(first, last)))
        rolled = rollup.account_to_roll(connection, account)
        for _ in range(2):
            rollup.recompute(connection, rolled, Period(first, last + DAY))
    assert expected(made, account) == all_tables(ledger, account)


def test_the_version_grows_and_the_zone_is_kept(ledger, builder):
    builder.account(timezone="Europe/Berlin")
    builder.use("2026-11-01T23:30Z", 1)
    builder.save(ledger)
    versions = []
    for _ in range(2):
        rebuild(ledger, "acme")
        with ledger.connect() as connection:
            state = connection.execute(select(schema.rollup_state)).one()
            versions.append(state.version)
    assert [1, 2] == versions
    assert "Europe/Berlin" == state.timezone


def test_an_account_without_entries_is_built_and_empty(ledger, builder):
    builder.account()
    builder.save(ledger)
    rebuild(ledger, "acme")
    with ledger.connect() as connection:
        assert "UTC" == rollup.rolled_zone(connection, "acme")
        assert rollup.account_to_roll(connection, "nobody") is None
    assert ({}, {}, {}, {}) == all_tables(ledger, "acme")


def test_progress_reaches_the_end(ledger, builder, monkeypatch):
    monkeypatch.setattr(rollup, "is_small", lambda *_: False)
    monkeypatch.setattr(rollup, "FEW", 0)
    builder.account()
    for month in range(1, 12):
        builder.use(f"2026-{month:02d}-01T00:00Z", 1)
    builder.save(ledger)
    parts = []
    with write_transaction(ledger) as connection:
        rolled = rollup.account_to_roll(connection, "acme")
        rollup.rebuild(connection, rolled, parts.append)
    assert sorted(parts) == parts
    assert 1.0 == parts[-1]
    assert len(parts) > 5


def test_an_account_with_few_entries_is_small(ledger, builder, monkeypatch):
    monkeypatch.setattr(day_sums, "SMALL", 3)
    builder.account()
    found = []
    for hour in range(4):
        builder.use(f"2026-11-01T0{hour}:00Z", 1)
        clear(ledger)
        builder.save(ledger)
        with read_transaction(ledger) as connection:
            found.append(day_sums.is_small(connection, rollup.RolledAccount("acme", "UTC")))
    assert [True, True, False, False] == found


@pytest.mark.parametrize("years", [1, 30])
def test_entries_far_apart_are_all_counted(ledger, builder, years):
    """The days between them are passed over, whatever the zone does at either end."""
    builder.account(timezone="Pacific/Apia")
    last = dt.datetime(2011, 12, 31, 9, 59, 59, tzinfo=dt.UTC)
    for instant in (last.replace(year=last.year - years), last, last + dt.timedelta(seconds=1)):
        builder.use(instant, 1)
    builder.save(ledger)
    rebuild(ledger, "acme")
    assert sum(amount.used for amount in all_tables(ledger, "acme")[0].values()) == 3_000_000


def test_the_sum_of_a_day_that_leaves_64_bits_is_an_error_not_a_wrong_number(ledger, builder):
    """A billion credits ten thousand times is more than the column holds."""
    builder.account()
    for number in range(9_300):
        builder.use("2026-11-01T00:00Z", 10**9, id=f"e{number}")
    builder.save(ledger)
    with pytest.raises(DBAPIError, match=r"integer overflow|out of range"):
        rebuild(ledger, "acme")
