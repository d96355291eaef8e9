"""Compare and the findings in a browser: the switch, the address, and one number in every place."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from dashboard.ids import Act, Id, Part, part_id
from dashboard.panels import PANELS
from tests.browser.test_accessibility import faults

NAMES = ["daily", "reason", "workspace"]  # of the charts that mark the previous period
MARKED = """
  return arguments[0].filter(id => document.getElementById(id).querySelector('.js-plotly-plot')
    .data.some(trace => trace.name === 'Previous'));
"""
SWITCH = """
  const one = document.getElementById('compare');
  return [one.getAttribute('role'), one.getAttribute('aria-checked'), one.textContent];
"""
CELLS = """
  return Array.from(document.querySelectorAll('#findings > .cell'),
    cell => cell.innerText.replace(/\\s+/g, ' ').trim());
"""
TABLES = """
  return Array.from(document.querySelectorAll('.data-table'), table => {
    const heads = Array.from(table.querySelectorAll('thead th'), cell => cell.innerText.trim());
    const last = Array.from(table.querySelectorAll('tfoot tr > *'), cell => cell.innerText.trim());
    return Object.fromEntries(heads.map((head, place) => [head, last[place]]));
  });
"""
OVERFLOW = """
  return Array.from(document.querySelectorAll('#findings > .cell')).filter(cell =>
    cell.scrollWidth > cell.clientWidth || cell.getBoundingClientRect().right > innerWidth).length
    + (document.documentElement.scrollWidth > innerWidth ? 100 : 0);
"""


def marked(page) -> list[str]:
    """The charts that show the previous period."""
    graphs = {part_id(name, Part.GRAPH): name for name in (panel.key for panel in PANELS)}
    return [graphs[found] for found in page.run(MARKED, list(graphs))]


def switch(page) -> tuple[str, str, str]:
    role, checked, name = page.run(SWITCH)
    return role, checked, name.replace("\u00a0", " ")


def at_width(page, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def is_marked(page, names: list[str]) -> bool:
    return page.is_settled and page.drawn == len(PANELS) and marked(page) == names


def test_the_switch_marks_the_charts_and_is_kept_in_the_address(page):
    page.open()
    page.until(lambda: is_marked(page, []))
    assert ("switch", "false", "Compare with 3–22 Oct") == switch(page)
    page.press(Act.COMPARE)
    page.until(lambda: is_marked(page, NAMES))
    assert ("?compare=1", "true") == (page.query, switch(page)[1])
    page.pick("30d")
    page.until(lambda: is_marked(page, NAMES) and page.dates.startswith("24 Oct"))
    assert ("?compare=1&range=30d", "Compare with 24 Sep – 23 Oct") == (page.query, switch(page)[2])
    page.press(Act.COMPARE)
    page.until(lambda: is_marked(page, []))
    assert ("?range=30d", "false") == (page.query, switch(page)[1])


def test_a_link_opens_compared_and_back_and_forward_go_with_it(page):
    page.open("?range=7d&compare=1")
    page.until(lambda: is_marked(page, NAMES))
    page.press(Act.COMPARE)
    page.until(lambda: is_marked(page, []))
    page.driver.back()
    page.until(lambda: is_marked(page, NAMES) and switch(page)[1] == "true")
    page.driver.forward()
    page.until(lambda: is_marked(page, []) and switch(page)[1] == "false")
    assert "?range=7d" == page.query


@pytest.mark.parametrize("key", [Keys.SPACE, Keys.ENTER])
def test_the_switch_is_worked_from_the_keyboard_and_keeps_the_focus(page, key):
    page.open()
    page.run("document.getElementById('later').focus()")
    page.type(Keys.TAB)
    assert Id.COMPARE == page.focus
    for names in (NAMES, []):
        page.type(key)
        page.until(lambda names=names: is_marked(page, names))
        assert Id.COMPARE == page.focus


def test_findings_status_and_tables_say_the_same(page):
    page.open("?compare=1&table=reason,workspace,team")
    page.until(lambda: len(page.run(TABLES)) == 3)
    first = page.run(CELLS)[0].split()
    total, change, before = first[4], first[5], first[6]
    assert ("14,850", "11,676") == (total, before)
    for table in page.run(TABLES):
        amount = table.get("Net credits") or table["Credits"]
        assert (total, before, change) == (amount, table["Previous"], table["Change"])
    told = " ".join(page.run("return document.getElementById('status').textContent").split())
    percent = change.removeprefix("+")
    assert f"Showing 3–22 Nov 2026: {total} credits, up {percent} on 3–22 Oct." == told


def test_each_finding_is_a_button_named_by_its_sentence(page):
    page.open()
    cells = page.run(CELLS)
    assert ["Used in this range", "Biggest reason", "Biggest spike", "Biggest rise"] == [
        " ".join(cell.split()[:4]) if place == 0 else " ".join(cell.split()[:2])
        for place, cell in enumerate(cells)
    ]
    buttons = page.driver.find_elements("css selector", "#findings button")
    assert 3 == len(buttons)
    assert [button.get_attribute("data-act") for button in buttons] == [Act.OPEN] * 3
    assert "Thu 12 Nov used 2,038: 1,340 were Enhanced OCR in Acme contracts." in cells[2]


@pytest.mark.parametrize(
    ("width", "rows", "name"),
    [
        (1440, 1, "Compare with 3–22 Oct"),
        (1100, 2, "Compare"),
        (768, 2, "Compare with 3–22 Oct"),
        (360, 4, "Compare"),
        (320, 4, "Compare"),
    ],
)
def test_findings_and_switch_fit_every_width(page, width, rows, name):
    at_width(page, width)
    page.open("?compare=1")
    page.until(lambda: is_marked(page, NAMES))
    assert 0 == page.run(OVERFLOW)
    tops = page.run(
        "return Array.from(document.querySelectorAll('#findings > .cell'),"
        " cell => Math.round(cell.getBoundingClientRect().top))"
    )
    assert rows == len(set(tops))
    seen = page.run(
        "const part = document.getElementById('compare-with');"
        "return part.getBoundingClientRect().width > 2 ? part.parentElement.textContent : 'Compare'"
    )
    assert name == seen.replace("\u00a0", " ")


def test_compare_has_no_fault_that_axe_finds(page):
    page.open("?range=30d&compare=1")
    page.until(lambda: is_marked(page, NAMES))
    assert [] == faults(page)


def test_without_a_previous_period_there_is_no_switch(page):
    page.open("?compare=1")
    page.switch_account("Blue Finch Notaries")
    page.until(lambda: page.is_settled and not page.is_shown(Id.COMPARE))
    assert "?compare=1&account=blue-finch" == page.query


def test_grey_marks_stand_as_high_as_the_findings_that_follow(page):
    """Nothing jumps when the first answer comes."""
    page.site.gate.clear()
    page.go()
    height = "return document.getElementById('findings').offsetHeight"
    page.until(lambda: page.run("return document.querySelector('.skeleton-findings') !== null"))
    before = page.run(height)
    page.site.gate.set()
    page.until(lambda: page.is_settled)
    assert abs(page.run(height) - before) <= 8
