"""A second look: days that should be right are compared with the ledger, mended and counted.

Expected to find nothing. Once a day every account's yesterday and one older day, a few minutes
after a change the days that changed, and all of an account that was built; a few accounts a pass,
and never a day that is known to wait for the aggregator. What it found is noted with the account.
"""

from __future__ import annotations

import datetime as dt
import logging
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, or_, select, update
from sqlalchemy.exc import DBAPIError

from data import rollup
from data.engine import lost_connection, read_transaction, write_transaction
from data.periods import DAY, Period, local_day, zone
from data.schema import rollup_by_reason, rollup_state
from data.totals import account_totals, charts_micro
from data.verify import Difference, all_days, differences, waiting_days

log = logging.getLogger(__name__)

SLICE = 200  # accounts a pass: some tenths of a second
ROUND = dt.timedelta(days=1)
CHANGED = 20  # accounts a pass whose changes are looked at
SOON = dt.timedelta(minutes=10)  # between two looks at the changes of one account

_state = rollup_state.c
AnyRow = Row[*tuple[Any, ...]]


class Rounds:
    """Goes through all accounts once a day, and through those that changed all the time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._after = ""
        self._changed_after = ""
        self._not_before: dt.datetime | None = None

    def step(self, now: dt.datetime) -> int:
        """Look at the next accounts; how many days were mended."""
        return self._daily(now) + self._changed(now)

    def _daily(self, now: dt.datetime) -> int:
        if self._not_before and now < self._not_before:
            return 0
        ids = self._next(_built(), self._after, SLICE)
        mended = sum(self._look_at(account_id, now, older=True) for account_id in ids)
        whole = len(ids) < SLICE
        self._after, self._not_before = ("", now + ROUND) if whole else (ids[-1], None)
        return mended

    def _changed(self, now: dt.datetime) -> int:
        ids = self._next(_changed(now), self._changed_after, CHANGED)
        self._changed_after = ids[-1] if len(ids) == CHANGED else ""
        return sum(self._look_at(account_id, now, older=False) for account_id in ids)

    def _next(self, query: Select[Any], after: str, count: int) -> Sequence[str]:
        query = query.where(_state.account_id > after).order_by(_state.account_id).limit(count)
        with read_transaction(self._engine) as connection:
            return connection.execute(query).scalars().all()

    def _look_at(self, account_id: str, now: dt.datetime, *, older: bool) -> int:
        try:
            return reconcile(self._engine, account_id, now, older=older)
        except DBAPIError as error:
            if lost_connection(error):
                raise
            log.exception("account %s could not be compared with the ledger", account_id)
        except (ValueError, OverflowError):
            log.exception("account %s could not be compared with the ledger", account_id)
        return 0


def _built() -> Select[Any]:
    return select(_state.account_id).where(_state.timezone.is_not(None))


def _changed(now: dt.datetime) -> Select[Any]:
    """Accounts that changed since they were compared, but for those compared a moment ago."""
    due = or_(_state.compared_at.is_(None), _state.compared_at <= now - SOON)
    return _built().where(_state.changed_first.is_not(None), _state.failures == 0, due)


# --- one account ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """What a look at one account found, and the version of its rows that it saw."""

    account: rollup.RolledAccount
    version: int
    wrong: frozenset[Difference]
    charts_micro: int  # consumption of all time

    @property
    def ledger_micro(self) -> int:
        """The ledger's consumption of all time, but for what waits."""
        missing: Counter[str] = Counter()
        for found in self.wrong:
            missing[found.breakdown] += found.ledger_micro - found.rollup_micro
        return self.charts_micro + (missing["reason"] or missing["workspace"])


def reconcile(engine: Engine, account_id: str, now: dt.datetime, *, older: bool = True) -> int:
    """Compare an account's days that are due, recompute those that differ, and note the outcome.

    `older` also looks at yesterday and one day before it. Returns how many days were mended.
    """
    found, mended = _look(engine, account_id, now, older=older), 0
    if found and found.wrong:
        for difference in sorted(found.wrong, key=str):
            log.warning("mending %s", difference)
        mended = _mend(engine, found)
        found = _look(engine, account_id, now, older=older)  # what mending left
    if found:
        _note(engine, found, now)
    return mended


def _look(engine: Engine, account_id: str, now: dt.datetime, *, older: bool) -> Comparison | None:
    with read_transaction(engine) as connection:
        account = rollup.account_to_roll(connection, account_id)
        if account is None or not rollup.stands(connection, account):
            return None  # the aggregator will build it
        state = connection.execute(
            select(rollup_state).where(_state.account_id == account_id)
        ).one()
        waiting = waiting_days(connection, account)
        due = [*_due(connection, account, state, busy=bool(waiting))]
        if older:
            due += _older(connection, account, local_day(now, zone(account.timezone)))
        wrong = frozenset(
            found
            for days in due
            for found in differences(connection, account, days)
            if found.day not in waiting
        )
        return Comparison(account, state.version, wrong, charts_micro(connection, account_id))


def _due(
    connection: Connection, account: rollup.RolledAccount, state: AnyRow, *, busy: bool
) -> Iterator[Period]:
    """The days that changed; of an account never compared all, unless its sums are the same."""
    if state.ledger_micro is None:
        if busy or not account_totals(connection, connection, account.id).same:
            yield from rollup.chunked(all_days(connection, account))
    elif state.changed_first:
        yield from rollup.chunked(Period(state.changed_first, state.changed_last + DAY))


def _older(
    connection: Connection, account: rollup.RolledAccount, today: dt.date
) -> Iterator[Period]:
    """Yesterday, and of the days before it the one that today's date picks."""
    yesterday = today - DAY
    yield Period(yesterday, today)
    first = select(func.min(rollup_by_reason.c.day)).where(
        rollup_by_reason.c.account_id == account.id
    )
    start = connection.execute(first).scalar()
    if start and start < yesterday:
        pick = 1 + zlib.crc32(f"{account.id} {today}".encode()) % (yesterday - start).days
        yield Period(yesterday - DAY * pick, yesterday - DAY * (pick - 1))


def _mend(engine: Engine, found: Comparison) -> int:
    account, days = found.account, sorted({difference.day for difference in found.wrong})
    with write_transaction(engine) as connection:
        locked = _lock(connection, account.id)
        if locked is None or locked.timezone != account.timezone:
            return 0  # another has it, or it is built anew: the next round looks again
        mended = [Period(day, day + DAY) for day in days]
        for period in mended:
            rollup.recompute(connection, account, period)
        rollup.note_change(connection, account, mended)
    return len(days)


def _note(engine: Engine, found: Comparison, now: dt.datetime) -> None:
    """Keep the outcome with the account, unless its rows changed meanwhile: then look again."""
    with write_transaction(engine) as connection:
        locked = _lock(connection, found.account.id)
        if locked is None or locked.version != found.version:
            return
        compared = {"compared_at": now, "changed_first": None, "changed_last": None}
        sides = {"ledger_micro": found.ledger_micro, "rollup_micro": found.charts_micro}
        own = update(rollup_state).where(_state.account_id == found.account.id)
        connection.execute(own.values(**compared, **sides))


def _lock(connection: Connection, account_id: str) -> AnyRow | None:
    """The account's state, None while another has it."""
    query = select(_state.timezone, _state.version).where(_state.account_id == account_id)
    return connection.execute(query.with_for_update(skip_locked=True)).one_or_none()


# --- a ledger that does not change ------------------------------------------------------------


def compare_copy(connection: Connection, account_id: str) -> None:
    """Note what a walk over all entries sums to beside the charts just built; the caller commits.

    No moment is kept with it: the ledger's content is of one.
    """
    sums = account_totals(connection, connection, account_id)
    sides = {"ledger_micro": sums.ledger_micro, "rollup_micro": sums.rollup_micro}
    connection.execute(update(rollup_state).where(_state.account_id == account_id).values(**sides))
