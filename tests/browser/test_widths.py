"""From a phone to a wide screen nothing scrolls sideways, and the picker stays in reach."""

from __future__ import annotations

import pytest

from dashboard.ids import Id, Part, part_id
from dashboard.panels import PANELS

WIDTHS = (320, 360, 768, 1200, 1440, 1600)
TOP = "return document.getElementById(arguments[0]).getBoundingClientRect().top"
SHOWN_LABELS = """
  return Array.from(document.querySelectorAll(`#${arguments[0]} .xaxislayer-above > g`))
    .filter(label => getComputedStyle(label).display !== 'none').map(label => label.textContent);
"""
FITS = """
  const root = document.documentElement;
  return root.scrollWidth === root.clientWidth;
"""
OVERFLOW = """
  return Array.from(document.querySelectorAll('body *'))
    .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.visually-hidden'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('svg'))
    .filter(e => getComputedStyle(e).clipPath === 'none')
    .map(e => e.tagName + '.' + e.className);
"""


@pytest.fixture
def at_width(page):
    def resize(width: int) -> None:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    return resize


@pytest.mark.parametrize("query", ["", "?range=2024-11-23..2026-11-22", "?account=blue-finch"])
def test_nothing_overflows_at_any_width(page, at_width, query):
    page.open(query)
    page.until(lambda: "blue" in query or page.drawn == len(PANELS))
    for width in WIDTHS:
        at_width(width)
        page.until(lambda: page.run(FITS))
        assert [] == page.run(OVERFLOW)


def test_drawings_fill_their_cards_at_once_and_after_a_resize(page, at_width):
    """The first figure is drawn into a chart that was hidden: it must know its width."""
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    widths = (
        "return Array.from(document.querySelectorAll('.graph')).map(g =>"
        " Math.abs(g.clientWidth - g.querySelector('.main-svg').clientWidth))"
    )
    page.until(lambda: page.run(widths) == [0] * len(PANELS))
    at_width(360)
    page.until(lambda: page.run(widths) == [0] * len(PANELS))


def test_the_picker_sticks_to_the_top(page, at_width):
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    for width in (1440, 360):
        at_width(width)
        page.run("scrollTo(0, 1500)")
        page.until(lambda: 0 <= page.run(TOP, Id.RANGE) < 20)


def test_on_a_phone_every_second_month_is_named_counted_from_the_right(page, at_width):
    at_width(360)
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    labels = page.run(SHOWN_LABELS, part_id("monthly", Part.GRAPH))
    assert ["Jan2026", "Mar", "May", "Jul", "Sep", "Nov"] == labels
    days = page.run(SHOWN_LABELS, part_id("daily", Part.GRAPH))
    assert ["25 Oct", "1 Nov", "8 Nov", "15 Nov", "Today"] == days


def test_below_576_the_labels_are_short_and_their_names_are_not(page, at_width):
    at_width(360)
    page.open()
    short = page.driver.find_elements("css selector", ".label-short")
    assert ["Month", "7 d", "30 d", "90 d", "Custom"] == [label.text for label in short]
    long = page.driver.find_elements("css selector", ".label-long")
    assert {1} == {label.size["width"] for label in long}
    assert "This billing month" == page.radio("month").accessible_name
