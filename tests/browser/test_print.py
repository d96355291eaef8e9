"""`?view=print` on paper: what stands on which sheet, that nothing is cut, and always light.

The PDF is the one that Chromium makes of it. It is read back for page sizes and for the text of
each page; how wide and high everything is, is measured on the page that was printed.
"""

from __future__ import annotations

import base64

import pytest

from dashboard.ids import Act, Id, Part, part_id
from dashboard.panels import PANELS
from dashboard.theme import LIGHT
from tests.pdf_pages import Pdf

A4 = (595, 842)  # points
WIDTH, HEIGHT = 688, 1016  # pixels of an A4 page inside margins of 14 mm
SHEETS = [["daily"], ["reason", "monthly"], ["workspace", "team"]]
QUESTIONS = {panel.key: panel.question for panel in PANELS}
NAMES = {panel.key: panel.name for panel in PANELS}
LINE = "Credits · Acme Legal · 3 – 22 Nov 2026 · printed 22 Nov 2026, 11:29 UTC"
SIZES = """
  return Array.from(document.querySelectorAll('.panel, .panel svg.main-svg, .data-table'))
    .map(e => [e.className, e.getBoundingClientRect().width, e.getBoundingClientRect().height]);
"""
WORDS = """
  const walker = document.createTreeWalker(document.querySelector(arguments[0]).closest('.panel'),
    NodeFilter.SHOW_TEXT, node => node.parentElement.checkVisibility() ? 1 : 2);
  const words = [];
  while (walker.nextNode()) words.push(walker.currentNode.data);
  return words;
"""
CONTROLS = """
  return Array.from(document.querySelectorAll('button, input, select, a'))
    .filter(e => e.checkVisibility()).map(e => e.outerHTML);
"""
GROUND = "return document.querySelector('.js-plotly-plot').layout.paper_bgcolor"


@pytest.fixture(params=["light", "dark"])
def printed(page, request):
    """The page for paper, opened with either theme of the system."""
    features = [{"name": "prefers-color-scheme", "value": request.param}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    page.open("?view=print")
    page.until(lambda: page.drawn == len(PANELS))
    return page


def pdf_of(page) -> Pdf:
    made = page.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    return Pdf(base64.b64decode(made["data"]))


def squeezed(words: str) -> str:
    return "".join(words.split())


def test_the_sheets_are_a4_in_the_drawn_order_then_come_the_tables(printed):
    sheets = pdf_of(printed).pages
    assert {A4} == {(round(sheet.width), round(sheet.height)) for sheet in sheets}
    assert sheets[0].text.startswith(squeezed(LINE))
    found = [
        [key for key in QUESTIONS if squeezed(QUESTIONS[key]) in sheet.text] for sheet in sheets
    ]
    assert [sorted(keys) for keys in SHEETS] == [sorted(keys) for keys in found[:3]]
    for key, beside in SHEETS[1:]:
        text = sheets[SHEETS.index([key, beside])].text
        assert text.index(squeezed(QUESTIONS[key])) < text.index(squeezed(QUESTIONS[beside]))
    rest = "".join(sheet.text for sheet in sheets[3:])
    places = [rest.index(squeezed(NAMES[panel.key])) for panel in PANELS]
    assert sorted(places) == places
    assert len(PANELS) == rest.count("Total")


def test_small_panels_keep_to_their_sheets(page):
    """Those of a new account would all fit on one."""
    page.open("?view=print&account=blue-finch")
    sheets = pdf_of(page).pages
    assert len(SHEETS) == len(sheets)
    for sheet, keys in zip(sheets, SHEETS, strict=True):
        assert sorted(keys) == sorted(k for k in QUESTIONS if squeezed(QUESTIONS[k]) in sheet.text)


def test_every_word_of_a_panel_is_on_its_sheet(printed):
    """Title, answer, labels of the drawing, key and notes: no panel goes over two sheets."""
    sheets = pdf_of(printed).pages
    for number, keys in enumerate(SHEETS):
        for key in keys:
            words = printed.run(WORDS, f"#{part_id(key, Part.TITLE)}")
            assert len(words) > 10
            missing = [word for word in words if squeezed(word) not in sheets[number].text]
            assert [] == missing


def test_nothing_is_wider_than_the_paper_and_no_panel_higher(printed):
    sizes = printed.run(SIZES)
    assert len(sizes) > 3 * len(PANELS)
    assert [] == [size for size in sizes if size[1] > WIDTH]
    assert [] == [size for size in sizes if size[2] > HEIGHT and "data-table" not in size[0]]


def test_it_is_light_whatever_the_browser_prefers_and_has_no_control(printed):
    assert LIGHT.surface == printed.run(GROUND)
    assert "light" == printed.run("return document.documentElement.dataset.bsTheme")
    assert [] == printed.run(CONTROLS)


def test_a_theme_chosen_for_the_screen_is_kept_and_not_printed(page):
    page.open()
    page.press(Act.THEME)
    page.open("?view=print")
    page.until(lambda: page.drawn == len(PANELS))
    assert LIGHT.surface == page.run(GROUND)
    page.open()
    assert "dark" == page.run("return document.documentElement.dataset.bsTheme")


def test_it_is_the_same_view_as_on_the_screen(page):
    """Range and account come from the address; a chart open as a table is printed as a chart."""
    page.open("?view=print&range=7d&account=himal-law&table=daily&workspaces=all")
    page.until(lambda: page.drawn == len(PANELS))
    line = "Credits · Himal Law Chambers · 16 – 22 Nov 2026 · printed 22 Nov 2026, 17:14"
    assert f"{line} Asia/Kathmandu" == page.text(Id.PRINT_LINE)
    assert pdf_of(page).pages[0].text.startswith(squeezed(line))


@pytest.mark.parametrize("width", [360, 1600])
def test_it_is_as_wide_on_any_screen(page, width):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page.open("?view=print")
    page.until(lambda: page.drawn == len(PANELS))
    cards = page.run("return Array.from(document.querySelectorAll('.panel'), p => p.offsetWidth)")
    assert [WIDTH] * len(PANELS) == cards
    assert len(pdf_of(page).pages) == 6


def test_nothing_of_it_is_on_the_screen(page):
    page.open()
    for name in (Id.PRINT_LINE, Id.PAPER):
        assert not page.driver.find_element("id", name).is_displayed()
