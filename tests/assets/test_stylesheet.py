"""The stylesheet has the tokens of dashboard/theme.py, each texture and icon, and no other host."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from dashboard.freshness import State
from dashboard.panel import Shape, Texture
from dashboard.panels import PANELS
from dashboard.theme import FONT, THEMES, css_name, css_variables

ROOT = Path(__file__).parents[2]
SHEET = (ROOT / "assets" / "credits.css").read_text("utf-8")


def declarations(selector: str) -> list[str]:
    """The declarations of the first rule with exactly that selector list."""
    match = re.search(rf"^{re.escape(selector)} \{{\n(.*?)\n\}}", SHEET, re.DOTALL | re.MULTILINE)
    assert match, selector
    return [line.strip() for line in match[1].splitlines()]


@pytest.mark.parametrize(
    ("theme", "selector"),
    [("light", ':root,\n[data-bs-theme="light"]'), ("dark", '[data-bs-theme="dark"]')],
)
def test_the_tokens_of_a_theme_are_those_that_figures_use(theme, selector):
    expected = [f"color-scheme: {theme};", *css_variables(THEMES[theme]).splitlines()]
    assert expected == declarations(selector)


def test_no_rule_uses_a_token_that_there_is_not():
    ours = {css_name(token) for token in THEMES["light"].__dataclass_fields__}
    of_marks = {"--swatch", "--icon", "--stretch", "--tick"}
    used = set(re.findall(r"var\((--(?!bs-)[a-z0-9-]+)\)", SHEET)) - of_marks
    assert set() == used - ours


def test_no_colour_is_written_outside_the_tokens():
    rest = SHEET[SHEET.index("/* ---- Bootstrap's own") :]
    without_images = re.sub(r'url\("data:[^"]*"\)', "", rest)
    assert [] == re.findall(r"#[0-9a-fA-F]{3,8}\b", without_images)


def test_nothing_comes_from_another_host():
    addresses = re.findall(r'url\("([^"]*)"\)', SHEET)
    assert addresses
    assert all(address.startswith("data:image/svg+xml,") for address in addresses)
    assert "@import" not in SHEET


def test_page_and_figures_use_the_same_font():
    assert FONT in SHEET


@pytest.mark.parametrize("texture", sorted(set(get_args(Texture)) - {"solid"}))
def test_each_texture_of_a_key_has_its_looks(texture):
    assert f".swatch-{texture} {{" in SHEET


@pytest.mark.parametrize("shape", get_args(Shape))
def test_each_shape_has_its_skeleton(shape):
    assert f".skeleton-{shape}" in SHEET


@pytest.mark.parametrize("state", get_args(State))
def test_each_state_of_freshness_has_its_mark(state):
    assert f".icon-{state}" in SHEET


def test_each_width_of_a_panel_has_its_columns():
    assert [] == [p.key for p in PANELS if f".columns-{p.columns} {{" not in SHEET]


OF_BOOTSTRAP = (ROOT / "assets" / "vendor" / "bootstrap.min.css").read_text("utf-8")
# Names that only scripts, tests and other rules go by.
WITHOUT_LOOKS = {"graph", "month-bar", "page-state", "table-data"}


def classes_of_the_page() -> set[str]:
    """Every class written in layouts/, and those that dash-bootstrap-components writes."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "layouts").glob("*.py"))]
    found = re.findall(r'(?:className|class_name|look|class)="([^"{}]+)"', "\n".join(texts))
    return {name for names in found for name in names.split()} | {"form-control"}


def test_each_class_of_the_page_has_a_rule():
    """Bootstrap's CSS is cut to what tools/used-of-bootstrap.html lists: nothing may be missing."""
    ruled = set(re.findall(r"\.([a-zA-Z][\w-]*)", SHEET + OF_BOOTSTRAP))
    assert classes_of_the_page() - ruled == WITHOUT_LOOKS


def test_no_selector_looks_inside_an_element():
    """Each `:has()` makes a browser look again at every mark that Plotly draws: 40 ms of a load."""
    assert ":has(" not in re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL)
