"""The range picker as a table: key, label -> days; URL text <-> Range; bounds. There is no clock.

The text of a range is one language everywhere: the URL's `range=`, `report --range`, the picker.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from data.errors import UsageError
from data.periods import DAY, FIRST_DAY, BillingCalendar, Period, anchor_date, last_days

DEFAULT = "month"
MOST_MONTHS = 24
LONGEST_MONTH = DAY * 31
PRESETS = {"7d": 7, "30d": 30, "90d": 90}


class RangeError(UsageError):
    """A range that cannot be shown; its sentence stands under the field and in the URL's notice."""


@dataclass(frozen=True)
class Choice:
    """One button of the picker: key in the URL, label, and the label below 576 px."""

    key: str
    label: str
    short: str


CHOICES = (
    Choice("month", "This billing month", "Month"),
    Choice("7d", "7 days", "7 d"),
    Choice("30d", "30 days", "30 d"),
    Choice("90d", "90 days", "90 d"),
    Choice("custom", "Custom", "Custom"),
)


@dataclass(frozen=True)
class Range:
    """A resolved range: its text, the picker's button that it belongs to, and its local days."""

    text: str
    choice: str
    period: Period


@dataclass(frozen=True)
class Bounds:
    """What may be asked for: the account's months, up to today; nothing that ends before data."""

    calendar: BillingCalendar
    today: dt.date
    first_day: dt.date | None = None


def parse(text: str, bounds: Bounds) -> Range:
    """The range that `text` names; RangeError with a sentence for the reader otherwise."""
    if text in PRESETS:
        return Range(text, text, last_days(PRESETS[text], bounds.today))
    if text == DEFAULT:
        return _month(bounds.today, bounds)
    if match := re.fullmatch(r"month@([0-9]{4}-[0-9]{2}-[0-9]{2})", text):
        return _month_starting(_day(match[1]), bounds)
    if match := re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})", text):
        return custom(_day(match[1]), _day(match[2]), bounds)
    raise RangeError(
        "range.text",
        f"{text[:40]!r} is not a range: use 7d, 30d, 90d, month, month@2026-10-03 or "
        "2026-03-01..2026-03-15.",
    )


def custom(first: dt.date, last: dt.date, bounds: Bounds) -> Range:
    """Both days inclusive."""
    if first > last:
        raise RangeError("range.reversed", "The start is after the end.")
    if last > bounds.today:
        raise RangeError("range.future", "Choose days up to today.")
    _refuse_before_data(last, bounds)
    if first < months_back(last + DAY, MOST_MONTHS):
        raise RangeError("range.long", "Choose 24 months or less.")
    return Range(f"{first}..{last}", "custom", Period(first, last + DAY))


def earlier(current: Range, bounds: Bounds) -> Range | None:
    """One step back by the range's own length; None before the first day with data."""
    start = current.period.start
    if bounds.first_day is None or start <= bounds.first_day:
        return None
    if current.choice == "month":
        return _month(start - DAY, bounds)
    return _of_days(Period(start - DAY * current.period.days, start), bounds)


def later(current: Range, bounds: Bounds) -> Range | None:
    """One step forward by the range's own length; None at today."""
    end = current.period.end
    if end > bounds.today:
        return None
    if current.choice == "month":
        return _month(end, bounds)
    last = min(end - DAY + DAY * current.period.days, bounds.today)
    return _of_days(Period(last + DAY - DAY * current.period.days, last + DAY), bounds)


def months_back(day: dt.date, count: int) -> dt.date:
    """The same day number `count` calendar months before, or that month's last day."""
    years, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return anchor_date(years, month + 1, day.day)


def _of_days(period: Period, bounds: Bounds) -> Range:
    """A preset when the days are those of one, else a custom range."""
    for key, days in PRESETS.items():
        if period == last_days(days, bounds.today):
            return Range(key, key, period)
    return Range(f"{period.start}..{period.last}", "custom", period)


def _month(day: dt.date, bounds: Bounds) -> Range:
    period = bounds.calendar.month_of(day).period
    if bounds.today in period:
        return Range(DEFAULT, DEFAULT, period.until(bounds.today + DAY))
    return Range(f"month@{period.start}", DEFAULT, period)


def _refuse_before_data(last: dt.date, bounds: Bounds) -> None:
    earliest = bounds.first_day or FIRST_DAY
    if last < earliest:
        raise RangeError("range.early", f"Choose days from {earliest} on.")


def _month_starting(day: dt.date, bounds: Bounds) -> Range:
    if day > bounds.today:
        raise RangeError("range.future", "Choose days up to today.")
    _refuse_before_data(day + LONGEST_MONTH, bounds)
    found = _month(day, bounds)
    if found.period.start != day:
        raise RangeError(
            "range.month",
            f"No billing month starts on {day}: the one of that day starts on "
            f"{found.period.start}.",
        )
    return found


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise RangeError("range.day", f"{text} is not a day of the calendar.") from error
