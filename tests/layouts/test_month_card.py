"""The billing month card's components: what is said, what may be followed, what is only seen."""

from __future__ import annotations

import pytest

from dashboard.host import NO_HOST, Host
from dashboard.ids import Act, Id
from dashboard.month_card import month_card
from dashboard.plan_catalogue import read_catalogue
from layouts.month_card import month_section, month_view
from tests.dashboard.built_frames import NONE, account
from tests.dashboard.standings import full_months, standing
from tests.dashboard.test_plan_fit import EXAMPLE
from tests.layouts.tree import attribute, elements, parts, with_id, words

HOST = Host(ledger="/ledger", plans="/plans", bundle="/bundle")


def view(host=NO_HOST, catalogue=None, **more):
    return month_view(month_card(standing(**more), account(), catalogue), host)


def of_class(root, name):
    return [part for part in parts(root) if name in (getattr(part, "className", "") or "").split()]


def links(root):
    return [(words(link), attribute(link, "href")) for link in elements(root, "A")]


def test_before_any_answer_only_its_name_is_said():
    section = month_section()
    assert "This billing month" == words(section)
    assert Id.MONTH_TITLE == attribute(section, "aria-labelledby")
    assert "This billing month" == words(with_id(section, Id.MONTH_TITLE))
    (marks,) = of_class(section, "skeleton-month")
    assert "true" == attribute(marks, "aria-hidden")


def test_the_card_as_drawn():
    said = words(view(HOST)).replace("\N{NO-BREAK SPACE}", " ")
    assert (
        "This billing month · 3 Nov – 2 Dec 2026 · 3 Nov – 2 Dec · Team plan "
        "Used so far 14,850 74% used, 67% of the month gone "
        "Allowance 20,000 Renews on 3 Dec "
        "Projected by 2 Dec 22,300 2,300 over the allowance "
        "Balance 9,150 See the ledger "
        "Used 14,850 Allowance 20,000 "
        "Trending above your allowance "
        "At this pace you pass 20,000 around 29 Nov and end near 22,300. Your balance covers it. "
        "Compare plans Add a bundle"
    ) == said


def test_each_number_is_a_term_with_its_value():
    (numbers,) = elements(view(), "Dl")
    assert ["Used so far", "Allowance", "Balance"] == [
        words(term) for place, term in enumerate(elements(numbers, "Dt")) if place != 2
    ]
    assert ["14,850", "20,000", "22,300", "9,150"] == list(map(words, of_class(numbers, "value")))


def test_only_what_is_over_has_the_colour_for_it():
    found = view(likely=(21_400, 23_300))
    assert ["2,300 over the allowance"] == list(map(words, of_class(found, "over")))
    assert [] == of_class(view(end=17_400), "over")


@pytest.mark.parametrize(
    ("host", "more", "followed"),
    [
        (NO_HOST, {}, []),
        (Host(ledger="/l"), {}, [("See the ledger", "/l")]),
        (Host(ledger="/l"), {"balance": None}, [("See the ledger", "/l")]),
        (Host(plans="/p"), {}, [("Compare plans", "/p")]),
        (Host(plans="/p", bundle="/b"), {}, [("Compare plans", "/p"), ("Add a bundle", "/b")]),
        (
            Host(plans="/p", bundle="/b"),
            {"balance": 10},
            [("Add a bundle", "/b"), ("Compare plans", "/p")],
        ),
        (Host(plans="/p", bundle="/b"), {"end": 17_400}, []),
    ],
)
def test_what_may_be_followed_is_what_the_host_has_told(host, more, followed):
    assert followed == links(view(host, **more))


def test_a_warning_has_its_mark_and_other_advice_has_none():
    assert 1 == len(of_class(view(), "icon-warning")) == len(of_class(view(), "warns"))
    plain = view(end=17_400)
    assert [] == of_class(plain, "icon-warning") + of_class(plain, "warns")
    assert 1 == len(of_class(plain, "advice"))


def test_without_advice_there_is_no_box():
    assert [] == of_class(view(allowance=NONE), "advice")


def test_the_bar_is_a_picture_told_in_words():
    (track,) = of_class(view(), "track")
    assert ("img", "Used 14,850, projected 22,300, allowance 20,000") == (
        attribute(track, "role"),
        attribute(track, "aria-label"),
    )
    assert ["65.61%", "22.75%", "10.16%"] == [
        attribute(one, "style")["width"] for one in of_class(track, "stretch")
    ]
    (tick,) = of_class(track, "tick")
    assert {"left": "88.36%"} == attribute(tick, "style")


def test_without_an_allowance_nothing_marks_one():
    found = view(allowance=NONE)
    assert [] == of_class(found, "tick") + of_class(found, "at-tick")


def test_the_arithmetic_of_plans_is_there_on_request():
    full = full_months(*range(9_000, 21_000, 1_000))
    found = view(catalogue=read_catalogue(EXAMPLE), full=full)
    (details,) = elements(found, "Details")
    assert attribute(details, "open") is None
    (summary,) = elements(details, "Summary")
    assert (
        "Starter would have been the cheapest plan over the last 12 full months: "
        "€171 less than Team."
    ) == words(summary)
    assert "Team: 12 × €149.50 = €1,794" in list(map(words, elements(details, "Li")))
    (months,) = elements(details, "Table")
    assert "Billing month Credits Starter" in words(months)
    assert "Oct 2026 20,000 10,000 over: 2 × 5,000" in words(months)
    assert {"col", "row"} == {attribute(head, "scope") for head in elements(months, "Th")}
    (area,) = of_class(details, "table-area")
    assert 0 == attribute(area, "tabIndex")
    assert attribute(area, "aria-label")


def test_a_failure_has_its_reference_and_another_try():
    found = month_view("7F3K20", HOST)
    assert (
        "This billing month This didn't load The charts are up to date. Reference 7F3K20. Try again"
    ) == words(found)
    assert [Act.RETRY] == [attribute(one, "data-act") for one in elements(found, "Button")]
