"""What each weekday used on average in the previous period, as exact fractions of micro-credits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from data.periods import Period


@dataclass(frozen=True)
class WeekdayMeans:
    """The mean of each weekday that `period` has; Monday is 0."""

    period: Period
    means: Mapping[int, Fraction]

    def over(self, days: Period) -> Fraction | None:
        """The means of these days added up; None when one of their weekdays is not known."""
        weekdays = [day.weekday() for day in days]
        if not self.means.keys() >= {*weekdays}:
            return None
        return sum((self.means[weekday] for weekday in weekdays), Fraction())


def weekday_means(nets: Mapping[dt.date, int], period: Period | None) -> WeekdayMeans | None:
    """The means over `period`, whose days are all in `nets`."""
    if period is None:
        return None
    by_weekday: dict[int, list[int]] = {}
    for day in period:
        by_weekday.setdefault(day.weekday(), []).append(nets[day])
    means = {weekday: Fraction(sum(of), len(of)) for weekday, of in by_weekday.items()}
    return WeekdayMeans(period, means)
