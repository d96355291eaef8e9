"""How far an account's charts reach on a running ledger: reads of the accounting, never a change.

The oldest change that still waits decides, so that one bad account delays no other; without any it
is the aggregator's heartbeat, so that a dead aggregator cannot look fresh.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from data.access import Scope
from data.column_types import EPOCH, HostId
from data.freshness import Freshness
from data.schema import dirty, rollup_heartbeat, rollup_state


@dataclass(frozen=True)
class Standing:
    """What an account's rollup stands at: the zone that made its days, and how far it reaches."""

    timezone: str
    freshness: Freshness


# Made once: to put it together costs more than to run it.
_state, _own = rollup_state.c, bindparam("account_id", type_=HostId())
STANDING = select(
    _state.timezone,
    _state.version,
    select(func.max(rollup_heartbeat.c.beat)).scalar_subquery().label("beat"),
    select(func.min(dirty.c.marked))
    .where(dirty.c.account_id == _own)
    .scalar_subquery()
    .label("waiting"),
).where(_state.account_id == _own, _state.timezone.is_not(None))


def standing(connection: Connection, scope: Scope, now: dt.datetime) -> Standing | None:
    """None until the account is built; its heartbeat is 1970 where none was ever heard.

    One statement that reads three indexes: all that an open page costs while nothing changes.
    """
    row = connection.execute(STANDING, {"account_id": scope.account_id}).one_or_none()
    if row is None:
        return None
    beat = row.beat or EPOCH
    return Standing(row.timezone, Freshness(row.waiting or row.beat, beat, now, row.version))


def lag(connection: Connection, now: dt.datetime) -> dt.timedelta:
    """How long the oldest change of any account has been waiting; zero without any."""
    oldest = connection.execute(select(func.min(dirty.c.marked))).scalar()
    return max(now - oldest, dt.timedelta(0)) if oldest else dt.timedelta(0)
