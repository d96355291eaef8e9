"""Every statement of an answer on an analysed ledger of 200,000 entries: read through an index."""

from __future__ import annotations

import datetime as dt
import random
import re
from itertools import product

import pytest
from sqlalchemy import event

from dashboard.report import report
from dashboard.view import Reading
from data import rollup, schema
from data.access import Scope, snapshot_scope
from data.engine import create_tables, insert_rows, read_transaction
from data.freshness import Freshness
from data.install import Plan, install
from data.periods import Period
from data.reader import Limits, connect_reader
from data.wall import ACCOUNT
from data.watermark import standing

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
ENTRIES, BUSY, ACCOUNTS = 200_000, 300, 4_000
YEAR = Period(dt.date(2025, 11, 1), dt.date(2026, 12, 1))
SCOPES = (
    snapshot_scope("a0007"),
    Scope("a0007", "u1"),
    Scope("a0007", "u1", frozenset({"w1", "w7"})),
)
RANGES = ("month", "7d", "30d", "90d", "2025-12-01..2026-11-22")

TABLES = {table.name for table in (*schema.ledger.sorted_tables, *schema.OUR_TABLES)}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def rows():
    """Entries of a year, in the order of the table's columns."""
    draw = random.Random(1)
    for number in range(ENTRIES):
        at = NOW - dt.timedelta(seconds=draw.randrange(360 * 86_400))
        reason, workspace = draw.choice(["premium_chat", "enhanced_ocr"]), f"w{draw.randrange(9)}"
        amount = draw.randrange(10**7)
        names = (f"a{number % BUSY:04d}", f"{number:06d}")
        yield (*names, at, "usage", reason, None, workspace, None, amount, None)


def own(name):
    """What else an account has: its rows by table, in the order of each table's columns."""
    period = (dt.date(2026, 11, 1), dt.date(2026, 12, 1), "unknown", None)
    built = (name, "UTC", 1, 0, None, None, schema.ROLLUP_VERSION)
    return {
        schema.accounts: [(name, name, None, "UTC", 1, None)],
        schema.billing_periods: [(name, *period)],
        schema.workspaces: [
            (name, f"w{n}", "W", *(("personal", f"u{n}") if n > 5 else ("team", None)), None)
            for n in range(9)
        ],
        schema.reasons: [(name, code, code, None) for code in ("premium_chat", "enhanced_ocr")],
        schema.dirty: [(name, NOW, NOW)],
        schema.rollup_movements: [(name, dt.date(2025, m, 1), "grant", 1) for m in range(1, 9)],
        schema.rollup_state: [(*built, *[None] * (len(schema.rollup_state.columns) - len(built)))],
    }


@pytest.fixture
def large(database):
    """A ledger of 200,000 entries in 300 of 4,000 accounts, analysed."""
    create_tables(database, schema.ledger)
    install(database, Plan(marks=None))
    with database.begin() as connection:
        insert_rows(connection, schema.entries, list(rows()))
        owned = [own(f"a{number:04d}") for number in range(ACCOUNTS)]
        for table in owned[0]:
            insert_rows(connection, table, [row for account in owned for row in account[table]])
        for number in range(40):
            rolled = rollup.RolledAccount(f"a{number:04d}", "UTC")
            rollup.recompute(connection, rolled, YEAR)
        connection.exec_driver_sql("ANALYZE")
    return database


def answer(connection, scope, range_):
    """All five panels, the watermark, and what an open page asks."""
    seen = Freshness(NOW, NOW, NOW)
    report(Reading(connection, scope, seen), range_)
    found = standing(connection, scope, NOW)
    assert found is not None
    assert 1 == found.freshness.version


def statements(engine, connection, *ranges):
    """What answers send, with its parameters."""
    sent = []

    def keep(_connection, _cursor, statement, parameters, _context, _many):
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    for scope, range_ in product(SCOPES, ranges):
        answer(connection, scope, range_)
    event.remove(engine, "before_cursor_execute", keep)
    return sent


def plan(connection, statement, parameters):
    """The database's own words."""
    word = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}[connection.dialect.name]
    found = connection.exec_driver_sql(word + statement, parameters).fetchall()
    return "\n".join(str(row[-1]) for row in found)


def whole_scans(text):
    """Tables that a plan reads from end to end; `SCAN x` on SQLite, `Seq Scan on x` elsewhere."""
    return TABLES & set(re.findall(r"(?:Seq Scan on|SCAN) (\w+)", text))


def check(engine, connection):
    """Every statement is planned where it was sent."""
    sent = statements(engine, connection, *RANGES)
    plans = {statement: plan(connection, statement, values) for statement, values in sent}
    scanned = {statement: whole_scans(text) - {"rollup_heartbeat"}
               for statement, text in plans.items()}  # fmt: skip
    assert {statement: set() for statement in plans} == scanned
    assert len(plans) > 8
    of_entries = {statement for statement in plans if "FROM entries" in statement}
    assert {"SELECT entries.reason, entries.workspace_id, "} == {s[:45] for s in of_entries}, (
        "only the causes of days that stand out read the ledger"
    )


def test_every_statement_of_an_answer_is_an_index_scan(large):
    """But for the heartbeats: one row for each aggregator. Behind the walls, too."""
    with read_transaction(large) as connection:
        check(large, connection)
        everything = plan(connection, "SELECT sum(amount_micro) FROM entries", ())
    assert {"entries"} == whole_scans(everything)
    if large.dialect.name == "postgresql":
        walled = connect_reader(large.url.render_as_string(), Limits(60), walled=True)
        with read_transaction(walled, **{ACCOUNT: "a0007"}) as connection:
            connection.exec_driver_sql("SET LOCAL ROLE credits_reader")
            check(walled, connection)
            assert set() == whole_scans(plan(connection, "SELECT count(*) FROM entries", ()))
        walled.dispose()
