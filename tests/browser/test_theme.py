"""The theme follows the system until a person chooses, is kept, and redraws the figures once."""

from __future__ import annotations

import pytest

from dashboard.ids import Act, Id
from dashboard.theme import THEMES

IN_FORCE = "return document.documentElement.getAttribute('data-bs-theme')"
PAPER = "return document.querySelector('.js-plotly-plot').layout.paper_bgcolor"


@pytest.fixture
def system_theme(page):
    def prefer(theme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": theme}]
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    return prefer


@pytest.fixture
def paper(page):
    """Waits until the figures stand on the paper of a theme."""
    return lambda theme: page.until(lambda: page.run(PAPER) == THEMES[theme].surface)


def name_of(page) -> str:
    script = "return document.getElementById(arguments[0]).innerText"
    return " ".join(page.run(script, Id.THEME).split())


def test_the_page_and_its_figures_follow_the_system(page, system_theme, paper):
    system_theme("dark")
    page.open()
    page.until(lambda: page.drawn)
    assert "dark" == page.run(IN_FORCE)
    paper("dark")
    assert ["dark"] == [view["theme"] for view in page.site.views]
    system_theme("light")
    paper("light")
    assert ["dark", "light"] == [view["theme"] for view in page.site.views]


def test_each_press_of_the_button_goes_one_theme_on(page, system_theme, paper):
    """The last press leads back to the system's theme, which looks the same and asks nothing."""
    system_theme("light")
    page.open()
    page.until(lambda: page.drawn)
    assert "Theme: system . Change to dark" == name_of(page)
    page.press(Act.THEME)
    paper("dark")
    assert "Theme: dark . Change to light" == name_of(page)
    page.press(Act.THEME)
    paper("light")
    assert "Theme: light . Change to system" == name_of(page)
    page.press(Act.THEME)
    assert "Theme: system . Change to dark" == name_of(page)
    page.pick("7d")
    page.shows("16 – 22 Nov 2026 · 7 days")
    asked = [(view["range"], view["theme"]) for view in page.site.views]
    month = [("month", theme) for theme in ("light", "dark", "light")]
    assert [*month, ("7d", "light")] == asked


def test_a_chosen_theme_is_kept(page, system_theme):
    system_theme("light")
    page.open()
    page.press(Act.THEME)
    page.open("?range=7d")
    assert "dark" == page.run(IN_FORCE)
    assert "dark" == page.site.views[-1]["theme"]


def test_a_theme_chosen_while_the_connection_is_lost_is_drawn_once_it_is_back(
    page, system_theme, paper
):
    """Words follow at once; the drawings are the server's, and wait for it."""
    system_theme("light")
    page.open()
    page.until(lambda: page.drawn)
    page.site.broken = ("503 BROKEN", [])
    page.press(Act.THEME)
    page.until(lambda: page.is_shown(Id.STRIP_LOST) and page.is_settled)
    assert ("dark", THEMES["light"].surface) == (page.run(IN_FORCE), page.run(PAPER))
    page.site.broken = None
    page.press(Act.RETRY)
    paper("dark")
    page.browser.get_logs()
