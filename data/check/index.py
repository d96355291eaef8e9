"""Whether the index (account, occurred at, id) is there, also behind a view; never a row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, select, text

from data import schema
from data.check.columns import VIEW, Tables
from data.check.report import Counts, Problem
from data.column_types import HostId, Instant

WANTED = "(account_id, occurred_at, id)"
MISSING = (
    f"entries has no index {WANTED}, so every look at the page reads the whole ledger: "
    "CREATE INDEX entries_by_time ON entries (account_id, occurred_at, id)."
)
MISSING_BEHIND_VIEW = (
    "A range of one account is not read through an index behind the view entries: index the "
    f"columns behind {WANTED} in that order on each base table. An expression needs an index on "
    "that expression."
)
UNSEEN = (
    f"Whether an index {WANTED} serves the view entries cannot be seen from here: look at the "
    "plan of a range of one account."
)

SQLITE_INDEXES = text("""
    SELECT l.name AS index_name, c.name FROM pragma_index_list('entries') AS l,
           pragma_index_xinfo(l.name) AS c WHERE c.key AND NOT l.partial ORDER BY l.name, c.seqno
""")
POSTGRES_INDEXES = text("""
    SELECT i.indexrelid AS index_name, a.attname AS name
    FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = to_regclass('entries') AND i.indisvalid AND i.indpred IS NULL
    ORDER BY i.indexrelid, k.place
""")
EXPLAIN = {
    "sqlite": "EXPLAIN QUERY PLAN ",
    "postgresql": "EXPLAIN ",
}
SQLITE_RANGE = re.compile(r"^SEARCH .*=\? AND [^ ]+>\? AND [^ ]+<\?")
RANGE = (
    "SELECT id FROM entries WHERE account_id = :account AND occurred_at >= :low "
    "AND occurred_at < :high"
)


def index_problems(connection: Connection, tables: Tables, counts: Counts) -> Iterator[Problem]:
    """Nothing when the index serves; for a view, what the plan of a range says of it."""
    if tables["entries"].form != VIEW:
        if schema.ENTRY_INDEX not in _indexes(connection):
            yield Problem("schema.no_index", MISSING)
        return
    seen = _seen_in_plan(connection, counts)
    if seen is None:
        yield Problem("schema.index_unseen", UNSEEN)
    elif not seen:
        yield Problem("schema.no_index", MISSING_BEHIND_VIEW)


def _indexes(connection: Connection) -> set[tuple[str, ...]]:
    """The first three columns of each whole index on the table entries."""
    sqlite = connection.dialect.name == "sqlite"
    found: dict[object, list[str]] = {}
    for row in connection.execute(SQLITE_INDEXES if sqlite else POSTGRES_INDEXES):
        found.setdefault(row.index_name, []).append(row.name)
    return {tuple(columns[: len(schema.ENTRY_INDEX)]) for columns in found.values()}


def _seen_in_plan(connection: Connection, counts: Counts) -> bool | None:
    """Whether a range of one account is found by an index; None when the plan does not tell."""
    account = connection.execute(select(schema.entries.c.account_id).limit(1)).scalar()
    if account is None or counts.latest is None:
        return None
    high = counts.latest.replace(microsecond=0) + dt.timedelta(seconds=1)
    low = high - dt.timedelta(days=1)
    statement = text(EXPLAIN[connection.dialect.name] + RANGE).bindparams(
        bindparam("account", account, HostId()),
        bindparam("low", low, Instant()),
        bindparam("high", high, Instant()),
    )
    if connection.dialect.name == "sqlite":
        return _sqlite_plan([row[-1] for row in connection.execute(statement)])
    with connection.begin_nested() as savepoint:
        # A small table is read whole although its index would serve.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL timezone = 'UTC'"))
        lines = [row[0].strip() for row in connection.execute(statement)]
        savepoint.rollback()
    return _postgres_plan(lines, f"'{low:%Y-%m-%d %H:%M:%S}+00'")


def _sqlite_plan(lines: Sequence[str]) -> bool | None:
    ranged = any(SQLITE_RANGE.search(line) for line in lines)
    scanned = any(line.startswith("SCAN") for line in lines)
    return None if ranged and scanned else ranged


def _postgres_plan(lines: Sequence[str], bound: str) -> bool | None:
    """By where the range's lower bound stands: in an index condition, or in a filter."""
    bounded = [line for line in lines if bound in line]
    if not bounded:
        return None
    return all(line.startswith(("Index Cond:", "Recheck Cond:")) for line in bounded)
