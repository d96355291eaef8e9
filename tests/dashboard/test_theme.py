"""The tokens keep the contrasts that the design states, and the stylesheet has the same ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.theme import DARK, LIGHT, TOKENS, css_name, css_variables

ROOT = Path(__file__).parents[2]


def channels(colour: str) -> tuple[float, float, float, float]:
    if colour.startswith("#"):
        return (*(int(colour[place : place + 2], 16) for place in (1, 3, 5)), 1.0)
    red, green, blue, alpha = (float(part) for part in re.findall(r"[\d.]+", colour))
    return red, green, blue, alpha


def luminance(colour: str, behind: str = "#000000") -> float:
    red, green, blue, alpha = channels(colour)
    mixed = [
        alpha * above + (1 - alpha) * below
        for above, below in zip((red, green, blue), channels(behind)[:3], strict=True)
    ]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in mixed)
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str, behind: str = "#000000") -> float:
    light, dark = sorted((luminance(one, behind), luminance(other, behind)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# (token, on, light, dark) as design.md states them
TEXT = [
    ("text", "surface", 18.1, 15.6),
    ("text2", "surface", 9.0, 9.7),
    ("text3", "surface", 5.8, 6.3),
    ("accent", "surface", 5.6, 6.5),
    ("accent", "accent_soft", 4.9, 5.5),
    ("accent", "band", 5.2, 5.9),
    ("on_accent", "accent", 5.6, 7.0),
    ("over", "surface", 5.3, 7.2),
    ("warn_text", "warn_bg", 7.5, 10.2),
    ("danger_text", "surface", 7.3, 8.8),
    ("ok_text", "surface", 6.6, 9.5),
]
MARKS = [
    ("context_line", "surface", 3.2, 4.0),
    ("personal", "surface", 3.7, 5.0),
    ("other", "surface", 3.7, 5.0),
    ("enhanced_ocr", "surface", 3.4, 9.7),
    ("workflow_run", "surface", 3.7, 9.8),
    ("workflow_type_1", "surface", 7.5, 12.9),
    ("workflow_type_2", "surface", 4.8, 9.8),
    ("workflow_type_3", "surface", 3.3, 6.7),
    ("premium_chat", "surface", 7.5, 5.1),
    ("compose_render", "surface", 9.7, 3.8),
]


@pytest.mark.parametrize(("theme", "column"), [(LIGHT, 2), (DARK, 3)], ids=["light", "dark"])
@pytest.mark.parametrize("pair", TEXT + MARKS, ids=lambda pair: f"{pair[0]} on {pair[1]}")
def test_contrast_is_as_stated_and_enough(theme, column, pair):
    found = contrast(theme.colour(pair[0]), theme.colour(pair[1]), theme.surface)
    assert found == pytest.approx(pair[column], abs=0.06)
    assert found >= (4.5 if pair in TEXT else 3)


def test_a_colour_that_is_no_token_is_named():
    with pytest.raises(KeyError, match="'name' is not a design token"):
        LIGHT.colour("name")


def test_css_names_every_token_once():
    lines = css_variables(LIGHT).splitlines()
    assert len(lines) == len(TOKENS) == len(set(lines))
    assert css_name("context_line") == "--context-line"
    assert "--context-line: #7F90BC;" in lines


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_stylesheet_has_the_same_tokens(theme):
    sheet = (ROOT / "assets" / "credits.css").read_text(encoding="utf-8")
    block = sheet.split(f'[data-bs-theme="{theme.name}"] {{', 1)[1].split("}", 1)[0]
    declared = [line.strip() for line in block.splitlines() if line.strip().startswith("--")]
    assert declared == css_variables(theme).splitlines()
