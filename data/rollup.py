"""The rollup: what each local day consumed, by reason and by workspace, recomputed and replaced.

Never adds to a row: the days touched are deleted and inserted again from the ledger, so doing it
twice is doing it once. A snapshot's cache and a production database share this one `recompute`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, case, cast, delete, func, insert, select, update

from data.column_types import Micro
from data.engine import day_index, insert_rows
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
FEW = 2_000  # rows; a step that made fewer is followed by a longer one

SUMMED = (rollup_by_reason, rollup_by_workspace)

Key = tuple[Any, ...]  # a local day and the labels that a table sums by
Amounts = tuple[int, int]  # used, refunded in micro-credits
Progress = Callable[[float], None]  # the part done, 0 to 1


@dataclass(frozen=True)
class RolledAccount:
    """The account whose days are recomputed, and the zone that makes them."""

    id: str
    timezone: str


@dataclass(frozen=True)
class Sums:
    """Consumption of some local days: by (day, reason, type) and by (day, workspace)."""

    by_reason: dict[Key, Amounts]
    by_workspace: dict[Key, Amounts]


def account_to_roll(ledger: Connection, account_id: str) -> RolledAccount | None:
    """The account's present zone, None when the ledger does not list it."""
    query = select(accounts.c.id, accounts.c.timezone).where(accounts.c.id == account_id)
    row = ledger.execute(query).one_or_none()
    return RolledAccount(row.id, row.timezone) if row else None


def recompute(ledger: Connection, rollup: Connection, account: RolledAccount, days: Period) -> None:
    """Replace the rollup of these local days by what the ledger holds now; the caller commits.

    `ledger` and `rollup` may be the same connection. Entries in the future count on their day.
    """
    for table in SUMMED:
        own = table.c.account_id == account.id
        rollup.execute(delete(table).where(own, table.c.day >= days.start, table.c.day < days.end))
    _store(rollup, account, ledger_sums(ledger, account, days))


def rebuild(
    ledger: Connection, rollup: Connection, account: RolledAccount, progress: Progress | None = None
) -> None:
    """Recompute every day of the account and raise its version; the caller commits."""
    drop_days(rollup, account.id)
    whole = ledger_days(ledger, account)
    start, step = (whole.start, CHUNK) if whole else (None, CHUNK)
    while whole and start and start < whole.end:
        days = Period(start, min(start + step, whole.end))
        found = ledger_sums(ledger, account, days)
        _store(rollup, account, found)
        if progress:
            progress((days.end - whole.start) / (whole.end - whole.start))
        start = _next_day(ledger, account, days.end)
        if len(found.by_reason) + len(found.by_workspace) < FEW:
            step *= 4  # a small account is done in a few statements
    raise_version(rollup, account)


def drop_days(rollup: Connection, account_id: str) -> None:
    """Delete every stored day of the account."""
    for table in SUMMED:
        rollup.execute(delete(table).where(table.c.account_id == account_id))


def raise_version(rollup: Connection, account: RolledAccount) -> None:
    """Note that the account's rows changed, were made in its present zone, and nothing failed."""
    made = {"timezone": account.timezone, "failures": 0, "retry_at": None, "failure": None}
    own = update(rollup_state).where(rollup_state.c.account_id == account.id)
    found = rollup.execute(own.values(version=rollup_state.c.version + 1, **made))
    if not found.rowcount:
        rollup.execute(insert(rollup_state), [{"account_id": account.id, "version": 1, **made}])


def rolled_zone(rollup: Connection, account_id: str) -> str | None:
    """The zone of the account's stored days, None while it is not built."""
    query = select(rollup_state.c.timezone).where(rollup_state.c.account_id == account_id)
    return rollup.execute(query).scalar_one_or_none()


def day_sums(connection: Connection, account_id: str, segment: Segment) -> Select[Any]:
    """Used and refunded in one segment by day index, reason, workflow type and workspace."""
    group = (
        day_index(connection, entries.c.occurred_at, segment).label("day_index"),
        entries.c.reason,
        entries.c.workflow_type,
        entries.c.workspace_id,
    )
    # PostgreSQL sums bigint into numeric; what leaves 64 bits is an error here, on both.
    used, refunded = (
        cast(func.sum(case((entries.c.kind == kind, entries.c.amount_micro), else_=0)), Micro)
        for kind in CONSUMPTION
    )
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


def ledger_sums(ledger: Connection, account: RolledAccount, days: Period) -> Sums:
    """What these local days consumed, from the ledger's entries."""
    found = Sums({}, {})
    for segment in segments(days, zone(account.timezone)):
        for row in ledger.execute(day_sums(ledger, account.id, segment)):
            index, reason, workflow_type, workspace, used, refunded = row
            day = segment.first_day + DAY * index
            _add(found.by_reason, (day, reason, workflow_type or ""), used, refunded)
            _add(found.by_workspace, (day, workspace or ""), used, refunded)
    return found


def stored_sums(rollup: Connection, account_id: str, days: Period) -> Sums:
    """What these local days consumed, as the rollup has it."""
    found = Sums({}, {})
    for table, sums in zip(SUMMED, (found.by_reason, found.by_workspace), strict=True):
        own = table.c.account_id == account_id
        query = select(table).where(own, table.c.day >= days.start, table.c.day < days.end)
        for row in rollup.execute(query):
            sums[tuple(row[1:-2])] = row.used_micro, row.refunded_micro
    return found


def _add(sums: dict[Key, Amounts], key: Key, used: int, refunded: int) -> None:
    before = sums.get(key)
    sums[key] = (before[0] + used, before[1] + refunded) if before else (used, refunded)


def _store(rollup: Connection, account: RolledAccount, found: Sums) -> None:
    for table, sums in zip(SUMMED, (found.by_reason, found.by_workspace), strict=True):
        if sums:
            rows = [(account.id, *key, *amounts) for key, amounts in sums.items()]
            insert_rows(rollup, table, rows)


def ledger_days(ledger: Connection, account: RolledAccount) -> Period | None:
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


def _next_day(ledger: Connection, account: RolledAccount, day: dt.date) -> dt.date | None:
    """`day`, or a later one when the account has no entry for long; None without any to come."""
    # Whatever the zone, what is local to `day` or later lies after this instant.
    after = dt.datetime.combine(day, dt.time(), dt.UTC) - DAY * 2
    times = entries.c.occurred_at
    query = select(func.min(times)).where(entries.c.account_id == account.id, times >= after)
    found = ledger.execute(query).scalar()
    return max(day, local_day(found, zone(account.timezone)) - DAY) if found else None


def chunked(days: Period | None) -> Iterator[Period]:
    """The days in steps of CHUNK; nothing for None."""
    start = days.start if days else None
    while days and start and start < days.end:
        end = min(start + CHUNK, days.end)
        yield Period(start, end)
        start = end
