"""The cheapest plan over the last 12 full months, against plain sums over the same months."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.plan_catalogue import Bundle, Catalogue, Plan, read_catalogue
from dashboard.plan_fit import plan_fit
from dashboard.standing import FullMonth
from data.periods import UNKNOWN, Period

MICRO = 1_000_000
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "plans.toml"


def month(place: int, net: int) -> FullMonth:
    """The `place`th month of 2025 and on, its net in micro-credits."""
    start = dt.date(2025 + place // 12, place % 12 + 1, 1)
    end = dt.date(2025 + (place + 1) // 12, (place + 1) % 12 + 1, 1)
    return FullMonth(Period(start, end), UNKNOWN, net)


def months(*credits: int) -> tuple[FullMonth, ...]:
    return tuple(month(place, amount * MICRO) for place, amount in enumerate(credits))


def plan(name: str, allowance: int | None, price: str, *bundles: tuple[int, str]) -> Plan:
    return Plan(
        name,
        None if allowance is None else allowance * MICRO,
        Decimal(price),
        tuple(Bundle(size * MICRO, Decimal(cost)) for size, cost in bundles),
    )


SMALL = plan("Small", 100, "10", (50, "6"), (200, "20"))
LARGE = plan("Large", 300, "25.50")
ENDLESS = plan("Endless", None, "90")


def fit(full, *plans, own=None):
    return plan_fit(full, own, Catalogue("€{}", plans))


LEVEL = months(*[90] * 12)


@pytest.mark.parametrize(
    ("plans", "own", "sentence"),
    [
        (
            (SMALL, LARGE),
            "large",
            (
                "Small would have been the cheapest plan over the last 12 full months: "
                "€186 less than Large."
            ),
        ),
        (
            (SMALL, LARGE, ENDLESS),
            "endless",
            (
                "Small would have been the cheapest plan over the last 12 full months: "
                "€960 less than Endless."
            ),
        ),
        (
            (SMALL, LARGE),
            "small",
            (
                "Your plan, Small, was the cheapest over the last 12 full months: "
                "€186 less than Large."
            ),
        ),
        (
            (ENDLESS, SMALL, LARGE),
            "of the past",
            (
                "Small would have been the cheapest plan over the last 12 full months: "
                "€186 less than Large."
            ),
        ),
        (
            (SMALL, plan("Twin", 100, "10.00")),
            "twin",
            "Twin and Small would have cost the same over the last 12 full months.",
        ),
        (
            (plan("Tiny", 80, "1"), ENDLESS),
            "tiny",
            "Only Endless would have covered your use over the last 12 full months.",
        ),
    ],
)
def test_the_sentence(plans, own, sentence):
    assert sentence == fit(LEVEL, *plans, own=own).sentence


def test_the_arithmetic_is_shown_for_each_plan_and_month():
    """A month of 310 is 210 over 100: two of 200 would be 40, five of 50 are 30."""
    found = fit(months(*[90] * 9, 101, 310, 250), SMALL, LARGE, ENDLESS, own="small")
    assert (
        "Small: 12 × €10 + 9 bundles for €54 = €174",
        "Endless: 12 × €90 = €1,080",
        "Large: no bundles for what its allowance did not cover",
    ) == found.sums
    assert ("Billing month", "Credits", "Small") == found.heads
    assert (
        ("Sep 2025", "90", "within"),
        ("Oct 2025", "101", "1 over: 1 × 50"),
        ("Nov 2025", "310", "210 over: 5 × 50"),
        ("Dec 2025", "250", "150 over: 3 × 50"),
    ) == found.months[-4:]
    assert 12 == len(found.months)


def test_where_no_plan_was_outgrown_no_month_is_listed():
    assert () == fit(LEVEL, SMALL, ENDLESS).months


def test_one_size_serves_a_month_and_nothing_is_carried_over():
    """160 over, twice: one of 200 for 20 each, though 50 and 50 and 200 would do for both."""
    found = fit(months(*[0] * 10, 260, 260), SMALL, ENDLESS, own=None)
    assert "Small: 12 × €10 + 2 bundles for €40 = €160" == found.sums[0]
    assert ["160 over: 1 × 200"] * 2 == [row[2] for row in found.months[-2:]]


def test_exactly_the_allowance_or_a_bundle_needs_no_more():
    found = fit(months(*[100] * 11, 150), SMALL, ENDLESS)
    assert "Small: 12 × €10 + 1 bundle for €6 = €126" == found.sums[0]


def test_a_micro_credit_above_needs_a_bundle():
    full = (*months(*[100] * 11), month(11, 100 * MICRO + 1))
    assert "Small: 12 × €10 + 1 bundle for €6 = €126" == fit(full, SMALL, ENDLESS).sums[0]


def test_refunds_beyond_use_cost_nothing():
    assert "Small: 12 × €10 = €120" == fit(months(*[-50] * 12), SMALL, ENDLESS).sums[0]


def test_with_fewer_than_twelve_full_months_nothing_is_said():
    assert fit(months(*[90] * 11), SMALL, LARGE) is None
    assert fit((), SMALL, LARGE) is None


def test_the_last_twelve_count():
    found = fit(months(10_000, *[90] * 11, 101), SMALL, ENDLESS)
    assert ("Feb 2025", "Jan 2026") == (found.months[0][0], found.months[-1][0])
    assert "Small: 12 × €10 + 1 bundle for €6 = €126" == found.sums[0]


def test_where_no_plan_would_have_covered_it_nothing_is_said():
    assert fit(LEVEL, plan("A", 1, "1"), plan("B", 2, "1")) is None


def test_the_example_over_a_growing_year():
    """Starter: 12 × 79 and 15 bundles of 45 are 1,623; Team: 12 × 149.50 are 1,794."""
    full = months(*range(9_000, 21_000, 1_000))
    found = plan_fit(full, "team", read_catalogue(EXAMPLE))
    assert (
        "Starter would have been the cheapest plan over the last 12 full months: "
        "€171 less than Team."
    ) == found.sentence
    assert ["€1,623", "€1,794", "€4,788", "€11,880"] == [one.split("= ")[1] for one in found.sums]


amounts = st.integers(0, 2_000).map(lambda whole: whole * MICRO // 3)
prices = st.decimals(0, 100, places=2)
bundles = st.lists(st.tuples(st.integers(1, 500), prices), min_size=1, max_size=3)


@given(st.lists(amounts, min_size=12, max_size=12), bundles, prices, st.integers(0, 600))
def test_a_plans_total_is_the_sum_that_the_rule_says(nets, sizes, price, allowance):
    """Bundle by bundle, in a loop that buys one more while it does not suffice."""
    made = Plan(
        "Own",
        allowance * MICRO,
        price,
        tuple(Bundle(size * MICRO, cost) for size, cost in sizes),
    )
    want = 12 * price
    for net in nets:
        costs = []
        for size, cost in sizes:
            bought = 0
            while allowance * MICRO + bought * size * MICRO < net:
                bought += 1
            costs.append(bought * cost)
        want += min(costs)
    catalogue = Catalogue("{}", (made, ENDLESS))
    full = [month(place, net) for place, net in enumerate(nets)]
    found = plan_fit(full, None, catalogue)
    assert found.sums[0].endswith(f" = {catalogue.written(want)}")
