"""Charts become tables and back by mouse, by keyboard, by address and by Back; focus stays."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from app import create_app
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.ids import Id, Part, part_id
from dashboard.panels import PANELS
from dashboard.settings import read_settings
from dashboard.table import CELLS
from data.engine import connect, create_tables
from data.open_snapshot import OpenSnapshot
from data.schema import ledger
from tests.browser.page import Page, Site
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder

TABLES = "return Array.from(document.querySelectorAll('.data-table')).length"
WORDS_OF_CELLS = """
  const rows = document.querySelectorAll('#' + arguments[0] + ' .data-table tr');
  return Array.from(rows).map(row => Array.from(row.children).map(cell => cell.innerText));
"""
PRESSED = "return document.getElementById(arguments[0]).getAttribute('aria-pressed')"
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUSED = """
  const button = document.activeElement;
  return [button.dataset.act || '', button.innerText.trim()];
"""


def tool(page, key):
    return page.driver.find_element("id", part_id(key, Part.TABLE))


def click(page, key):
    """Press the tool where it is, without bringing it into the window first."""
    page.run("arguments[0].click()", tool(page, key))


def is_open(page, key) -> bool:
    return page.run(PRESSED, part_id(key, Part.TABLE)) == "true"


def cells(page, key):
    return page.run(WORDS_OF_CELLS, part_id(key, Part.DETAILS))


def toggled(page, key, *, to):
    """Wait until the panel is a table, or a chart again."""
    page.until(lambda: page.is_settled and is_open(page, key) == to)


def test_a_chart_becomes_a_table_and_a_chart_again(page):
    page.open()
    tool(page, "daily").click()
    toggled(page, "daily", to=True)
    assert "?table=daily" == page.query
    assert "Showing Daily usage as a table." == page.text(Id.STATUS)
    assert ["Sun 22 Nov, so far", "Sat 21 Nov"] == [row[0] for row in cells(page, "daily")[1:3]]
    assert not page.is_shown(part_id("daily", Part.CHART))
    tool(page, "daily").click()
    toggled(page, "daily", to=False)
    assert "" == page.query
    assert "Showing Daily usage as a chart." == page.text(Id.STATUS)
    assert 0 == page.run(TABLES)
    page.until(lambda: page.drawn == len(PANELS))


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE])
def test_a_table_is_opened_and_closed_by_keyboard_and_keeps_the_focus(page, key):
    page.open()
    page.run("arguments[0].focus()", tool(page, "reason"))
    for to in (True, False):
        page.type(key)
        toggled(page, "reason", to=to)
        assert part_id("reason", Part.TABLE) == page.focus


def test_each_table_is_reached_with_tab_alone(page):
    page.open()
    page.run("arguments[0].focus()", tool(page, "daily"))
    met = [page.focus]
    while met[-1] != part_id("team", Part.TABLE) and len(met) < 60:
        page.type(Keys.TAB)  # names of rows, which open something, lie between them
        met.append(page.focus)
    assert [part_id(panel.key, Part.TABLE) for panel in PANELS] == [
        name for name in met if name.endswith("-table")
    ]


REAL = """
  const table = document.querySelector('#monthly-details table');
  const scopes = name => Array.from(table.querySelectorAll(name)).map(head => head.scope);
  return [
    table.caption.innerText, scopes('thead th'), scopes('tbody th'), scopes('tfoot th'),
    table.tFoot.rows.length, table.querySelectorAll('tbody small').length,
    getComputedStyle(table.tBodies[0].rows[0].cells[1]).textAlign,
    getComputedStyle(table.tBodies[0].rows[0].cells[1]).fontVariantNumeric,
  ];
"""


def test_a_table_is_a_real_one(page):
    """Caption, heads with scopes, the total in its foot, numbers right and of one width."""
    page.open("?table=monthly")
    page.until(lambda: page.run(TABLES) == 1)
    caption, columns, rows, total, feet, details, side, figures = page.run(REAL)
    assert "3 Dec 2025 – 2 Dec 2026." in caption
    assert ["col"] * 8 == columns
    assert (["row"] * 12, ["row"], 1, 12) == (rows, total, feet, details)
    assert ("right", "tabular-nums") == (side, figures)


def test_an_address_opens_its_tables_and_asks_once(page):
    page.open("?range=7d&table=monthly,reason,nobody")
    assert [False, True, False, True, False] == [is_open(page, panel.key) for panel in PANELS]
    assert ["monthly,reason,nobody"] == [view["tables"] for view in page.site.views]
    assert "Total" == cells(page, "monthly")[-1][0]


def test_back_and_forward_open_and_close(open_page):
    """In a browser of its own: late in a long run the shared one does not answer a second step."""
    page = open_page()
    page.open()
    click(page, "team")
    toggled(page, "team", to=True)
    click(page, "workspace")
    toggled(page, "workspace", to=True)
    assert "?table=team,workspace" == page.query
    page.driver.back()
    toggled(page, "workspace", to=False)
    assert is_open(page, "team")
    page.driver.back()
    toggled(page, "team", to=False)
    page.driver.forward()
    toggled(page, "team", to=True)
    assert "?table=team" == page.query


def test_a_table_stays_open_when_the_range_changes(page):
    page.open("?table=daily")
    page.pick("7d")
    page.shows("16 – 22 Nov 2026 · 7 days")
    assert is_open(page, "daily")
    assert "Before the range" == cells(page, "daily")[8][0]
    assert "?table=daily&range=7d" == page.query


def test_all_workspaces_and_the_top_ones_again(page):
    page.open()
    height = "return document.getElementById(arguments[0]).offsetHeight"
    chart = part_id("workspace", Part.CHART)
    assert 9 * 42 == page.run(height, chart)
    for label, after, query, rows in (
        ("Show all 12 workspaces", "Show the top 8", "?workspaces=all", 12),
        ("Show the top 8", "Show all 12 workspaces", "", 9),
    ):
        offer = page.driver.find_element("css selector", ".offer button")
        assert label == offer.text
        page.run("arguments[0].focus()", offer)
        page.type(Keys.ENTER)
        page.until(lambda: page.is_settled and page.query == query)  # noqa: B023
        page.until(lambda: page.run(height, chart) == rows * 42)  # noqa: B023
        assert ["workspaces", after] == page.run(FOCUSED)


@pytest.mark.parametrize("width", [320, 360, 576, 768, 1440])
def test_no_table_is_wider_than_the_page(page, width):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page.open("?table=" + ",".join(panel.key for panel in PANELS))
    page.until(lambda: page.run(TABLES) == len(PANELS))
    assert 0 == page.run(OVERFLOW)


AREAS = """
  return Array.from(document.querySelectorAll('.table-area')).map(area => [
    area.tabIndex === 0,
    area.scrollWidth > area.clientWidth || area.scrollHeight > area.clientHeight,
  ]);
"""


@pytest.mark.parametrize("width", [360, 1440])
def test_a_table_is_a_stop_for_the_keyboard_just_when_it_scrolls(page, width):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page.open("?table=" + ",".join(panel.key for panel in PANELS))
    page.until(lambda: page.run(TABLES) == len(PANELS))
    page.until(lambda: all(stop == scrolls for stop, scrolls in page.run(AREAS)))
    assert any(stop for stop, _ in page.run(AREAS))
    assert (width == 1440) == any(not stop for stop, _ in page.run(AREAS))


def test_a_table_that_is_read_stays_where_it_stood(page):
    """An answer makes it anew: focus and place are given to the new one."""
    page.open("?table=daily")
    area = "document.querySelector('#daily-details .table-area')"
    page.until(lambda: page.run(f"return {area} && {area}.tabIndex === 0"))
    page.run(f"window.before = {area}; {area}.focus(); {area}.scrollTop = 120")
    page.until(lambda: page.run(f"return {area}.scrollTop") == 120)
    page.run("document.querySelector(arguments[0]).click()", f"#{Id.RANGE} input[value='90d']")
    page.until(lambda: page.run(f"return {area} && {area} !== window.before"))
    page.until(lambda: page.run(f"return document.activeElement === {area}"))
    assert 120 == page.run(f"return {area}.scrollTop")


def test_on_a_phone_the_tool_keeps_its_name(page):
    size = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page.open()
    button = tool(page, "daily")
    assert "Show Daily usage as a table" == button.get_attribute("aria-label")
    assert button.size["width"] >= 32
    assert button.size["height"] >= 32
    shown = page.run(
        "return arguments[0].querySelector('.tool-name').getBoundingClientRect().width", button
    )
    assert 1 == shown


# --- more workspaces than a chart or one answer can show --------------------------------------

MANY = 2_187
SHOWN = CELLS // 4


@pytest.fixture(scope="module")
def large_site(tmp_path_factory):
    """An account of very many workspaces, served beside the demo."""
    folder = tmp_path_factory.mktemp("many")
    rows = LedgerBuilder()
    rows.account()
    for number in range(MANY):
        rows.workspace(f"w{number}", f"Matter {number:04d}")
        rows.use("2026-11-20T09:00Z", MANY - number, "enhanced_ocr", workspace=f"w{number}")
    engine = connect(str(folder / "many.sqlite"))
    create_tables(engine, ledger)
    rows.save(engine)
    engine.dispose()
    opened = OpenSnapshot(folder / "many.sqlite", folder / "cache", NOW)
    with Site(
        create_app(read_settings({}), Services(opened, OpenAccess()), guard_loopback)
    ) as site:
        yield site


@pytest.fixture
def large(browser, large_site):
    page = Page(browser, large_site)
    page.forget()
    yield page
    assert [] == browser.get_logs()


def test_very_many_workspaces_open_as_a_table_that_is_turned_by_keyboard(large):
    large.open()
    offer = large.driver.find_element("css selector", ".offer button")
    assert f"Show all {MANY:,} workspaces" == offer.text
    large.run("arguments[0].focus()", offer)
    large.type(Keys.ENTER)
    toggled(large, "workspace", to=True)
    assert part_id("workspace", Part.TABLE) == large.focus
    turns = [(1, SHOWN), (SHOWN + 1, 2 * SHOWN), (2 * SHOWN + 1, MANY)]
    for first, last in turns:
        large.until(lambda: large.is_settled and large.run(SAID) == rows_of(first, last))  # noqa: B023
        assert f"Matter {first - 1:04d}" == cells(large, "workspace")[1][0]
        assert "Total" == cells(large, "workspace")[-1][0]
        if first == 1:
            following = large.driver.find_elements("css selector", ".pager button")[1]
            large.run("arguments[0].focus()", following)
        else:
            large.until(lambda: large.run(FOCUSED)[0] == "rows")
        large.type(Keys.ENTER)
    assert f"?table=workspace:{2 * SHOWN + 1}" == large.query
    said = f"Showing Workspace breakdown as a table: {rows_of(*turns[-1]).lower()}."
    assert said == large.text(Id.STATUS)
    large.driver.back()
    large.until(lambda: large.run(SAID) == rows_of(*turns[1]))


SAID = "const said = document.querySelector('.pager p'); return said && said.innerText"


def rows_of(first, last):
    return f"Rows {first:,}–{last:,} of {MANY:,}"
