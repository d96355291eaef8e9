"""The Export menu by mouse and keyboard, and what its one entry opens."""

from __future__ import annotations

from selenium.webdriver.common.keys import Keys

from dashboard.ids import Id
from dashboard.panels import PANELS

FOCUSED = "return document.activeElement.tagName"
IS_OPEN = f"return document.getElementById('{Id.EXPORT}').open"
PRINTED = "window.printed = 0; window.print = () => { window.printed += 1; };"


def summary(page):
    return page.driver.find_element("css selector", f"#{Id.EXPORT} summary")


def test_the_menu_names_the_range_and_leads_to_the_view_that_is_shown(page):
    page.open("?range=7d")
    page.until(lambda: page.drawn == len(PANELS))
    summary(page).click()
    page.until(lambda: page.run(IS_OPEN))
    assert "Export 16 – 22 Nov 2026" == page.text(Id.EXPORT_TITLE)
    entry = page.driver.find_element("id", Id.PRINT)
    assert "Print or save as PDF" == entry.text
    page.until(lambda: entry.get_attribute("href").endswith("?range=7d&view=print#print"))


def test_escape_closes_it_and_gives_the_focus_back(page):
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    summary(page).send_keys(Keys.ENTER)
    page.until(lambda: page.run(IS_OPEN))
    page.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert "A" == page.run(FOCUSED)
    page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.until(lambda: not page.run(IS_OPEN))
    assert "SUMMARY" == page.run(FOCUSED)


def test_a_press_elsewhere_closes_it(page):
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    summary(page).click()
    page.until(lambda: page.run(IS_OPEN))
    page.driver.find_element("css selector", "h1").click()
    page.until(lambda: not page.run(IS_OPEN))


def test_what_it_opens_asks_for_the_print_dialog_once_all_is_drawn(page):
    """And a link that somebody sent does not."""
    added = page.driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": PRINTED}
    )
    try:
        page.open("?view=print#print")
        page.until(lambda: page.run("return window.printed") == 1)
        assert page.drawn == len(PANELS)
        page.driver.get("about:blank")
        page.open("?view=print")
        page.until(lambda: page.drawn == len(PANELS))
        assert 0 == page.run("return window.printed")
    finally:
        page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
