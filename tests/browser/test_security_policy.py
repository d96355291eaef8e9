"""The security policy forbids nothing that the page does, and everything that it does not do."""

from __future__ import annotations

import pytest

from dashboard.ids import Act, Id, Part, part_id
from dashboard.panels import PANELS
from tests.browser.test_drill_down import closed, inside, opened

NOTE_VIOLATIONS = """
  window.violations = [];
  document.addEventListener('securitypolicyviolation', event => window.violations.push(
    [event.effectiveDirective, event.blockedURI, event.sourceFile, event.sample].join(' ')));
"""
VIOLATIONS = "return window.violations"
AS_PICTURES = """
  const [graph, done] = arguments;
  const chart = document.querySelector(`#${graph} .js-plotly-plot`);
  Promise.all(['png', 'svg'].map(format => window.Plotly.toImage(chart, {format: format})))
    .then(async ([png, svg]) => {
      const picture = new Image();
      picture.src = URL.createObjectURL(new Blob([decodeURIComponent(svg.split(',')[1])],
        {type: 'image/svg+xml'}));
      await picture.decode();
      done([png.slice(0, 15), picture.width > 0]);
    }, error => done(String(error)));
"""
INJECTED = """
  window.injected = [];
  const inline = document.createElement('script');
  inline.textContent = 'window.injected.push("inline")';
  const foreign = document.createElement('script');
  foreign.src = 'http://127.0.0.1:9/foreign.js';
  const handler = document.createElement('div');
  handler.innerHTML = '<img src="data:," onerror="window.injected.push(1)">';
  const frame = document.createElement('iframe');
  frame.src = 'http://127.0.0.1:9/';
  const form = document.createElement('form');
  form.action = 'http://127.0.0.1:9/';
  const base = document.createElement('base');
  base.href = 'http://127.0.0.1:9/';
  document.body.append(inline, foreign, handler, frame, form, base);
  form.submit();
  fetch('http://127.0.0.1:9/').catch(() => {});
  new Image().src = 'http://127.0.0.1:9/pixel.png';
  Object.assign(document.createElement('a'), {href: 'javascript:window.injected.push(2)'}).click();
  setTimeout('window.injected.push("text")', 0);
"""
REFUSED = {
    "script-src-elem inline",
    "script-src-elem http://127.0.0.1:9/foreign.js",
    "script-src-attr inline",
    "script-src eval",
    "frame-src http://127.0.0.1:9",
    "form-action http://127.0.0.1:9/?",
    "base-uri http://127.0.0.1:9/",
    "connect-src http://127.0.0.1:9/",
    "img-src http://127.0.0.1:9/pixel.png",
}


@pytest.fixture
def watched(page):
    """The page, which notes each violation from its first byte on."""
    tell = page.driver.execute_cdp_cmd
    added = tell("Page.addScriptToEvaluateOnNewDocument", {"source": NOTE_VIOLATIONS})
    yield page
    tell("Page.removeScriptToEvaluateOnNewDocument", added)


def test_nothing_that_a_reader_can_do_is_against_the_policy(watched):
    """The console, which the fixture reads at the end, is as clean."""
    page = watched
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    for act in (Act.EARLIER, Act.LATER, Act.COMPARE, Act.THEME, Act.REFRESH):
        page.press(act)
        page.until(lambda: page.is_settled)
    for choice in ("7d", "90d", "custom"):
        page.pick(choice)
    page.fill(Id.FROM, "2026-11-03")
    page.fill(Id.TO, "2026-11-12")
    page.press(Act.APPLY)
    page.shows("3 – 12 Nov 2026 · 10 days")
    for panel in PANELS:
        table = page.driver.find_element("id", part_id(panel.key, Part.TABLE))
        page.run("arguments[0].click()", table)
        page.until(lambda: page.is_settled)
    page.switch_account("Himal Law Chambers")
    page.until(lambda: page.is_settled)
    page.open("?open=day:2026-11-12")
    opened(page, "Thu 12 Nov 2026")
    inside(page, Act.DAY_AFTER).click()
    opened(page, "Fri 13 Nov 2026")
    inside(page, Act.CLOSE).click()
    closed(page)
    page.driver.find_element("css selector", f"#{Id.EXPORT} summary").click()
    page.until(lambda: page.drawn == len(PANELS))
    graph = part_id("daily", Part.GRAPH)
    made = page.driver.execute_async_script(AS_PICTURES, graph)
    assert ["data:image/png;", True] == made
    assert [] == page.run(VIOLATIONS)
    page.open("?view=print")
    page.until(lambda: page.drawn == len(PANELS))
    assert [] == page.run(VIOLATIONS)


def test_whatever_was_written_into_the_page_neither_runs_nor_calls_home(watched):
    page = watched
    page.open()
    page.run(INJECTED)
    page.until(lambda: len(refused(page)) >= len(REFUSED))
    assert REFUSED == refused(page)
    assert [] == page.run("return window.injected")
    page.browser.get_logs()  # where Chromium says each of them again


def refused(page) -> set[str]:
    return {" ".join(text.split(" ")[:2]) for text in page.run(VIOLATIONS)}
