"""What stands out in a run of days: usual day and spikes, as pure functions.

Amounts stay whole micro-credits; medians of an even count are halves, so they are kept doubled.
Running days and days before the account's first are never history. No cause is named here.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from data.periods import DAY, Period

HISTORY = DAY * 28
FEWEST_DAYS = 5  # of one kind, before a day can be called unusual
SATURDAY = 5

Nets = Mapping[dt.date, int]


@dataclass(frozen=True)
class Usual:
    """The usual amount of one kind of day: its median and how far its days lie from it."""

    twice_median: int
    four_times_deviation: int  # the median absolute deviation
    twice_median_of_use: int  # the median of the days with use, doubled; 0 without any

    @property
    def median(self) -> Fraction:
        """The median in micro-credits, exact."""
        return Fraction(self.twice_median, 2)

    def is_exceeded_by(self, net: int) -> bool:
        """Whether `net` is a spike.

        That is more than median + 5 × 1.4826 × deviation, the deviation at least 5% of the
        median, and at least 1.5 times the median; of the days with use alone too, so that the
        first days after weeks without any do not stand out. Both sides stand multiplied by
        40,000, so that integers decide and a long range costs no fractions.
        """
        forty_deviations = max(10 * self.four_times_deviation, self.twice_median)
        limit = 20_000 * self.twice_median + 7_413 * forty_deviations
        least = max(self.twice_median, self.twice_median_of_use)
        return net > 0 and 40_000 * net > limit and 4 * net >= 3 * least


@dataclass(frozen=True)
class Spike:
    """A day that stands out from the usual days of its kind."""

    day: dt.date
    net: int
    usual: Usual


def is_weekend(day: dt.date) -> bool:
    """Saturday or Sunday: the other kind of day."""
    return day.weekday() >= SATURDAY


def complete_days(first_day: dt.date | None, today: dt.date) -> Period:
    """The days that may be history: from the account's first to yesterday."""
    start = first_day or today
    return Period(min(start, today), today)


def usual_day(nets: Nets, day: dt.date, complete: Period) -> Usual | None:
    """What is usual for the kind of `day`; None with fewer than 5 such days of history."""
    history = _history(nets, day, complete, weekend=is_weekend(day))
    return _usual(history) if len(history) >= FEWEST_DAYS else None


def usual_days(nets: Nets, days: Iterable[dt.date], complete: Period) -> dict[dt.date, Usual]:
    """`usual_day` for each of `days` that has enough history; `nets` holds all of it."""
    kinds: dict[bool, tuple[list[dt.date], list[int]]] = {False: ([], []), True: ([], [])}
    for day, net in sorted(nets.items()):
        if day in complete:
            known, amounts = kinds[is_weekend(day)]
            known.append(day)
            amounts.append(net)
    found = {}
    for day in days:
        known, amounts = kinds[is_weekend(day)]
        history = amounts[bisect_left(known, day - HISTORY) : bisect_left(known, day)]
        if len(history) >= FEWEST_DAYS:
            found[day] = _usual(history)
    return found


def spikes(nets: Nets, usual: Mapping[dt.date, Usual]) -> tuple[Spike, ...]:
    """The days that stand out, most credits first, of two equal ones the later first."""
    found = (Spike(day, nets[day], level) for day, level in usual.items())
    out = [spike for spike in found if spike.usual.is_exceeded_by(spike.net)]
    return tuple(sorted(out, key=lambda spike: (spike.net, spike.day), reverse=True))


def history_days(before: dt.date, complete: Period, *, weekend: bool) -> list[dt.date]:
    """The days of one kind among the 28 before that day."""
    days = Period(max(before - HISTORY, complete.start), max(before, complete.start))
    days = days.until(complete.end)
    numbers = range(days.start.toordinal(), days.end.toordinal())  # number 1 is a Monday
    return [
        dt.date.fromordinal(number)
        for number in numbers
        if ((number - 1) % 7 >= SATURDAY) == weekend
    ]


def _history(nets: Nets, before: dt.date, complete: Period, *, weekend: bool) -> list[int]:
    return [nets[day] for day in history_days(before, complete, weekend=weekend)]


def _usual(history: Sequence[int]) -> Usual:
    twice, used = twice_median(history), [net for net in history if net > 0]
    return Usual(
        twice_median=twice,
        four_times_deviation=twice_median([abs(2 * net - twice) for net in history]),
        twice_median_of_use=twice_median(used) if used else 0,
    )


def twice_median(values: Sequence[int]) -> int:
    """The median, doubled: that of an even count is a half."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] + ordered[~half]
