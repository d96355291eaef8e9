"""Monthly usage: does your plan fit? Twelve billing months, their allowance, no advice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from dashboard import target, words
from dashboard.axes import (
    Axis,
    Scale,
    bare_axis,
    bold,
    bottom_margin,
    category_axis,
    credits_value,
    scale,
    value_axis,
)
from dashboard.figures import (
    Fill,
    Trace,
    bar_layout,
    bars,
    figure,
    hatched,
    margin,
    muted,
    opened_by,
    outline,
    solid,
    step_lines,
)
from dashboard.hover import amount_line, escape, refund_line, tooltip
from dashboard.month_labels import RIGHT, limit_labels, projected_labels
from dashboard.month_table import month_table
from dashboard.months import Month, counted_days, month_frame, read_months
from dashboard.panel import Drawing, Figure, KeyItem, Panel, nothing_used
from dashboard.table import Table, caption
from dashboard.theme import Theme
from dashboard.view import View
from data.access import Scope
from data.engine import Connection
from data.periods import Period
from data.queries import usage_by_day

HEIGHT = 288
JANUARY, DECEMBER = 1, 12


def query(connection: Connection, scope: Scope, view: View) -> pd.DataFrame:
    """One row for each of the twelve months."""
    return month_frame(usage_by_day(connection, scope, counted_days(view)), view)


def draw(frame: pd.DataFrame, view: View, theme: Theme) -> Drawing:
    """Twelve bars against the allowance."""
    months = read_months(frame)
    return Drawing(
        answer=_answer(months, view),
        figure=_figure(months, view, theme),
        height=HEIGHT,
        dates=_dates(months),
        key=_key(months),
    )


def table(frame: pd.DataFrame, view: View) -> Table:
    """The same months in numbers."""
    months = read_months(frame)
    return month_table(months, caption(_answer(months, view), _dates(months)))


# --- words ----------------------------------------------------------------------------------


def _answer(months: Sequence[Month], view: View) -> str:
    first = view.account.first_day or view.today
    full = [month for month in months if not month.running and month.period.end > first]
    sentences = (_fit(full, months[-1]), _heading_for(months[-1]))
    return " ".join(sentence for sentence in sentences if sentence)


def _fit(full: Sequence[Month], last: Month) -> str:
    """How the full months compare with their allowances."""
    judged = [month for month in full if month.allowance.kind == "number"]
    if not judged:
        return _without_allowance(full, last)
    over = sum(month.over > 0 for month in judged)
    months = _months_judged(len(judged), len(full), running=last.running)
    if not over:
        return f"Within the allowance in {'all of ' if len(judged) > 1 else ''}{months}."
    return f"Over the allowance in {f'{over} of ' if len(judged) > 1 else ''}{months}."


def _months_judged(judged: int, full: int, *, running: bool) -> str:
    if judged < full:
        return f"the {words.count(judged, 'full month')} with a known allowance"
    which = "the last" if running else "these"
    if judged == 1:
        return f"{which if running else 'this'} full month"
    return f"{which} {judged} full months"


def _without_allowance(full: Sequence[Month], last: Month) -> str:
    if last.allowance.kind == "none":
        return "Your plan has no monthly allowance."
    if last.allowance.kind == "unknown":
        return "The monthly allowance isn't known."
    return "" if full else "No full month yet."


def _heading_for(month: Month) -> str:
    if month.projected is None:
        return ""
    limit = month.allowance.micro
    of = "" if limit is None else f" of {words.credits(limit)}"
    name = words.month(month.period.start)
    return f"{name} is heading for {words.credits(month.projected)}{of}."


def _dates(months: Sequence[Month]) -> str:
    first, last = months[0].period, months[-1].period
    if all(month.period.start.day == 1 for month in months) and last.end.day == 1:
        return words.months(first.start, last.start)
    return words.heading(Period(first.start, last.end))


def _tooltip(month: Month) -> str:
    period = month.period
    whole = period.start.day == period.end.day == 1
    projected = month.projected
    return tooltip(
        words.month_and_year(period.start) + (", so far" if month.running else ""),
        "" if whole else words.heading(period),
        _used_line(month),
        refund_line(month.used, month.refunded, month.net),
        f"{words.credits(month.over)} over the allowance" if month.over else "",
        "" if projected is None else f"Projected {words.credits(projected)}",
    )


def _used_line(month: Month) -> str:
    limit = month.allowance.micro
    if limit is None:
        known = month.allowance.kind == "none"
        return amount_line(month.net, "no allowance" if known else "allowance unknown")
    share = f" ({words.share(month.net, limit)})" if limit > 0 and month.net >= 0 else ""
    return escape(f"{words.credits(month.net)} of {words.credits(limit)} credits{share}")


# --- the figure -----------------------------------------------------------------------------


def _figure(months: Sequence[Month], view: View, theme: Theme) -> Figure:
    limits = [month.allowance.micro for month in months if month.allowance.micro is not None]
    made = scale([*(month.net for month in months), *(month.top for month in months), *limits])
    labels = list(_labels(months))
    layout = {
        **bar_layout(theme),
        "barmode": "stack",
        "bargap": 0.34,
        "xaxis": category_axis([month.place for month in months], labels, theme) | {"ticklen": 0},
        "xaxis2": bare_axis(-0.5, len(months) - 0.5, overlaying="x"),
        "yaxis": _value_axis(made, limits, theme),
        "margin": margin(made.margin, RIGHT, 26, bottom_margin(labels)),
        "annotations": [
            *limit_labels(months, made, theme),
            *projected_labels(months, made, theme),
        ],
    }
    data = [*_bars(months, theme), *step_lines(_limit_runs(months), theme)]
    return figure(data, layout, view, theme, HEIGHT)


def _value_axis(made: Scale, limits: Sequence[int], theme: Theme) -> Axis:
    axis = value_axis(made, theme)
    if made.highest in limits:
        axis["range"][1] = credits_value(made.highest + made.room)
    return axis


Part = tuple[str, Callable[[Month], int], Callable[[Month], Fill]]


def _parts(theme: Theme) -> tuple[Part, ...]:
    """The parts of a bar from the foot up: name, size and look."""

    def used(month: Month) -> Fill:
        if month.running:
            return hatched(theme.accent)
        return solid(theme.accent) if month.in_range else muted(theme)

    def over(month: Month) -> Fill:
        return hatched(theme.over) if month.running else solid(theme.over)

    within, beyond = outline(theme.accent, theme.band), outline(theme.over, theme.over_soft)
    return (
        ("Credits", lambda month: month.net - month.over, used),
        ("Over the allowance", lambda month: month.over, over),
        ("Projected", _still_to_come_within, lambda _: within),
        ("Projected over the allowance", _still_to_come_over, lambda _: beyond),
    )


def _bars(months: Sequence[Month], theme: Theme) -> Iterator[Trace]:
    """One trace for each part; a part that no month has is no trace."""
    for name, size, fill in _parts(theme):
        having = [month for month in months if size(month) or name == "Credits"]
        if having:
            made = bars(
                name,
                [month.place for month in having],
                [size(month) for month in having],
                [fill(month) for month in having],
                [_tooltip(month) for month in having],
            )
            yield made | opened_by(target.month(month.period.start).text for month in having)


def _still_to_come(month: Month) -> int:
    return month.top - max(month.net, 0)


def _still_to_come_within(month: Month) -> int:
    return _still_to_come(month) - _still_to_come_over(month)


def _still_to_come_over(month: Month) -> int:
    return month.above(month.top) - month.over if _still_to_come(month) else 0


def _labels(months: Sequence[Month]) -> Iterator[tuple[int, str]]:
    """Month names, bold where the range touches; the year under January and the first one."""
    for place, month in enumerate(months):
        start = month.period.start
        name = words.month(start)
        text = bold(name) if month.in_range else name
        first = place == 0 and start.month != DECEMBER
        yield place, f"{text}<br>{start.year}" if first or start.month == JANUARY else text


def _limit_runs(months: Sequence[Month]) -> list[list[tuple[float, int]]]:
    """The corners of the allowance line: through the bars' edges, broken where there is none."""
    runs: list[list[tuple[float, int]]] = []
    joined = False
    for place, month in enumerate(months):
        limit = month.allowance.micro
        if limit is not None:
            if not joined:
                runs.append([])
            runs[-1] += [(place - 0.5, limit), (place + 0.5, limit)]
        joined = limit is not None
    return runs


def _key(months: Sequence[Month]) -> tuple[KeyItem, ...]:
    items = (
        (any(month.in_range for month in months), KeyItem("In range", "accent")),
        (any(not month.in_range for month in months), KeyItem("Other months", "context", "muted")),
        (any(month.over for month in months), KeyItem("Over the allowance", "over")),
        (any(month.running for month in months), KeyItem("So far", "accent", "hatched")),
        (any(map(_still_to_come, months)), KeyItem("Projected", "accent", "outline")),
    )
    return tuple(item for present, item in items if present)


PANEL = Panel(
    key="monthly",
    name="Monthly usage",
    question="Does your plan fit?",
    columns=8,
    paper=2,
    query=query,
    is_empty=nothing_used,
    draw=draw,
    table=table,
)
