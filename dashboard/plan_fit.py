"""Which of the host's plans would have been cheapest over the last 12 full months, and why.

Pure arithmetic in exact numbers: 12 × price, and each month's excess bought in the cheapest single
bundle size, nothing carried over. With fewer than 12 full months nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboard import words
from dashboard.plan_catalogue import Bundle, Catalogue, Plan
from dashboard.standing import FullMonth

MONTHS = 12
OVER = f"over the last {MONTHS} full months"
RULE = (
    f"{MONTHS} × the price, and what each month used above the allowance in bundles of the size "
    "that is cheapest for that month. Nothing is carried over."
)


@dataclass(frozen=True)
class Purchase:
    """What one month needed above a plan's allowance: so many bundles of one size."""

    excess: int
    bundle: Bundle
    count: int

    @property
    def cost(self) -> Decimal:
        """What they cost together."""
        return self.count * self.bundle.price


@dataclass(frozen=True)
class Cost:
    """What a plan would have cost: a purchase, or None, for each month."""

    plan: Plan
    purchases: tuple[Purchase | None, ...]

    @property
    def plans(self) -> Decimal:
        """The price of the months themselves."""
        return len(self.purchases) * self.plan.price

    @property
    def bundles(self) -> Decimal:
        """The price of all bundles."""
        return sum((bought.cost for bought in self.purchases if bought), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Both."""
        return self.plans + self.bundles


@dataclass(frozen=True)
class PlanFit:
    """The sentence, and the arithmetic behind it.

    `sums` has a line for each plan, `months` a row for each month under `heads`: its name, what
    was used, and the excess over each plan that it outgrew. No rows where none did.
    """

    sentence: str
    rule: str
    sums: tuple[str, ...]
    heads: tuple[str, ...]
    months: tuple[tuple[str, ...], ...]


def plan_fit(full: Sequence[FullMonth], own: str | None, catalogue: Catalogue) -> PlanFit | None:
    """Compare the plans over the last 12 of `full`; None where nothing can be compared."""
    months = full[-MONTHS:]
    if len(months) < MONTHS:
        return None
    found = [(plan, _cost(plan, months)) for plan in catalogue.plans]
    costs = [cost for _, cost in found if cost]
    if not costs:
        return None
    outgrown = [cost for cost in costs if any(cost.purchases)]
    left_out = (
        f"{plan.name}: no bundles for what its allowance did not cover"
        for plan, cost in found
        if cost is None
    )
    return PlanFit(
        sentence=_sentence(costs, catalogue.plan(own), catalogue),
        rule=RULE,
        sums=(*(_sum(cost, catalogue) for cost in costs), *left_out),
        heads=("Billing month", "Credits", *(cost.plan.name for cost in outgrown)),
        months=tuple(_row(months, place, outgrown) for place in range(MONTHS) if outgrown),
    )


# --- the arithmetic -------------------------------------------------------------------------


def _cost(plan: Plan, months: Sequence[FullMonth]) -> Cost | None:
    """None for a plan without bundles that some month would have outgrown."""
    purchases: list[Purchase | None] = []
    for month in months:
        excess = 0 if plan.allowance is None else max(month.net - plan.allowance, 0)
        if excess and not plan.bundles:
            return None
        purchases.append(_purchase(excess, plan.bundles) if excess else None)
    return Cost(plan, tuple(purchases))


def _purchase(excess: int, bundles: Sequence[Bundle]) -> Purchase:
    """The size that costs least for this excess; of two that cost the same, the one in less."""
    choices = [Purchase(excess, bundle, -(-excess // bundle.micro)) for bundle in bundles]
    return min(choices, key=lambda bought: (bought.cost, bought.count))


# --- the words ------------------------------------------------------------------------------


def _sentence(costs: Sequence[Cost], own: Plan | None, catalogue: Catalogue) -> str:
    """The cheapest plan against one's own, or against the next where that is the cheapest."""
    ranked = sorted(costs, key=lambda cost: (cost.total, cost.plan != own))
    best, *others = ranked
    mine = next((cost for cost in others if cost.plan == own), None)
    against = mine or (others[0] if others else None)
    if against is None:
        return f"Only {best.plan.name} would have covered your use {OVER}."
    saved = against.total - best.total
    if not saved:
        return f"{best.plan.name} and {against.plan.name} would have cost the same {OVER}."
    cheapest = (
        f"Your plan, {best.plan.name}, was the cheapest"
        if best.plan == own
        else (f"{best.plan.name} would have been the cheapest plan")
    )
    return f"{cheapest} {OVER}: {catalogue.written(saved)} less than {against.plan.name}."


def _sum(cost: Cost, catalogue: Catalogue) -> str:
    """`Starter: 12 × €79 + 16 bundles for €720 = €1,668`."""
    bought = sum(one.count for one in cost.purchases if one)
    bundles = f"{words.count(bought, 'bundle')} for {catalogue.written(cost.bundles)}"
    months = f"{cost.plan.name}: {MONTHS} × {catalogue.written(cost.plan.price)}"
    return f"{months}{f' + {bundles}' if bought else ''} = {catalogue.written(cost.total)}"


def _row(months: Sequence[FullMonth], place: int, costs: Sequence[Cost]) -> tuple[str, ...]:
    month = months[place]
    named = f"{words.month(month.period.start)} {month.period.start.year}"
    return named, words.credits(month.net), *(_excess(cost.purchases[place]) for cost in costs)


def _excess(bought: Purchase | None) -> str:
    """`1,780 over: 2 × 1,000`."""
    if bought is None:
        return "within"
    return (
        f"{words.credits(bought.excess)} over: {words.number(bought.count)} × "
        f"{words.credits(bought.bundle.micro)}"
    )
