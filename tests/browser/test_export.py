"""The menus by mouse and keyboard, the files that they bring, and the view for paper."""

from __future__ import annotations

import struct
from pathlib import Path

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
    assert "BUTTON" == page.run(FOCUSED)
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


def entry(page, says, within="details.menu[open]"):
    found = page.driver.find_elements("css selector", f"{within} button")
    return next(one for one in found if says in one.text)


def taken(page, name):
    """The file of that name, once the browser has all of it."""
    path = Path(page.browser.download_path) / name
    page.until(path.exists)
    content = path.read_bytes()
    path.unlink()
    return content


def test_an_entry_of_the_menu_brings_the_file_and_says_so(page):
    page.open("?range=7d")
    page.until(lambda: page.drawn == len(PANELS))
    summary(page).click()
    page.until(lambda: page.run(IS_OPEN))
    entry(page, "Entries (CSV)").click()
    content = taken(page, "credits-entries-2026-11-16_2026-11-22.csv").decode("utf-8-sig")
    assert content.startswith("Account,Acme Legal,acme-legal\n")
    page.until(lambda: page.text(Id.STATUS) == "Your download is ready.")
    assert (False, "SUMMARY") == (page.run(IS_OPEN), page.run(FOCUSED))


def test_what_cannot_be_had_is_said_on_the_page(page):
    page.open("?range=soon")
    page.until(lambda: page.drawn == len(PANELS))
    summary(page).click()
    page.until(lambda: page.run(IS_OPEN))
    entry(page, "Chart data (CSV)").click()
    page.until(lambda: page.text(Id.STATUS) == page.text(Id.NOTICE))
    assert page.text(Id.NOTICE).startswith("'soon' is not a range: use 7d")
    page.browser.get_logs()  # the browser notes each answer that is not 200


def test_a_panels_menu_brings_its_picture_and_the_link(page):
    page.open("?range=7d")
    page.until(lambda: page.drawn == len(PANELS))
    more = page.driver.find_element("css selector", "[aria-label='More for Daily usage']")
    more.send_keys(Keys.ENTER)
    entry(page, "Image (PNG)").click()
    picture = taken(page, "credits-daily-2026-11-16_2026-11-22.png")
    assert b"\x89PNG" == picture[:4]
    width, height = struct.unpack(">II", picture[16:24])
    assert width > 1600
    assert height > 400
    more.click()
    entry(page, "Copy link").click()
    page.until(lambda: page.text(Id.NOTICE) == "Link copied.")


def test_the_sheet_has_the_file_of_what_it_lists(page):
    page.open("?open=day:2026-11-12")
    page.until(lambda: page.is_shown(Id.SHEET_LIST))
    entry(page, "Download CSV", f"#{Id.SHEET}").click()
    content = taken(page, "credits-entries-2026-11-12_2026-11-12.csv").decode("utf-8-sig")
    assert "Shows,Thu 12 Nov 2026\n" in content
    page.until(lambda: page.text(Id.SHEET_STATUS) == "Your download is ready.")
