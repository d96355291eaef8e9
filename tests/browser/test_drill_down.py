"""A click on any mark opens its sheet, by keyboard too; the address says so; Escape closes it."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from dashboard.ids import Act, Id, Part, part_id
from dashboard.panels import PANELS
from tests.browser.test_accessibility import AXE, FIND, LEVELS

SPIKE = "?open=day:2026-11-12"
STATE = """
  const sheet = document.getElementById(arguments[0]);
  return [sheet.open, sheet.dataset.state, sheet.getAttribute('aria-busy')].join(' ');
"""
# The middle of a mark on the screen, where the pointer would meet it.
PLACE = """
  const mark = document.querySelectorAll(arguments[0])[arguments[1]];
  mark.scrollIntoView({block: 'center', behavior: 'instant'});
  const box = mark.getBoundingClientRect();
  const ring = mark.closest('.pielayer') !== null;
  return ring ? [box.right - 8, box.top + box.height / 2]
              : [box.left + box.width / 2, box.top + Math.min(box.height / 2, 40)];
"""
FITS = """
  const body = document.querySelector('.drill-body');
  return body.scrollWidth === body.clientWidth;
"""
BOX = """
  const box = document.getElementById(arguments[0]).getBoundingClientRect();
  return [box.left, box.right, box.bottom];
"""
MARKS = [
    ("#daily-graph .barlayer .point path", 14, "Fri 6 Nov 2026", "day:2026-11-06"),
    ("#daily-graph .scatterlayer .point", 0, "Thu 12 Nov 2026", "day:2026-11-12"),
    ("#reason-graph .barlayer .point path", 0, "Enhanced OCR", "reason:enhanced_ocr"),
    ("#reason-graph .barlayer .point path", 6, "Compose renders", "reason:compose_render"),
    ("#workspace-graph .barlayer .point path", 0, "Acme contracts", "workspace:acme-contracts"),
    ("#workspace-graph .barlayer .point path", 8, "Other (4 workspaces)", "rest:workspaces"),
    ("#monthly-graph .barlayer .point path", 3, "March 2026", "month:2026-03-03"),
    ("#team-graph .slice path", 0, "Team workspaces", "kind:team"),
]  # fmt: skip
FIRST_ROWS = {
    "daily": "Sun 22 Nov 2026, so far",
    "reason": "Enhanced OCR",
    "workspace": "Acme contracts",
    "monthly": "December 2025",
    "team": "Team workspaces",
}


def is_open(page) -> bool:
    return page.run(STATE, Id.SHEET) == "true shown false"


def title(page) -> str:
    return page.text(Id.SHEET_TITLE)


def opened(page, name: str) -> None:
    page.until(lambda: is_open(page) and title(page) == name)


def closed(page) -> None:
    page.until(lambda: not page.run("return document.getElementById(arguments[0]).open", Id.SHEET))


def go(page, query: str = "") -> None:
    page.open(query)
    page.until(lambda: page.drawn == len(PANELS))


def inside(page, act: Act, value: str | None = None):
    which = f"#{Id.SHEET} [data-act={act}]" + (f'[data-value="{value}"]' if value else "")
    return page.driver.find_element("css selector", which)


def press(page, which: str) -> None:
    found = page.driver.find_element("css selector", which)
    page.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", found)
    found.click()


def rows(page) -> int:
    return page.run(
        "return document.getElementById(arguments[0]).children.length", Id.SHEET_ENTRIES
    )


@pytest.mark.parametrize(("mark", "number", "name", "opens"), MARKS)
def test_a_click_on_a_mark_opens_it_and_closing_goes_to_the_table_button(
    page, mark, number, name, opens
):
    go(page)
    at = [round(part) for part in page.run(PLACE, mark, number)]
    pointer = ActionChains(page.driver)
    pointer.w3c_actions.pointer_action.move_to_location(*at)
    pointer.perform()  # it comes before its click, as a hand's does
    page.until(lambda: page.run("return document.querySelector('.at-mark, .slice:hover')"))
    click = ActionChains(page.driver)
    click.w3c_actions.pointer_action.click()
    click.perform()
    opened(page, name)
    assert f"?open={opens}" == page.query
    assert Id.SHEET_TITLE == page.focus
    page.type(Keys.ESCAPE)
    closed(page)
    assert "" == page.query
    panel = mark[1:].split("-")[0]
    assert part_id(panel, Part.TABLE) == page.focus


@pytest.mark.parametrize("panel", FIRST_ROWS)
def test_the_keyboard_opens_each_row_of_a_table_and_comes_back_to_it(page, panel):
    page.open(f"?table={panel}")
    first = f"#{part_id(panel, Part.DETAILS)} .data-table .opens"
    page.until(lambda: page.run("return document.querySelector(arguments[0])", first))
    page.run("document.querySelector(arguments[0]).focus()", first)
    page.type(Keys.ENTER)
    opened(page, FIRST_ROWS[panel])
    page.type(Keys.ESCAPE)
    closed(page)
    assert page.run("return document.activeElement === document.querySelector(arguments[0])", first)
    assert f"?table={panel}" == page.query


@pytest.mark.parametrize(
    ("panel", "name"), [("reason", "Enhanced OCR"), ("team", "Team workspaces")]
)
def test_the_names_of_a_key_open_too(page, panel, name):
    go(page)
    press(page, f"#{panel}-details .key-table .opens")
    opened(page, name)


def test_the_button_of_a_day_that_stands_out_opens_it(page):
    go(page)
    press(page, ".marks [data-act=open]")
    opened(page, "Thu 12 Nov 2026")


def test_a_link_reopens_back_closes_and_forward_opens_again(page):
    go(page, "?range=7d")
    page.run("window.creditsAct('open', 'day:2026-11-18')")
    opened(page, "Wed 18 Nov 2026")
    inside(page, Act.DAY_BEFORE).click()
    opened(page, "Tue 17 Nov 2026")
    assert "?range=7d&open=day:2026-11-17" == page.query
    assert Id.DAY_BEFORE == page.focus
    page.driver.back()
    opened(page, "Wed 18 Nov 2026")
    page.driver.back()
    closed(page)
    page.driver.forward()
    opened(page, "Wed 18 Nov 2026")
    assert ["7d"] == page.asked()  # the page itself was never asked again
    page.open("?range=7d&open=day:2026-11-17")
    opened(page, "Tue 17 Nov 2026")


def test_day_steps_end_at_today(page):
    page.open("?open=day:2026-11-22")
    opened(page, "Sun 22 Nov 2026, so far")
    assert "true" == inside(page, Act.DAY_AFTER).get_attribute("aria-disabled")
    inside(page, Act.DAY_AFTER).click()
    assert (1, "?open=day:2026-11-22") == (len(page.site.sheets), page.query)


def test_a_filter_leaves_its_entries_and_keeps_the_focus(page):
    page.open(SPIKE)
    opened(page, "Thu 12 Nov 2026")
    whole = page.text(Id.SHEET_COUNT)
    inside(page, Act.ONLY, "workspace:acme-contracts").click()
    page.until(lambda: is_open(page) and page.text(Id.SHEET_COUNT) != whole)
    assert SPIKE + "&only=workspace:acme-contracts" == page.query
    pressed = "return [document.activeElement.innerText, document.activeElement.ariaPressed]"
    page.until(lambda: page.run(pressed) == ["Acme contracts", "true"])
    places = page.run(
        "return Array.from(document.querySelectorAll(arguments[0]), e => e.innerText)",
        f"#{Id.SHEET_ENTRIES} th small",
    )
    assert {"Acme contracts"} == set(places)
    page.type(Keys.ENTER)  # pressed once more, it is taken away
    page.until(lambda: is_open(page) and page.text(Id.SHEET_COUNT) == whole)
    assert SPIKE == page.query


def test_fifty_more_until_all_are_shown(page):
    page.open(SPIKE)
    opened(page, "Thu 12 Nov 2026")
    assert 50 == rows(page)
    inside(page, Act.MORE).click()
    page.until(lambda: rows(page) == 100 and is_open(page))
    assert Id.SHEET_MORE == page.focus
    page.type(Keys.ENTER)
    page.until(lambda: rows(page) > 100 and is_open(page))
    counted = page.text(Id.SHEET_COUNT).split()[1]
    assert counted == page.text(Id.SHEET_SHOWN) == str(rows(page))
    assert not inside(page, Act.MORE).is_displayed()
    page.until(lambda: page.run("return document.activeElement.rowIndex") == 101)  # the first new
    assert SPIKE == page.query


def test_a_months_days_become_the_range(page):
    go(page)
    page.run("window.creditsAct('open', 'month:2026-10-03')")
    opened(page, "October 2026")
    inside(page, Act.RANGE).click()
    closed(page)
    page.shows("3 Oct – 2 Nov 2026 · 31 days")
    assert "?range=month@2026-10-03" == page.query


def test_what_takes_longer_comes_after_the_sheet(page):
    page.open("?range=90d&open=workspace:acme-contracts")
    opened(page, "Acme contracts")
    page.until(lambda: page.text(Id.SHEET_COUNT).startswith("of "))
    assert "Enhanced OCR" in page.text(Id.SHEET_SPLIT)


def test_the_page_behind_is_out_of_reach_and_does_not_scroll(page):
    go(page)
    width = page.run("return document.getElementById(arguments[0]).clientWidth", Id.MAIN)
    press(page, ".marks [data-act=open]")
    opened(page, "Thu 12 Nov 2026")
    place = page.run("return scrollY")
    names = set()
    for _ in range(30):
        page.type(Keys.TAB)
        names.add(page.run("return document.activeElement.closest('dialog, body').tagName"))
    assert "DIALOG" in names
    assert names <= {"DIALOG", "BODY"}
    page.run("document.querySelector('.drill-body').scrollTop = 1e6")
    page.driver.execute_cdp_cmd(
        "Input.dispatchMouseEvent",
        {"type": "mouseWheel", "x": 200, "y": 400, "deltaX": 0, "deltaY": 900},
    )
    behind = "return [scrollY, document.getElementById(arguments[0]).clientWidth]"
    assert [place, width] == page.run(behind, Id.MAIN)
    page.type(Keys.ESCAPE)
    closed(page)
    assert [place, width] == page.run(behind, Id.MAIN)


def test_a_press_beside_it_closes_it(page):
    go(page, SPIKE)
    opened(page, "Thu 12 Nov 2026")
    chain = ActionChains(page.driver)
    chain.w3c_actions.pointer_action.move_to_location(200, 400).click()
    chain.perform()
    closed(page)
    assert "" == page.query


def test_a_link_that_names_nothing_says_so(page):
    page.open("?open=workspace:%3Cimg%20onerror%3Dx%3E")
    opened(page, "Nothing to show")
    assert "This account has no such workspace." == page.text(Id.SHEET_STATE)
    inside(page, Act.CLOSE).click()
    closed(page)


def test_a_sheet_that_is_not_answered_can_be_tried_again(page):
    go(page)
    page.site.broken = ("503 Service Unavailable", [])
    page.run("window.creditsAct('open', 'day:2026-11-12')")
    page.until(lambda: page.run(STATE, Id.SHEET) == "true lost false")
    page.site.broken = None
    inside(page, Act.RETRY).click()
    opened(page, "Thu 12 Nov 2026")
    page.browser.get_logs()  # the browser notes each 503


def test_who_may_not_look_any_more_sees_no_figure_of_the_sheet(page):
    page.open(SPIKE)
    opened(page, "Thu 12 Nov 2026")
    page.site.broken = ("403 Forbidden", [])
    inside(page, Act.DAY_BEFORE).click()
    closed(page)
    page.until(lambda: rows(page) == 0 and not title(page))
    shown = page.run("return document.getElementById(arguments[0]).textContent", Id.SHEET)
    assert "2,038" not in shown
    page.browser.get_logs()  # the browser notes each 403


def test_the_view_for_paper_opens_nothing(page):
    page.open(SPIKE + "&view=print")
    assert not page.run("return document.getElementById(arguments[0]).open", Id.SHEET)
    assert [] == page.site.sheets


@pytest.mark.parametrize("width", [1440, 360, 320])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_open_sheet_fits_and_breaks_no_rule(page, at_width, width, theme):
    at_width(width)
    features = [{"name": "prefers-color-scheme", "value": theme}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    for query in (SPIKE, "?open=month:2026-10-03&only=reason:enhanced_ocr", "?open=reason:x"):
        page.open(query)
        page.until(lambda: is_open(page))
        assert width >= page.run("return document.documentElement.scrollWidth")
        wide = (
            "const b = document.querySelector('.drill-body'); return b.scrollWidth - b.clientWidth"
        )
        assert 0 == page.run(wide)
        page.run(AXE)
        found = page.driver.execute_async_script(FIND, list(LEVELS))
        assert [] == found["broken"], query


def test_from_the_bottom_on_a_phone_from_the_right_elsewhere(page, at_width):
    for width, left in ((1440, 880), (700, 140), (575, 0), (360, 0)):
        at_width(width)
        page.open(SPIKE)
        page.until(lambda: is_open(page))
        page.until(lambda left=left, width=width: [left, width, 900] == page.run(BOX, Id.SHEET))
