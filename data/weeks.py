"""The rollup's weeks: what each workspace used from Monday to Sunday, summed from its days.

A range is read as its whole weeks and the days at both ends, a fifth of the rows of a long one. A
week is made anew whenever one of its days is, in the same transaction; never from the ledger.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, cast, delete, func, select

from data.column_types import Micro
from data.engine import insert_found, monday_of
from data.periods import DAY, Period
from data.schema import rollup_by_workspace, rollup_weeks

WEEK = DAY * 7

_week, _day = rollup_weeks.c, rollup_by_workspace.c
WITHIN = (
    _week.account_id == bindparam("own"),
    _week.week >= bindparam("start"),
    _week.week < bindparam("end"),
)
CLEAR, STORED = delete(rollup_weeks).where(*WITHIN), select(rollup_weeks).where(*WITHIN)


def monday(day: dt.date) -> dt.date:
    """The first day of its week."""
    return day - DAY * day.weekday()


def weeks_of(days: Period) -> Period:
    """These days and what is missing of their first and last week."""
    return Period(monday(days.start), monday(days.end + WEEK - DAY))


def whole_weeks(days: Period) -> Period:
    """From the first Monday to the last Sunday of these days; empty where there is no week."""
    start, end = monday(days.start + WEEK - DAY), monday(days.end)
    return Period(start, end) if start < end else Period(days.end, days.end)


def drop_weeks(rollup: Connection, account_id: str, days: Period) -> None:
    """Delete the weeks that hold one of these days; the caller commits."""
    rollup.execute(CLEAR, _bounds(account_id, days))


def fill_weeks(rollup: Connection, account_id: str, days: Period) -> None:
    """Make the weeks that hold one of these days, which were dropped; the caller commits."""
    rollup.execute(_filling(rollup.dialect.name), _bounds(account_id, days))


def _bounds(account_id: str, days: Period) -> dict[str, Any]:
    weeks = weeks_of(days)
    return {"own": account_id, "start": weeks.start, "end": weeks.end}


@cache
def _filling(dialect: str) -> Any:
    return insert_found(dialect, rollup_weeks, _summed(dialect), adding=False)


@cache
def _summed(dialect: str) -> Select[Any]:
    """The weeks of some days; the account is that of the rows, so that each stays where it is."""
    week = monday_of(dialect, _day.day).label("week")
    sums = (cast(func.sum(amount), Micro) for amount in (_day.used_micro, _day.refunded_micro))
    own, key = _day.account_id == bindparam("own"), (_day.account_id, week, _day.workspace_id)
    return (
        select(*key, *sums)
        .where(own, _day.day >= bindparam("start"), _day.day < bindparam("end"))
        .group_by(*key)
        # PostgreSQL keeps rows as they come: a week is then read from a few pages.
        .order_by(*key)
    )


Sums = dict[tuple[Any, ...], tuple[int, ...]]


def week_sums(rollup: Connection, account_id: str, days: Period) -> tuple[Sums, Sums]:
    """Used and refunded by week and workspace, as the days have it and as the weeks do."""
    bounds = _bounds(account_id, days)
    found = (rollup.execute(query, bounds) for query in (_summed(rollup.dialect.name), STORED))
    made, stored = ({tuple(row[1:3]): tuple(row[3:]) for row in rows} for rows in found)
    return made, stored
