"""Where a billing month stands, made by hand in whole credits: 3 Nov to 2 Dec 2026, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction

from dashboard.projection import Likely, Projection
from dashboard.standing import FullMonth, Standing
from data.periods import DAY, Allowance, BillingMonth, Period, anchor_month
from tests.dashboard.built_frames import MICRO, TODAY, number

MONTH = Period(dt.date(2026, 11, 3), dt.date(2026, 12, 3))


def full_months(
    *nets: int, allowance: int | Allowance = 20_000, before: dt.date = MONTH.start
) -> tuple[FullMonth, ...]:
    """Full months of so many credits, the last of them just before `before`."""
    limit = allowance if isinstance(allowance, Allowance) else number(allowance)
    made: list[FullMonth] = []
    for net in reversed(nets):
        period = anchor_month(before - DAY, 3)
        made.append(FullMonth(period, limit, net * MICRO))
        before = period.start
    return tuple(reversed(made))


def standing(
    *,
    used: int | Mapping[dt.date, int] = 14_850,
    allowance: int | Allowance = 20_000,
    end: int | None = 22_300,
    ahead: Sequence[int] = (),
    balance: int | None = 9_150,
    full: tuple[FullMonth, ...] = (),
    today: dt.date = TODAY,
    likely: tuple[int, int] | None = None,
    first_day: dt.date = dt.date(2024, 2, 1),
) -> Standing:
    """`used` on the month's first day, or by day; heading for `end`, by `ahead` a day."""
    days = used if isinstance(used, Mapping) else {MONTH.start: used}
    left = Period(today, MONTH.end)
    ahead = ahead or [((end or 0) - sum(days.values())) // left.days] * left.days
    interval = likely and Likely(*(amount * MICRO for amount in likely))
    return Standing(
        month=BillingMonth(
            MONTH, allowance if isinstance(allowance, Allowance) else number(allowance)
        ),
        today=today,
        nets={day: days.get(day, 0) * MICRO for day in MONTH.until(today + DAY)},
        projected=None if end is None else Projection(end * MICRO, interval),
        ahead={}
        if end is None
        else {day: Fraction(more * MICRO) for day, more in zip(left, ahead, strict=False)},
        balance=None if balance is None else balance * MICRO,
        full=full,
        first_day=first_day,
    )
