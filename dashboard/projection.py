"""Where the running billing month is heading: an amount and an interval, as a pure function.

Amounts stay exact until they are rounded for the reader. It never looks at a range, and at no day
before the account's first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from dashboard import words
from dashboard.findings import Nets, complete_days, is_weekend
from data.periods import DAY, Period
from data.schema import MICRO

HISTORY = DAY * 28
FIRST_PROJECTED_DAY = 4  # of a billing month
DEVIATIONS = Fraction(13, 10)  # on either side; docs/projection.md measures what they hold


@dataclass(frozen=True)
class Projection:
    """Micro-credits rounded for the reader: used so far ≤ low ≤ amount ≤ high."""

    amount: int
    low: int
    high: int


@dataclass(frozen=True)
class Level:
    """What one kind of day uses: its mean, and the variance of its days."""

    mean: Fraction
    variance: Fraction


def project(
    nets: Nets, month: Period, today: dt.date, first_day: dt.date | None
) -> Projection | None:
    """Used so far, and for each day left the mean of its kind of day over the last 28 days.

    Of today the rest up to its mean. None before day 4, for a month that is over, and while a
    kind of day that is still to come has no history at all.
    """
    if today not in month or (today - month.start).days + 1 < FIRST_PROJECTED_DAY:
        return None
    levels = _levels(nets, today, first_day)
    left = [is_weekend(day) for day in Period(today, month.end)]
    if not set(left) <= set(levels):
        return None
    used = sum(nets[day] for day in Period(month.start, today + DAY))
    rest = sum((levels[weekend].mean for weekend in left[1:]), Fraction(0))
    rest += max(levels[left[0]].mean - nets[today], Fraction(0))
    variance = sum((levels[weekend].variance for weekend in left), Fraction(0))
    return _rounded(used, max(rest, Fraction(0)), _deviation(variance) * DEVIATIONS)


def _levels(nets: Nets, today: dt.date, first_day: dt.date | None) -> Mapping[bool, Level]:
    """The level of each kind of day that has any history."""
    complete = complete_days(first_day, today)
    days = Period(max(today - HISTORY, complete.start), today)
    kinds = {
        weekend: [nets[day] for day in days if is_weekend(day) == weekend]
        for weekend in (False, True)
    }
    return {weekend: _level(history) for weekend, history in kinds.items() if history}


def _level(history: Sequence[int]) -> Level:
    mean = Fraction(sum(history), len(history))
    squares = sum((net - mean) ** 2 for net in history)
    return Level(mean, Fraction(squares) / max(len(history) - 1, 1))


def _deviation(variance: Fraction) -> int:
    return isqrt(int(variance))


def _rounded(used: int, rest: Fraction, either_side: Fraction) -> Projection:
    """Nothing is projected below what is used already, to the micro-credit."""
    low, amount, high = (
        max(_round_for_reader(used + part), used)
        for part in (max(rest - either_side, Fraction(0)), rest, rest + either_side)
    )
    return Projection(amount, low, high)


def _round_for_reader(exact: Fraction) -> int:
    """To 100 credits, to 10 below 1,000."""
    unit = (100 if abs(exact) >= 1_000 * MICRO else 10) * MICRO
    return words.rounded(exact.numerator, unit * exact.denominator) * unit
