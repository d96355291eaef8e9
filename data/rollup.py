"""The rollup: what each local day consumed, by reason and by workspace, recomputed and replaced.

Never adds to a row: the days touched are deleted and inserted again from the ledger, so doing it
twice is doing it once. A snapshot's cache and a production database share this one `recompute`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, Table, case, delete, func, insert, select

from data.engine import day_index
from data.periods import DAY, Period, Segment, local_day, segments, zone
from data.schema import (
    CONSUMPTION,
    accounts,
    entries,
    rollup_by_reason,
    rollup_by_workspace,
    rollup_state,
)

CHUNK = DAY * 31  # of one rebuild step: small sorts, and a progress that moves

Amounts = tuple[int, int]  # used, refunded in micro-credits
Progress = Callable[[float], None]  # the part done, 0 to 1


@dataclass(frozen=True)
class RolledAccount:
    """The account whose days are recomputed, and the zone that makes them."""

    id: str
    timezone: str


def account_to_roll(ledger: Connection, account_id: str) -> RolledAccount | None:
    """The account's present zone, None when the ledger does not list it."""
    query = select(accounts.c.id, accounts.c.timezone).where(accounts.c.id == account_id)
    row = ledger.execute(query).one_or_none()
    return RolledAccount(row.id, row.timezone) if row else None


def recompute(ledger: Connection, rollup: Connection, account: RolledAccount, days: Period) -> None:
    """Replace the rollup of these local days by what the ledger holds now; the caller commits.

    `ledger` and `rollup` may be the same connection. Entries in the future count on their day.
    """
    by_reason: dict[tuple[object, ...], Amounts] = defaultdict(lambda: (0, 0))
    by_workspace: dict[tuple[object, ...], Amounts] = defaultdict(lambda: (0, 0))
    for day, row in _sums(ledger, account, days):
        _add(by_reason, (day, row.reason, row.workflow_type or ""), row)
        _add(by_workspace, (day, row.workspace_id or ""), row)
    _replace(rollup, rollup_by_reason, account, days, by_reason)
    _replace(rollup, rollup_by_workspace, account, days, by_workspace)


def rebuild(
    ledger: Connection, rollup: Connection, account: RolledAccount, progress: Progress | None = None
) -> None:
    """Recompute every day of the account and raise its version; the caller commits."""
    for table in (rollup_by_reason, rollup_by_workspace):
        rollup.execute(delete(table).where(table.c.account_id == account.id))
    chunks = list(_chunks(_all_days(ledger, account)))
    for done, days in enumerate(chunks, start=1):
        recompute(ledger, rollup, account, days)
        if progress:
            progress(done / len(chunks))
    _raise_version(rollup, account)


def rolled_zone(rollup: Connection, account_id: str) -> str | None:
    """The zone of the account's stored days, None when it was never built."""
    query = select(rollup_state.c.timezone).where(rollup_state.c.account_id == account_id)
    return rollup.execute(query).scalar_one_or_none()


def day_sums(connection: Connection, account_id: str, segment: Segment) -> Select[tuple[object]]:
    """Used and refunded in one segment by day index, reason, workflow type and workspace."""
    group = (
        day_index(connection, entries.c.occurred_at, segment).label("day_index"),
        entries.c.reason,
        entries.c.workflow_type,
        entries.c.workspace_id,
    )
    used = func.sum(case((entries.c.kind == "usage", entries.c.amount_micro), else_=0))
    refunded = func.sum(case((entries.c.kind == "refund", entries.c.amount_micro), else_=0))
    return (
        select(*group, used.label("used"), refunded.label("refunded"))
        .where(
            entries.c.account_id == account_id,
            entries.c.occurred_at >= segment.start,
            entries.c.occurred_at < segment.end,
            entries.c.kind.in_(CONSUMPTION),
        )
        .group_by("day_index", *group[1:])
    )


def _sums(
    ledger: Connection, account: RolledAccount, days: Period
) -> Iterator[tuple[dt.date, Row[tuple[object]]]]:
    for segment in segments(days, zone(account.timezone)):
        for row in ledger.execute(day_sums(ledger, account.id, segment)):
            yield segment.first_day + DAY * int(row.day_index), row


def _add(
    sums: dict[tuple[object, ...], Amounts], key: tuple[object, ...], row: Row[tuple[object]]
) -> None:
    used, refunded = sums[key]
    # PostgreSQL sums bigint into numeric; a sum that leaves 64 bits is refused by the column.
    sums[key] = (used + int(row.used), refunded + int(row.refunded))


def _replace(
    rollup: Connection,
    table: Table,
    account: RolledAccount,
    days: Period,
    sums: Mapping[tuple[object, ...], Amounts],
) -> None:
    own = table.c.account_id == account.id
    rollup.execute(delete(table).where(own, table.c.day >= days.start, table.c.day < days.end))
    names = table.columns.keys()
    rows = [
        dict(zip(names, (account.id, *key, *amounts), strict=True)) for key, amounts in sums.items()
    ]
    if rows:
        rollup.execute(insert(table), rows)


def _all_days(ledger: Connection, account: RolledAccount) -> Period | None:
    """The local days from the account's first entry to its last, None without any."""
    times = entries.c.occurred_at
    # Two statements: one with both min and max would read the whole index.
    first, last = (
        ledger.execute(select(edge(times)).where(entries.c.account_id == account.id)).scalar_one()
        for edge in (func.min, func.max)
    )
    if first is None:
        return None
    tz = zone(account.timezone)
    # A repeated hour across midnight can put a later instant on an earlier day, by one at most.
    return Period(local_day(first, tz) - DAY, local_day(last, tz) + DAY * 2)


def _chunks(days: Period | None) -> Iterable[Period]:
    start = days.start if days else None
    while days and start and start < days.end:
        end = min(start + CHUNK, days.end)
        yield Period(start, end)
        start = end


def _raise_version(rollup: Connection, account: RolledAccount) -> None:
    own = rollup_state.c.account_id == account.id
    version = rollup.execute(select(rollup_state.c.version).where(own)).scalar_one_or_none() or 0
    rollup.execute(delete(rollup_state).where(own))
    state = {"account_id": account.id, "timezone": account.timezone, "version": version + 1}
    rollup.execute(insert(rollup_state), [state])
