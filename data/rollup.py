"""The rollup: what each local day consumed and what moved its balance, recomputed and replaced.

Never adds to a row: the days touched are deleted and inserted again from the ledger, so doing it
twice is doing it once. A snapshot's cache and a production database share this one `recompute`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from data.day_sums import Sums, is_small, ledger_days
from data.periods import DAY, FIRST_DAY, LAST_DAY, Period, local_day, zone
from data.rolled_account import Kept
from data.rolled_account import RolledAccount as RolledAccount
from data.schema import (
    ROLLUP_VERSION,
    accounts,
    entries,
    rollup_by_reason,
    rollup_by_workspace,
    rollup_movements,
    rollup_state,
)
from data.stored_days import store_days
from data.weeks import drop_weeks, fill_weeks, monday

EVER = Period(FIRST_DAY, LAST_DAY)
CHUNK = DAY * 35  # of one rebuild step: small sorts, and a progress that moves
FEW = 2_000  # rows; a step that made fewer is followed by a longer one
LONG = DAY * 366 * 8  # a small account whose entries lie within it is rebuilt in one step

SUMMED = (rollup_by_reason, rollup_by_workspace, rollup_movements)

COMPARED = ("compared_at", "ledger_micro", "rollup_micro", "changed_first", "changed_last")
NEVER = dict.fromkeys((*COMPARED, "retry_at", "failure"), None) | {"failures": 0}

Progress = Callable[[float], None]  # the part done, 0 to 1


# Made once: to put a statement together costs more than to run it on a small account.
_state = rollup_state.c
LISTED = (
    select(accounts.c.id, accounts.c.timezone, _state.keep_from, _state.keep_since)
    .select_from(accounts.outerjoin(rollup_state, _state.account_id == bindparam("own_id")))
    # A second name: one parameter has one type, and a host's id may be a uuid where ours is text.
    .where(accounts.c.id == bindparam("account_id"))
)
CLEAR = [
    delete(table).where(
        table.c.account_id == bindparam("account_id"),
        table.c.day >= bindparam("start"),
        table.c.day < bindparam("end"),
    )
    for table in SUMMED
]


def account_to_roll(connection: Connection, account_id: str) -> RolledAccount | None:
    """The account's present zone and what is frozen, None when the ledger does not list it."""
    ids = {"own_id": account_id, "account_id": account_id}
    row = connection.execute(LISTED, ids).one_or_none()
    if row is None:
        return None
    kept = Kept(row.keep_from, row.keep_since) if row.keep_from else None
    return RolledAccount(row.id, row.timezone, kept)


def recompute(connection: Connection, account: RolledAccount, days: Period) -> None:
    """Replace the rollup of these local days by what the ledger holds now; the caller commits.

    Frozen days stay as they are. Entries in the future count on their day.
    """
    own = account.unfrozen(days)
    drop_days(connection, account.id, own)
    store_days(connection, account, own)
    fill_weeks(connection, account.id, own)


def rebuild(
    connection: Connection, account: RolledAccount, progress: Progress | None = None
) -> None:
    """Recompute every day that is not frozen and raise the version; the caller commits."""
    unfrozen = account.unfrozen(EVER)
    drop_days(connection, account.id, unfrozen)
    whole = ledger_days(connection, account)
    start, step = (whole.start, _first_step(connection, account, whole)) if whole else (None, CHUNK)
    while whole and start and start < whole.end:
        days = Period(start, min(start + step, whole.end))
        if store_days(connection, account, days) < FEW:
            step *= 4  # a small account is done in a few statements
        if progress:
            progress((days.end - whole.start) / (whole.end - whole.start))
        start = _next_day(connection, account, days.end) if days.end < whole.end else None
    fill_weeks(connection, account.id, unfrozen)
    _note_built(connection, account, whole)


def drop_days(connection: Connection, account_id: str, days: Period = EVER) -> None:
    """Delete the account's stored days, or some of them, and the weeks that hold one."""
    bounds = {"account_id": account_id, "start": days.start, "end": days.end}
    for statement in CLEAR:
        connection.execute(statement, bounds)
    drop_weeks(connection, account_id, days)


# Nothing failed, and the second look compares what changed since it looked last.
_first: BindParameter[dt.date] = bindparam("first")
_last: BindParameter[dt.date] = bindparam("last")
CHANGED = (
    update(rollup_state)
    .where(_state.account_id == bindparam("own_id"))
    .values(
        version=_state.version + 1,
        failures=0,
        retry_at=None,
        failure=None,
        changed_first=case((_state.changed_first < _first, _state.changed_first), else_=_first),
        changed_last=case((_state.changed_last > _last, _state.changed_last), else_=_last),
    )
)


def note_change(rollup: Connection, account: RolledAccount, days: Iterable[Period]) -> None:
    """Raise the account's version, and have the second look compare these days."""
    first, last = min(period.start for period in days), max(period.last for period in days)
    rollup.execute(CHANGED, {"own_id": account.id, "first": first, "last": last})


def _note_built(rollup: Connection, account: RolledAccount, days: Period | None) -> None:
    """Raise the account's version; all its days were made, and none was compared."""
    made: dict[str, Any] = {"timezone": account.timezone, "made_by": ROLLUP_VERSION, **NEVER}
    made |= {"changed_first": days.start, "changed_last": days.last} if days else {}
    own = update(rollup_state).where(rollup_state.c.account_id == account.id)
    if not rollup.execute(own.values(version=rollup_state.c.version + 1, **made)).rowcount:
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


def stored_sums(rollup: Connection, account_id: str, days: Period) -> Sums:
    """What these local days hold, as the rollup has it."""
    found = Sums()
    for table, sums in zip(SUMMED, found.breakdowns, strict=True):
        own, labels = table.c.account_id == account_id, len(table.primary_key)
        query = select(table).where(own, table.c.day >= days.start, table.c.day < days.end)
        sums |= {tuple(row[1:labels]): tuple(row[labels:]) for row in rollup.execute(query)}
    return found


def _first_step(ledger: Connection, account: RolledAccount, whole: Period) -> dt.timedelta:
    """All days at once where the entries are few and no clock changes too often between them."""
    days = whole.end - whole.start
    return days if days <= LONG and is_small(ledger, account) else CHUNK


def _next_day(ledger: Connection, account: RolledAccount, day: dt.date) -> dt.date | None:
    """`day`, or a later one when the account has no entry for long; None without any to come."""
    # Whatever the zone, what is local to `day` or later lies after this instant.
    after = dt.datetime.combine(day, dt.time(), dt.UTC) - DAY * 2
    times = entries.c.occurred_at
    query = select(func.min(times)).where(entries.c.account_id == account.id, times >= after)
    found = ledger.execute(query).scalar()
    return max(day, local_day(found, zone(account.timezone)) - DAY) if found else None


def chunked(days: Period | None) -> Iterator[Period]:
    """The days in steps of CHUNK, whole weeks but at the ends; nothing for None."""
    start = days.start if days else None
    while days and start and start < days.end:
        end = min(monday(start) + CHUNK, days.end)
        yield Period(start, end)
        start = end
