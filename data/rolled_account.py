"""An account as the rollup sees it: the zone that makes its days, and which of them are frozen.

Values only, never a query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from data.periods import Period, Segment, local_day, segments, zone


@dataclass(frozen=True)
class Kept:
    """From where on an account's entries are there: days before `day` are frozen.

    `since` is the first instant of `day` in the zone of the time when it was frozen. What happened
    before it is in the frozen days, whatever the zone is now, so that nothing is lost or doubled.
    """

    day: dt.date
    since: dt.datetime


@dataclass(frozen=True)
class RolledAccount:
    """The account whose days are recomputed."""

    id: str
    timezone: str
    kept: Kept | None = None

    def is_frozen(self, at: dt.datetime) -> bool:
        """Whether what happened then is in the frozen days."""
        return self.kept is not None and at < self.kept.since

    def day_of(self, at: dt.datetime) -> dt.date:
        """The local day on which an instant counts that is not frozen."""
        return self.counted_on(local_day(at, zone(self.timezone)))

    def counted_on(self, day: dt.date) -> dt.date:
        """Where a local day counts: kept entries of a frozen day count on the first kept one."""
        return max(day, self.kept.day) if self.kept else day

    def unfrozen(self, days: Period) -> Period:
        """The part of these days that may be recomputed; empty where all are frozen."""
        return Period(self.counted_on(days.start), self.counted_on(days.end))

    def segments(self, days: Period) -> Iterator[Segment]:
        """The instants that count on these days."""
        tz, days = zone(self.timezone), self.unfrozen(days)
        if self.kept and self.kept.day in days:
            # In a zone further west the first instants that are kept lie on a frozen day.
            days = Period(min(days.start, local_day(self.kept.since, tz)), days.end)
        for found in segments(days, tz):
            start = max(found.start, self.kept.since) if self.kept else found.start
            if start < found.end:
                yield replace(found, start=start)
