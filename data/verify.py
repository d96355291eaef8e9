"""The rollup compared with the ledger, day by day; never a change.

Days that wait for the aggregator are not compared: they are known to be behind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from data.day_sums import Amounts, Key, ledger_days, ledger_sums
from data.engine import read_transaction
from data.periods import DAY, Period
from data.rollup import (
    SUMMED,
    Progress,
    RolledAccount,
    account_to_roll,
    chunked,
    stands,
    stored_sums,
)
from data.schema import MICRO, accounts, dirty
from data.weeks import monday, week_sums

BREAKDOWNS = ("reason", "workspace", "kind")  # by what each table of SUMMED sums


@dataclass(frozen=True)
class Difference:
    """One local day on which a breakdown differs: net micro-credits of each side, and the rows.

    Of a `week`, `day` is its Monday, and its days stand for the ledger: it is their sum.
    """

    account_id: str
    day: dt.date
    breakdown: str
    ledger_micro: int
    rollup_micro: int
    rows: int

    def __str__(self) -> str:
        ledger, rollup = (f"{m / MICRO:,.6f}" for m in (self.ledger_micro, self.rollup_micro))
        return (
            f"{self.account_id} {self.day} by {self.breakdown}: ledger {ledger}, rollup {rollup} "
            f"credits ({self.rows} rows differ)"
        )


@dataclass(frozen=True)
class Verdict:
    """What a comparison of whole accounts found; `not_built` have no days in their present zone."""

    accounts: int = 0
    differences: tuple[Difference, ...] = ()
    not_built: tuple[str, ...] = ()
    waiting: int = 0  # days

    @property
    def exit_code(self) -> int:
        """0 when the rollup is what the ledger says, else 1."""
        return 1 if self.differences or self.not_built else 0

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(
            self.accounts + other.accounts,
            self.differences + other.differences,
            self.not_built + other.not_built,
            self.waiting + other.waiting,
        )


def verify(engine: Engine, progress: Progress | None = None) -> Verdict:
    """Every day of every account, each account at one moment."""
    with read_transaction(engine) as connection:
        ids = list(connection.execute(select(accounts.c.id).order_by(accounts.c.id)).scalars())
    verdict = Verdict()
    for done, account_id in enumerate(ids, start=1):
        with read_transaction(engine) as connection:
            verdict += _verify_account(connection, account_id)
        if progress:
            progress(done / len(ids))
    return verdict


def _verify_account(connection: Connection, account_id: str) -> Verdict:
    account = account_to_roll(connection, account_id)
    if account is None:  # deleted meanwhile
        return Verdict()
    if not stands(connection, account):
        return Verdict(1, not_built=(account_id,))
    waiting = waiting_days(connection, account)
    found = (
        difference
        for days in chunked(all_days(connection, account))
        for difference in _everything(connection, account, days)
        if difference.day not in waiting
    )
    return Verdict(1, tuple(found), waiting=len(waiting))


def waiting_days(connection: Connection, account: RolledAccount) -> frozenset[dt.date]:
    """Local days that an aggregator still has to look at."""
    marks = connection.execute(select(dirty.c.at).where(dirty.c.account_id == account.id))
    return frozenset(account.day_of(at) for at in marks.scalars() if not account.is_frozen(at))


def differences(
    connection: Connection, account: RolledAccount, days: Period
) -> Iterator[Difference]:
    """Where the stored rows of these days, but for frozen ones, are not what the ledger sums to."""
    days = account.unfrozen(days)
    ledger = ledger_sums(connection, account, days)
    stored = stored_sums(connection, account.id, days)
    for sides in zip(BREAKDOWNS, ledger.breakdowns, stored.breakdowns, strict=True):
        yield from _differing(account.id, *sides)


def _everything(
    connection: Connection, account: RolledAccount, days: Period
) -> Iterator[Difference]:
    """The same, and of these days' weeks those that are not their sums."""
    found = list(differences(connection, account, days))
    yield from found
    known = {monday(difference.day) for difference in found}  # made anew with the day
    of_weeks = _differing(account.id, "week", *week_sums(connection, account.id, days))
    yield from (difference for difference in of_weeks if difference.day not in known)


def _differing(
    account_id: str, breakdown: str, left: dict[Key, Amounts], right: dict[Key, Amounts]
) -> Iterator[Difference]:
    differing = {key for key in left.keys() | right.keys() if left.get(key) != right.get(key)}
    for day in sorted({key[0] for key in differing}):
        rows = sum(key[0] == day for key in differing)
        yield Difference(account_id, day, breakdown, _net(left, day), _net(right, day), rows)


def _net(sums: dict[Key, Amounts], day: dt.date) -> int:
    """What was used less what was refunded; of a movement, which has one amount, that."""
    return sum(used - sum(back) for key, (used, *back) in sums.items() if key[0] == day)


def all_days(connection: Connection, account: RolledAccount) -> Period | None:
    """From the first day that either side has and that is not frozen to the last."""
    known = ledger_days(connection, account)
    edges = [known.start, known.last] if known else []
    for table in SUMMED:
        for edge in (func.min, func.max):
            query = select(edge(table.c.day)).where(table.c.account_id == account.id)
            edges += connection.execute(query).scalars().all()
    days = [day for day in edges if day is not None]
    return account.unfrozen(Period(min(days), max(days) + DAY)) if days else None
