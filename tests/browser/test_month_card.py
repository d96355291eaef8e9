"""The billing month card in a browser: its words, its bar, its widths, and what stays as it was."""

from __future__ import annotations

import base64

import pytest

from app import create_app
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.ids import Act, Id, Part, part_id
from dashboard.panels import PANELS
from dashboard.settings import read_settings
from dashboard.theme import THEMES
from data.open_snapshot import OpenSnapshot
from tests.browser.page import Page, Site
from tests.browser.test_accessibility import ADDRESSES, EXAMPLE, emulate
from tests.pdf_pages import Pdf

OVERFLOW = """
  const root = document.documentElement;
  const card = document.getElementById(arguments[0]).getBoundingClientRect();
  const wide = Array.from(document.querySelectorAll(`#${arguments[0]} *`)).filter(e =>
    e.checkVisibility() && !e.closest('.table-area') &&
    e.getBoundingClientRect().right > card.right - 15);
  return [root.scrollWidth - root.clientWidth, ...wide.map(e => e.className)];
"""
BAR = """
  const bar = document.querySelector('.track').getBoundingClientRect();
  const at = e => Math.round(10000 * (e.getBoundingClientRect().right - bar.left) / bar.width);
  return {
    height: bar.height,
    ends: Array.from(document.querySelectorAll('.stretch')).map(at),
    tick: at(document.querySelector('.tick')),
    label: at(document.querySelector('.at-tick')),
    grounds: Array.from(document.querySelectorAll('.stretch'))
      .map(e => getComputedStyle(e).getPropertyValue('--stretch')),
  };
"""
TOP = "return document.getElementById(arguments[0]).getBoundingClientRect().top"


@pytest.fixture
def host_page(browser, demo):
    """The demo ledger on a host that has told its addresses and its plans."""
    services = Services(OpenSnapshot(demo, demo.parent / "cache", None), OpenAccess("acme-legal"))
    settings = read_settings({**ADDRESSES, "CREDITS_PLAN_CATALOGUE": str(EXAMPLE)})
    with Site(create_app(settings, services, guard_loopback)) as site:
        page = Page(browser, site)
        page.forget()
        page.open()
        page.until(lambda: page.drawn == len(PANELS))
        yield page


def lines(page: Page) -> list[str]:
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in page.text(Id.MONTH).splitlines()]


@pytest.mark.parametrize(
    ("width", "heading"),
    [
        (1440, "This billing month · 3 Nov – 2 Dec 2026 · Team plan"),
        (360, "This billing month · 3 Nov – 2 Dec"),
    ],
)
def test_the_card_says_what_is_drawn(host_page, width, heading):
    """Where the month is heading is what Monthly usage says, too."""
    emulate(host_page, "light", width)
    told = [line for line in lines(host_page) if line]
    heading_for = host_page.text(part_id("monthly", Part.ANSWER)).split("heading for ")[1]
    end = heading_for.split(" of ")[0]
    over = f"{int(end.replace(',', '')) - 20_000:,} over the allowance"
    assert [
        *(heading, "Used so far", "14,850", "74% used, 67% of the month gone"),
        *("Allowance", "20,000", "Renews on 3 Dec", "Projected by 2 Dec", end, over),
    ] == told[:10]
    assert told[10].startswith("Likely ")
    assert ["Balance", "9,150", "See the ledger"] == told[11:14]
    rest = " ".join(told[14:])
    assert rest.startswith("Used 14,850 Allowance 20,000 Trending above your allowance At this")
    assert f"and end near {end}. Your balance covers it. Compare plans Add a bundle" in rest
    assert rest.endswith("less than Team.")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [1440, 360])
def test_the_bar_ends_where_its_numbers_say(host_page, theme, width):
    emulate(host_page, theme, width)
    bar = host_page.run(BAR)
    tokens = THEMES[theme]
    assert 12 == bar["height"]
    assert [tokens.accent, tokens.accent, tokens.over] == bar["grounds"]
    used, allowance, end = bar["ends"]
    assert abs(used * 20_000 - allowance * 14_850) < 20 * 20_000  # a fifth of a percent
    assert abs(end - 10_000 / 1.015) < 20
    assert abs(bar["tick"] - allowance) < 40
    assert abs(bar["label"] - allowance) < 40


@pytest.mark.parametrize("width", [320, 360, 576, 768, 992, 1200, 1440])
def test_nothing_of_it_sticks_out(host_page, width):
    host_page.driver.find_element("css selector", ".fit summary").click()
    emulate(host_page, "light", width)
    # the drawings below follow the width a moment later
    host_page.until(lambda: host_page.run(OVERFLOW, Id.MONTH)[0] == 0)
    assert [0] == host_page.run(OVERFLOW, Id.MONTH)


def test_the_first_view_shows_the_card_and_the_first_chart(host_page):
    emulate(host_page, "light", 1440)
    assert host_page.run(TOP, part_id("daily", Part.GRAPH)) < 900 - 150


def refresh(page: Page) -> None:
    """Have the figures asked for once more, without touching what has the focus."""
    asked = len(page.site.views)
    page.run("document.querySelector(arguments[0]).click()", f"[data-act={Act.REFRESH}]")
    page.until(lambda: len(page.site.views) > asked and page.is_settled)


def test_a_refresh_leaves_the_opened_arithmetic_open_and_a_closed_one_closed(host_page):
    def is_open():
        return host_page.driver.find_element("css selector", ".fit").get_attribute("open")

    for opened in ("true", None):
        host_page.driver.find_element("css selector", ".fit summary").click()
        host_page.until(lambda opened=opened: is_open() == opened)
        refresh(host_page)
        assert opened == is_open()


@pytest.mark.parametrize(
    "which", [".numbers a", ".advice a:first-child", ".advice a + a", ".fit summary"]
)
def test_a_refresh_leaves_the_focus_where_it_is(host_page, which):
    """Each of them is a new element after an answer."""
    has_it = "return document.activeElement === document.querySelector(arguments[0])"
    host_page.run("document.querySelector(arguments[0]).focus()", which)
    refresh(host_page)
    host_page.until(lambda: host_page.run(has_it, which))


def test_on_paper_it_stands_on_the_first_sheet_with_findings_and_days(host_page):
    host_page.open("?view=print")
    host_page.until(lambda: host_page.drawn == len(PANELS))
    made = host_page.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    first, second = (sheet.text for sheet in Pdf(base64.b64decode(made["data"])).pages[:2])
    for words in ("Thisbillingmonth", "thecheapestplan", "Usedinthisrange", "Whichdaysstandout?"):
        assert words in first
    for words in ("Seetheledger", "Compareplans"):
        assert words not in first
    assert "Whatarecreditsspenton?" in second


def test_it_waits_as_grey_marks_and_is_told_by_its_name(page):
    page.site.gate.clear()
    page.go()
    page.until(lambda: page.run("return document.querySelector('.skeleton-month') !== null"))
    assert "This billing month" == page.text(Id.MONTH)
    page.site.gate.set()
    page.until(lambda: page.is_settled and "Used so far" in page.text(Id.MONTH))


def test_another_range_leaves_it_as_it_is(page):
    page.open()
    before = page.text(Id.MONTH)
    page.pick("7d")
    page.shows("16 – 22 Nov 2026 · 7 days")
    assert before == page.text(Id.MONTH)


def test_who_may_not_look_does_not_see_it(page):
    page.open()
    page.site.broken = ("403 FORBIDDEN", [])
    page.pick("7d")
    page.until(lambda: page.is_shown(Id.NO_PERMISSION))
    assert not page.is_shown(Id.MONTH)
    page.browser.get_logs()
