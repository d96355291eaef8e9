"""Every frame of the page equals the sum over the raw rows; the SQL is what it is on purpose."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from data import queries, rollup
from data.access import snapshot_scope
from data.day_sums import day_sums
from data.engine import read_transaction, write_transaction
from data.frames import total
from data.periods import Allowance, Period
from tests import oracle, strategies
from tests.examples import examples
from tests.ledger_builder import clear, micro

DAY = dt.timedelta(days=1)
SCOPE = snapshot_scope("acme")
PERIOD = Period(dt.date(2026, 11, 3), dt.date(2026, 11, 23))


QUERIES = (
    queries.usage_by_day,
    queries.usage_by_reason,
    queries.usage_by_day_and_reason,
    queries.usage_by_workspace,
)


def roll(engine, *accounts):
    with write_transaction(engine) as connection:
        for account in accounts:
            rolled = rollup.account_to_roll(connection, account)
            rollup.rebuild(connection, rolled)


@given(strategies.ledgers(), st.data())
@examples(30)
def test_all_breakdowns_and_the_raw_rows_agree_to_the_micro_credit(ledger, made, data):
    clear(ledger)
    made.rows.save(ledger)
    roll(ledger, *made.focus)
    for row in made.rows.accounts:
        first, last = data.draw(strategies.ranges_near(made.focus[row["id"]]))
        want = oracle.consumed(
            made.rows.entries, row["id"], row["timezone"], first, last, made.rows.workspaces
        )
        scope, period = snapshot_scope(row["id"]), Period(first, last + DAY)
        with read_transaction(ledger) as connection:
            days = queries.usage_by_day(connection, scope, period)
            reasons = queries.usage_by_reason(connection, scope, period)
            reasons_of_days = queries.usage_by_day_and_reason(connection, scope, period)
            workspaces = queries.usage_by_workspace(connection, scope, period)
        assert want.by_day == amounts(days, "day")
        assert want.by_reason == amounts(reasons, "reason", "workflow_type")
        assert types_together(want.by_day_and_reason) == amounts(reasons_of_days, "day", "reason")
        assert want.by_workspace == amounts(workspaces, "id")
        assert want.by_kind == by_kind(workspaces)
        frames = (days, reasons, reasons_of_days, workspaces)
        assert {want.total.net} == {total(f["net"]) for f in frames}


@given(strategies.ledgers(), st.data())
@examples(20)
def test_the_sums_over_any_partition_of_a_range_equal_the_range(sqlite_ledger, made, data):
    clear(sqlite_ledger)
    made.rows.save(sqlite_ledger)
    roll(sqlite_ledger, "acme")
    first, last = data.draw(strategies.ranges_near(made.focus["acme"]))
    cuts = sorted(data.draw(st.sets(st.integers(0, (last - first).days), max_size=5)))
    edges = [first, *(first + DAY * cut for cut in cuts), last + DAY]
    with read_transaction(sqlite_ledger) as connection:
        for query in QUERIES:
            parts = (
                total(query(connection, SCOPE, Period(start, end))["net"])
                for start, end in pairwise(edges)
            )
            whole = query(connection, SCOPE, Period(first, last + DAY))
            assert total(whole["net"]) == sum(parts)


def amounts(frame, *labels):
    return {
        tuple(row[label] for label in labels) if len(labels) > 1 else row[labels[0]]: oracle.Amount(
            row["used"], row["refunded"]
        )
        for row in frame.to_dict("records")
    }


def types_together(by_day_and_reason):
    sums = {}
    for (day, reason, _), amount in by_day_and_reason.items():
        used, refunded = sums.get((day, reason), (0, 0))
        sums[day, reason] = oracle.Amount(used + amount.used, refunded + amount.refunded)
    return sums


def by_kind(frame):
    sums = {}
    for row in frame.to_dict("records"):
        used, refunded = sums.get(row["kind"], (0, 0))
        sums[row["kind"]] = oracle.Amount(used + row["used"], refunded + row["refunded"])
    return sums


def test_workspaces_are_named_and_sorted_as_on_the_page(ledger, builder):
    builder.account()
    builder.workspace("w1", "Legal")
    builder.workspace("w2", "Archive", deleted_at="2026-11-01T00:00Z")
    builder.workspace("w3", "Drafts", kind="personal", owner="m1")
    at = "2026-11-10T12:00Z"
    for workspace, used in (("w1", 5), ("w2", 7), ("w3", 5), ("gone", 1), (None, "0.5")):
        builder.use(at, used, workspace=workspace)
    builder.save(ledger)
    roll(ledger, "acme")
    with read_transaction(ledger) as connection:
        found = queries.usage_by_workspace(connection, SCOPE, PERIOD)
    assert [
        ("w2", "Archive (deleted)", "team", micro(7)),
        ("w3", "Drafts", "personal", micro(5)),
        ("w1", "Legal", "team", micro(5)),
        ("gone", "gone", None, micro(1)),
        (None, "No workspace", None, micro("0.5")),
    ] == list(found[["id", "name", "kind", "net"]].itertuples(index=False, name=None))


def test_an_account_is_loaded_with_all_that_the_page_knows_of_it(ledger, builder):
    builder.account(timezone="Asia/Kathmandu", anchor_day=31, name="Acme")
    builder.period("2026-10-31", "2026-11-30", 20_000)
    builder.workspace("w1")
    builder.reason("own", "Our own")
    builder.reason("review", "Contract review", parent="own")
    builder.use("2026-11-09T18:15Z", 1)
    builder.save(ledger)
    roll(ledger, "acme")
    with read_transaction(ledger) as connection:
        account = queries.load_account(connection, SCOPE)
        assert queries.load_account(connection, snapshot_scope("nobody")) is None
        assert [("acme", "Acme")] == queries.list_accounts(connection)
    assert dt.date(2026, 11, 10) == account.first_day
    assert frozenset({"team"}) == account.workspace_kinds
    assert Allowance("number", micro(20_000)) == account.calendar.month_of(NOVEMBER).allowance
    assert "Our own" == account.taxonomy.label("own")
    assert "Contract review" == account.taxonomy.type_label("own", "review")
    assert not account.taxonomy.known("premium_chat")


NOVEMBER = dt.date(2026, 11, 15)


# --- golden SQL -------------------------------------------------------------------------------

GOLDEN = {
    "BY_DAY": (
        "SELECT rollup_by_reason.day, CAST(sum(rollup_by_reason.used_micro) AS INT) AS used, "
        "CAST(sum(rollup_by_reason.refunded_micro) AS INT) AS refunded FROM rollup_by_reason "
        "WHERE rollup_by_reason.account_id = :account_id AND rollup_by_reason.day >= :start "
        "AND rollup_by_reason.day < :end GROUP BY rollup_by_reason.day "
        "ORDER BY rollup_by_reason.day"
    ),
    "BY_REASON": (
        "SELECT rollup_by_reason.reason, rollup_by_reason.workflow_type, "
        "CAST(sum(rollup_by_reason.used_micro) AS INT) AS used, "
        "CAST(sum(rollup_by_reason.refunded_micro) AS INT) AS refunded FROM rollup_by_reason "
        "WHERE rollup_by_reason.account_id = :account_id AND rollup_by_reason.day >= :start "
        "AND rollup_by_reason.day < :end "
        "GROUP BY rollup_by_reason.reason, rollup_by_reason.workflow_type "
        "ORDER BY rollup_by_reason.reason, rollup_by_reason.workflow_type"
    ),
    "BY_DAY_AND_REASON": (
        "SELECT rollup_by_reason.day, rollup_by_reason.reason, "
        "CAST(sum(rollup_by_reason.used_micro) AS INT) AS used, "
        "CAST(sum(rollup_by_reason.refunded_micro) AS INT) AS refunded FROM rollup_by_reason "
        "WHERE rollup_by_reason.account_id = :account_id AND rollup_by_reason.day >= :start "
        "AND rollup_by_reason.day < :end GROUP BY rollup_by_reason.day, rollup_by_reason.reason "
        "ORDER BY rollup_by_reason.day, rollup_by_reason.reason"
    ),
    "BY_WORKSPACE": (
        "SELECT anon_1.workspace_id, CAST(sum(anon_1.used) AS INT) AS used, "
        "CAST(sum(anon_1.refunded) AS INT) AS refunded FROM ("
        "SELECT rollup_by_workspace.workspace_id AS workspace_id, "
        "rollup_by_workspace.used_micro AS used, rollup_by_workspace.refunded_micro AS refunded "
        "FROM rollup_by_workspace WHERE rollup_by_workspace.account_id = :account_id "
        "AND rollup_by_workspace.day >= :start AND rollup_by_workspace.day < :weeks_start "
        "UNION ALL SELECT rollup_weeks.workspace_id AS workspace_id, "
        "rollup_weeks.used_micro AS used, rollup_weeks.refunded_micro AS refunded "
        "FROM rollup_weeks WHERE rollup_weeks.account_id = :account_id "
        "AND rollup_weeks.week >= :weeks_start AND rollup_weeks.week < :weeks_end "
        "UNION ALL SELECT rollup_by_workspace.workspace_id AS workspace_id, "
        "rollup_by_workspace.used_micro AS used, rollup_by_workspace.refunded_micro AS refunded "
        "FROM rollup_by_workspace WHERE rollup_by_workspace.account_id = :account_id "
        "AND rollup_by_workspace.day >= :weeks_end AND rollup_by_workspace.day < :end"
        ") AS anon_1 GROUP BY anon_1.workspace_id ORDER BY anon_1.workspace_id"
    ),
}
MARKS = {
    "sqlite": (sqlite.dialect(), "INTEGER", lambda _: "?"),
    "postgresql": (
        postgresql.psycopg.dialect(),
        "BIGINT",
        lambda name: f"%({name})s" + ("" if name == "account_id" else "::DATE"),
    ),
}


@pytest.mark.parametrize("dialect", MARKS)
@pytest.mark.parametrize("name", GOLDEN)
def test_the_pages_sql(name, dialect):
    """A bare id without a cast, so that a host's uuid or bigint index serves; days by range."""
    compiler, whole, mark = MARKS[dialect]
    golden = re.sub(r":(\w+)", lambda found: mark(found[1]), GOLDEN[name])
    compiled = getattr(queries, name).compile(dialect=compiler)
    assert golden.replace(" AS INT)", f" AS {whole})") == " ".join(str(compiled).split())


DAY_INDEX = {
    "sqlite": "(entries.occurred_at - ?) / ?",
    "postgresql": "CAST(date_part(%(date_part_1)s::VARCHAR, entries.occurred_at - "
    "%(midnight_0)s::TIMESTAMP WITH TIME ZONE) AS INTEGER)",
}


@pytest.mark.parametrize("dialect", MARKS)
def test_the_ledgers_sql_compares_the_bare_time_column(dialect):
    """Arithmetic on the column stands in the select list alone, so the entry index serves."""

    compiler, *_ = MARKS[dialect]
    statement = day_sums(compiler.name, 1)
    text = " ".join(str(statement.compile(dialect=compiler)).split())
    select_list, where = text.split(" WHERE ")
    assert DAY_INDEX[dialect] in select_list
    condition = where.split(" GROUP BY ")[0]
    assert condition.startswith("entries.account_id = ")
    assert "AND entries.occurred_at >= " in condition
    assert "AND entries.occurred_at < " in condition
    assert "/" not in condition
    assert "extract" not in condition.lower()
