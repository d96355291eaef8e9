"""Contrast as WCAG defines it, held to known ratios, and both themes above their least."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.contrast import PAIRS, ratio, too_faint
from dashboard.theme import DARK, LIGHT, THEMES, TOKENS


@pytest.mark.parametrize(
    ("colour", "on", "behind", "expected"),
    [
        ("#000000", "#FFFFFF", "#FFFFFF", 21.0),
        ("#FFFFFF", "#FFFFFF", "#FFFFFF", 1.0),
        ("#777777", "#FFFFFF", "#FFFFFF", 4.48),  # the well-known grey just below 4.5
        ("#767676", "#FFFFFF", "#FFFFFF", 4.54),
        ("#FF0000", "#FFFFFF", "#FFFFFF", 4.0),
        ("#000000", "rgba(0, 0, 0, 0.0)", "#FFFFFF", 21.0),
        ("#000000", "rgba(0, 0, 0, 1.0)", "#FFFFFF", 1.0),
    ],
)
def test_known_ratios(colour, on, behind, expected):
    assert ratio(colour, on, behind) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_no_pair_of_the_designs_own_themes_is_too_faint(theme):
    assert [] == list(too_faint(theme))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.token} on {pair.on}")
def test_each_pair_is_noticed_when_both_are_the_same_colour(theme, pair):
    ground = theme.surface if pair.on == "band" else theme.colour(pair.on)
    same = replace(theme, **{pair.token: ground})
    assert pair in [found for found, _ in too_faint(same)]


def test_pairs_name_tokens_and_none_twice():
    assert {token for pair in PAIRS for token in (pair.token, pair.on)} <= set(TOKENS)
    assert len({(pair.token, pair.on) for pair in PAIRS}) == len(PAIRS)
