"""A load asks once and shows an outline before any script; Dash is told only what is new."""

from __future__ import annotations

from urllib.parse import urlsplit

from dashboard.ids import Id, Part, part_id
from dashboard.panels import PANELS

PATHS = "return performance.getEntriesByType('resource').map(entry => entry.name)"
# Ids of what each answer hands on to Dash, from now on.
LISTEN = """
window.told = [];
const without = window.creditsRepeats.without;
window.creditsRepeats.without = (response, text) => {
  const found = without(response, text);
  const json = found.json;
  found.json = () => json().then((answer) => {
    window.told.push(Object.keys(answer.response));
    return answer;
  });
  return found;
};
"""


def test_a_load_asks_for_figures_once_and_for_nothing_that_came_with_the_document(page):
    page.open("?range=7d&compare=1")
    page.until(lambda: page.drawn == len(PANELS))
    assert page.asked() == ["7d"]
    names = {urlsplit(address).path.rsplit("/", 1)[-1].split(".")[0] for address in page.run(PATHS)}
    assert not {name for name in names if name.startswith("_dash")} - {"_dash-update-component"}


def test_the_outline_is_there_while_the_figures_are_not_and_goes_with_them(page):
    page.site.gate.clear()
    page.go()
    page.until(lambda: page.run("return document.querySelectorAll('main').length") == 1)
    page.until(lambda: page.run("return document.querySelector('.shell')") is None)
    assert page.run("return document.querySelectorAll('.panel .skeleton').length") > len(PANELS)
    page.site.gate.set()
    page.until(lambda: page.drawn == len(PANELS))


def test_what_the_page_shows_already_is_not_told_again(page):
    page.open()
    page.run(LISTEN)
    before = page.words
    page.pick("7d")
    page.until(lambda: page.is_settled and page.run("return window.told.length") == 1)
    (told,) = page.run("return window.told")
    assert {Id.STEPS, Id.DATES, part_id("daily", Part.GRAPH)} <= set(told)
    assert not {Id.MONTH, Id.ACCOUNTS, Id.GRID, Id.FOOT, Id.TOOLBAR} & set(told)
    assert before != page.words
    page.driver.back()
    page.until(lambda: page.is_settled and page.run("return window.told.length") == 2)
    page.until(lambda: page.words == before)
