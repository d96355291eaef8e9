"""One piece of advice on the running billing month: the first rule that holds, in order.

Pure functions of where the month stands. No rule speaks without an allowance above 0; an address
to follow is never known here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, takewhile

from dashboard import words
from dashboard.standing import FullMonth, Standing
from data.periods import DAY

CLOSE = 102  # percent of the allowance: heading for more is worth a warning
HEADROOM = 60  # percent: less, month after month, is a plan too large
HEADROOM_MONTHS = 3
FEWEST_RUNNING = 2  # full months over the allowance, one after the other


class Offer(StrEnum):
    """What could help; a button where the host has an address for it."""

    PLANS = "Compare plans"
    BUNDLE = "Add a bundle"


@dataclass(frozen=True)
class Advice:
    """A title, a sentence or two, and what to offer, first things first."""

    title: str
    text: str
    offers: tuple[Offer, ...] = ()
    warns: bool = True


def advise(month: Standing) -> Advice | None:
    """What the reader should know first, if anything."""
    if not month.limit:
        return None
    return next((found for rule in RULES if (found := rule(month))), None)


# --- the rules, as the design's table has them ----------------------------------------------


def balance_runs_out(month: Standing) -> Advice | None:
    """The balance does not last to the month's end.

    The allowance is renewed on the day after, so until then nothing is added to what is left.
    """
    left, rest = month.balance, _still_to_come(month)
    if left is None or (left > 0 and rest <= left):
        return None
    renews = words.on(month.renews, month.today)
    if left <= 0:
        text = f"Your balance is used up. It renews on {renews}."
    else:
        day = words.on(_day_beyond(month, left), month.today)
        text = f"At this pace your balance is used up around {day}, before it renews on {renews}."
    return Advice("Balance runs out early", text, (Offer.BUNDLE, Offer.PLANS))


def over_the_allowance(month: Standing) -> Advice | None:
    """More is used than the allowance."""
    limit = _limit(month)
    if month.used <= limit:
        return None
    passed = f"You passed {words.credits(limit)} on {words.on(_passed_on(month), month.today)}"
    heading = f" and are heading for {words.credits(end)}" if (end := _end(month)) else ""
    text = f"{passed}{heading}. The extra is taken from your balance."
    return Advice("Over your allowance", text, (Offer.BUNDLE, Offer.PLANS))


def trending_above(month: Standing) -> Advice | None:
    """The projection is more than 102% of the allowance."""
    limit, end = _limit(month), _end(month)
    if end is None or 100 * end <= CLOSE * limit:
        return None
    day = words.on(_day_beyond(month, limit - month.used), month.today)
    text = f"At this pace you pass {words.credits(limit)} around {day} and end near "
    covered = "" if month.balance is None else " Your balance covers it."
    return Advice(
        "Trending above your allowance",
        f"{text}{words.credits(end)}.{covered}",
        (Offer.PLANS, Offer.BUNDLE),
    )


def over_for_months(month: Standing) -> Advice | None:
    """Over the allowance in each of the last two or more full months."""
    running = len(list(takewhile(lambda full: full.is_over, reversed(month.full))))
    if running < FEWEST_RUNNING:
        return None
    return Advice(
        f"Over your allowance {running} months running",
        "A higher plan or a credit bundle may fit better.",
        (Offer.PLANS, Offer.BUNDLE),
    )


def has_headroom(month: Standing) -> Advice | None:
    """Far below the allowance in the last three full months, and heading there again."""
    latest, end = month.whole[-HEADROOM_MONTHS:], _end(month)
    if end is None or len(latest) < HEADROOM_MONTHS:
        return None
    if not (_is_low(end, _limit(month)) and all(map(_was_low, latest))):
        return None
    return Advice(
        "Your plan has headroom",
        f"You used less than {HEADROOM}% of your allowance in each of the last "
        f"{HEADROOM_MONTHS} full months.",
        (Offer.PLANS,),
        warns=False,
    )


def on_track(month: Standing) -> Advice | None:
    """Nothing else to say, and a projection to say it with."""
    end = _end(month)
    if end is None:
        return None
    by = words.on(month.last, month.today)
    of = words.credits(_limit(month))
    text = f"At this pace you end near {words.credits(end)} of {of} by {by}."
    return Advice("On track", text, warns=False)


RULES: tuple[Callable[[Standing], Advice | None], ...] = (
    balance_runs_out,
    over_the_allowance,
    trending_above,
    over_for_months,
    has_headroom,
    on_track,
)


# --- what the rules ask ---------------------------------------------------------------------


def _limit(month: Standing) -> int:
    return month.limit or 0


def _end(month: Standing) -> int | None:
    return month.projected.amount if month.projected else None


def _still_to_come(month: Standing) -> int:
    end = _end(month)
    return 0 if end is None else end - month.used


def _is_low(amount: int, limit: int) -> bool:
    return 100 * amount < HEADROOM * limit


def _was_low(full: FullMonth) -> bool:
    return full.allowance.micro is not None and _is_low(full.net, full.allowance.micro)


def _day_beyond(month: Standing, room: int) -> dt.date:
    """The day left on which more than `room` will have been added, at the usual pace.

    The projection is rounded for the reader, so it may pass by a hair what the days do not:
    then it is the last one.
    """
    sums = zip(month.ahead, accumulate(month.ahead.values()), strict=True)
    return next((day for day, added in sums if added > room), month.last)


def _passed_on(month: Standing) -> dt.date:
    """The day since which more is used than the allowance: a refund can take a month back."""
    sums = zip(month.nets, accumulate(month.nets.values()), strict=True)
    within = [day for day, used in sums if used <= _limit(month)]
    return max(within) + DAY if within else month.month.period.start
