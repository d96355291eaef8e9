"""How the page says amounts, dates and ages: the one place for its language.

An amount arrives as whole micro-credits and is rounded here, once, half up; never a float.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from zoneinfo import ZoneInfo

from data.periods import DAY, Period
from data.schema import MICRO

MINUS = "\u2212"
NO_BREAK = "\u00a0"
NO_SHARE = "–"  # a part below zero has no share of a whole
MOST_PERCENT = 999  # of a rise; above it words do

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


# --- amounts --------------------------------------------------------------------------------


def rounded(amount: Fraction | int, unit: int) -> int:
    """How many `unit`s, half up; an amount below zero rounds as the one above does."""
    size = (2 * (-amount if amount < 0 else amount) + unit) // (2 * unit)
    return -size if amount < 0 else size


def number(value: int) -> str:
    """A whole number: `12,340`, `−120`."""
    return f"{value:,}".replace("-", MINUS)


def credits(micro: Fraction | int) -> str:  # noqa: A001 - the page's own word
    """Credits on screen: `12,340`, `<1`, `0`, `−120`."""
    whole = rounded(micro, MICRO)
    if whole or not micro:
        return number(whole)
    return "<1" if micro > 0 else f"{MINUS}<1"


def between(low: int, high: int) -> str:
    """Two amounts and what lies between: `21,400–23,300`; one where they look the same."""
    return "–".join(dict.fromkeys((credits(low), credits(high))))


def amount(micro: int) -> str:
    """An amount with its unit: `2,038 credits`, `1 credit`."""
    shown = credits(micro)
    return f"{shown} credit" if shown in {"1", "<1"} else f"{shown} credits"


def short(micro: int) -> str:
    """An amount on an axis: `500`, `1k`, `1.2k`, `25k`, `1.2M`; a nice step keeps two decimals."""
    whole = rounded(micro, MICRO)
    for unit, letter in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if abs(whole) >= unit:
            hundredths = rounded(whole, unit // 100)
            return _hundredths(hundredths) + letter
    return number(whole)


def _hundredths(value: int) -> str:
    whole, rest = divmod(abs(value), 100)
    sign = MINUS if value < 0 else ""
    return f"{sign}{whole:,}.{rest:02d}".rstrip("0").rstrip(".")


def share(part: int, whole: int) -> str:
    """`44%`, `<1%`, `0%`; `–` for a part below zero or of nothing."""
    if part < 0 or whole <= 0:
        return NO_SHARE
    percent = rounded(100 * part, whole)
    return "<1%" if part and not percent else f"{number(percent)}%"


def change(now: int, before: int) -> str:
    """`+72%`, `−9%`, `0%`; from nothing `new`; above +999% `10× or more`; `–` below nothing."""
    if now == before:
        return "0%"
    if before <= 0:
        return "new" if now > 0 else NO_SHARE
    percent = rounded(100 * (now - before), before)
    if percent > MOST_PERCENT:
        return "10× or more"
    return f"{'+' if percent > 0 else ''}{number(percent)}%"


def compared(now: int, before: int, dates: str) -> str:
    """`up 72% on 3–22 Oct`, `down 9% on …`, `the same as in …`; no percentage of or below none."""
    if now == before:
        return f"the same as in {dates}"
    way = "up" if now > before else "down"
    if before <= 0 or now < 0:
        return f"{way} from {credits(before) if before else 'none'} in {dates}"
    percent = rounded(100 * (now - before), before)
    if percent > MOST_PERCENT:
        return f"10 times or more what it was in {dates}"
    if not percent:
        return f"about the same as in {dates}"
    return f"{way} {number(abs(percent))}% on {dates}"


def multiple(amount: Fraction | int, of: Fraction | int) -> str:
    """How many times, one decimal: `2.4`; the caller adds `times` or `×`. `of` is above zero."""
    ratio = Fraction(amount) / Fraction(of)
    tenths = rounded(ratio.numerator * 10, ratio.denominator)
    sign = MINUS if tenths < 0 else ""
    return f"{sign}{abs(tenths) // 10:,}.{abs(tenths) % 10}"


def count(things: int, one: str, many: str | None = None) -> str:
    """`1 workspace`, `4 workspaces`."""
    return f"{number(things)} {one if things == 1 else many or one + 's'}"


# --- dates ----------------------------------------------------------------------------------


def month(day: dt.date) -> str:
    """`Nov`."""
    return MONTHS[day.month - 1][:3]


def month_and_year(day: dt.date) -> str:
    """`November 2026`."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def day_and_month(day: dt.date) -> str:
    """`8 Nov`."""
    return f"{day.day} {month(day)}"


def weekday(day: dt.date, today: dt.date) -> str:
    """`Thu 12 Nov`, with the year when it is not this one."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{WEEKDAYS[day.weekday()]} {day_and_month(day)}{year}"


def full_day(day: dt.date) -> str:
    """`Thu 12 Nov 2026`."""
    return f"{WEEKDAYS[day.weekday()]} {day_and_month(day)} {day.year}"


def heading(period: Period) -> str:
    """`3 – 22 Nov 2026`, `24 Oct – 22 Nov 2026`, `24 Dec 2025 – 22 Jan 2026`, `4 Nov 2026`."""
    first, last = period.start, period.last
    end = f"{day_and_month(last)} {last.year}"
    if first == last:
        return end
    return f"{_start_of(first, last, with_year=first.year != last.year)} – {end}"


def short_heading(period: Period) -> str:
    """`3 Nov – 2 Dec`: a billing month where there is no room for its year."""
    return f"{day_and_month(period.start)} – {day_and_month(period.last)}"


def sentence(period: Period, today: dt.date) -> str:
    """`3–22 Oct`, `24 Sep – 23 Oct`, `10–16 Mar 2025`: never broken, the year if not this one."""
    years = {period.start.year, period.last.year}
    return _unbroken(period, with_year=years != {today.year})


def dated(period: Period) -> str:
    """The same with the year in any case: `3–22 Nov 2026`."""
    return _unbroken(period, with_year=True)


def _unbroken(period: Period, *, with_year: bool) -> str:
    first, last = period.start, period.last
    end = day_and_month(last) + (f" {last.year}" if with_year else "")
    if first == last:
        text = end
    elif (first.year, first.month) == (last.year, last.month):
        text = f"{first.day}–{end}"
    else:
        text = f"{_start_of(first, last, with_year=first.year != last.year)} – {end}"
    return text.replace(" ", NO_BREAK)


def on(day: dt.date, today: dt.date) -> str:
    """One day in a sentence: `3 Dec`, `3 Jan 2027`; never broken."""
    return sentence(Period(day, day + DAY), today)


def _start_of(first: dt.date, last: dt.date, *, with_year: bool) -> str:
    if with_year:
        return f"{day_and_month(first)} {first.year}"
    return str(first.day) if first.month == last.month else day_and_month(first)


def resolved(period: Period) -> str:
    """The range beside its picker: `3 – 22 Nov 2026 · 20 days`."""
    return f"{heading(period)} · {count(period.days, 'day')}"


def months(first: dt.date, last: dt.date) -> str:
    """Whole calendar months: `Dec 2025 – Nov 2026`."""
    return f"{month(first)} {first.year} – {month(last)} {last.year}"


def moment(instant: dt.datetime, zone: ZoneInfo) -> str:
    """`12 Nov 2026, 09:14` on the account's clock."""
    local = instant.astimezone(zone)
    return f"{day_and_month(local.date())} {local.year}, {local.hour:02d}:{local.minute:02d}"


def printed(name: str, period: Period, now: dt.datetime, zone: ZoneInfo) -> str:
    """The first line on paper: whose credits, of when, and when that was known."""
    return f"Credits · {name} · {heading(period)} · printed {moment(now, zone)} {zone.key}"


# --- ranges and ages ------------------------------------------------------------------------


def range_name(text: str, period: Period, today: dt.date) -> str:
    """What a range is called: `This billing month`, `Last 7 days`, `10–16 Mar 2025`."""
    if text == "month":
        return "This billing month"
    if period.end == today + DAY and text == f"{period.days}d":
        return f"Last {period.days} days"
    return sentence(period, today)


def age(passed: dt.timedelta) -> str:
    """`just now`, `24 min ago`, `2 h 46 min ago`, `3 days ago`."""
    minutes = passed // dt.timedelta(minutes=1)
    hours, rest = divmod(minutes, 60)
    if minutes < 1:
        return "just now"
    if hours < 1:
        return f"{minutes} min ago"
    if hours < 48:
        return f"{hours} h {rest} min ago" if rest else f"{hours} h ago"
    return f"{hours // 24} days ago"


# --- refunds --------------------------------------------------------------------------------

MOST_NAMED = 3


def refunds_exceed(below: Sequence[tuple[str, int]], kind: str) -> str:
    """`Refunds exceed use for Compose renders (−120).`, or for `5 reasons (−340)`."""
    if len(below) > MOST_NAMED:
        named = f"{count(len(below), kind)} ({credits(sum(net for _, net in below))})"
    else:
        named = ", ".join(f"{name} ({credits(net)})" for name, net in below)
    return f"Refunds exceed use for {named}."
