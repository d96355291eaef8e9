"""Which accounts have work: entries that changed, no days yet, another zone, or listed no more.

Statements only, each of (account_id, known): `known` is NULL for an account without a row of
`rollup_state`. Ids of the ledger are compared as text, since a host's may be uuid or bigint.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select

from data.schema import ROLLUP_VERSION, accounts, dirty, rollup_state

_id = cast(accounts.c.id, Text)
_state = rollup_state.c


def waiting(now: dt.datetime) -> Select[Any]:
    """Accounts with marks, the longest waiting first, but for those that failed a moment ago."""
    same = _state.account_id == dirty.c.account_id
    return (
        select(dirty.c.account_id, func.max(_state.account_id).label("known"))
        .select_from(dirty.outerjoin(rollup_state, same))
        .where(_due(now))
        .group_by(dirty.c.account_id)
        .order_by(func.min(dirty.c.marked))
    )


def to_build(now: dt.datetime) -> Select[Any]:
    """Accounts whose days are missing, of another zone or of tables of an older version, but for

    those that failed a moment ago.
    """
    return (
        select(_id.label("account_id"), _state.account_id.label("known"))
        .select_from(accounts.outerjoin(rollup_state, _id == _state.account_id))
        .where(
            or_(
                _state.timezone.is_(None),
                _state.timezone != accounts.c.timezone,
                _state.made_by.is_distinct_from(ROLLUP_VERSION),
            ),
            _due(now),
        )
    )


def to_drop() -> Select[Any]:
    """Accounts that the rollup has and the ledger lists no more."""
    return (
        select(_state.account_id, _state.account_id.label("known"))
        .select_from(rollup_state.outerjoin(accounts, _id == _state.account_id))
        .where(accounts.c.id.is_(None))
    )


def _due(now: dt.datetime) -> ColumnElement[bool]:
    return or_(_state.retry_at.is_(None), _state.retry_at <= now)
