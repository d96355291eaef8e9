"""Where the running billing month stands: used, allowance, pace, balance and the months before.

Values and the query that they come from, whatever the range; nothing is worded or advised here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from dashboard import projection
from dashboard.projection import Projection
from dashboard.view import View
from data.access import Scope
from data.balance import balance
from data.engine import Connection
from data.periods import DAY, Allowance, BillingMonth, Period, span
from data.queries import usage_by_day

FULL_MONTHS = 12  # before the running one


@dataclass(frozen=True)
class FullMonth:
    """A billing month that is over: its days, its allowance and what was consumed."""

    period: Period
    allowance: Allowance
    net: int

    @property
    def is_over(self) -> bool:
        """Whether more than the allowance was used; False where there is none, or none known."""
        return self.allowance.micro is not None and self.net > self.allowance.micro


@dataclass(frozen=True)
class Standing:
    """The running billing month at one moment, in whole micro-credits."""

    month: BillingMonth
    today: dt.date
    nets: Mapping[dt.date, int]  # of each day of the month up to today
    projected: Projection | None
    ahead: Mapping[dt.date, Fraction]  # what each day left is expected to add; empty if unknown
    balance: int | None
    full: tuple[FullMonth, ...]  # oldest first, none that ended before the account's first day
    first_day: dt.date | None

    @property
    def used(self) -> int:
        """Consumed in the month so far."""
        return sum(self.nets.values())

    @property
    def limit(self) -> int | None:
        """The allowance as a number; None without one and where it is unknown."""
        return self.month.allowance.micro

    @property
    def last(self) -> dt.date:
        """The month's last day."""
        return self.month.period.last

    @property
    def renews(self) -> dt.date:
        """The day on which the next month and its allowance begin."""
        return self.month.period.end

    @property
    def whole(self) -> tuple[FullMonth, ...]:
        """The full months in which the account was used from the first day on."""
        first = self.first_day
        return tuple(month for month in self.full if first and first <= month.period.start)


def load_standing(connection: Connection, scope: Scope, view: View) -> Standing:
    """The standing of the account's running month; two statements, both of the rollup."""
    days = usage_by_day(connection, scope, _counted_days(view))
    return standing(days, balance(connection, scope, view.today), view)


def standing(days: pd.DataFrame, left: int | None, view: View) -> Standing:
    """The standing that a frame of days and a balance make."""
    month = view.account.calendar.month_of(view.today)
    nets = dict(zip(days["day"].tolist(), days["net"].tolist(), strict=True))
    pace = (nets, month.period, view.today, view.account.first_day)
    return Standing(
        month=month,
        today=view.today,
        nets={day: nets[day] for day in month.period.until(view.today + DAY)},
        projected=projection.project(*pace),
        ahead=projection.expected_days(*pace) or {},
        balance=left,
        full=tuple(_full(nets, _months(view)[:-1], view.account.first_day)),
        first_day=view.account.first_day,
    )


def _months(view: View) -> tuple[BillingMonth, ...]:
    return view.account.calendar.last_months(FULL_MONTHS + 1, view.today)


def _counted_days(view: View) -> Period:
    """Those months up to today, and the days that a projection looks back on."""
    months = _months(view)
    needed = projection.days_needed(months[-1].period, view.today)
    return Period(min(span(months).start, needed.start), view.today + DAY)


def _full(
    nets: Mapping[dt.date, int], months: Iterable[BillingMonth], first: dt.date | None
) -> Iterable[FullMonth]:
    for month in months:
        if first and first < month.period.end:
            used = sum(nets[day] for day in month.period)
            yield FullMonth(month.period, month.allowance, used)
