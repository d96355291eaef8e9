"""From a phone to a wide screen nothing scrolls sideways, and the picker stays in reach."""

from __future__ import annotations

import pytest

from dashboard.ids import Id, Part, part_id
from dashboard.panels import PANELS

WIDTHS = (320, 360, 576, 768, 992, 1200, 1440, 1600)
TOP = "return document.getElementById(arguments[0]).getBoundingClientRect().top"
SHOWN_LABELS = """
  return Array.from(document.querySelectorAll(`#${arguments[0]} .xaxislayer-above > g`))
    .filter(label => getComputedStyle(label).display !== 'none').map(label => label.textContent);
"""
FITS = """
  const root = document.documentElement;
  return root.scrollWidth === root.clientWidth;
"""
FILLED = """
  return Array.from(document.querySelectorAll('.graph')).map(g =>
    Math.abs(g.clientWidth - g.querySelector('.main-svg').clientWidth));
"""
OVERFLOW = """
  return Array.from(document.querySelectorAll('body *'))
    .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.visually-hidden'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('svg'))
    .filter(e => getComputedStyle(e).clipPath === 'none')
    .map(e => e.tagName + '.' + e.className);
"""
# Texts of a drawing that touch another one or leave their drawing: nothing that is read may.
TOUCHING = """
  const room = (text) => {
    const box = text.getBoundingClientRect();
    return {left: box.left, right: box.right, top: box.top + 3, bottom: box.bottom - 3,
      words: text.textContent, own: text};
  };
  return Array.from(document.querySelectorAll('.graph')).flatMap(graph => {
    const edge = graph.getBoundingClientRect();
    const texts = Array.from(graph.querySelectorAll('svg text'))
      .filter(text => text.checkVisibility() && text.getBoundingClientRect().width > 0).map(room);
    const touches = (one, other) => one.own !== other.own && one.left < other.right + 2
      && other.left < one.right + 2 && one.top < other.bottom && other.top < one.bottom;
    return texts.filter(text => text.left < edge.left - 1 || text.right > edge.right + 1
      || texts.some(other => touches(text, other))).map(text => text.words);
  });
"""
# What stands in a card but is cut off by it, or reaches over what comes next to it.
CLIPPED = """
  const shown = Array.from(document.querySelectorAll('.panel *, .toolbar *, .head *'))
    .filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter(e => !e.closest('.visually-hidden, .unseen, .label-long, svg, select, .table-area'))
    .filter(e => getComputedStyle(e).clipPath === 'none');
  const cut = shown.filter(e => getComputedStyle(e).overflow !== 'visible'
    && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1));
  const words = shown.filter(e => e.children.length === 0 && e.textContent.trim()).flatMap(e => {
    const range = document.createRange();
    range.selectNodeContents(e);
    return Array.from(range.getClientRects(), box => ({own: e, box: box}));
  });
  const covers = (one, other) => one.own !== other.own
    && one.box.left < other.box.right - 1 && other.box.left < one.box.right - 1
    && one.box.top < other.box.bottom - 4 && other.box.top < one.box.bottom - 4;
  const over = words.filter(one => words.some(other => covers(one, other)));
  const out = words.filter(one => one.box.right > innerWidth + 1);
  return cut.concat(over.map(one => one.own), out.map(one => one.own))
    .map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40));
"""
TARGETS = """
  return Array.from(document.querySelectorAll('button, a[href], input, select'))
    .filter(e => e.checkVisibility({visibilityProperty: true}))
    .map(e => [e.id || e.dataset.act || e.textContent, e.getBoundingClientRect(), e.tagName])
    .map(([name, box, tag]) => ({name, tag, width: box.width, height: box.height}));
"""
SPACING = """
  const style = document.createElement('style');
  style.textContent = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }
    svg * { letter-spacing: normal !important; word-spacing: normal !important; }`;
  document.head.append(style);
"""


@pytest.mark.parametrize("query", ["", "?range=2024-11-23..2026-11-22", "?account=blue-finch"])
def test_nothing_overflows_at_any_width(page, at_width, query):
    page.open(query)
    page.until(lambda: "blue" in query or page.drawn == len(PANELS))
    for width in WIDTHS:
        at_width(width)
        page.until(lambda: page.run(FITS))
        assert [] == page.run(OVERFLOW)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?range=90d",
        "?range=2026-10-10..2026-11-22",  # 44 days
        "?range=2024-11-23..2026-11-22",  # 105 weeks
        "?range=2026-07-25..2026-11-22",  # 18 weeks
        "?range=2025-12-28..2026-01-14",  # a long name on a short band, and two years
        "?range=2025-01-01..2026-03-01",  # the allowance rises after the first month shown
        "?account=himal-law",
    ],
)
def test_no_texts_of_a_drawing_touch(page, at_width, query):
    """Ticks, labels, names, numbers: none over another, none beyond the figure's edge."""
    page.open(query)
    page.until(lambda: page.drawn == len(PANELS))
    touching = {}
    for width in (320, 360, 576, 992, 1440):
        at_width(width, phone=width < 576)
        page.until(lambda: page.run(FITS) and page.run(FILLED) == [0] * len(PANELS))
        touching[width] = page.run(TOUCHING)
    assert {} == {width: texts for width, texts in touching.items() if texts}


def test_zoom_to_200_percent_is_the_page_of_half_the_width(page, at_width):
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    at_width(720, scale=2, height=450)
    page.until(lambda: page.run(FITS) and page.run(FILLED) == [0] * len(PANELS))
    assert [] == page.run(OVERFLOW) + page.run(CLIPPED) + page.run(TOUCHING)


@pytest.mark.parametrize("query", ["", "?account=blue-finch", "?range=2025-12-25..2025-12-25"])
def test_text_spacing_cuts_and_covers_nothing(page, at_width, query):
    """WCAG 1.4.12; the numbers of drawings, which text spacing leaves alone, are in the tables."""
    page.open(query)
    page.until(lambda: query or page.drawn == len(PANELS))
    page.run(SPACING)
    for width in (320, 1440):
        at_width(width)
        page.until(lambda: page.run(FITS))
        assert [] == page.run(OVERFLOW) + page.run(CLIPPED)


@pytest.mark.parametrize("width", [320, 1440])
def test_every_target_is_large_enough(page, at_width, width):
    at_width(width)
    page.open("?account=acme-legal&range=2025-12-25..2025-12-25")
    page.until(lambda: page.is_settled)
    page.pick("custom")
    page.until(lambda: page.is_shown(Id.CUSTOM))
    found = page.run(TARGETS)
    assert len(found) > 12
    assert [] == [one for one in found if min(one["width"], one["height"]) < 24]
    buttons = [one for one in found if one["tag"] == "BUTTON"]
    assert [] == [one for one in buttons if one["height"] < 32]


def test_the_ring_stands_beside_its_table_between_576_and_991(page, at_width):
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    place = """
      const [ring, table] = arguments.length === 2
        ? Array.from(arguments, id => document.getElementById(id).getBoundingClientRect()) : [];
      return table.left >= ring.right;
    """
    beside = {}
    for width in (360, 575, 576, 991, 992, 1440):
        at_width(width)
        ids = part_id("team", Part.CHART), part_id("team", Part.DETAILS)
        beside[width] = page.run(place, *ids)
    assert {width for width, holds in beside.items() if holds} == {576, 991}


def test_panels_stand_side_by_side_from_992_on(page, at_width):
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    rows = """
      return Array.from(document.querySelectorAll('.panel'), e => Math.round(e.offsetTop));
    """
    counted = {}
    for width in (991, 992):
        at_width(width)
        counted[width] = len(set(page.run(rows)))
    assert {991: 5, 992: 3} == counted


def test_drawings_fill_their_cards_at_once_and_after_a_resize(page, at_width):
    """The first figure is drawn into a chart that was hidden: it must know its width."""
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    page.until(lambda: page.run(FILLED) == [0] * len(PANELS))
    at_width(360)
    page.until(lambda: page.run(FILLED) == [0] * len(PANELS))


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
