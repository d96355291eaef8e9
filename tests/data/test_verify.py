"""Whole accounts against the ledger: differences by account and day, and what still waits."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import delete, insert, update

from data import schema
from data.aggregator import Aggregator, rebuild_account
from data.verify import Difference, Verdict, verify

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2026, 11, 22)


@pytest.fixture
def rolled(fed, builder):
    """Two accounts with entries almost two years apart, rolled up."""
    for name in ("acme", "bolt"):
        builder.account(name)
        builder.use("2025-01-01T00:00Z", 2, workspace="w1")
        builder.use("2026-11-22T00:00Z", 3, workspace="w1")
        builder.refund("2026-11-22T01:00Z", 1, workspace="w2")
    builder.save(fed)
    Aggregator(fed, "test", lambda: NOW).run_once()
    return fed


def run(engine, statement):
    with engine.begin() as connection:
        connection.execute(statement)


def test_a_rollup_that_equals_its_ledger_is_said_so(rolled):
    verdict = verify(rolled)
    assert Verdict(accounts=2) == verdict
    assert 0 == verdict.exit_code


def test_a_lost_and_a_changed_row_are_found_by_account_and_day(rolled):
    table = schema.rollup_by_workspace
    lost = delete(table).where(table.c.account_id == "acme", table.c.day == FIRST)
    run(rolled, lost)
    changed = update(schema.rollup_by_reason).where(schema.rollup_by_reason.c.account_id == "bolt")
    run(rolled, changed.where(schema.rollup_by_reason.c.day == LAST).values(used_micro=7_000_000))
    verdict = verify(rolled)
    assert (
        Difference("acme", FIRST, "workspace", 2_000_000, 0, 1),
        Difference("bolt", LAST, "reason", 2_000_000, 6_000_000, 1),
    ) == verdict.differences
    assert 1 == verdict.exit_code
    assert (
        "bolt 2026-11-22 by reason: ledger 2.000000, rollup 6.000000 credits (1 rows differ)"
        == str(verdict.differences[1])
    )


def test_a_week_that_is_not_the_sum_of_its_days_is_found(rolled):
    monday = dt.date(2026, 11, 16)
    week = schema.rollup_weeks.c.week == monday
    run(rolled, update(schema.rollup_weeks).where(week).values(used_micro=1))
    assert (
        Difference("acme", monday, "week", 2_000_000, 1 - 999_999, 2),
        Difference("bolt", monday, "week", 2_000_000, 1 - 999_999, 2),
    ) == verify(rolled).differences
    rebuild_account(rolled, "acme")
    assert ["bolt"] == [difference.account_id for difference in verify(rolled).differences]


def test_a_row_that_no_entry_stands_behind_is_found_beyond_the_ledgers_days(rolled):
    row = {"account_id": "acme", "workspace_id": "w1", "used_micro": 1, "refunded_micro": 0}
    run(rolled, insert(schema.rollup_by_workspace).values(day=dt.date(2030, 1, 1), **row))
    (found,) = verify(rolled).differences
    assert ("acme", dt.date(2030, 1, 1), 0, 1) == (
        found.account_id, found.day, found.ledger_micro, found.rollup_micro,
    )  # fmt: skip


def test_amounts_that_moved_between_workspaces_of_a_day_are_found(rolled):
    """The day's sum is right, and its rows are not."""
    table = schema.rollup_by_workspace
    run(rolled, update(table).where(table.c.workspace_id == "w2").values(workspace_id="w3"))
    assert {("acme", LAST, 2), ("bolt", LAST, 2)} == {
        (found.account_id, found.day, found.rows) for found in verify(rolled).differences
    }


def test_days_that_wait_for_the_aggregator_are_counted_and_no_difference(rolled):
    run(rolled, update(schema.entries).values(amount_micro=9))
    assert Verdict(accounts=2, waiting=4) == verify(rolled)


def test_an_account_that_is_not_built_or_in_another_zone_is_named(rolled):
    run(rolled, insert(schema.accounts).values(id="new", name="New"))
    acme = update(schema.accounts).where(schema.accounts.c.id == "acme")
    run(rolled, acme.values(timezone="Europe/Berlin"))
    verdict = verify(rolled)
    assert Verdict(accounts=3, not_built=("acme", "new")) == verdict
    assert 1 == verdict.exit_code


def test_progress_reaches_the_end(rolled):
    parts = []
    verify(rolled, parts.append)
    assert [0.5, 1.0] == parts
