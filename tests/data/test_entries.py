"""The entries behind a figure: each in its page exactly once, in order, summing to the rollup."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from data import entries, queries, rollup
from data.access import snapshot_scope
from data.engine import read_transaction
from data.entries import ALL, Cursor, Filter, Listing, Order, Some, UnknownCursorError
from data.first_kept import first_kept
from data.frames import total
from data.periods import DAY, Period
from tests import strategies
from tests.examples import examples
from tests.ledger_builder import clear, micro

SCOPE = snapshot_scope("acme")
UTC = ZoneInfo("UTC")
NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))

FILTERS = [
    ALL,
    Filter(reasons=Some(("enhanced_ocr",))),
    Filter(reasons=Some(("workflow_run",))),
    Filter(reasons=Some(("premium_chat", "own"), but=True)),
    Filter(workflow_type="redaction"),
    Filter(workflow_type=""),
    Filter(workspaces=Some(("w1",))),
    Filter(workspaces=Some(("",))),
    Filter(workspaces=Some(("w9", ""), but=True)),
    Filter(workspace_kind="team"),
    Filter(workspace_kind="personal"),
    Filter(workspace_kind="unassigned"),
    Filter(reasons=Some(("premium_chat",)), workspaces=Some(("w2",))),
    Filter(workspaces=Some(("nobody's",))),
]


def roll(engine, *accounts):
    with engine.begin() as connection:
        for account in accounts:
            rolled = rollup.account_to_roll(connection, account)
            rollup.rebuild(connection, rolled)


def pages(connection, scope, listing):
    """Every page, each asked for by the text of the cursor before it."""
    after = None
    while True:
        page, last = entries.entry_page(connection, scope, listing, after)
        yield page
        if last is None:
            return
        after = Cursor.parse(last.text)


def listed(connection, scope, listing):
    return [entry for page in pages(connection, scope, listing) for entry in page]


def wanted(rows, account, zone, period, only):
    """Raw rows of the ledger that a listing should hold, found in plain Python."""
    kinds = {w["id"]: w["kind"] for w in rows.workspaces if w["account_id"] == account}
    return [
        row
        for row in rows.entries
        if row["account_id"] == account
        and row["kind"] in {"usage", "refund"}
        and row["occurred_at"].astimezone(zone).date() in period
        and holds(row, only, kinds)
    ]


def holds(row, only, kinds):
    place, own_type = row["workspace_id"] or "", row["workflow_type"] or ""
    runs = row["reason"] == "workflow_run"
    return (
        (only.reasons is None or (row["reason"] in only.reasons.values) != only.reasons.but)
        and (only.workflow_type is None or (runs and own_type == only.workflow_type))
        and (only.workspaces is None or (place in only.workspaces.values) != only.workspaces.but)
        and only.workspace_kind in {None, kinds.get(place, "unassigned")}
    )


def net(row):
    return -row["amount_micro"] if row["kind"] == "refund" else row["amount_micro"]


@pytest.mark.parametrize("order", Order)
@given(made=strategies.ledgers(), data=st.data())
@examples(30)
def test_the_pages_hold_every_entry_exactly_once_in_order(ledger, order, made, data, monkeypatch):
    monkeypatch.setattr(entries, "PAGE", 4)  # so that a few entries have many pages
    clear(ledger)
    made.rows.save(ledger)
    roll(ledger, *made.focus)
    for account in made.rows.accounts:
        zone, scope = ZoneInfo(account["timezone"]), snapshot_scope(account["id"])
        first, last = data.draw(strategies.ranges_near(made.focus[account["id"]]))
        only = data.draw(st.sampled_from(FILTERS))
        period = Period(first, last + DAY)
        listing = Listing(period, zone, only, order)
        with read_transaction(ledger) as connection:
            found = listed(connection, scope, listing)
            sums = entries.tally(connection, scope, listing)
            reasons = queries.usage_by_reason(connection, scope, period)
        expected = wanted(made.rows, account["id"], zone, period, only)
        assert sorted(row["id"] for row in expected) == sorted(entry.id for entry in found)
        assert {row["id"]: net(row) for row in expected} == {e.id: e.net for e in found}
        assert in_order(found, order)
        assert (len(found), sum(e.net for e in found)) == (sum(sums["entries"]), total(sums["net"]))
        if only == ALL:
            assert total(reasons["net"]) == total(sums["net"])
            assert rows_of(reasons) == rows_of(sums.drop(columns="entries"))


def in_order(found, order):
    """Of equal instants the database knows which id comes first; that too is one order."""
    if order is Order.LARGEST:
        keys = [(-entry.net, entry.occurred_at) for entry in found]
    else:
        keys = [-entry.occurred_at.timestamp() for entry in found]
    return all(one <= other for one, other in pairwise(keys))


def rows_of(frame):
    return sorted(map(repr, frame.itertuples(index=False, name=None)))


def test_another_accounts_entries_are_never_listed(ledger, builder):
    for account in ("acme", "zeta"):
        builder.account(account)
        builder.workspace("shared")
        builder.use("2026-11-10T12:00Z", 1, workspace="shared", id=f"of-{account}")
    builder.save(ledger)
    roll(ledger, "acme", "zeta")
    for only in (ALL, Filter(workspaces=Some(("shared",))), Filter(workspace_kind="team")):
        for order in Order:
            with read_transaction(ledger) as connection:
                found = listed(connection, SCOPE, Listing(NOVEMBER, UTC, only, order))
            assert ["of-acme"] == [entry.id for entry in found]


def test_an_entry_says_what_it_was(ledger, builder):
    builder.account()
    spent = builder.use(
        "2026-11-10T12:00Z", 5, "workflow_run", workflow_type="review", workspace="w1"
    )
    builder.refund("2026-11-11T12:00Z", 2, of=spent)
    builder.entry("2026-11-12T12:00Z", 9, "grant")
    builder.save(ledger)
    roll(ledger, "acme")
    with read_transaction(ledger) as connection:
        found = listed(connection, SCOPE, Listing(NOVEMBER, UTC))
    assert [
        ("e2", "workflow_run", "review", "w1", True, micro(-2)),
        ("e1", "workflow_run", "review", "w1", False, micro(5)),
    ] == [(e.id, e.reason, e.workflow_type, e.workspace_id, e.is_refund, e.net) for e in found]


# --- cursors --------------------------------------------------------------------------------


@given(st.datetimes(timezones=st.just(dt.UTC)), st.integers(-(10**15), 10**15), st.text())
def test_a_cursor_comes_back_from_its_text(at, amount, id_):
    made = Cursor(at, amount, id_)
    assert made == Cursor.parse(made.text)


@pytest.mark.parametrize(
    "hostile",
    ["", ",", "1", "1,2", "a,1,x", "1,b,x", "1.5,1,x", "9" * 19 + ",1,x", "9" * 18 + ",1,x",
     "'; drop table entries", "1, 2,x", "1,1e3,x", "\u0661,1,x"],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(hostile):
    with pytest.raises(UnknownCursorError, match="cannot be continued"):
        Cursor.parse(hostile)


HOST_TABLES = {
    "uuid": "00000000-0000-4000-8000-{:012d}",
    "bigint": "{}",
}


@pytest.mark.postgres
@pytest.mark.parametrize("shape", HOST_TABLES)
def test_ids_of_a_hosts_own_shape_are_paged_and_a_foreign_one_is_refused(
    postgres_ledger, builder, shape, monkeypatch
):
    """A uuid sorts as one and a bigint as a number, in pages of both orders."""
    monkeypatch.setattr(entries, "PAGE", 2)
    as_id = HOST_TABLES[shape].format
    builder.account(as_id(1))
    builder.workspace(as_id(2))
    for number in range(9, 14):
        builder.use("2026-11-10T12:00Z", 1, workspace=as_id(2), id=as_id(number))
    with postgres_ledger.begin() as connection:
        connection.execute(text("ALTER TABLE workspaces DROP CONSTRAINT workspace_id_not_empty"))
        connection.execute(text("ALTER TABLE entries DROP CONSTRAINT entry_workspace_not_empty"))
        for table, column in (
            ("workspaces", "id"), ("workspaces", "account_id"), ("entries", "id"),
            ("entries", "account_id"), ("entries", "workspace_id"),
        ):  # fmt: skip
            change = f"ALTER {column} TYPE {shape} USING {column}::{shape}"
            connection.execute(text(f"ALTER TABLE {table} {change}"))
    builder.save(postgres_ledger)
    roll(postgres_ledger, as_id(1))
    scope = snapshot_scope(as_id(1))
    ids = [as_id(number) for number in range(9, 14)]
    for order, expected in ((Order.NEWEST, ids[::-1]), (Order.LARGEST, ids)):
        for only in (ALL, Filter(workspaces=Some((as_id(2),))), Filter(workspace_kind="team")):
            listing = Listing(NOVEMBER, UTC, only, order)
            with read_transaction(postgres_ledger) as connection:
                assert expected == [e.id for e in listed(connection, scope, listing)]
    foreign = Cursor(dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC), micro(1), "x")
    with read_transaction(postgres_ledger) as connection, pytest.raises(UnknownCursorError):
        entries.entry_page(connection, scope, Listing(NOVEMBER, UTC), foreign)
    with read_transaction(postgres_ledger) as connection:
        unknown = Listing(NOVEMBER, UTC, Filter(workspaces=Some(("no uuid, no number",))))
        assert [] == listed(connection, scope, unknown)


# --- how they are found ---------------------------------------------------------------------

PLAN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


def statements(engine, connection, ask):
    """The SQL that reads entries while `ask` runs, with its parameters."""
    found = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if "FROM entries" in statement:
            found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        ask(connection)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return found


@pytest.mark.parametrize("only", FILTERS[:-1], ids=str)
@pytest.mark.parametrize("order", Order)
def test_every_statement_reads_a_range_of_the_entry_index(ledger, builder, only, order):
    builder.account()
    builder.workspace("w1")
    builder.workspace("w2", kind="personal", owner="m1")
    for day in range(1, 29):
        at = f"2026-11-{day:02d}T12:00Z"
        for reason in ("enhanced_ocr", "workflow_run", "premium_chat"):
            for place in ("w1", "w2", "w9", None):
                builder.use(at, 1, reason, workspace=place)
        builder.use(at, 1, "workflow_run", workflow_type="redaction")
    builder.save(ledger)
    roll(ledger, "acme")
    after = Cursor(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), micro(1), "e9")
    listing = Listing(NOVEMBER, UTC, only, order)

    def ask(connection):
        entries.entry_page(connection, SCOPE, listing, after)
        entries.tally(connection, SCOPE, listing)
        first_kept(connection, SCOPE, dt.date(2026, 11, 1))

    with read_transaction(ledger) as connection:
        asked = statements(ledger, connection, ask)
        assert len(asked) >= 3
        if ledger.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, parameters in asked:
            explain = PLAN[ledger.dialect.name] + statement
            plan = connection.exec_driver_sql(explain, parameters).fetchall()
            lines = [str(row[-1]) for row in plan]
            assert any("entries_by_time" in line for line in lines), lines
            assert not any(
                "SCAN entries" in line or "Seq Scan on entries" in line for line in lines
            )


def test_a_page_of_a_dense_ledger_reads_its_last_days_alone(sqlite_ledger, builder):
    """Twenty entries a day fill a page with three days, which are asked for as one and two."""
    builder.account()
    first = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    for step in range(20 * 28):
        builder.use(first + dt.timedelta(hours=24 / 20 * step), 1)
    builder.save(sqlite_ledger)
    roll(sqlite_ledger, "acme")
    with read_transaction(sqlite_ledger) as connection:
        asked = statements(
            sqlite_ledger,
            connection,
            lambda c: entries.entry_page(c, SCOPE, Listing(NOVEMBER, UTC)),
        )
    day = 86_400_000_000
    spans = [[p for p in parameters if isinstance(p, int) and p > day] for _, parameters in asked]
    assert [1, 2] == [(high - low) // day for low, high in spans]


def test_a_rare_workspace_costs_only_the_days_it_was_used_on(sqlite_ledger, builder):
    """Two of 400 days hold it, so two short ranges are read and not the year between them."""
    builder.account()
    first = dt.datetime(2025, 10, 1, 12, tzinfo=dt.UTC)
    for step in range(400):
        builder.use(first + DAY * step, 1, workspace="busy")
    for step in (3, 396):
        builder.use(first + DAY * step, 1, workspace="rare")
    builder.save(sqlite_ledger)
    roll(sqlite_ledger, "acme")
    period = Period(first.date(), first.date() + DAY * 400)
    listing = Listing(period, UTC, Filter(workspaces=Some(("rare",))))
    with read_transaction(sqlite_ledger) as connection:
        ranges = []
        asked = statements(
            sqlite_ledger, connection, lambda c: ranges.extend(listed(c, SCOPE, listing))
        )
    assert ["e402", "e401"] == [entry.id for entry in ranges]
    day = 86_400_000_000
    spans = [[p for p in parameters if isinstance(p, int) and p > day] for _, parameters in asked]
    assert [day, day] == [high - low for low, high in spans]
