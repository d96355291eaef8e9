"""The billing month card: four numbers, a bar and a piece of advice, always of the running month.

Pure functions of where the month stands; what a reader may follow from here is the host's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dashboard import words
from dashboard.advice import Advice, advise
from dashboard.plan_catalogue import Catalogue
from dashboard.plan_fit import PlanFit, plan_fit
from dashboard.projection import FIRST_PROJECTED_DAY, Likely
from dashboard.standing import Standing
from data.accounts import Account

Texture = Literal["solid", "hatched"]

UNKNOWN = "–"
HUNDREDTHS = 10_000  # of a percent of the bar
ROOM = (203, 200)  # the bar ends at 1.015 times its largest amount


@dataclass(frozen=True)
class Number:
    """One of the four: label, value and what to know of it.

    `over`: the first caption has the colour of what is above the allowance. `of_ledger`: the
    ledger says more of it.
    """

    label: str
    value: str
    captions: tuple[str, ...] = ()
    over: bool = False
    of_ledger: bool = False


@dataclass(frozen=True)
class Stretch:
    """One part of the bar, in percent of its width: `12.34`."""

    width: str
    texture: Texture
    token: Literal["accent", "over"]


@dataclass(frozen=True)
class Bar:
    """Used, still to come and allowance on one scale; `told` says the same in words."""

    stretches: tuple[Stretch, ...]
    tick: str | None  # in percent; None without an allowance
    used: str
    allowance: str | None
    told: str


@dataclass(frozen=True)
class MonthCard:
    """All that the card says of one moment."""

    dates: str
    short_dates: str  # where there is no room for more
    plan: str | None
    numbers: tuple[Number, ...]
    bar: Bar
    advice: Advice | None
    fit: PlanFit | None


def month_card(month: Standing, account: Account, catalogue: Catalogue | None = None) -> MonthCard:
    """The card of a standing; plans are compared where the host has told them."""
    period = month.month.period
    return MonthCard(
        dates=words.heading(period),
        short_dates=words.short_heading(period),
        plan=_plan(account.plan),
        numbers=(_used(month), _allowance(month), _projected(month), _balance(month)),
        bar=_bar(month),
        advice=advise(month),
        fit=plan_fit(month.whole, account.plan, catalogue) if catalogue else None,
    )


def _plan(name: str | None) -> str | None:
    """`team` is the `Team plan`."""
    return f"{name[0].upper()}{name[1:]} plan" if name else None


# --- the numbers ----------------------------------------------------------------------------


def _used(month: Standing) -> Number:
    period = month.month.period
    gone = f"{words.share((month.today - period.start).days + 1, period.days)} of the month gone"
    if month.limit and month.used >= 0:
        gone = f"{words.share(month.used, month.limit)} used, {gone}"
    return Number("Used so far", words.credits(month.used), (gone,))


def _allowance(month: Standing) -> Number:
    if month.month.allowance.kind == "none":
        return Number("Allowance", "None", ("Your plan has no monthly allowance",))
    if month.limit is None:
        return Number("Allowance", UNKNOWN, ("The monthly allowance isn't known",))
    renews = f"Renews on {words.on(month.renews, month.today)}"
    caption = renews if month.limit else "Your plan includes no credits"
    return Number("Allowance", words.credits(month.limit), (caption,))


def _projected(month: Standing) -> Number:
    label = f"Projected by {words.on(month.last, month.today)}"
    if month.projected is None:
        first = (month.today - month.month.period.start).days + 1 < FIRST_PROJECTED_DAY
        why = f"From day {FIRST_PROJECTED_DAY} of the month" if first else "Too few days to tell"
        return Number(label, UNKNOWN, (why,))
    captions = (*_against(month.projected.amount, month.limit), *_likely(month.projected.likely))
    over = month.limit is not None and month.projected.amount > month.limit
    return Number(label, words.credits(month.projected.amount), captions, over)


def _against(amount: int, limit: int | None) -> Iterator[str]:
    if limit is None:
        return
    if amount == limit:
        yield "All of the allowance"
    elif amount > limit:
        yield f"{words.credits(amount - limit)} over the allowance"
    else:
        yield f"{words.credits(limit - amount)} below the allowance"


def _likely(likely: Likely | None) -> Iterator[str]:
    """Nothing while it can't be told, and where the interval is one amount."""
    if likely and likely.low < likely.high:
        yield f"Likely {words.between(likely.low, likely.high)}"


def _balance(month: Standing) -> Number:
    left = UNKNOWN if month.balance is None else words.credits(month.balance)
    return Number("Balance", left, of_ledger=True)


# --- the bar --------------------------------------------------------------------------------


def _bar(month: Standing) -> Bar:
    """From 0 to 1.015 times the largest; what refunds take below 0 has no length."""
    used, limit = max(month.used, 0), month.limit
    end = max(month.projected.amount, used) if month.projected else used
    largest = max(used, end, limit or 0, 1)
    tick = None if limit is None else _percent(limit, largest)
    return Bar(
        stretches=tuple(_stretches(used, end, limit, largest)),
        tick=tick,
        used=words.credits(month.used),
        allowance=None if limit is None else words.credits(limit),
        told=_told(month),
    )


def _stretches(used: int, end: int, limit: int | None, largest: int) -> Iterator[Stretch]:
    """Solid up to what is used, hatched up to the projection; the rest above the allowance."""
    within = end if limit is None else limit
    parts: tuple[tuple[int, int, Texture], ...] = ((0, used, "solid"), (used, end, "hatched"))
    for start, stop, texture in parts:
        if start < min(stop, within):
            yield Stretch(_percent(min(stop, within) - start, largest), texture, "accent")
        if max(start, within) < stop:
            yield Stretch(_percent(stop - max(start, within), largest), texture, "over")


def _percent(part: int, largest: int) -> str:
    times, of = ROOM
    whole, rest = divmod(words.rounded(HUNDREDTHS * of * part, times * largest), 100)
    return f"{whole}.{rest:02d}"


def _told(month: Standing) -> str:
    parts = [f"Used {words.credits(month.used)}"]
    if month.projected:
        parts.append(f"projected {words.credits(month.projected.amount)}")
    if month.limit is not None:
        parts.append(f"allowance {words.credits(month.limit)}")
    return ", ".join(parts)
