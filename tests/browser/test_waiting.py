"""While an answer is on its way the page says so, and nothing jumps when it comes."""

from __future__ import annotations

import pytest

from dashboard.ids import Part, part_id
from dashboard.panels import PANELS

MONTH = "3 – 22 Nov 2026 · 20 days"
WEEK = "16 – 22 Nov 2026 · 7 days"
HEIGHTS = "return Array.from(document.querySelectorAll('.panel')).map(card => card.offsetHeight)"
OPACITY = "return getComputedStyle(document.getElementById(arguments[0])).opacity"
GREY = """
  return Array.from(document.querySelectorAll('.panel .skeleton'))
    .filter(grey => grey.checkVisibility({visibilityProperty: true})).length;
"""


@pytest.fixture
def daily() -> str:
    return part_id("daily", Part.CHART)


def test_until_the_first_answer_each_card_shows_its_question_and_grey_marks(page):
    page.site.gate.clear()
    page.go()
    page.until(lambda: page.run(GREY) == len(PANELS))
    assert not page.is_settled
    assert [p.question for p in PANELS] == [page.text(part_id(p.key, Part.TITLE)) for p in PANELS]
    page.site.gate.set()
    page.until(lambda: page.is_settled and page.drawn == len(PANELS))
    assert 0 == page.run(GREY)


def test_old_charts_grow_pale_under_a_new_range_and_are_then_replaced(page, daily):
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    assert "1" == page.run(OPACITY, daily)
    page.site.gate.clear()
    page.pick("7d")
    page.until(lambda: page.run(OPACITY, daily) == "0.5")
    assert not page.is_settled
    assert ("7d", MONTH) == (page.chosen, page.dates)
    page.site.gate.set()
    page.shows(WEEK)
    assert "1" == page.run(OPACITY, daily)


def test_a_chart_without_data_leaves_no_gap_where_one_with_data_stood(page):
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    page.switch_account("Blue Finch Notaries")
    page.until(lambda: page.is_settled and "blue-finch" in page.query)
    page.until(lambda: page.text(part_id("daily", Part.STATE)).startswith("No usage yet"))
    heights = "return Array.from(document.querySelectorAll('.chart')).map(c => c.offsetHeight)"
    assert [0] * len(PANELS) == page.run(heights)


def test_of_two_quick_choices_the_last_one_is_shown(page):
    page.open()
    page.site.gate.clear()
    page.pick("90d")
    page.pick("7d")
    page.site.gate.set()
    page.shows(WEEK)
    assert ("7d", "?range=7d") == (page.chosen, page.query)


def test_no_card_changes_its_height_when_the_drawings_come_late(page):
    """On a slow line the answer comes before the library that draws it."""
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/plotly-basic*"]})
    page.open()
    page.until(lambda: page.run("return document.querySelector('#findings .amount') !== null"))
    before = page.run(HEIGHTS)
    page.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    page.browser.get_logs()  # Chromium reports what was blocked
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    assert before == page.run(HEIGHTS)
