"""Say whether a ledger is what the page needs: what is missing, what looks wrong; never a change.

It opens a SQLite file read only and reads PostgreSQL in a read-only transaction; it never creates
a file and never repairs a row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import Connection

from data.check.columns import Tables, read_tables, shape_problems
from data.check.counts import count_ledger, row_counts
from data.check.index import index_problems
from data.check.opening import opened
from data.check.report import CheckReport, Counts, Problem, describe
from data.check.rollup import rollup_problems
from data.check.rows import row_problems
from data.check.sets import set_problems
from data.check.stored import stored_problems

__all__ = ["CheckReport", "Problem", "check", "describe"]


def check(url: str, now: dt.datetime) -> CheckReport:
    """Look through the ledger at `url`; UsageError when there is nothing that could be read."""
    with opened(url) as (connection, place):
        tables = read_tables(connection)
        unusable = tuple(_unusable(connection, tables))
        if unusable:
            return CheckReport(place, now, unusable, row_counts(connection, tables), Counts())
        counts = count_ledger(connection)
        wrong = tuple(_wrong(connection, tables, now, counts))
        return CheckReport(place, now, wrong, row_counts(connection, tables), counts)


def _unusable(connection: Connection, tables: Tables) -> Iterator[Problem]:
    """Shape first: where columns are missing, the values cannot be looked at."""
    found = tuple(shape_problems(tables, connection.dialect.name))
    yield from found or stored_problems(connection, tables)


def _wrong(
    connection: Connection, tables: Tables, now: dt.datetime, counts: Counts
) -> Iterator[Problem]:
    yield from index_problems(connection, tables, counts)
    yield from row_problems(connection, tables, now)
    yield from set_problems(connection, tables)
    yield from rollup_problems(connection, now)
