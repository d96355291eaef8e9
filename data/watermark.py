"""How far an account's charts reach on a running ledger: reads of the accounting, never a change.

The oldest change that still waits decides, so that one bad account delays no other; without any it
is the aggregator's heartbeat, so that a dead aggregator cannot look fresh.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, select

from data.access import Scope
from data.column_types import EPOCH
from data.freshness import Freshness
from data.schema import dirty, rollup_heartbeat, rollup_state


def freshness(connection: Connection, scope: Scope, now: dt.datetime) -> Freshness:
    """How far the account's charts reach; `heartbeat` is 1970 where none was ever heard."""
    beat = connection.execute(select(func.max(rollup_heartbeat.c.beat))).scalar()
    oldest = select(func.min(dirty.c.marked)).where(dirty.c.account_id == scope.account_id)
    waiting = connection.execute(oldest).scalar()
    return Freshness(watermark=waiting or beat, heartbeat=beat or EPOCH, now=now)


def account_version(connection: Connection, scope: Scope) -> int | None:
    """A number that grows with every change of the account's sums; None until they are built.

    One read of a primary key: what an open page asks to learn that nothing changed.
    """
    state = rollup_state.c
    query = select(state.version).where(
        state.account_id == scope.account_id, state.timezone.is_not(None)
    )
    return connection.execute(query).scalar_one_or_none()


def lag(connection: Connection, now: dt.datetime) -> dt.timedelta:
    """How long the oldest change of any account has been waiting; zero without any."""
    oldest = connection.execute(select(func.min(dirty.c.marked))).scalar()
    return max(now - oldest, dt.timedelta(0)) if oldest else dt.timedelta(0)
