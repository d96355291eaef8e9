"""What a reader's system asks for is kept: calm, forced colours, the theme from the first paint."""

from __future__ import annotations

import pytest

from dashboard.ids import Part, part_id
from dashboard.panels import PANELS
from dashboard.theme import THEMES

STYLE = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
MOVING = """
  return Array.from(document.querySelectorAll('*')).filter(e => {
    const style = getComputedStyle(e);
    const lasts = style.transitionDuration.split(',').some(time => parseFloat(time) > 0);
    return lasts || style.scrollBehavior === 'smooth' || style.animationIterationCount !== '1';
  }).map(e => e.tagName + '.' + e.className);
"""
BORDERS = """
  return Array.from(document.querySelectorAll('.panel'))
    .map(card => getComputedStyle(card).borderTopWidth + getComputedStyle(card).borderTopStyle);
"""
NO_LAYOUT = "return document.getElementById('main') === null"
GROUND = "return getComputedStyle(document.body).backgroundColor"


@pytest.fixture
def prefer(page):
    def emulate(**features: str) -> None:
        wanted = [{"name": n.replace("_", "-"), "value": v} for n, v in features.items()]
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wanted})

    return emulate


def as_rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))})"


def test_without_motion_nothing_fades_or_moves(page, prefer):
    """Old charts grow pale at once, and skeletons stand still."""
    prefer(prefers_reduced_motion="reduce")
    page.site.gate.clear()
    page.go()
    page.until(lambda: page.driver.find_elements("css selector", ".skeleton"))
    assert [] == page.run(MOVING)
    page.site.gate.set()
    page.until(lambda: page.is_settled and page.drawn == len(PANELS))
    page.site.gate.clear()
    page.pick("7d")
    page.until(lambda: not page.is_settled)
    assert [] == page.run(MOVING)
    page.site.gate.set()
    page.until(lambda: page.is_settled)


def test_with_motion_a_late_answer_fades_the_old_charts(page, prefer):
    """The test above would see a transition."""
    prefer(prefers_reduced_motion="no-preference")
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    page.site.gate.clear()
    page.pick("7d")
    page.until(lambda: page.run(MOVING))
    page.site.gate.set()
    page.until(lambda: page.is_settled)


def test_forced_colours_leave_cards_a_border_and_drawings_their_own(page, prefer):
    prefer(forced_colors="active")
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    assert ["1pxsolid"] * len(PANELS) == page.run(BORDERS)
    for drawing in (".drawing", ".swatch"):
        assert "none" == page.run(STYLE, drawing, "forcedColorAdjust")
    theme = page.run("return document.documentElement.getAttribute('data-bs-theme')")
    assert as_rgb(THEMES[theme].surface) == page.run(STYLE, ".drawing", "backgroundColor")
    bar = f"#{part_id('daily', Part.GRAPH)} .bars .point path"
    assert as_rgb(THEMES[theme].accent) in {
        page.run("return getComputedStyle(arguments[0]).fill", path)
        for path in page.driver.find_elements("css selector", bar)
    }


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_is_on_the_page_before_any_of_it_is_drawn(page, prefer, theme):
    """With every script of the page held back but the earliest, its ground is already right."""
    prefer(prefers_color_scheme=theme)
    tell = page.driver.execute_cdp_cmd
    tell("Network.enable", {})
    tell("Network.setBlockedURLs", {"urls": ["*/assets/dash-renderer-*", "*/assets/page.*.js"]})
    page.go()
    assert page.run(NO_LAYOUT)
    assert as_rgb(THEMES[theme].page) == page.run(GROUND)
    tell("Network.setBlockedURLs", {"urls": []})
    page.browser.get_logs()  # Chromium reports what was blocked
