"""Freeze an account's old days, so that their entries may be deleted and the charts keep them.

Never deletes an entry: pruning the ledger is the host's.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine, update

from data.aggregator import bring_up_to_date, taken
from data.periods import DAY, Period, segments, zone
from data.rolled_account import Kept, RolledAccount
from data.rollup import account_to_roll
from data.schema import rollup_state

ENOUGH = DAY * 3  # a zone that skips a day has no first instant of it, and takes the next one's


def freeze(engine: Engine, account_id: str, day: dt.date) -> Kept | None:
    """Bring the account up to date and freeze its days before `day`, in one transaction.

    What is frozen already stays so. None for an account that the ledger lists no more.
    """
    with taken(engine, account_id) as (connection, locked):
        bring_up_to_date(connection, account_id, locked)
        account = account_to_roll(connection, account_id)
        if account is None:
            return None
        kept = _kept(account, day)
        own = update(rollup_state).where(rollup_state.c.account_id == account_id)
        connection.execute(own.values(keep_from=kept.day, keep_since=kept.since))
    return kept


def _kept(account: RolledAccount, day: dt.date) -> Kept:
    before = account.kept
    if before and day <= before.day:
        return before
    since = segments(Period(day, day + ENOUGH), zone(account.timezone))[0].start
    # In a zone far to the east a later day can begin before the instant that is kept already.
    return Kept(day, max(since, before.since) if before else since)
