"""One answer's point of view: account, range and today, fixed once for all five panels."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

from dashboard.comparison import previous_period
from dashboard.ranges import DEFAULT, Bounds, Range, RangeError, parse
from data import queries
from data.access import AccessDeniedError, NamedMembers, Scope
from data.accounts import Account
from data.engine import Connection
from data.freshness import Freshness
from data.periods import Period, local_day

ALL = "all"  # the `workspaces=` of an address that asks for all of them


@dataclass(frozen=True)
class Reading:
    """One read of one account: a connection inside a read transaction, who sees what, and when."""

    connection: Connection
    scope: Scope
    freshness: Freshness
    plan: str | None = None  # what the host calls the account's, where the ledger has none

    @property
    def now(self) -> dt.datetime:
        """The one moment of this answer."""
        return self.freshness.now


@dataclass(frozen=True)
class View:
    """Everything a panel may know beside its frame; `today` is local to the account."""

    account: Account
    range: Range
    today: dt.date
    all_workspaces: bool = False  # whether the reader asked for a bar each
    compares: bool = False  # whether the reader asked for marks of the previous period
    limited: bool = False  # whether the reader may open some of the workspaces alone
    by_member: bool = False  # whether use is told by member too

    @property
    def period(self) -> Period:
        """The local days of the range."""
        return self.range.period

    @cached_property
    def previous(self) -> Period | None:
        """The days that the range is compared with; None where the history is shorter."""
        return previous_period(self.range, self.account.calendar, self.account.first_day)

    @property
    def compared(self) -> Period | None:
        """The previous period, where its marks are asked for."""
        return self.previous if self.compares else None

    @property
    def is_new(self) -> bool:
        """Whether the account has used nothing up to today."""
        first = self.account.first_day
        return first is None or first > self.today

    @property
    def bounds(self) -> Bounds:
        """What the picker may ask for."""
        first = None if self.is_new else self.account.first_day
        return Bounds(self.account.calendar, self.today, first)


def load_view(reading: Reading, text: str) -> View:
    """The view of one range; RangeError for a range, AccessDeniedError for an unknown account."""
    account = queries.load_account(reading.connection, reading.scope)
    if account is None:
        raise AccessDeniedError(f"the ledger has no account {reading.scope.account_id!r}")
    account = replace(account, plan=account.plan or reading.plan)
    today = local_day(reading.now, account.zone)
    limited = reading.scope.workspaces is not None
    range_ = parse(text, Bounds(account.calendar, today))
    by_member = reading.scope.members is not NamedMembers.NONE
    return View(account, range_, today, limited=limited, by_member=by_member)


def load_view_or_default(reading: Reading, text: str) -> tuple[View, RangeError | None]:
    """The view of `text`, else that of the default range and what was wrong."""
    view = load_view(reading, DEFAULT)
    try:
        return replace(view, range=parse(text, view.bounds)), None
    except RangeError as error:
        return view, error
