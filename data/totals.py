"""An account's sums of all time, found on each side by itself: the ledger's without any day.

What the rollup keeps by local days and labels must come to the same. Never a change.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, func, select

from data.schema import (
    CONSUMPTION,
    KINDS,
    entries,
    rollup_by_reason,
    rollup_by_workspace,
    rollup_movements,
)

Kinds = Counter[str]  # micro-credits by kind of entry, 0 for one that is not there


@dataclass(frozen=True)
class Totals:
    """By kind of entry: the ledger's, and the rollup's by either breakdown of consumption."""

    ledger: Kinds
    by_reason: Kinds
    by_workspace: Kinds

    @property
    def same(self) -> bool:
        """Whether all three say the same of every kind."""
        sides = (self.ledger, self.by_reason, self.by_workspace)
        return len({tuple(side[kind] for kind in KINDS) for side in sides}) == 1

    @property
    def ledger_micro(self) -> int:
        """What the ledger says was used less what was refunded."""
        return _net(self.ledger)

    @property
    def rollup_micro(self) -> int:
        """What the charts say; where their breakdowns disagree, the one that is wrong."""
        sides = (_net(self.by_reason), _net(self.by_workspace))
        return next((side for side in sides if side != self.ledger_micro), self.ledger_micro)


def account_totals(ledger: Connection, rollup: Connection, account_id: str) -> Totals:
    """Both sides; the ledger's is one walk over all entries of the account."""
    by_reason, by_workspace = (
        _consumed(rollup, table, account_id) for table in (rollup_by_reason, rollup_by_workspace)
    )
    for side in (by_reason, by_workspace):
        side.update(_by_kind(rollup, rollup_movements, account_id))
    return Totals(_by_kind(ledger, entries, account_id), by_reason, by_workspace)


def charts_micro(rollup: Connection, account_id: str) -> int:
    """What the charts say was used less what was refunded, over all days."""
    return _net(_consumed(rollup, rollup_by_reason, account_id))


@cache
def _query(table: Table) -> Select[Any]:
    """Made once: to put it together costs more than to run it on a small account."""
    columns, own = table.c, table.c.account_id == bindparam("own")
    if "kind" in columns:
        return select(columns.kind, func.sum(columns.amount_micro)).where(own).group_by("kind")
    return select(func.sum(columns.used_micro), func.sum(columns.refunded_micro)).where(own)


def _by_kind(connection: Connection, table: Table, account_id: str) -> Kinds:
    found = connection.execute(_query(table), {"own": account_id})
    return Counter({name: int(total) for name, total in found})


def _consumed(rollup: Connection, table: Table, account_id: str) -> Kinds:
    row = rollup.execute(_query(table), {"own": account_id}).one()
    return Counter(dict(zip(CONSUMPTION, (int(total or 0) for total in row), strict=True)))


def _net(kinds: Kinds) -> int:
    return kinds["usage"] - kinds["refund"]
