"""The names of causes beside the diamonds of the daily chart, where they cover nothing.

A figure is drawn once for all widths: a name stands right of its diamond, or else left of it, in
every window with room for it, and in none below 576 pixels. Widths are estimates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dashboard.axes import Scale, bold, credits_value
from dashboard.causes import Cause
from dashboard.days import Days
from dashboard.figures import text_at
from dashboard.findings import Spike
from dashboard.hover import NAME_LENGTH, clip, markup, plain
from dashboard.room import WIDER, shown, width

MOST = 2
SIZE = 12
LINE = 16  # pixels from one line to the next
BAR = 0.8  # of its place, or less: how wide a bar is
CLEAR = 6  # pixels between a bar and its name
RISE = 6  # pixels of the name above the middle of the diamond; also half a diamond
NOTE = 24  # pixels at the foot of the days before the account: a note may stand there
# From which window on, and how wide the plot is there at least; then how wide it ever gets.
PLOTS = ((WIDER.least, 400), (992, 800))
WIDEST = 1180

Side = Literal["left", "right"]
Annotation = dict[str, Any]


@dataclass(frozen=True)
class Box:
    """A rectangle of the plot in pixels, from its left lower corner."""

    left: float
    right: float
    bottom: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether the two share a pixel."""
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top


def edges(place: int, pixels: float) -> tuple[float, float]:
    """Left and right of the bar at that place."""
    return (place + 0.5 - BAR / 2) * pixels, (place + 0.5 + BAR / 2) * pixels


@dataclass(frozen=True)
class Name:
    """One or two lines, and the diamond that they belong to: its bar's place and its height.

    `away` is how far they are from the middle of the bar, in pixels, so that they are clear of it
    however wide it gets.
    """

    spike: Spike
    lines: tuple[str, ...]
    place: int
    height: float
    away: int

    def box(self, side: Side, pixels: float) -> Box:
        """All from its bar to its end, when a bar with its gap has so many `pixels`."""
        length = max(width(line, SIZE) for line in self.lines)
        middle, end, top = (self.place + 0.5) * pixels, self.away + length, self.height + RISE
        bottom = top - LINE * len(self.lines)
        left, right = edges(self.place, pixels)
        if side == "right":
            return Box(right, middle + end, bottom, top)
        return Box(middle - end, left, bottom, top)


@dataclass(frozen=True)
class Plot:
    """The bars and their diamonds as obstacles: the top of each place in pixels."""

    tops: Sequence[float]
    pixels: float  # of a bar with its gap

    def has_room_for(self, box: Box, taken: Sequence[Box]) -> bool:
        """Whether `box` lies inside, and covers neither a bar nor another name."""
        whole = len(self.tops) * self.pixels
        inside = box.left >= 0 and box.right <= whole and box.bottom >= 0
        bars = (Box(*edges(place, self.pixels), 0, top) for place, top in enumerate(self.tops))
        return inside and not any(box.meets(other) for other in (*bars, *taken))


def cause_names(days: Days, marks: Sequence[Spike], made: Scale, height: int) -> list[Annotation]:
    """The causes of the two largest marked days where there is room; of weeks none.

    `height` is that of the plot.
    """
    if days.by_week:
        return []
    places = {bar.days.start: place for place, bar in enumerate(days.bars)}
    tops = [_pixels(bar.net, made, height) if bar.exists else NOTE for bar in days.bars]
    for spike in marks:
        tops[places[spike.day]] += RISE
    away = CLEAR + WIDEST * 36 // 100 // len(days.bars)
    names = (
        Name(
            spike,
            _lines(days.causes[spike.day]),
            places[spike.day],
            _pixels(spike.net, made, height),
            away,
        )
        for spike in marks[:MOST]
        if spike.day in days.causes
    )
    return [_annotation(name, side, least) for name, side, least in _sides(list(names), tops)]


def _sides(names: Sequence[Name], tops: Sequence[float]) -> Iterator[tuple[Name, Side, int]]:
    """Each name with its side and the narrowest window that has room for it.

    What has room in a narrow plot has it in a wider one, on the same side.
    """
    placed: dict[Name, Side] = {}
    for least, whole in PLOTS:
        plot = Plot(tops, whole / len(tops))
        for name in names:
            taken = [other.box(side, plot.pixels) for other, side in placed.items()]
            free = _free_side(name, plot, taken) if name not in placed else None
            if free:
                placed[name] = free
                yield name, free, least


def _free_side(name: Name, plot: Plot, taken: Sequence[Box]) -> Side | None:
    sides: tuple[Side, ...] = ("right", "left")
    return next((s for s in sides if plot.has_room_for(name.box(s, plot.pixels), taken)), None)


def _pixels(net: int, made: Scale, height: int) -> float:
    return height * (net - made.lowest) / (made.highest - made.lowest)


def _lines(cause: Cause) -> tuple[str, ...]:
    parts = (part.name for part in (cause.reason, cause.workspace) if part)
    return tuple(clip(plain(name), NAME_LENGTH) for name in parts)


def _annotation(name: Name, side: Side, least: int) -> Annotation:
    """The reason bold, the workspace under it."""
    reason, *rest = (markup(line) for line in name.lines)
    text = "<br>".join(shown(line, least) for line in (bold(reason), *rest))
    towards = "left" if side == "right" else "right"
    return text_at(
        text, xref="x", yref="y", x=name.place, y=credits_value(name.spike.net),
        xanchor=towards, align=towards, xshift=name.away if side == "right" else -name.away,
        yanchor="top", yshift=RISE,
    )  # fmt: skip
