"""Whether an account's charts add up to its ledger: what the second look found, and what waits.

For the line at the page's foot. `load` is None where the account was never compared: nothing can
be said. Otherwise:

- `matches`: the charts are what the ledger says, with nothing newer. `total_micro` is then the
  total to print: the account's own consumption of all time (used less refunded, every entry that
  it has, also those dated later than today), as the ledger had it at `compared_at`.
- `newer_micro`: by how much the ledger's consumption would change these charts now, because of
  entries that still wait for the aggregator: `12 credits newer than these charts`. It can be below
  zero (refunds, deletions). None: so many days wait that no page should count them.
- `difference_micro`: what the ledger had more than the charts, at `compared_at`, on days that did
  not wait and that mending did not put right. Expected to be 0: anything else is a fault to report.
- `compared_at` is None on a snapshot, whose whole content is of one moment, that of its
  `Freshness`; there nothing can be newer.

What was taken in since `compared_at` is in the charts and not in `total_micro`: the line speaks of
its moment. It reads the ledger for the days that wait and for no other; no day is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    case,
    func,
    select,
    union_all,
)

from data.access import Scope
from data.column_types import EPOCH, MICROSECOND
from data.engine import day_index
from data.periods import DAY, Period, joined
from data.rolled_account import Kept, RolledAccount
from data.schema import dirty, entries, rollup_by_reason, rollup_state

MOST_DAYS = 62  # that wait and are counted for a page
EVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Reconciled:
    """The last comparison of an account with its ledger, in micro-credits; see the module."""

    total_micro: int
    compared_at: dt.datetime | None
    difference_micro: int
    newer_micro: int | None

    @property
    def matches(self) -> bool:
        """Whether nothing differs and nothing is newer."""
        return self.difference_micro == 0 and self.newer_micro == 0


# Made once: to put a statement together costs more than to run it.
STATE = select(rollup_state).where(rollup_state.c.account_id == bindparam("own"))


def load(connection: Connection, scope: Scope) -> Reconciled | None:
    """The account's comparison; None until it was compared.

    Two statements, or three where changes wait; call it in the transaction of the charts.
    """
    row = connection.execute(STATE, {"own": scope.account_id}).one_or_none()
    if row is None or row.timezone is None or row.ledger_micro is None:
        return None
    kept = Kept(row.keep_from, row.keep_since) if row.keep_from else None
    account = RolledAccount(scope.account_id, row.timezone, kept)
    return Reconciled(
        total_micro=row.ledger_micro,
        compared_at=row.compared_at,
        difference_micro=row.ledger_micro - row.rollup_micro,
        newer_micro=0 if row.compared_at is None else _newer(connection, account),
    )


def _newer(connection: Connection, account: RolledAccount) -> int | None:
    waiting = _waiting(connection, account)
    if not waiting:
        return 0
    if sum(days.days for days in waiting) > MOST_DAYS:
        return None
    sides = connection.execute(both_sides(account, waiting))
    return sum(int(micro) for (micro,) in sides if micro is not None)


def _waiting(connection: Connection, account: RolledAccount) -> list[Period]:
    """Local days with marks and their neighbours: those that share a day of UTC with a mark."""
    since = account.kept.since if account.kept else EVER
    query = _marked_days(connection.dialect.name)
    found = set()
    for index in connection.execute(query, {"own": account.id, "since": since}).scalars():
        start = EPOCH + DAY * index
        found |= {account.day_of(start), account.day_of(start + DAY - MICROSECOND)}
    return joined(found)


@cache
def _marked_days(dialect: str) -> Select[Any]:
    """Days of UTC with marks that are not of frozen days, by their number."""
    mark, day = dirty.c, day_index(dialect, dirty.c.at, EPOCH)
    own = (mark.account_id == bindparam("own"), mark.at >= bindparam("since"))
    return select(day).where(*own).distinct()


def both_sides(account: RolledAccount, days: Iterable[Period]) -> CompoundSelect[*tuple[Any, ...]]:
    """Rows whose sum is the ledger's consumption of these days less that of the charts."""
    return union_all(*_sides(account, list(days)))


def _sides(account: RolledAccount, waiting: list[Period]) -> Iterator[Select[Any]]:
    stored, moved = rollup_by_reason.c, entries.c
    signed = case(
        (moved.kind == "usage", moved.amount_micro),
        (moved.kind == "refund", -moved.amount_micro),
        else_=0,
    )
    for days in waiting:
        yield select(func.sum(stored.refunded_micro - stored.used_micro)).where(
            stored.account_id == account.id, stored.day >= days.start, stored.day < days.end
        )
        for segment in account.segments(days):
            yield select(func.sum(signed)).where(
                moved.account_id == account.id,
                moved.occurred_at >= segment.start,
                moved.occurred_at < segment.end,
            )
