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
WEIGHTS = (8, 4, 2, 1)  # of a day in the last fortnight, in the one before, …
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
    """The days that `project` reads, of which those before the account's first may be missing."""
    back = len(WEIGHTS) * FORTNIGHT + TRIALS + (month.end - today).days
    return Period(min(month.start, today - DAY * back), today + DAY)


def project(
    nets: Nets, month: Period, today: dt.date, first_day: dt.date | None
) -> Projection | None:
    """Used so far, and for each day left the mean of its kind; of today the rest up to its mean.

    None before day 4, for a month that is over, and while a kind of day that is still to come has
    no history at all.
    """
    if today not in month or (today - month.start).days + 1 < FIRST_PROJECTED_DAY:
        return None
    history = _history(nets, month, today, first_day)
    now, left = len(history.nets), (month.end - today).days
    whole, usual_today = history.expected(now, now + left), history.expected(now, now + 1)
    if whole is None or usual_today is None:
        return None
    net_today = nets.get(today, 0)
    used = net_today + sum(nets.get(day, 0) for day in Period(month.start, today))
    rest = max(whole - min(usual_today, net_today), Fraction(0))
    return _rounded(used, rest, history.deviation(left))
