"""The net of earlier days beside a range's own sums equals the sum over the raw rows of both."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from data import queries
from data.access import snapshot_scope
from data.engine import read_transaction
from data.periods import Period
from data.weeks import WEEK, whole_weeks
from tests import oracle, strategies
from tests.data.test_queries import roll
from tests.examples import examples
from tests.ledger_builder import clear, micro

DAY = dt.timedelta(days=1)
SCOPE = snapshot_scope("acme")
NOW = Period(dt.date(2026, 11, 3), dt.date(2026, 11, 23))
BEFORE = Period(dt.date(2026, 10, 3), dt.date(2026, 10, 23))


def rows_of(frame, *labels):
    """(used, refunded, before) by label, and without a list for one label."""
    columns = (frame[name].tolist() for name in ("used", "refunded", "before"))
    keys = [tuple(key) if len(labels) > 1 else key[0] for key in frame[[*labels]].to_numpy()]
    return dict(zip(keys, zip(*columns, strict=True), strict=True))


def expected(now, before):
    """The same from two oracles; a label without anything in either is left out."""
    found = {}
    for label in now | before:
        amount, earlier = now.get(label, oracle.Amount()), before.get(label, oracle.Amount())
        if amount.used or amount.refunded or earlier.net:
            found[label] = (amount.used, amount.refunded, earlier.net)
    return found


@given(strategies.ledgers(), st.data())
@examples(30)
def test_rows_are_compared_to_the_micro_credit_and_days_between_are_not_counted(ledger, made, data):
    clear(ledger)
    made.rows.save(ledger)
    roll(ledger, *made.focus)
    for row in made.rows.accounts:
        first, last = data.draw(strategies.ranges_near(made.focus[row["id"]]))
        gap, length = data.draw(st.tuples(st.integers(0, 3), st.integers(1, 9)))
        end = first - DAY * gap
        periods = Period(first, last + DAY), Period(end - DAY * length, end)
        now, before = (
            oracle.consumed(made.rows.entries, row["id"], row["timezone"], days.start, days.last)
            for days in periods
        )
        with read_transaction(ledger) as connection:
            scope = snapshot_scope(row["id"])
            reasons = queries.usage_by_reason(connection, scope, *periods)
            workspaces = queries.usage_by_workspace(connection, scope, *periods)
        assert expected(now.by_reason, before.by_reason) == rows_of(
            reasons, "reason", "workflow_type"
        )
        assert expected(now.by_workspace, before.by_workspace) == rows_of(workspaces, "id")


def test_workspaces_of_equal_credits_are_sorted_by_those_before(ledger, builder):
    builder.account()
    for name in ("a", "b", "c", "d"):
        builder.workspace(name, name.upper())
    builder.use("2026-11-10T12:00Z", 5, workspace="d")
    for name, used in (("a", 1), ("b", 7), ("c", 7)):
        builder.use("2026-10-10T12:00Z", used, workspace=name)
    builder.save(ledger)
    roll(ledger, "acme")
    with read_transaction(ledger) as connection:
        found = queries.usage_by_workspace(connection, SCOPE, NOW, BEFORE)
    assert [("D", 5, 0), ("B", 0, 7), ("C", 0, 7), ("A", 0, 1)] == [
        (name, net // micro(1), before // micro(1))
        for name, net, before in found[["name", "net", "before"]].itertuples(index=False, name=None)
    ]


def test_without_days_before_there_is_no_such_column(ledger, builder):
    builder.account()
    builder.use("2026-11-10T12:00Z", 5)
    builder.save(ledger)
    roll(ledger, "acme")
    with read_transaction(ledger) as connection:
        for query in (queries.usage_by_reason, queries.usage_by_workspace):
            assert "before" not in query(connection, SCOPE, NOW)
            assert [0] == query(connection, SCOPE, NOW, BEFORE)["before"].tolist()
            assert [] == query(connection, SCOPE, BEFORE, BEFORE)["before"].tolist()


SCANS = {
    "BY_REASON": ["rollup_by_reason.day"] * 2,
    "BY_WORKSPACE": ["rollup_by_workspace.day", "rollup_weeks.week", "rollup_by_workspace.day"] * 2,
}


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.psycopg.dialect()])
@pytest.mark.parametrize("name", SCANS)
def test_each_period_is_a_few_ranges_of_bare_days(name, dialect):
    """So that each scan of a primary key ends where its days do."""
    statement = getattr(queries, f"{name}_COMPARED")
    text = " ".join(str(statement.compile(dialect=dialect)).split())
    sides = [side.split(" GROUP BY ")[0] for side in text.split(" WHERE ")[1:]]
    for where, day in zip(sides, SCANS[name], strict=True):
        assert where.startswith(f"{day.split('.')[0]}.account_id = ")
        assert f"AND {day} >= " in where
        assert f"AND {day} < " in where


@given(st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 1)), st.integers(0, 40))
def test_a_period_is_its_whole_weeks_and_the_days_at_its_ends(start, days):
    period = Period(start, start + DAY * days)
    mondays = [day for day in period if not day.weekday() and day + WEEK <= period.end]
    expected = Period(mondays[0], mondays[-1] + WEEK) if mondays else Period(period.end, period.end)
    assert expected == whole_weeks(period)
