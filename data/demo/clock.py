"""The demo account's local days as microseconds, and the hours at which work happens."""

from __future__ import annotations

import datetime as dt
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from data.column_types import to_micros
from data.demo.story import WEEKEND, WORKDAY

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
MILLISECOND = 1_000  # stamps are as fine as a service's log

SUMS = {False: tuple(accumulate(WORKDAY)), True: tuple(accumulate(WEEKEND))}


def is_weekend(day: dt.date) -> bool:
    """Saturday or Sunday."""
    return day.weekday() >= 5


@dataclass(frozen=True)
class Clock:
    """A zone and the moment at which the ledger ends."""

    zone: ZoneInfo
    now: dt.datetime

    @cached_property
    def now_micros(self) -> int:
        """Now, cut to the second."""
        return to_micros(self.now.replace(microsecond=0))

    @cached_property
    def today(self) -> dt.date:
        """The local day that is running."""
        return self.now.astimezone(self.zone).date()

    def start(self, day: dt.date) -> int:
        """The first microsecond of a local day."""
        return to_micros(dt.datetime(day.year, day.month, day.day, tzinfo=self.zone))

    def minutes_ago(self, minutes: int) -> int:
        """So many minutes before now, but not before the local day that is running."""
        return max(self.start(self.today), self.now_micros - minutes * MINUTE)

    def moments(self, day: dt.date, count: int, rng: Random) -> list[int]:
        """`count` moments of work on that day, in no order, none after now."""
        sums = SUMS[is_weekend(day)]
        start, reach = self.start(day), self._reach(day)
        return [start + _elapsed(sums, rng.random() * reach) for _ in range(count)]

    def share(self, day: dt.date) -> float:
        """The part of the day's work that is done by now: 1 for a day that is over."""
        return self._reach(day) / SUMS[is_weekend(day)][-1]

    def _reach(self, day: dt.date) -> float:
        sums = SUMS[is_weekend(day)]
        hours = (self.now_micros - self.start(day)) / HOUR
        if hours >= len(sums):
            return float(sums[-1])
        whole = int(hours)
        before = sums[whole - 1] if whole else 0
        return before + (sums[whole] - before) * (hours - whole)


def _elapsed(sums: Sequence[int], reached: float) -> int:
    """Microseconds from midnight at which `reached` of the day's work is done."""
    hour = min(bisect(sums, reached), len(sums) - 1)
    before = sums[hour - 1] if hour else 0
    part = (reached - before) / max(sums[hour] - before, 1)
    return hour * HOUR + int(part * HOUR) // MILLISECOND * MILLISECOND
