"""Where the running billing month is heading: an amount and an interval, as a pure function.

docs/projection.md says how the rule was chosen and what it is worth. Amounts stay exact until
they are rounded for the reader. It looks at no range, and at no day before the account's first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import isqrt

from dashboard import words
from dashboard.findings import is_weekend
from data.periods import DAY, Period
from data.schema import MICRO

FIRST_PROJECTED_DAY = 4  # of a billing month
FORTNIGHT = 14  # days
WEIGHTS = (4, 2, 1, 1)  # of a day in the last fortnight, in the one before, …
TRIALS = 112  # mornings on which the same rule is tried, to see how far off it was
FEWEST_TRIALS = 56
DEVIATIONS = Fraction(128, 100)  # four in five of what is normally distributed lie within

Nets = Mapping[dt.date, int]


@dataclass(frozen=True)
class Likely:
    """Where four months in five end."""

    low: int
    high: int


@dataclass(frozen=True)
class Projection:
    """Micro-credits rounded for the reader: used so far ≤ low ≤ amount ≤ high.

    `likely` is None while the account is too young to tell how far off the rule is.
    """

    amount: int
    likely: Likely | None


def days_needed(month: Period, today: dt.date) -> Period:
    """The days whose amounts `project` asks for."""
    back = len(WEIGHTS) * FORTNIGHT + TRIALS + (month.end - today).days
    return Period(min(month.start, today - DAY * back), today + DAY)


def project(
    nets: Nets, month: Period, today: dt.date, first_day: dt.date | None
) -> Projection | None:
    """Used so far, and what the days left are expected to add.

    None before day 4, for a month that is over, and while a kind of day that is still to come has
    no history at all.
    """
    if not _is_projected(month, today):
        return None
    history = _history(nets, month, today, first_day)
    ahead = _ahead(history, nets, month, today)
    if ahead is None:
        return None
    used = sum(nets[day] for day in Period(month.start, today + DAY))
    return _rounded(used, sum(ahead.values(), Fraction(0)), history.deviation(len(ahead)))


def expected_days(
    nets: Nets, month: Period, today: dt.date, first_day: dt.date | None
) -> dict[dt.date, Fraction] | None:
    """What each day left adds: the mean of its kind; of today the rest up to its mean.

    None where nothing is projected.
    """
    if not _is_projected(month, today):
        return None
    return _ahead(_history(nets, month, today, first_day), nets, month, today)


def _is_projected(month: Period, today: dt.date) -> bool:
    return today in month and (today - month.start).days + 1 >= FIRST_PROJECTED_DAY


def _ahead(
    history: History, nets: Nets, month: Period, today: dt.date
) -> dict[dt.date, Fraction] | None:
    means = [kind.mean(history.today) for kind in history.kinds]
    ahead = {day: means[is_weekend(day)] for day in Period(today, month.end)}
    found = {day: mean for day, mean in ahead.items() if mean is not None}
    if len(found) < len(ahead):
        return None
    return found | {today: max(found[today] - nets[today], Fraction(0))}


# --- history --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """The days of one kind as running sums, so that any stretch of days costs two look-ups."""

    counts: Sequence[int]  # how many of its days come before a place
    sums: Sequence[int]  # what was used on those

    def mean(self, place: int) -> Fraction | None:
        """Of its days before `place`, the newest fortnights counting most; None without any."""
        amount, weight = self._weighted(place)
        return Fraction(amount, weight) if weight else None

    def miss(self, place: int, end: int) -> int:
        """How much more was expected of its days from `place` to before `end` than they used."""
        days = self.counts[end] - self.counts[place]
        amount, weight = self._weighted(place)
        return days * amount // weight - (self.sums[end] - self.sums[place])

    def _weighted(self, place: int) -> tuple[int, int]:
        """The sum, never below zero, and what it is to be divided by."""
        amount = weight = 0
        counts, sums, last = self.counts, self.sums, place
        for worth in WEIGHTS:
            first = last - FORTNIGHT if last > FORTNIGHT else 0
            amount += worth * (sums[last] - sums[first])
            weight += worth * (counts[last] - counts[first])
            last = first
        return max(amount, 0), weight


@dataclass(frozen=True)
class History:
    """The complete days of an account, counted from its first, and the calendar beyond."""

    today: int  # the place after the last of them
    kinds: tuple[Kind, Kind]

    def deviation(self, left: int) -> int | None:
        """How far off the rule was over as many days as are left: root of the mean square."""
        last = self.today - left
        places = range(max(last - TRIALS + 1, FORTNIGHT), last + 1)
        if len(places) < FEWEST_TRIALS:
            return None
        misses = (sum(kind.miss(place, place + left) for kind in self.kinds) for place in places)
        return isqrt(sum(miss**2 for miss in misses) // len(places))


def _history(nets: Nets, month: Period, today: dt.date, first_day: dt.date | None) -> History:
    start = min(max(first_day or today, days_needed(month, today).start), today)
    days = Period(start, month.end)
    weekend = [is_weekend(day) for day in days]
    used = [nets[day] for day in days.until(today)]
    workdays, weekends = (_kind(weekend, used, of_weekends=kind) for kind in (False, True))
    return History((today - start).days, (workdays, weekends))


def _kind(weekend: Sequence[bool], used: Sequence[int], *, of_weekends: bool) -> Kind:
    belongs = [mine == of_weekends for mine in weekend]
    own = [amount if mine else 0 for amount, mine in zip(used, belongs, strict=False)]
    return Kind(list(accumulate(belongs, initial=0)), list(accumulate(own, initial=0)))


# --- rounding -------------------------------------------------------------------------------


def _rounded(used: int, rest: Fraction, deviation: int | None) -> Projection:
    """Nothing is projected below what is used already, to the micro-credit."""
    amount = _for_reader(used, rest)
    if deviation is None:
        return Projection(amount, None)
    away = deviation * DEVIATIONS
    low, high = _for_reader(used, rest - away), _for_reader(used, rest + away)
    return Projection(amount, Likely(low, high))


def _for_reader(used: int, rest: Fraction) -> int:
    """Their sum to 100 credits, to 10 below 1,000."""
    exact = used + rest
    unit = (100 if abs(exact) >= 1_000 * MICRO else 10) * MICRO
    return max(words.rounded(exact.numerator, unit * exact.denominator) * unit, used)
