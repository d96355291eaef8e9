"""What an account has left: exact, the host's figure first, unknown rather than wrong."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from sqlalchemy import text, update

from data import rollup, schema
from data.access import snapshot_scope
from data.balance import BY_KIND, balance
from data.engine import read_transaction, write_transaction
from tests import oracle, strategies
from tests.examples import examples
from tests.ledger_builder import clear, micro
from tests.plans import plan_of

SCOPE = snapshot_scope("acme")
TODAY, EVER = dt.date(2026, 11, 22), dt.date(2045, 1, 1)


def build(engine, account="acme"):
    with write_transaction(engine) as connection:
        rolled = rollup.account_to_roll(connection, account)
        rollup.rebuild(connection, rolled)


def left(engine, today=TODAY, scope=SCOPE):
    with read_transaction(engine) as connection:
        return balance(connection, scope, today)


@given(strategies.ledgers())
@examples(25)
def test_the_balance_is_the_sum_over_the_raw_rows(ledger, made):
    clear(ledger)
    made.rows.save(ledger)
    for account in made.focus:
        build(ledger, account)
    for account in made.focus:
        own = [row for row in made.rows.entries if row["account_id"] == account]
        known = any(row["kind"] not in {"usage", "refund"} for row in own)
        right = oracle.balance(own, account) if known else None
        assert right == left(ledger, EVER, snapshot_scope(account))


def test_every_kind_has_its_direction(ledger, builder):
    builder.account()
    for power, kind in enumerate(schema.KINDS):
        reason = "premium_chat" if kind in schema.CONSUMPTION else None
        builder.entry("2026-11-01T00:00Z", 10**power, kind, reason=reason)
    builder.entry("2026-11-01T00:00Z", "-0.5", "adjustment")
    builder.save(ledger)
    build(ledger)
    assert -1 + 10 + 100 + 1_000 - 10_000 + 100_000 - 0.5 == left(ledger) / schema.MICRO


def test_what_is_dated_after_today_is_not_in_the_balance_yet(ledger, builder):
    """A day is the account's own: 23:00 UTC is tomorrow in Berlin."""
    builder.account(timezone="Europe/Berlin")
    builder.entry("2026-11-01T00:00Z", 100, "grant")
    builder.entry("2026-11-22T22:59Z", 10, "expiry")
    builder.entry("2026-11-22T23:00Z", 90, "expiry")
    builder.use("2026-11-23T12:00Z", 5)
    builder.save(ledger)
    build(ledger)
    assert micro(90) == left(ledger)
    assert micro(-5) == left(ledger, TODAY + dt.timedelta(days=1))


def test_consumption_alone_says_nothing_of_the_balance(ledger, builder):
    builder.account()
    builder.use("2026-11-01T00:00Z", 1)
    builder.entry("2026-11-23T00:00Z", 1, "grant")
    builder.save(ledger)
    build(ledger)
    assert left(ledger) is None
    assert 0 == left(ledger, EVER)


def test_the_hosts_own_balance_comes_first_and_zero_is_a_balance(ledger, builder):
    builder.account("acme", balance=0)
    builder.entry("2026-11-01T00:00Z", 100, "grant")
    builder.account("bolt", balance="-12.5")
    builder.save(ledger)
    build(ledger)
    assert 0 == left(ledger)
    assert micro("-12.5") == left(ledger, scope=snapshot_scope("bolt"))


def test_a_host_without_the_column_is_asked_for_nothing(ledger, builder):
    builder.account()
    builder.entry("2026-11-01T00:00Z", 100, "grant")
    builder.save(ledger)
    build(ledger)
    with ledger.begin() as connection:
        connection.execute(text("ALTER TABLE accounts DROP COLUMN balance_micro"))
    assert micro(100) == left(ledger)


@pytest.mark.parametrize("state", [{"timezone": None}, {"made_by": None}, {"made_by": 2}])
def test_an_account_that_is_not_built_or_by_older_tables_has_none(ledger, builder, state):
    """Its movements may be missing while its consumption stands."""
    builder.account()
    builder.entry("2026-11-01T00:00Z", 100, "grant")
    builder.use("2026-11-02T00:00Z", 1)
    builder.save(ledger)
    build(ledger)
    with ledger.begin() as connection:
        connection.execute(update(schema.rollup_state).values(**state))
    assert left(ledger) is None


def test_an_account_that_is_not_there_has_none(ledger):
    assert left(ledger) is None


def test_the_sums_are_read_through_primary_keys(ledger):
    with ledger.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
        plan = plan_of(connection, BY_KIND, {"account_id": SCOPE.account_id, "today": TODAY})
    assert "SCAN rollup" not in plan
    assert "Seq Scan" not in plan
    for table in ("rollup_movements", "rollup_by_reason", "rollup_state"):
        assert table in plan
