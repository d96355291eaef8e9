"""Shared strokes of the five figures: frame, fills, bars, diamonds, band and allowance line.

Pure values: a figure is a plain dict, there is no template, no query and no Plotly import.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dashboard.axes import bold, credits_value
from dashboard.hover import label_style, shown_on
from dashboard.panel import Figure
from dashboard.room import width
from dashboard.theme import FONT, Theme
from dashboard.view import View

Trace = dict[str, Any]
Pattern = Literal["", "/", "."]

CORNER = 3
NARROWEST = 200  # pixels of a plot with a value axis, in a window of 320


# --- the frame ------------------------------------------------------------------------------


def figure(
    data: Sequence[Trace], layout: dict[str, Any], view: View, theme: Theme, height: int
) -> Figure:
    """Traces on a surface that cannot be dragged, zoomed or animated."""
    return {
        "data": list(data),
        "layout": {
            "height": height,
            "paper_bgcolor": theme.surface,
            "font": {"family": FONT, "size": 12, "color": theme.text2},
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": label_style(theme),
            "uirevision": f"{view.account.id} {view.range.text}",
            **layout,
        },
    }


def bar_layout(theme: Theme) -> dict[str, Any]:
    """What every figure of bars has in common: its plot's surface and rounded corners."""
    return {"plot_bgcolor": theme.surface, "barcornerradius": CORNER}


def margin(left: int, right: int, top: int, bottom: int) -> dict[str, int]:
    """Plot margins in pixels."""
    return {"l": left, "r": right, "t": top, "b": bottom, "pad": 0}


# --- fills ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fill:
    """How one bar looks: its colour, its outline and its pattern."""

    colour: str
    line: str
    width: float = 0
    pattern: Pattern = ""
    dots: str = ""  # their colour, when the pattern is dots


def solid(colour: str) -> Fill:
    """Complete, and in the range."""
    return Fill(colour, colour)


def muted(theme: Theme) -> Fill:
    """Complete, and only context: always with its outline."""
    return Fill(theme.context, theme.context_line, 1)


def hatched(colour: str) -> Fill:
    """Still changing."""
    return Fill(colour, colour, 1, "/")


def half(colour: str) -> str:
    """`#RRGGBB` half seen through: the ground of stripes on a low bar."""
    parts = (str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
    return f"rgba({', '.join(parts)}, 0.5)"


def outline(colour: str, inside: str) -> Fill:
    """Projected."""
    return Fill(inside, colour, 1)


def marker(fills: Sequence[Fill]) -> dict[str, Any]:
    """The marker of a bar trace; what all its bars share stands once."""
    made: dict[str, Any] = {
        "color": _shared(fill.colour for fill in fills),
        "line": {
            "color": _shared(fill.line for fill in fills),
            "width": _shared(fill.width for fill in fills),
        },
    }
    return made | pattern(fills)


def pattern(fills: Sequence[Fill]) -> dict[str, Any]:
    """Coloured stripes on what lies behind, or dots in a coloured mark; nothing when all are plain.

    A trace has stripes or dots, never both.
    """
    shapes = [fill.pattern for fill in fills]
    made: dict[str, Any] = {"shape": _shared(shapes)}
    if "/" in shapes:
        made |= {"fillmode": "replace", "size": 7, "solidity": 0.42}
    if "." in shapes:
        dots = _shared(fill.dots or fill.colour for fill in fills)
        made |= {"fillmode": "overlay", "fgcolor": dots, "size": 6, "solidity": 0.2}
    return {"pattern": made} if any(shapes) else {}


def dotted(colour: str, theme: Theme) -> Fill:
    """A reason or kind that the page has no colour for."""
    return Fill(colour, theme.surface, 0, ".", theme.surface)


def _shared(values: Iterable[Any]) -> Any:
    listed = list(values)
    return listed[0] if len(set(listed)) == 1 else listed


# --- marks ----------------------------------------------------------------------------------


def bars(
    name: str,
    places: Sequence[str],
    amounts: Sequence[int | None],
    fills: Sequence[Fill],
    tooltips: Sequence[str],
) -> Trace:
    """Vertical bars of micro-credits, one for each place; None draws no bar."""
    return {
        "type": "bar",
        "name": name,
        "x": list(places),
        "y": [None if micro is None else credits_value(micro) for micro in amounts],
        "marker": marker(fills),
        **shown_on(tooltips),
    }


def opened_by(opens: Iterable[str]) -> dict[str, Any]:
    """The key of a trace that tells assets/sheet.js which target a click on each mark opens."""
    return {"customdata": list(opens)}


def ground(places: Sequence[str], amounts: Sequence[int], colour: str) -> Trace:
    """Bars that lie under hatched ones of the same size: Plotly knows no ground for one bar's."""
    made = bars("Ground", places, amounts, [solid(half(colour))] * len(places), [])
    return made | {"hoverinfo": "skip", "hovertext": None}


def diamonds(places: Sequence[str], amounts: Sequence[int], theme: Theme) -> Trace:
    """Marks on the tops of bars that stand out; half of each is above its bar."""
    return {
        "type": "scatter",
        "name": "Stands out",
        "mode": "markers",
        "x": list(places),
        "y": [credits_value(micro) for micro in amounts],
        "marker": {
            "symbol": "diamond",
            "size": 8,
            "color": theme.text,
            "line": {"color": theme.surface, "width": 1.5},
        },
        "cliponaxis": False,
    }


Point = tuple[float, float]


def step_lines(runs: Sequence[Sequence[tuple[float, int]]], theme: Theme) -> list[Trace]:
    """Runs of corner points as one line over its halo, on the hidden axis `x2`; no line between."""
    styles = (("Halo", theme.surface, 5), ("Allowance", theme.line, 1.75))
    points = [[(x, credits_value(micro)) for x, micro in run] for run in runs]
    return _lines(points, styles, xaxis="x2")


def ticks(runs: Sequence[Sequence[Point]], theme: Theme, **more: Any) -> list[Trace]:
    """A short line for what each bar was before, clear of the bar by its halo."""
    styles = (("Previous halo", theme.surface, 4), ("Previous", theme.text, 2))
    return _lines(runs, styles, cliponaxis=False, **more)


def _lines(
    runs: Sequence[Sequence[Point]], styles: Iterable[tuple[str, str, float]], **more: Any
) -> list[Trace]:
    if not runs:
        return []
    points = [point for run in runs for point in [*run, None]][:-1]
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": [point[0] if point else None for point in points],
        "y": [point[1] if point else None for point in points],
        "connectgaps": False,
        "hoverinfo": "skip",
        **more,
    }
    return [
        {**line, "name": name, "line": {"color": colour, "width": width, "shape": "linear"}}
        for name, colour, width in styles
    ]


# --- text and band --------------------------------------------------------------------------


def text_at(text: str, **place: Any) -> dict[str, Any]:
    """Text without an arrow; it never catches the pointer."""
    return {"text": text, "showarrow": False, "borderpad": 0, **place}


def band(first: int, last: int, places: int, name: str, theme: Theme) -> dict[str, Any]:
    """The range behind its bars: a faint band, a line on its top and its name above the line.

    The name starts with the band, or ends with it where a phone's band is too short for it: a band
    reaches to the figure's right end, so that the name stays inside the figure.
    """
    left, right = first - 0.5, last + 0.5
    span = {"xref": "x", "yref": "paper", "x0": left, "x1": right}
    at_left = width(name, 12) + 4 <= (last - first + 1) / places * NARROWEST
    return {
        "shapes": [
            {
                "type": "rect", **span, "y0": 0, "y1": 1, "layer": "below",
                "fillcolor": theme.band, "line": {"width": 0},
            },
            {
                "type": "line", **span, "y0": 1, "y1": 1,
                "line": {"color": theme.accent, "width": 2},
            },
        ],
        "annotations": [
            text_at(
                bold(name),
                xref="x", yref="paper", x=left if at_left else right, y=1,
                xanchor="left" if at_left else "right", yanchor="bottom",
                xshift=4 if at_left else -2, yshift=4,
                font={"color": theme.accent},
            )
        ],
    }  # fmt: skip
