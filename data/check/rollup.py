"""Whether the rollup of a ledger in use keeps up; silent where none is installed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import Connection, func, inspect, select

from data.check.report import Problem
from data.schema import dirty, rollup_heartbeat, rollup_schema
from data.watermark import lag

# The page's own bounds: its dot turns amber, then it says that usage is delayed.
LATE, DELAYED = dt.timedelta(minutes=15), dt.timedelta(minutes=60)


def rollup_problems(connection: Connection, now: dt.datetime) -> Iterator[Problem]:
    """What waits too long, and an aggregator that is silent."""
    if not inspect(connection).has_table(rollup_schema.name):
        return
    beat = connection.execute(select(func.max(rollup_heartbeat.c.beat))).scalar()
    silent = now - beat if beat else None
    waiting = lag(connection, now)
    behind = max(waiting, silent or dt.timedelta(0))
    if silent is not None and behind <= LATE:
        return
    marks = connection.execute(select(func.count()).select_from(dirty)).scalar_one()
    heard = f"last heard of {_minutes(silent)} ago" if silent is not None else "never heard of"
    yield Problem(
        "rollup.delayed" if silent is None or behind > DELAYED else "rollup.late",
        f"The rollup was {heard}, and {marks:,} changes wait, the oldest for "
        f"{_minutes(waiting)}: is `python app.py rollup` running, and does its log name an account "
        "that fails?",
    )


def _minutes(age: dt.timedelta) -> str:
    return f"{max(age, dt.timedelta(0)) // dt.timedelta(minutes=1):,} min"
