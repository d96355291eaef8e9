"""Axes of the figures: nice steps from zero, few light lines, labels that never turn.

Computed here, not by Plotly, so that the words are the page's own and the same at every width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Any

from dashboard import words
from dashboard.theme import Theme
from data.schema import MICRO

Axis = dict[str, Any]

MOST_STEPS = 5  # six grid lines, the base line included
TENTHS = (10, 20, 25, 50)  # nice steps are these times a power of ten, never below one credit
CHARACTER = 7  # a generous width of a 12 px digit
GAP = 8
ONE_LINE, TWO_LINES = 24, 40


@dataclass(frozen=True)
class Scale:
    """The value axis in micro-credits: from zero or below it, in equal nice steps."""

    step: int
    lowest: int
    highest: int

    @property
    def ticks(self) -> list[int]:
        """The values with a label."""
        return list(range(self.lowest, self.highest + 1, self.step))

    @property
    def room(self) -> int:
        """One hundredth of it, so that a line on the highest tick is not cut in half."""
        return (self.highest - self.lowest) // 100

    @property
    def text(self) -> int:
        """About the height of a line of text over a mark, in a chart as high as ours."""
        return (self.highest - self.lowest) * 8 // 100

    @property
    def margin(self) -> int:
        """Pixels that the labels need at the left."""
        return max(len(words.short(tick)) for tick in self.ticks) * CHARACTER + GAP


def scale(values: Iterable[int]) -> Scale:
    """The smallest nice steps that hold zero and all `values` in at most five."""
    listed = [0, *values]
    low, high = min(listed), max(listed)
    high = high if high > low else 1  # an axis without any amount still has a step
    for step in _nice_steps():
        below, above = low // step, -(-high // step)
        if above - below <= MOST_STEPS:
            return Scale(step, below * step, above * step)
    raise AssertionError("steps grow without end")


def _nice_steps() -> Iterable[int]:
    for power in count():
        for tenths in TENTHS:
            step = tenths * 10**power * MICRO // 10
            if step % MICRO == 0:
                yield step


def credits_value(micro: Fraction | int) -> float:
    """An amount as a figure's number: the one place where it stops being exact."""
    return float(micro / MICRO)


def value_axis(made: Scale, theme: Theme) -> Axis:
    """The vertical axis: light lines, a darker base line over the bars' feet."""
    return {
        "range": [credits_value(made.lowest), credits_value(made.highest)],
        "tickvals": [tick // MICRO for tick in made.ticks],
        "ticktext": [words.short(tick) for tick in made.ticks],
        "tickfont": {"color": theme.text3},
        "ticklabelstandoff": 6,
        "gridcolor": theme.grid,
        "gridwidth": 1,
        "zeroline": True,
        "zerolinecolor": theme.baseline,
        "zerolinewidth": 1,
        "zerolinelayer": "above traces",
        "fixedrange": True,
    }


def category_axis(
    categories: Sequence[str], labels: Sequence[tuple[int, str]], theme: Theme
) -> Axis:
    """The horizontal axis: one place for each category, a tick and a label for some of them."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(categories),
        "range": [-0.5, len(categories) - 0.5],
        "tickvals": [categories[place] for place, _ in labels],
        "ticktext": [text for _, text in labels],
        "tickangle": 0,
        "tickfont": {"color": theme.text3},
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": theme.baseline,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
    }


def bare_axis(low: float, high: float, **more: Any) -> Axis:
    """An axis that only gives a scale: nothing of it is seen."""
    return {"range": [low, high], "visible": False, "fixedrange": True, **more}


def bottom_margin(labels: Sequence[tuple[int, str]]) -> int:
    """Pixels under the base line, enough for a year under a label."""
    return TWO_LINES if any("<br>" in text for _, text in labels) else ONE_LINE


def bold(text: str) -> str:
    """Bold in Plotly's own subset of HTML."""
    return f"<b>{text}</b>"
