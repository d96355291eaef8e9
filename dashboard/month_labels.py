"""The texts over the monthly chart: the allowance where it starts and steps, and the projection.

Each stands clear of bars and lines on each screen; where there is no room for a number, the
tooltips and the table have it. It draws no bar and no line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile, zip_longest
from typing import Any

from dashboard import words
from dashboard.axes import Scale, bold, credits_value
from dashboard.figures import text_at
from dashboard.months import Month
from dashboard.room import SCREENS, Screen, shown_on, width
from dashboard.theme import Theme

Annotation = dict[str, Any]

NAME = "Allowance"
TEXT = 12
CHARTS = (254, 294, 478)  # least pixels of the figure on each of SCREENS
SPACE = 4
RIGHT = 4  # pixels of the figure to the right of the plot


@dataclass(frozen=True)
class Run:
    """Months in a row with the same allowance, and the room up to the next such run."""

    first: int
    limit: int
    room: int
    is_last: bool


@dataclass(frozen=True)
class Label:
    """A text, what it stands on, and where it starts or, at the chart's end, ends."""

    text: str
    place: float
    foot: int
    at_end: bool = False


def limit_labels(months: Sequence[Month], made: Scale, theme: Theme) -> Iterator[Annotation]:
    """`Allowance 15,000` where the line starts, the new number at each step."""
    for label, screens in _by_screen(
        [_labels(months, made, month) for month in _month_widths(months, made)]
    ):
        anchor = "right" if label.at_end else "left"
        yield text_at(
            shown_on(label.text, screens), xref="x2", yref="y", x=label.place,
            y=credits_value(label.foot), xanchor=anchor, align=anchor, yanchor="bottom",
            xshift=-2 if label.at_end else 2, yshift=3, font={"color": theme.text},
        )  # fmt: skip


def projected_labels(months: Sequence[Month], made: Scale, theme: Theme) -> Iterator[Annotation]:
    """`22.3k` over the month that is still running, which is the chart's last."""
    month = months[-1]
    if month.projected is None:
        return
    text, over = bold(words.short(month.projected)), month.above(month.projected) > 0
    labels = [[_projected_label(months, made, pixels)] for pixels in _month_widths(months, made)]
    for label, screens in _by_screen(labels):
        anchor = "right" if label.at_end else "center"
        yield text_at(
            shown_on(text, screens), xref="x2", yref="y", x=label.place,
            y=credits_value(label.foot), xanchor=anchor, align=anchor, yanchor="bottom",
            xshift=RIGHT if label.at_end else 0, yshift=3,
            font={"color": theme.over if over else theme.accent},
        )  # fmt: skip


def _month_widths(months: Sequence[Month], made: Scale) -> list[float]:
    """Pixels of a month on each of SCREENS, at least."""
    return [(chart - made.margin - RIGHT) / len(months) for chart in CHARTS]


def _by_screen(labels: Sequence[Sequence[Label]]) -> Iterator[tuple[Label, Sequence[Screen]]]:
    """Each label once, with the screens that it is for; those follow one another."""
    for first, of in enumerate(labels):
        for label in of:
            if first and label in labels[first - 1]:
                continue
            later = takewhile(lambda there, one=label: one in there, labels[first:])  # type: ignore[misc]
            yield label, SCREENS[first : first + len(list(later))]


# --- the allowance --------------------------------------------------------------------------


def _labels(months: Sequence[Month], made: Scale, month: float) -> list[Label]:
    """The labels that fit where a month is so many pixels wide."""
    found: list[Label] = []
    for run in _runs(months):
        named = any(label.text.startswith(NAME) for label in found)
        label = _label(run, months, made, month, named=named)
        if label is not None:
            found.append(label)
    return found


def _runs(months: Sequence[Month]) -> Iterator[Run]:
    limits = [month.allowance.micro for month in months]
    groups = [list(group) for _, group in groupby(range(len(months)), lambda place: limits[place])]
    starts = [group[0] for group in groups if limits[group[0]] is not None]
    for first, after in zip_longest(starts, starts[1:], fillvalue=len(months)):
        limit = limits[first]
        if limit is not None:
            yield Run(first, limit, after - first, is_last=first == starts[-1])


def _label(
    run: Run, months: Sequence[Month], made: Scale, month: float, *, named: bool
) -> Label | None:
    """The name and the number, or the number alone, or nothing: none reaches over the next step."""
    number = words.credits(run.limit)
    for text in (number,) if named else (f"{NAME} {number}", number):
        covers = -int(-(width(text, TEXT) + SPACE) // month)
        if covers <= run.room:
            under = range(run.first, run.first + covers)
            return Label(text, run.first - 0.5, _foot(run, under, months, made, month))
        if run.is_last:
            under = range(max(len(months) - covers, 0), len(months))
            foot = _foot(run, under, months, made, month)
            return Label(text, len(months) - 0.5, foot, at_end=True)
    return None


def _foot(run: Run, under: range, months: Sequence[Month], made: Scale, month: float) -> int:
    """Higher lines, and bars over the allowance, would cross the text: it moves above them."""
    lines = (months[place].allowance.micro or 0 for place in under)
    return max([run.limit, *lines, *(_clear(months, place, made, month) for place in under)])


# --- the projection -------------------------------------------------------------------------


def _projected_label(months: Sequence[Month], made: Scale, month: float) -> Label:
    """Over the middle of the bar, or up to the figure's end where it would reach beyond."""
    last = len(months) - 1
    text = words.short(months[last].projected or 0)
    foot = _projected_foot(months, made, month)
    if width(text, TEXT) > month + 2 * RIGHT:
        return Label(text, last + 0.5, foot, at_end=True)
    return Label(text, last, foot)


def _projected_foot(months: Sequence[Month], made: Scale, month: float) -> int:
    """On the bar, or on the allowance line or the bar beside it, if that would cross the text."""
    last = months[-1]
    limit, foot = last.allowance.micro, last.top
    if limit is not None and foot <= limit < foot + made.text:
        foot = limit
    reaches = width(words.short(last.projected or 0), TEXT) + SPACE > month
    return max(foot, months[-2].top) if reaches else foot


def _clear(months: Sequence[Month], place: int, made: Scale, month: float) -> int:
    """The first height above a month's bar and its own label."""
    if months[place].projected is None:
        return months[place].top
    return _projected_foot(months, made, month) + made.text
