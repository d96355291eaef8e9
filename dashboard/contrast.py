"""How well two colours are told apart (WCAG 2.2), and which pairs of tokens must be.

Knows no page and chooses no colour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.theme import Theme

TEXT, MARK = 4.5, 3.0  # the least ratio of words, and of marks and outlines


@dataclass(frozen=True)
class Pair:
    """A token that is read on another."""

    token: str
    on: str
    least: float


def _pairs(least: float, on: str, *tokens: str) -> tuple[Pair, ...]:
    return tuple(Pair(token, on, least) for token in tokens)


PAIRS = (
    *_pairs(TEXT, "surface", "text", "text2", "text3", "accent", "over", "danger_text"),
    *_pairs(TEXT, "surface", "ok_text", "warn_text"),
    *_pairs(TEXT, "page", "text", "text2", "text3", "accent", "warn_text"),
    *_pairs(TEXT, "sunken", "text", "text2"),
    *_pairs(TEXT, "segment", "text2"),
    *_pairs(TEXT, "segment_chosen", "text"),
    *_pairs(TEXT, "accent_soft", "accent"),
    *_pairs(TEXT, "band", "accent"),
    *_pairs(TEXT, "accent", "on_accent"),
    *_pairs(TEXT, "warn_bg", "warn_text", "text"),
    *_pairs(MARK, "surface", "control", "context_line", "line", "personal", "other"),
    *_pairs(MARK, "surface", "enhanced_ocr", "workflow_run", "premium_chat", "compose_render"),
    *_pairs(MARK, "surface", "workflow_type_1", "workflow_type_2", "workflow_type_3"),
)


def too_faint(theme: Theme) -> Iterator[tuple[Pair, float]]:
    """The pairs that are below their least ratio in `theme`, with the ratio they have."""
    for pair in PAIRS:
        found = ratio(theme.colour(pair.token), theme.colour(pair.on), theme.surface)
        if found < pair.least:
            yield pair, found


def ratio(colour: str, on: str, behind: str) -> float:
    """The contrast of `colour` on `on`, which may let some of `behind` through: 1 to 21."""
    ground = _over(on, _channels(behind)[0])
    first, second = _luminance(_over(colour, ground)), _luminance(ground)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def _channels(colour: str) -> tuple[tuple[float, ...], float]:
    """Red, green and blue from 0 to 255, and how opaque they are."""
    if colour.startswith("#"):
        return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5)), 1.0
    *parts, opacity = (float(part) for part in re.findall(r"[\d.]+", colour))
    return tuple(parts), opacity


def _over(colour: str, ground: tuple[float, ...]) -> tuple[float, ...]:
    parts, opacity = _channels(colour)
    return tuple(
        opacity * above + (1 - opacity) * below for above, below in zip(parts, ground, strict=True)
    )


def _luminance(parts: tuple[float, ...]) -> float:
    red, green, blue = (_linear(part / 255) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
