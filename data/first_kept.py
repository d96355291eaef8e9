"""How far back a ledger still has an account's entries, whose days may be counted all the same.

Reads one entry's instant, never a workspace or an amount.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, Select, or_, select

from data.access import Scope
from data.periods import DAY
from data.schema import CONSUMPTION, END_OF_INSTANTS, entries


def first_kept(connection: Connection, scope: Scope, first_day: dt.date) -> dt.datetime | None:
    """When the first entry that is still there was used; None without any.

    They are looked for from `first_day` on, the first of which the rollup knows, and most often
    found at once; each time twice as many days are read, since behind the walls of data/wall.py
    no LIMIT ends a scan early.
    """
    start = dt.datetime.combine(first_day, dt.time(), dt.UTC) - DAY  # no zone's day begins before
    for days in (2**step for step in range(2, 11)):
        end = start + DAY * days
        if found := connection.execute(_first(scope, start, end)).scalar():
            return found
        start = end
    return connection.execute(_first(scope, start, END_OF_INSTANTS)).scalar()


def _first(scope: Scope, start: dt.datetime, end: dt.datetime) -> Select[dt.datetime]:
    at, own = entries.c.occurred_at, entries.c.account_id == scope.account_id
    consumed = or_(*(entries.c.kind == kind for kind in CONSUMPTION))
    return select(at).where(own, at >= start, at < end, consumed).order_by(at).limit(1)
