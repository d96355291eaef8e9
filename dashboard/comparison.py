"""The days that a range is compared with, and none where the account's history starts later.

Never an amount: what was used on those days is asked of the ledger's sums like any other.
"""

from __future__ import annotations

import datetime as dt

from dashboard.ranges import DEFAULT, Range
from data.periods import DAY, BillingCalendar, Period


def previous_period(
    of: Range, calendar: BillingCalendar, first_day: dt.date | None
) -> Period | None:
    """The same number of days just before `of`; None unless the account was there for all of them.

    A billing month, running or complete, is compared with as many first days of the billing month
    before it, and with at most all of that.
    """
    found = _days_before(of.period)
    if of.choice == DEFAULT:
        month = calendar.month_of(of.period.start - DAY).period
        found = month.until(month.start + DAY * of.period.days)
    return found if first_day is not None and first_day <= found.start else None


def _days_before(period: Period) -> Period:
    return Period(period.start - DAY * period.days, period.start)
