"""Everything is done without a mouse: in reading order, the focus always seen and never lost."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from dashboard.ids import Act, Id, Part, part_id
from dashboard.panels import PANELS

MONTH = "3 – 22 Nov 2026 · 20 days"
OCTOBER = "3 Oct – 2 Nov 2026 · 31 days"
TEN_DAYS = "1 – 10 Nov 2026 · 10 days"
TWENTY_DAYS_BEFORE = "22 – 31 Oct 2026 · 10 days"
RANGES = {
    "7d": "16 – 22 Nov 2026 · 7 days",
    "30d": "24 Oct – 22 Nov 2026 · 30 days",
    "90d": "25 Aug – 22 Nov 2026 · 90 days",
}
# What has the focus: its name or id, its outline (a radio's is on its label), and what hides it.
FOCUS = """
  const focus = document.activeElement;
  const seen = focus.type === 'radio' ? focus.nextElementSibling : focus;
  const style = getComputedStyle(seen);
  const box = seen.getBoundingClientRect();
  const at = [box.left + box.width / 2, box.top + Math.min(8, box.height / 2)];
  const over = document.elementFromPoint(...at);
  const own = [focus, seen].some(e => e.contains(over) || (over !== null && over.contains(e)));
  return {
    name: focus.id || focus.dataset.value || focus.value || focus.className || focus.tagName,
    outline: [style.outlineStyle, style.outlineWidth, style.outlineColor].join(' '),
    hidden: !own || box.top < 0 || box.bottom > innerHeight + 1,
    number: Array.from(document.querySelectorAll('*')).indexOf(focus),
    left: focus === document.body,
  };
"""
FIRST_ROW = """
  const table = document.getElementById(arguments[0]).querySelector('.data-table');
  return Array.from(table.querySelector('tbody tr').children, cell => cell.innerText.trim());
"""
ACCENT = {"light": "rgb(43, 95, 217)", "dark": "rgb(110, 155, 255)"}


def stops(page) -> list[dict]:
    """Every stop of Tab, from the top of the document until the focus leaves the page."""
    page.run("document.activeElement.blur(); scrollTo(0, 0)")
    found: list[dict] = []
    while len(found) < 60:
        page.type(Keys.TAB)
        stop = page.run(FOCUS)
        if stop["left"] or (found and stop["number"] <= found[0]["number"]):
            break
        found.append(stop)
    return found


def at_size(page, width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    at_once = [{"name": "prefers-reduced-motion", "value": "reduce"}]  # no scrolling under way
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": at_once})


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (360, 500)])
def test_each_stop_is_seen_uncovered_and_in_reading_order(page, width, height):
    at_size(page, width, height)
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    theme = page.run("return document.documentElement.getAttribute('data-bs-theme')")
    found = stops(page)
    ring = f"solid 2px {ACCENT[theme]}"
    assert [] == [stop["name"] for stop in found if stop["outline"] != ring]
    assert [stop["number"] for stop in found] == sorted(stop["number"] for stop in found)
    assert [] == [stop["name"] for stop in found if stop["hidden"]]
    names = [stop["name"] for stop in found]
    tables = [name for name in names if name.endswith("-table")]
    assert [part_id(panel.key, Part.TABLE) for panel in PANELS] == tables
    assert names.index(Id.ACCOUNTS) < names.index(Id.EARLIER) < names.index(tables[0])


@pytest.mark.parametrize(("width", "height"), [(1440, 600), (360, 500)])
def test_backwards_no_stop_hides_under_the_toolbar(page, width, height):
    at_size(page, width, height)
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    page.run("scrollTo(0, document.body.scrollHeight)")
    page.run("document.getElementById(arguments[0]).focus()", part_id("team", Part.TABLE))
    passed = [page.run(FOCUS)]
    while not passed[-1]["left"]:
        back = ActionChains(page.driver).key_down(Keys.SHIFT).send_keys(Keys.TAB)
        back.key_up(Keys.SHIFT).perform()
        passed.append(page.run(FOCUS))
    assert [] == [stop["name"] for stop in passed[:-1] if stop["hidden"]]
    assert len(passed) > 2 * len(PANELS)


def test_a_whole_visit_by_keyboard(page):
    """Each range by arrows, two dates typed, a step back and forth, each table opened and read."""
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    page.run("document.querySelector(arguments[0]).focus()", f"#{Id.RANGE} input:checked")
    for choice, dates in RANGES.items():
        page.type(Keys.ARROW_RIGHT)
        page.shows(dates)
        assert choice == page.run("return document.activeElement.value")
    page.type(Keys.ARROW_RIGHT, Keys.ENTER)
    page.until(lambda: page.focus == Id.FROM)
    page.fill(Id.FROM, "2026-11-01")
    page.fill(Id.TO, "2026-11-10")
    page.type(Keys.ENTER)
    page.shows(TEN_DAYS)
    assert "custom" == page.run("return document.activeElement.value")
    page.type(Keys.TAB)
    assert Id.EARLIER == page.focus
    page.type(Keys.ENTER)
    page.shows(TWENTY_DAYS_BEFORE)
    assert Id.EARLIER == page.focus
    page.type(Keys.TAB, Keys.SPACE)
    page.shows(TEN_DAYS)
    assert Id.LATER == page.focus
    for panel in PANELS:
        button = part_id(panel.key, Part.TABLE)
        while page.focus != button:
            page.type(Keys.TAB)
            assert page.run("return document.activeElement !== document.body")
        page.type(Keys.ENTER)
        details = part_id(panel.key, Part.DETAILS)
        page.until(
            lambda details=details: page.run(
                "return document.getElementById(arguments[0]).querySelector('.data-table')", details
            )
        )
        assert button == page.focus
        row = page.run(FIRST_ROW, details)
        assert [] == [cell for cell in row[:2] if not cell]


def test_escape_closes_custom_and_goes_back_to_its_choice(page):
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    page.run("document.querySelector(arguments[0]).focus()", f"#{Id.RANGE} input:checked")
    page.type(Keys.ARROW_LEFT, Keys.ENTER)
    page.until(lambda: page.focus == Id.FROM)
    page.type(Keys.ESCAPE)
    page.until(lambda: not page.is_shown(Id.CUSTOM))
    assert "custom" == page.run("return document.activeElement.value")
    assert ("month", MONTH) == (page.chosen, page.dates)
    assert ["month"] == page.asked()


def test_try_again_leaves_the_focus_on_the_page(page):
    """The button goes with its strip: the focus goes on, never to the document's beginning."""
    page.open()
    page.site.broken = ("503 BROKEN", [])
    page.pick("7d")
    page.until(lambda: page.is_shown(Id.STRIP_LOST))
    page.browser.get_logs()
    page.site.broken = None
    page.run(
        "document.querySelector(arguments[0]).focus()", f"#{Id.STRIP_LOST} [data-act={Act.RETRY}]"
    )
    page.type(Keys.ENTER)
    page.shows(RANGES["7d"])
    assert page.run("return document.activeElement !== document.body")
