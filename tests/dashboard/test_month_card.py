"""The card's heading, four numbers and bar, word by word and percent by percent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.month_card import Number, Stretch, month_card
from dashboard.plan_catalogue import read_catalogue
from tests.dashboard.built_frames import NONE, UNKNOWN, account
from tests.dashboard.standings import full_months, standing
from tests.dashboard.test_plan_fit import EXAMPLE

DAY_1, DAY_3, DAY_4 = (dt.date(2026, 11, day) for day in (3, 5, 6))


def card(**more):
    return month_card(standing(**more), account())


def numbers(**more) -> dict[str, Number]:
    return {
        number.label.replace("\N{NO-BREAK SPACE}", " "): number for number in card(**more).numbers
    }


def said(number: Number) -> tuple[str, ...]:
    texts = (number.value, *number.captions)
    return tuple(text.replace("\N{NO-BREAK SPACE}", " ") for text in texts)


def test_the_card_as_drawn():
    found = numbers(likely=(21_400, 23_300))
    assert [
        ("Used so far", ("14,850", "74% used, 67% of the month gone")),
        ("Allowance", ("20,000", "Renews on 3 Dec")),
        ("Projected by 2 Dec", ("22,300", "2,300 over the allowance", "Likely 21,400–23,300")),
        ("Balance", ("9,150",)),
    ] == [(label, said(number)) for label, number in found.items()]
    assert ["Projected by 2 Dec"] == [label for label, number in found.items() if number.over]
    assert ["Balance"] == [label for label, number in found.items() if number.of_ledger]


def test_the_heading():
    made = card()
    assert ("3 Nov – 2 Dec 2026", "3 Nov – 2 Dec", "Team plan") == (
        made.dates,
        made.short_dates,
        made.plan,
    )


@pytest.mark.parametrize(
    ("plan", "said"), [("team", "Team plan"), ("Pro 2", "Pro 2 plan"), (None, None), ("", None)]
)
def test_the_plan_is_named_where_there_is_one(plan, said):
    assert said == month_card(standing(), replace(account(), plan=plan)).plan


@pytest.mark.parametrize(
    ("used", "allowance", "value", "caption"),
    [
        (0, 20_000, "0", "0% used, 67% of the month gone"),
        (1, 20_000, "1", "<1% used, 67% of the month gone"),
        (22_000, 20_000, "22,000", "110% used, 67% of the month gone"),
        (-120, 20_000, "−120", "67% of the month gone"),
        (14_850, 0, "14,850", "67% of the month gone"),
        (14_850, NONE, "14,850", "67% of the month gone"),
        (14_850, UNKNOWN, "14,850", "67% of the month gone"),
    ],
)
def test_used_so_far(used, allowance, value, caption):
    found = numbers(used=used, allowance=allowance, end=None)["Used so far"]
    assert (value, caption) == said(found)


@pytest.mark.parametrize(
    ("today", "gone"), [(DAY_1, "3%"), (DAY_3, "10%"), (dt.date(2026, 12, 2), "100%")]
)
def test_today_counts_as_gone(today, gone):
    found = numbers(today=today, end=None)["Used so far"]
    assert f"74% used, {gone} of the month gone" == found.captions[0]


@pytest.mark.parametrize(
    ("allowance", "value", "caption"),
    [
        (20_000, "20,000", "Renews on 3 Dec"),
        (0, "0", "Your plan includes no credits"),
        (NONE, "None", "Your plan has no monthly allowance"),
        (UNKNOWN, "–", "The monthly allowance isn't known"),
    ],
)
def test_the_allowance(allowance, value, caption):
    assert (value, caption) == said(numbers(allowance=allowance)["Allowance"])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"end": 17_400}, ("17,400", "2,600 below the allowance")),
        ({"end": 20_000}, ("20,000", "All of the allowance")),
        ({"end": 20_001}, ("20,001", "1 over the allowance")),
        ({"end": 17_400, "allowance": NONE}, ("17,400",)),
        ({"end": 17_400, "allowance": UNKNOWN}, ("17,400",)),
        ({"end": 17_400, "allowance": 0}, ("17,400", "17,400 over the allowance")),
        ({"end": None, "today": DAY_1}, ("–", "From day 4 of the month")),
        ({"end": None, "today": DAY_3}, ("–", "From day 4 of the month")),
        ({"end": None, "today": DAY_4}, ("–", "Too few days to tell")),
        ({"likely": (22_300, 22_300)}, ("22,300", "2,300 over the allowance")),
    ],
)
def test_the_projection(more, told):
    found = numbers(**more)["Projected by 2 Dec"]
    assert told == said(found)
    assert found.over == any("over" in caption for caption in found.captions)


@pytest.mark.parametrize(
    ("balance", "value"), [(9_150, "9,150"), (0, "0"), (-120, "−120"), (None, "–")]
)
def test_the_balance(balance, value):
    assert (value,) == said(numbers(balance=balance)["Balance"])


# --- the bar --------------------------------------------------------------------------------


def test_the_bar_as_drawn():
    """Of 1.015 × 22,300 = 22,634.5."""
    bar = card().bar
    assert (
        Stretch("65.61", "solid", "accent"),
        Stretch("22.75", "hatched", "accent"),
        Stretch("10.16", "hatched", "over"),
    ) == bar.stretches
    assert ("88.36", "14,850", "20,000") == (bar.tick, bar.used, bar.allowance)
    assert "Used 14,850, projected 22,300, allowance 20,000" == bar.told


@pytest.mark.parametrize(
    ("more", "parts", "tick"),
    [
        ({"used": 20_000, "end": None}, ["98.52 solid accent"], "98.52"),
        (
            {"used": 25_000, "end": 30_000},
            ["65.68 solid accent", "16.42 solid over", "16.42 hatched over"],
            "65.68",
        ),
        ({"end": 17_400}, ["73.15 solid accent", "12.56 hatched accent"], "98.52"),
        (
            {"allowance": NONE},
            ["65.61 solid accent", "32.91 hatched accent"],
            None,
        ),
        ({"allowance": 0}, ["65.61 solid over", "32.91 hatched over"], "0.00"),
        ({"used": -500, "end": None}, [], "98.52"),
        ({"used": 0, "end": 0, "allowance": 0}, [], "0.00"),
        ({"used": 0, "end": None, "allowance": UNKNOWN}, [], None),
    ],
)
def test_what_the_bar_is_made_of(more, parts, tick):
    bar = card(**more).bar
    assert parts == [f"{one.width} {one.texture} {one.token}" for one in bar.stretches]
    assert tick == bar.tick


def test_words_for_a_bar_without_projection_and_allowance():
    assert "Used −500" == card(used=-500, end=None, allowance=UNKNOWN).bar.told


amounts = st.integers(0, 10**6)


@given(amounts, st.none() | amounts, st.none() | amounts)
def test_the_bar_is_filled_up_to_its_largest_amount(used, more, limit):
    """And the parts before the tick end at it."""
    end = None if more is None else used + more
    bar = card(used=used, end=end, allowance=UNKNOWN if limit is None else limit).bar
    reached = max(used, end or 0)
    largest = max(reached, limit or 0)
    widths = [Decimal(one.width) for one in bar.stretches]
    want = Decimal(100) * reached / (Decimal("1.015") * largest) if largest else Decimal(0)
    assert abs(want - sum(widths)) < Decimal("0.02")
    if limit is not None and limit <= reached:
        within = sum(Decimal(one.width) for one in bar.stretches if one.token == "accent")
        assert abs(Decimal(bar.tick) - within) < Decimal("0.02")


# --- plan fit -------------------------------------------------------------------------------


def test_plans_are_compared_where_the_host_tells_them():
    full = full_months(*range(9_000, 21_000, 1_000))
    catalogue = read_catalogue(EXAMPLE)
    made = month_card(standing(full=full), account(), catalogue)
    assert "€171 less than Team." in made.fit.sentence
    assert month_card(standing(full=full), account()).fit is None
    began = full[0].period.start + dt.timedelta(days=1)
    assert month_card(standing(full=full, first_day=began), account(), catalogue).fit is None
