"""Days and billing months of an account, exact in every IANA zone; there is no clock in here.

A `Period` is half open: `start <= day < end`. A local day is the set of instants whose local date
it is, found as UTC segments with a constant offset, so it is exact where clocks skip midnight,
repeat an hour across midnight or skip a whole day; SQL sees only instants and whole days.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = dt.timedelta(days=1)
FIRST_DAY = dt.date(1970, 1, 2)  # the earliest and latest local days that can be asked for
LAST_DAY = dt.date(9998, 12, 30)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone") from error


@dataclass(frozen=True, order=True)
class Period:
    """Local days, half open: `start <= day < end`."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"a period ends before it starts: {self.start} … {self.end}")

    @property
    def days(self) -> int:
        """How many calendar days."""
        return (self.end - self.start).days

    @property
    def last(self) -> dt.date:
        """The last day inside; meaningless for an empty period."""
        return self.end - DAY

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day < self.end

    def __iter__(self) -> Iterator[dt.date]:
        return map(dt.date.fromordinal, range(self.start.toordinal(), self.end.toordinal()))

    def overlaps(self, other: Period) -> bool:
        """Whether the two share a day."""
        return self.start < other.end and other.start < self.end

    def until(self, end: dt.date) -> Period:
        """The part before `end`; empty at its start when all of it comes later."""
        return Period(self.start, max(self.start, min(self.end, end)))


def last_days(count: int, today: dt.date) -> Period:
    """`today` and the days before it, exactly `count` calendar days."""
    return Period(today + DAY - DAY * count, today + DAY)


def joined(days: Iterable[dt.date]) -> list[Period]:
    """These days in order, neighbours together."""
    found: list[Period] = []
    for day in sorted(set(days)):
        if found and found[-1].end == day:
            found[-1] = Period(found[-1].start, day + DAY)
        else:
            found.append(Period(day, day + DAY))
    return found


# --- instants -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Segment:
    """UTC instants `start <= t < end` over which the zone's offset is constant.

    `midnight` is the UTC instant of 00:00 on `first_day` under that offset, never after `start`:
    whole days from it to an instant, added to `first_day`, are the instant's local day.
    """

    start: dt.datetime
    end: dt.datetime
    midnight: dt.datetime
    first_day: dt.date


def local_day(instant: dt.datetime, tz: ZoneInfo) -> dt.date:
    """The account-local calendar day of an aware instant."""
    return instant.astimezone(tz).date()


def segments(period: Period, tz: ZoneInfo) -> tuple[Segment, ...]:
    """The UTC segments that together hold exactly the instants whose local day is in `period`."""
    if not period.days:
        return ()
    found = []
    for start, end, offset in _constant_offsets(period, tz):
        first = _utc(period.start) - offset
        last = _utc(period.end) - offset
        low, high = max(start, first), min(end, last)
        if low < high:
            day = (low + offset).date()
            found.append(Segment(low, high, _utc(day) - offset, day))
    return tuple(found)


def _utc(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def _constant_offsets(
    period: Period, tz: ZoneInfo
) -> Iterator[tuple[dt.datetime, dt.datetime, dt.timedelta]]:
    """Stretches of constant offset that surely cover the period (offsets stay within a day)."""
    low, high = _utc(period.start) - DAY * 2, _utc(period.end) + DAY * 2
    inside = [
        instant
        for year in range(low.year, high.year + 1)
        for instant in _transitions(tz.key, year)
        if low < instant < high
    ]
    for start, end in pairwise([low, *inside, high]):
        yield start, end, _offset(start, tz)


def _offset(instant: dt.datetime, tz: ZoneInfo) -> dt.timedelta:
    offset = instant.astimezone(tz).utcoffset()
    assert offset is not None  # a ZoneInfo always knows its offset
    return offset


@lru_cache(maxsize=4096)
def _transitions(key: str, year: int) -> tuple[dt.datetime, ...]:
    """The UTC instants of that year at which the zone's offset changes, to the second.

    zoneinfo lists none, so they are searched: samples every 12 hours, then halving. No zone of
    the database changes twice within 12 hours and back.
    """
    tz = ZoneInfo(key)
    start = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(year + 1, 1, 1, tzinfo=dt.UTC)
    step = dt.timedelta(hours=12)
    samples = [start + step * count for count in range((end - start) // step + 1)]
    return tuple(
        _first_after(low, high, tz)
        for low, high in pairwise(samples)
        if _offset(low, tz) != _offset(high, tz)
    )


def _first_after(low: dt.datetime, high: dt.datetime, tz: ZoneInfo) -> dt.datetime:
    """The first whole second in (low, high] with another offset than `low`."""
    before = _offset(low, tz)
    while high - low > dt.timedelta(seconds=1):
        middle = low + dt.timedelta(seconds=(high - low) // dt.timedelta(seconds=2))
        low, high = (middle, high) if _offset(middle, tz) == before else (low, middle)
    return high


# --- billing months -------------------------------------------------------------------------


@dataclass(frozen=True)
class Allowance:
    """What a billing month includes: a number of micro-credits (0 is one), none, or unknown."""

    kind: Literal["number", "none", "unknown"] = "unknown"
    micro: int | None = None

    def __post_init__(self) -> None:
        if (self.kind == "number") != (self.micro is not None):
            raise ValueError(f"allowance {self.kind!r} cannot have the amount {self.micro!r}")


UNKNOWN = Allowance()
UNLIMITED = Allowance("none")


@dataclass(frozen=True)
class BillingMonth:
    """One billing month: its local days and the allowance in force."""

    period: Period
    allowance: Allowance = UNKNOWN


def anchor_date(year: int, month: int, anchor_day: int) -> dt.date:
    """The anchor day in that month: 31 is the last day of a shorter one."""
    last = calendar.monthrange(year, month)[1]
    return dt.date(year, month, min(anchor_day, last))


def anchor_month(day: dt.date, anchor_day: int) -> Period:
    """The billing month that holds `day`, computed from the anchor alone."""
    start = anchor_date(day.year, day.month, anchor_day)
    if start > day:
        return Period(anchor_date(*_month_step(day, -1), anchor_day), start)
    return Period(start, anchor_date(*_month_step(day, 1), anchor_day))


def _month_step(day: dt.date, step: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + step, 12)
    return day.year + years, month + 1


@dataclass(frozen=True)
class BillingCalendar:
    """All billing months of an account: the stored ones, the gaps filled by anchor months.

    Where two stored periods overlap, the later start ends the earlier one, so that every day
    lies in exactly one month; the check command names such periods.
    """

    stored: tuple[BillingMonth, ...]
    anchor_day: int

    @classmethod
    def of(cls, stored: Iterable[BillingMonth], anchor_day: int) -> BillingCalendar:
        """Order the stored months and cut those that overlap."""
        months = sorted(stored, key=lambda month: month.period)
        ends = [*(month.period.start for month in months[1:]), LAST_DAY]
        cut = (
            BillingMonth(month.period.until(end), month.allowance)
            for month, end in zip(months, ends, strict=False)
        )
        return cls(tuple(month for month in cut if month.period.days), anchor_day)

    def month_of(self, day: dt.date) -> BillingMonth:
        """The one billing month that holds `day`."""
        for month in self.stored:
            if day in month.period:
                return month
        before = max((m.period.end for m in self.stored if m.period.end <= day), default=None)
        after = min((m.period.start for m in self.stored if m.period.start > day), default=None)
        derived = anchor_month(day, self.anchor_day)
        start = max(derived.start, before) if before else derived.start
        end = min(derived.end, after) if after else derived.end
        return BillingMonth(Period(start, end))

    def before(self, month: BillingMonth) -> BillingMonth:
        """The billing month that ends where `month` starts."""
        return self.month_of(month.period.start - DAY)

    def after(self, month: BillingMonth) -> BillingMonth:
        """The billing month that starts where `month` ends."""
        return self.month_of(month.period.end)

    def last_months(self, count: int, day: dt.date) -> tuple[BillingMonth, ...]:
        """`count` contiguous billing months, the last of which holds `day`."""
        months: list[BillingMonth] = [self.month_of(day)]
        while len(months) < count:
            months.append(self.before(months[-1]))
        return tuple(reversed(months))


def span(months: Sequence[BillingMonth]) -> Period:
    """From the first month's start to the last one's end."""
    return Period(months[0].period.start, months[-1].period.end)
