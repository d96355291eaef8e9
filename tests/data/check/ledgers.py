"""What the tests of the check share: a sound ledger, plain tables, and ways to look at a report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import text

from data import schema
from data.check import check
from data.check.columns import role
from tests.ledger_builder import LedgerBuilder

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
DOCUMENT = Path(__file__).parents[3] / "docs" / "ledger.md"


def sound(zone="UTC") -> LedgerBuilder:
    """A ledger in which nothing looks wrong."""
    rows = LedgerBuilder()
    rows.account("acme", timezone=zone, anchor_day=31)
    rows.period("2026-10-01", "2026-11-01", 20_000)
    rows.period("2026-11-01", "2026-12-01", "none")
    rows.member("m1")
    rows.workspace("w1")
    rows.workspace("w2", kind="personal", owner="m1", deleted_at=NOW)
    rows.use(NOW - DAY * 2, 3, workspace="w1")
    used = rows.use(NOW - DAY, 2, "workflow_run", workflow_type="review", workspace="w2")
    rows.refund(NOW, 1, of=used)
    rows.entry(NOW, 100, "grant")
    rows.entry(NOW, -5, "adjustment")
    return rows


def checked(engine, rows, now=NOW):
    rows.save(engine)
    return check(engine.url.render_as_string(hide_password=False), now)


def codes(report) -> dict[str, int]:
    return {problem.code: problem.count for problem in report.problems}


def only(report, code):
    assert [code] == [problem.code for problem in report.problems]
    return report.problems[0]


def checked_again(engine):
    return check(engine.url.render_as_string(hide_password=False), NOW)


PLAIN = {
    "sqlite": {"id": "TEXT", "instant": "INTEGER", "amount": "INTEGER", "date": "TEXT"},
    "postgresql": {"id": "TEXT", "instant": "TIMESTAMPTZ", "amount": "BIGINT", "date": "DATE"},
}


def plain_tables(engine, index=True, **replaced):
    """The tables of the contract without a single constraint, some columns of another type."""
    types = PLAIN[engine.dialect.name] | {"text": "TEXT", "number": "INTEGER"}
    with engine.begin() as connection:
        for table in schema.ledger.sorted_tables:
            columns = ", ".join(
                f"{c.name} {replaced.get(f'{table.name}__{c.name}', types[role(c.type)])}"
                for c in table.columns
            )
            connection.execute(text(f"CREATE TABLE {table.name} ({columns})"))
        if index:
            connection.execute(text("CREATE INDEX i ON entries (account_id, occurred_at, id)"))


def update(engine, statement):
    with engine.begin() as connection:
        connection.execute(text(statement))


def rows_of(heading):
    """The cells of the table under a heading of the document."""
    part = DOCUMENT.read_text("utf-8").split(heading)[1].split("\n#")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
