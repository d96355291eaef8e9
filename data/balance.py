"""What an account has left: the host's own figure, else all that its ledger moved; never a guess.

Reads the account and the rollup, never the ledger's entries.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from data.access import Scope
from data.column_types import HostId, LocalDate
from data.schema import (
    MOVEMENTS,
    ROLLUP_VERSION,
    accounts,
    rollup_by_reason,
    rollup_movements,
    rollup_state,
)

CONSUMED = "consumed"  # used less refunded
# Of docs/ledger.md; an adjustment has its own sign.
DIRECTION = {"grant": 1, "purchase": 1, "adjustment": 1, "expiry": -1, CONSUMED: -1}


def balance(connection: Connection, scope: Scope, today: dt.date) -> int | None:
    """Micro-credits left, exactly; None where neither host nor ledger says.

    The host's `accounts.balance_micro` where it gives one. Else the movements and the consumption
    of all days up to `today`, the account's local one, as far as the rollup reaches. Unknown where
    the ledger has no movement up to then, or the account was rolled up before movements were kept.
    """
    stated = _stated(connection, scope)
    return _moved(connection, scope, today) if stated is None else stated


# All columns, since the contract leaves it to the host whether this one is there. Made once: to
# put a statement together costs more than to run it.
STATED: Select[Any] = (
    select(literal_column("*")).select_from(accounts).where(accounts.c.id == bindparam("id"))
)


def _stated(connection: Connection, scope: Scope) -> int | None:
    row = connection.execute(STATED, {"id": scope.account_id}).mappings().first()
    stated = row.get("balance_micro") if row else None
    return None if stated is None else int(stated)


def _moved(connection: Connection, scope: Scope, today: dt.date) -> int | None:
    rows = connection.execute(BY_KIND, {"account_id": scope.account_id, "today": today}).all()
    totals = {kind: int(total) for kind, total in rows if total is not None}
    if totals.keys().isdisjoint(MOVEMENTS):
        return None
    return sum(DIRECTION[kind] * total for kind, total in totals.items())


def _by_kind() -> CompoundSelect[*tuple[Any, ...]]:
    """What moved by kind, and what was consumed, up to `today`; no sum while it is not built.

    Two ranges of primary keys: the account's movements and its consumption.
    """
    moved, consumed, state = rollup_movements.c, rollup_by_reason.c, rollup_state.c
    own, today = bindparam("account_id", type_=HostId()), bindparam("today", type_=LocalDate())
    built = (
        select(state.account_id)
        .where(
            state.account_id == own,
            state.timezone.is_not(None),
            state.made_by == ROLLUP_VERSION,
        )
        .exists()
    )
    movements = (
        select(moved.kind, func.sum(moved.amount_micro))
        .where(moved.account_id == own, moved.day <= today, built)
        .group_by(moved.kind)
    )
    net = func.sum(consumed.used_micro - consumed.refunded_micro)
    consumption = select(literal(CONSUMED), net).where(
        consumed.account_id == own, consumed.day <= today, built
    )
    return union_all(movements, consumption)


BY_KIND = _by_kind()
