"""A second look: days that should be right are compared with the ledger, mended and counted.

Expected to find nothing. Each round takes yesterday and one older day of every account, a few
accounts a pass; never a day that is known to wait for the aggregator.
"""

from __future__ import annotations

import datetime as dt
import logging
import zlib

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

from data import rollup
from data.engine import lost_connection, read_transaction, write_transaction
from data.periods import DAY, Period, local_day, zone
from data.schema import rollup_by_reason, rollup_state
from data.verify import differences, waiting_days

log = logging.getLogger(__name__)

SLICE = 200  # accounts a pass: some tenths of a second
ROUND = dt.timedelta(days=1)


class Rounds:
    """Goes through all accounts once a day, in the order of their ids."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._after = ""
        self._not_before: dt.datetime | None = None

    def step(self, now: dt.datetime) -> int:
        """Look at the next accounts; how many days were mended."""
        if self._not_before and now < self._not_before:
            return 0
        query = (
            select(rollup_state.c.account_id)
            .where(rollup_state.c.account_id > self._after, rollup_state.c.timezone.is_not(None))
            .order_by(rollup_state.c.account_id)
            .limit(SLICE)
        )
        with read_transaction(self._engine) as connection:
            ids = connection.execute(query).scalars().all()
        mended = sum(self._look_at(account_id, now) for account_id in ids)
        whole = len(ids) < SLICE
        self._after, self._not_before = ("", now + ROUND) if whole else (ids[-1], None)
        return mended

    def _look_at(self, account_id: str, now: dt.datetime) -> int:
        try:
            return reconcile(self._engine, account_id, now)
        except DBAPIError as error:
            if lost_connection(error):
                raise
            log.exception("account %s could not be compared with the ledger", account_id)
        except (ValueError, OverflowError):
            log.exception("account %s could not be compared with the ledger", account_id)
        return 0


def reconcile(engine: Engine, account_id: str, now: dt.datetime) -> int:
    """Compare yesterday and one older day of an account, and recompute those that differ."""
    with read_transaction(engine) as connection:
        account = rollup.account_to_roll(connection, account_id)
        if account is None or not rollup.stands(connection, account):
            return 0  # the aggregator will build it
        waiting = waiting_days(connection, account)
        days = _days(connection, account, local_day(now, zone(account.timezone)))
        wrong = {
            found
            for day in days - waiting
            for found in differences(connection, account, Period(day, day + DAY))
        }
    for found in sorted(wrong, key=str):
        log.warning("mending %s", found)
    return _mend(engine, account, {found.day for found in wrong}) if wrong else 0


def _days(
    connection: Connection, account: rollup.RolledAccount, today: dt.date
) -> frozenset[dt.date]:
    """Yesterday, and of the days before it the one that today's date picks."""
    yesterday = today - DAY
    first = select(func.min(rollup_by_reason.c.day)).where(
        rollup_by_reason.c.account_id == account.id
    )
    start = connection.execute(first).scalar()
    older = (yesterday - start).days if start else 0
    if older <= 0:
        return frozenset({yesterday})
    pick = zlib.crc32(f"{account.id} {today}".encode()) % older
    return frozenset({yesterday, yesterday - DAY * (1 + pick)})


def _mend(engine: Engine, account: rollup.RolledAccount, days: set[dt.date]) -> int:
    with write_transaction(engine) as connection:
        state = select(rollup_state.c.timezone).where(rollup_state.c.account_id == account.id)
        locked = connection.execute(state.with_for_update(skip_locked=True)).one_or_none()
        if locked is None or locked.timezone != account.timezone:
            return 0  # another has it, or it is built anew: the next round looks again
        mended = [Period(day, day + DAY) for day in days]
        for period in mended:
            rollup.recompute(connection, connection, account, period)
        rollup.note_change(connection, account, mended)
    return len(days)
