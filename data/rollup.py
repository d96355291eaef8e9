"""The rollup: what each local day consumed and what moved its balance, recomputed and replaced.

Never adds to a row: the days touched are deleted and inserted again from the ledger, so doing it
twice is doing it once. A snapshot's cache and a production database share this one `recompute`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from operator import add
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    update,
)

from data.column_types import Instant, Micro
from data.engine import day_index, insert_rows
from data.periods import DAY, Period, local_day, zone
from data.rolled_account import Kept
from data.rolled_account import RolledAccount as RolledAccount
from data.schema import (
    CONSUMPTION,
    MOVEMENTS,
    ROLLUP_VERSION,
    accounts,
    entries,
    rollup_by_reason,
    rollup_by_workspace,
    rollup_movements,
    rollup_state,
)

CHUNK = DAY * 31  # of one rebuild step: small sorts, and a progress that moves
FEW = 2_000  # rows; a step that made fewer is followed by a longer one

SUMMED = (rollup_by_reason, rollup_by_workspace, rollup_movements)

NEVER_COMPARED = {"compared_at": None, "ledger_micro": None, "rollup_micro": None}

Key = tuple[Any, ...]  # a local day and the labels that a table sums by
Amounts = tuple[int, ...]  # in micro-credits: used and refunded, or what moved
Progress = Callable[[float], None]  # the part done, 0 to 1


@dataclass(frozen=True)
class Sums:
    """Some local days: consumption by (day, reason, type) and (day, workspace), what moved by

    (day, kind). In the order of SUMMED.
    """

    by_reason: dict[Key, Amounts] = field(default_factory=dict)
    by_workspace: dict[Key, Amounts] = field(default_factory=dict)
    by_kind: dict[Key, Amounts] = field(default_factory=dict)

    @property
    def breakdowns(self) -> tuple[dict[Key, Amounts], ...]:
        """One for each table of SUMMED."""
        return self.by_reason, self.by_workspace, self.by_kind


def account_to_roll(connection: Connection, account_id: str) -> RolledAccount | None:
    """The account's present zone and what is frozen, None when the ledger does not list it."""
    state = rollup_state.c
    query = (
        select(accounts.c.id, accounts.c.timezone, state.keep_from, state.keep_since)
        .select_from(accounts.outerjoin(rollup_state, state.account_id == account_id))
        .where(accounts.c.id == account_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    kept = Kept(row.keep_from, row.keep_since) if row.keep_from else None
    return RolledAccount(row.id, row.timezone, kept)


def recompute(ledger: Connection, rollup: Connection, account: RolledAccount, days: Period) -> None:
    """Replace the rollup of these local days by what the ledger holds now; the caller commits.

    Frozen days stay as they are. `ledger` and `rollup` may be the same connection. Entries in the
    future count on their day.
    """
    days = account.unfrozen(days)
    for table in SUMMED:
        own = table.c.account_id == account.id
        rollup.execute(delete(table).where(own, table.c.day >= days.start, table.c.day < days.end))
    _store(rollup, account, ledger_sums(ledger, account, days))


def rebuild(
    ledger: Connection, rollup: Connection, account: RolledAccount, progress: Progress | None = None
) -> None:
    """Recompute every day that is not frozen and raise the version; the caller commits."""
    drop_days(rollup, account.id, account.kept.day if account.kept else None)
    whole = ledger_days(ledger, account)
    start, step = (whole.start, CHUNK) if whole else (None, CHUNK)
    while whole and start and start < whole.end:
        days = Period(start, min(start + step, whole.end))
        found = ledger_sums(ledger, account, days)
        _store(rollup, account, found)
        if progress:
            progress((days.end - whole.start) / (whole.end - whole.start))
        start = _next_day(ledger, account, days.end)
        if sum(map(len, found.breakdowns)) < FEW:
            step *= 4  # a small account is done in a few statements
    first, last = (whole.start, whole.last) if whole else (None, None)
    changed = {"made_by": ROLLUP_VERSION, "changed_first": first, "changed_last": last}
    _raise_version(rollup, account, **changed, **NEVER_COMPARED)


def drop_days(rollup: Connection, account_id: str, first: dt.date | None = None) -> None:
    """Delete every stored day of the account, or those from `first` on."""
    for table in SUMMED:
        own = delete(table).where(table.c.account_id == account_id)
        rollup.execute(own.where(table.c.day >= first) if first else own)


def note_change(rollup: Connection, account: RolledAccount, days: Iterable[Period]) -> None:
    """Raise the account's version, and have the second look compare these days."""
    state, first = rollup_state.c, min(period.start for period in days)
    last = max(period.last for period in days)
    _raise_version(
        rollup,
        account,
        changed_first=case((state.changed_first < first, state.changed_first), else_=first),
        changed_last=case((state.changed_last > last, state.changed_last), else_=last),
    )


def _raise_version(rollup: Connection, account: RolledAccount, **changed: Any) -> None:
    """Note that the account's rows changed, were made in its present zone, and nothing failed."""
    made = {"timezone": account.timezone, "failures": 0, "retry_at": None, "failure": None}
    made |= changed
    own = update(rollup_state).where(rollup_state.c.account_id == account.id)
    found = rollup.execute(own.values(version=rollup_state.c.version + 1, **made))
    if not found.rowcount:
        rollup.execute(insert(rollup_state), [{"account_id": account.id, "version": 1, **made}])


def rolled_zone(rollup: Connection, account_id: str) -> str | None:
    """The zone of the account's stored days, None while it is not built."""
    query = select(rollup_state.c.timezone).where(rollup_state.c.account_id == account_id)
    return rollup.execute(query).scalar_one_or_none()


def stands(rollup: Connection, account: RolledAccount) -> bool:
    """Whether all tables hold the account's days, in its present zone."""
    state = rollup_state.c
    query = select(state.timezone, state.made_by).where(state.account_id == account.id)
    return rollup.execute(query).one_or_none() == (account.timezone, ROLLUP_VERSION)


@cache
def day_sums(dialect: str) -> Select[Any]:
    """One segment by day index, kind of movement, reason, workflow type and workspace.

    What moved the balance comes by its kind with the amount under `used`; consumption has no such
    kind. Made once: to put it together costs more than to run it on a small account.
    """
    kind, amount = entries.c.kind, entries.c.amount_micro
    consumed = or_(*(kind == known for known in CONSUMPTION))
    group = (
        day_index(dialect, entries.c.occurred_at, bindparam("midnight", type_=Instant)),
        case((consumed, null()), else_=kind).label("moved_by"),
        entries.c.reason,
        entries.c.workflow_type,
        entries.c.workspace_id,
    )
    # PostgreSQL sums bigint into numeric; what leaves 64 bits is an error here, on both.
    used = cast(func.sum(case((kind == "refund", 0), else_=amount)), Micro)
    refunded = cast(func.sum(case((kind == "refund", amount), else_=0)), Micro)
    return (
        select(*group, used.label("used"), refunded.label("refunded"))
        .where(
            entries.c.account_id == bindparam("account_id"),
            entries.c.occurred_at >= bindparam("start"),
            entries.c.occurred_at < bindparam("end"),
        )
        .group_by("day_index", "moved_by", *group[2:])
    )


def ledger_sums(ledger: Connection, account: RolledAccount, days: Period) -> Sums:
    """What these local days hold, from the ledger's entries; nothing for a frozen day."""
    found, query = Sums(), day_sums(ledger.dialect.name)
    for segment in account.segments(days):
        bounds = {"start": segment.start, "end": segment.end, "midnight": segment.midnight}
        for row in ledger.execute(query, {"account_id": account.id, **bounds}):
            index, moved_by, reason, workflow_type, workspace, used, refunded = row
            day = account.counted_on(segment.first_day + DAY * index)
            if moved_by is None:
                _add(found.by_reason, (day, reason, workflow_type or ""), (used, refunded))
                _add(found.by_workspace, (day, workspace or ""), (used, refunded))
            elif moved_by in MOVEMENTS:  # an unknown kind is in no sum
                _add(found.by_kind, (day, moved_by), (used,))
    return found


def stored_sums(rollup: Connection, account_id: str, days: Period) -> Sums:
    """What these local days hold, as the rollup has it."""
    found = Sums()
    for table, sums in zip(SUMMED, found.breakdowns, strict=True):
        own, labels = table.c.account_id == account_id, len(table.primary_key)
        query = select(table).where(own, table.c.day >= days.start, table.c.day < days.end)
        sums |= {tuple(row[1:labels]): tuple(row[labels:]) for row in rollup.execute(query)}
    return found


def _add(sums: dict[Key, Amounts], key: Key, amounts: Amounts) -> None:
    before = sums.get(key)
    sums[key] = tuple(map(add, before, amounts)) if before else amounts


def _store(rollup: Connection, account: RolledAccount, found: Sums) -> None:
    for table, sums in zip(SUMMED, found.breakdowns, strict=True):
        if sums:
            rows = [(account.id, *key, *amounts) for key, amounts in sums.items()]
            insert_rows(rollup, table, rows)


def ledger_days(ledger: Connection, account: RolledAccount) -> Period | None:
    """The local days from the account's first entry to its last, None without any to count."""
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
    days = account.unfrozen(Period(local_day(first, tz) - DAY, local_day(last, tz) + DAY * 2))
    return days if days.days else None


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
