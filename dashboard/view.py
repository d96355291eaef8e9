"""One answer's point of view: account, range and today, fixed once for all five panels."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.ranges import Range
from data.accounts import Account
from data.periods import BillingMonth, Period


@dataclass(frozen=True)
class View:
    """Everything a panel may know beside its frame; `today` is local to the account."""

    account: Account
    range: Range
    today: dt.date

    @property
    def period(self) -> Period:
        """The local days of the range."""
        return self.range.period

    @property
    def current_month(self) -> BillingMonth:
        """The billing month that holds today, whatever the range."""
        return self.account.calendar.month_of(self.today)
