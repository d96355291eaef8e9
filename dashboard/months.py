"""The billing months of the monthly chart as values, and the frame that they come from.

Bars are always whole months, the running one so far; it decides nothing about how a bar looks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.projection import Likely, Projection, days_needed, project
from dashboard.view import View
from data.periods import DAY, Allowance, BillingMonth, Period, span

MONTHS = 12
COLUMNS = (
    "start", "end", "allowance_kind", "allowance_micro", "used", "refunded", "net", "in_range",
    "running", "projection",
)  # fmt: skip


@dataclass(frozen=True)
class Month:
    """One billing month: its days, its allowance, and what was used in it."""

    period: Period
    allowance: Allowance
    used: int
    refunded: int
    in_range: bool
    running: bool
    projection: Projection | None  # of the running month, from its day 4 on

    @property
    def net(self) -> int:
        """Used less refunded."""
        return self.used - self.refunded

    @property
    def place(self) -> str:
        """Where it stands on the axis: its first day."""
        return str(self.period.start)

    @property
    def over(self) -> int:
        """How much was used above the allowance; 0 without one."""
        return self.above(self.net)

    @property
    def projected(self) -> int | None:
        """Where it is heading."""
        return self.projection.amount if self.projection else None

    @property
    def likely(self) -> Likely | None:
        """Between what it will probably end."""
        return self.projection.likely if self.projection else None

    @property
    def top(self) -> int:
        """Where the bar ends, the projection included."""
        return max(self.net, self.projected or 0)

    def above(self, amount: int) -> int:
        """How far `amount` lies above the allowance; 0 without one."""
        limit = self.allowance.micro
        return 0 if limit is None else max(amount - max(limit, 0), 0)


def shown_months(view: View) -> tuple[BillingMonth, ...]:
    """Twelve billing months, the last of which holds the range's last day."""
    return view.account.calendar.last_months(MONTHS, view.period.last)


def counted_days(view: View) -> Period:
    """The days of those months up to today, and those that a projection of the last looks at."""
    months = shown_months(view)
    days, last = span(months).until(view.today + DAY), months[-1].period
    needed = days_needed(last, view.today) if view.today in last else days
    return Period(min(days.start, needed.start), days.end)


def month_frame(days: pd.DataFrame, view: View) -> pd.DataFrame:
    """`days`, a frame of `counted_days`, as one row for each month."""
    months = shown_months(view)
    made = {
        "start": [month.period.start for month in months],
        "end": [month.period.end for month in months],
        "allowance_kind": [month.allowance.kind for month in months],
        "allowance_micro": _objects(month.allowance.micro for month in months),
        **{name: _sums(days, name, months) for name in ("used", "refunded", "net")},
        "in_range": [month.period.overlaps(view.period) for month in months],
        "running": [view.today in month.period for month in months],
        "projection": _objects(_projection(days, month, view) for month in months),
    }
    return pd.DataFrame(made, columns=list(COLUMNS))


def read_months(frame: pd.DataFrame) -> tuple[Month, ...]:
    """The rows of a month frame."""
    return tuple(
        Month(
            period=Period(start, end),
            allowance=Allowance(kind, micro),
            used=used,
            refunded=refunded,
            in_range=in_range,
            running=running,
            projection=projection,
        )
        for start, end, kind, micro, used, refunded, _, in_range, running, projection in zip(
            *(frame[name].tolist() for name in COLUMNS), strict=True
        )
    )


def _objects(values: Iterable[object]) -> pd.Series[Any]:
    """Values and None side by side; a column of numbers would round them."""
    return pd.Series(list(values), dtype="object")


def _sums(days: pd.DataFrame, name: str, months: Sequence[BillingMonth]) -> pd.Series[int]:
    """Of each month; a day that the frame, which has no gap, does not reach has nothing."""
    amounts, first = days[name].tolist(), days["day"].tolist()[0]
    places = ((month.period.start - first).days for month in months)
    sums = [sum(amounts[max(place, 0) : max(place + month.period.days, 0)])
            for place, month in zip(places, months, strict=True)]  # fmt: skip
    return pd.Series(sums, dtype="int64")


def _by_day(days: pd.DataFrame, name: str) -> dict[dt.date, int]:
    return dict(zip(days["day"].tolist(), days[name].tolist(), strict=True))


def _projection(days: pd.DataFrame, month: BillingMonth, view: View) -> Projection | None:
    if view.today not in month.period:
        return None
    return project(_by_day(days, "net"), month.period, view.today, view.account.first_day)
