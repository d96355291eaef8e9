"""`Matches the ledger` is computed: what was compared, what differs, what is newer."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, event, insert, text, update

from data import schema
from data.access import snapshot_scope
from data.aggregator import Aggregator, refresh
from data.engine import read_transaction
from data.periods import Period
from data.reconcile import Rounds
from data.reconciled import MOST_DAYS, Reconciled, both_sides, load
from data.rolled_account import RolledAccount
from tests import storm, strategies
from tests.examples import examples
from tests.ledger_builder import clear, micro
from tests.plans import plan_of

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
SCOPE = snapshot_scope("acme")
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


def found(engine, scope=SCOPE):
    with read_transaction(engine) as connection:
        return load(connection, scope)


def run(engine, *statements):
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def used(at, credits, id):
    return insert(schema.entries).values(
        account_id="acme", id=id, occurred_at=at, kind="usage", reason="premium_chat",
        amount_micro=micro(credits),
    )  # fmt: skip


def test_an_account_matches_in_the_pass_that_built_it(twelve_days):
    assert Reconciled(micro(12), NOW, 0, 0) == found(twelve_days)
    assert found(twelve_days).matches


def test_nothing_is_said_of_an_account_that_was_never_compared(fed, builder):
    builder.account()
    builder.use(NOW, 1)
    builder.save(fed)
    assert found(fed) is None
    storm.aggregator(fed, "test", lambda: NOW).run_once()  # without the second look
    assert found(fed) is None


def test_what_waits_is_newer_than_the_charts(twelve_days):
    run(twelve_days, used(NOW, "12", "a"), used(NOW - 3 * DAY, "0.5", "b"))
    assert Reconciled(micro(12), NOW, 0, micro("12.5")) == found(twelve_days)
    assert not found(twelve_days).matches
    run(twelve_days, delete(schema.entries).where(schema.entries.c.occurred_at < NOW - 5 * DAY))
    assert micro("12.5") - micro(6) == found(twelve_days).newer_micro


def test_what_waits_and_changes_no_consumption_is_not_newer(twelve_days):
    grant = {"account_id": "acme", "id": "g", "occurred_at": NOW, "kind": "grant"}
    run(twelve_days, insert(schema.entries).values(amount_micro=5, **grant))
    assert found(twelve_days).matches


def test_what_was_taken_in_is_compared_minutes_later_and_the_total_with_it(twelve_days):
    rounds = Rounds(twelve_days)
    rounds.step(NOW)
    run(twelve_days, used(NOW, 3, "a"))
    refresh(twelve_days, "acme")
    totals = []
    for minutes in (1, 9, 10):
        rounds.step(NOW + dt.timedelta(minutes=minutes))
        totals.append(found(twelve_days).total_micro)
    assert [micro(12), micro(12), micro(15)] == totals
    assert Reconciled(micro(15), NOW + dt.timedelta(minutes=10), 0, 0) == found(twelve_days)


def lose_a_row(engine, days):
    table = schema.rollup_by_reason
    run(engine, delete(table).where(table.c.day == (NOW - days * DAY).date()))


def test_a_difference_that_mending_cannot_mend_is_said(twelve_days, monkeypatch):
    """Yesterday's row is lost, and another aggregator holds the account whenever it is mended."""
    lose_a_row(twelve_days, 1)
    monkeypatch.setattr("data.reconcile._mend", lambda *_: 0)
    Aggregator(twelve_days, "test", lambda: NOW + HOUR).run_once()
    assert Reconciled(micro(12), NOW + HOUR, micro(1), 0) == found(twelve_days)
    assert not found(twelve_days).matches


def test_a_difference_that_was_mended_is_none(twelve_days):
    lose_a_row(twelve_days, 1)
    assert 1 == Aggregator(twelve_days, "test", lambda: NOW + HOUR).run_once().mended
    assert Reconciled(micro(12), NOW + HOUR, 0, 0) == found(twelve_days)


def test_a_changed_zone_is_compared_anew(twelve_days):
    run(twelve_days, update(schema.accounts).values(timezone="Asia/Kathmandu"))
    storm.aggregator(twelve_days, "test", lambda: NOW + HOUR).run_once()
    assert found(twelve_days) is None
    Aggregator(twelve_days, "test", lambda: NOW + 2 * HOUR).run_once()
    assert Reconciled(micro(12), NOW + 2 * HOUR, 0, 0) == found(twelve_days)


def test_more_waiting_days_than_a_page_counts_are_not_counted(twelve_days):
    run(twelve_days, *(used(NOW - days * DAY, 1, f"{days}") for days in range(MOST_DAYS)))
    assert found(twelve_days).newer_micro is None
    assert not found(twelve_days).matches


@given(strategies.ledgers(), st.data())
@examples(20)
def test_newer_is_what_the_next_pass_takes_in(fed, made, data):
    """Whatever the zone and the day: the raw rows afterwards less those before."""
    clear(fed)
    run(fed, delete(schema.dirty))
    rows = made.rows.entries
    known = data.draw(st.integers(0, len(rows)))
    made.rows.entries = rows[:known]
    made.rows.save(fed)
    Aggregator(fed, "test", lambda: NOW).run_once()
    if rows[known:]:
        run(fed, insert(schema.entries).values(rows[known:]))
    for account in made.focus:
        before, after = (consumed(part, account) for part in (rows[:known], rows))
        seen = found(fed, snapshot_scope(account))
        assert (before, 0) == (seen.total_micro, seen.difference_micro)
        assert after - before == seen.newer_micro or seen.newer_micro is None


def consumed(rows, account):
    signs = {"usage": 1, "refund": -1}
    own = (row for row in rows if row["account_id"] == account)
    return sum(signs.get(row["kind"], 0) * row["amount_micro"] for row in own)


def test_an_answer_takes_two_statements_and_three_where_something_waits(twelve_days):
    assert 2 == statements(twelve_days)
    run(twelve_days, used(NOW, 1, "a"))
    assert 3 == statements(twelve_days)
    run(twelve_days, *(used(NOW - 9 * days * DAY, 1, f"{days}") for days in range(1, 6)))
    assert 3 == statements(twelve_days)


def statements(engine):
    sent = []
    with read_transaction(engine) as connection:
        event.listen(connection, "before_cursor_execute", lambda *a: sent.append(a[2]))
        load(connection, SCOPE)
    return len(sent)


def test_both_sides_are_read_through_indexes(ledger):
    days = [Period(NOW.date() - 9 * DAY, NOW.date()), Period(NOW.date(), NOW.date() + DAY)]
    with ledger.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
        plan = plan_of(connection, both_sides(RolledAccount("acme", "Europe/Berlin"), days))
    assert "Seq Scan" not in plan
    assert "SCAN entries" not in plan
    assert "SCAN rollup" not in plan
    assert "entries_by_time" in plan
