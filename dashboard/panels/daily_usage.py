"""Daily usage: which days stand out? A bar a day, or a week in a long range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil

import pandas as pd

from dashboard import day_table, findings, target, words
from dashboard.axes import (
    bare_axis,
    bold,
    bottom_margin,
    category_axis,
    credits_value,
    scale,
    value_axis,
)
from dashboard.causes import Cause
from dashboard.days import (
    Bar,
    Days,
    chart_window,
    counted_days,
    is_by_week,
    mark_days,
    marked,
    name_causes,
    name_reasons,
    name_usual,
    read_days,
)
from dashboard.evidence import find_causes
from dashboard.figures import (
    Fill,
    Trace,
    band,
    bar_layout,
    bars,
    diamonds,
    figure,
    ground,
    hatched,
    margin,
    muted,
    opened_by,
    solid,
    text_at,
    ticks,
)
from dashboard.findings import Spike
from dashboard.hover import (
    LONGEST,
    NAME_LENGTH,
    amount_line,
    clip,
    escape,
    refund_line,
    shown_on,
    tooltip,
)
from dashboard.panel import Drawing, Figure, KeyItem, Mark, Panel
from dashboard.spike_names import cause_names
from dashboard.table import Table, caption
from dashboard.theme import Theme
from dashboard.view import View
from data.access import Scope
from data.engine import Connection
from data.frames import has_consumption
from data.queries import usage_by_day, usage_by_day_and_reason

HEIGHT = 264
WIDE_UP_TO = 45  # bars; above it they stand closer and fewer of them have a label
WEEK_LABELS = 8


def query(connection: Connection, scope: Scope, view: View) -> pd.DataFrame:
    """The days of the chart and the 28 before it: `shown`, `in_range`, by day the `largest`.

    A day of the chart has what is `usual`, and one that gets a mark its `cause`.
    """
    days = mark_days(usage_by_day(connection, scope, counted_days(view)), view)
    if not is_by_week(view.period):
        window = chart_window(view.period)
        days = name_reasons(days, usage_by_day_and_reason(connection, scope, window))
    days = name_usual(days, view)
    spikes = marked(read_days(days, view), view)
    return name_causes(days, find_causes(connection, scope, view, spikes))


def is_empty(frame: pd.DataFrame, _: View) -> bool:
    """Nothing to show, not even as context."""
    return not has_consumption(frame[frame["shown"]])


def draw(frame: pd.DataFrame, view: View, theme: Theme) -> Drawing:
    """The chart of the window, with what stands out in it."""
    days = read_days(frame, view)
    marks = marked(days, view)
    opened = _opened_note(days, view)
    used = has_consumption(frame[frame["in_range"]])
    return Drawing(
        answer=("Shown by week. " if days.by_week else "") + _answer(days, view, used=used),
        figure=_figure(days, marks, opened, view, theme),
        height=HEIGHT,
        dates=words.heading(chart_window(view.period)),
        key=_key(days, view),
        notes=(opened,) if opened and not _fits(days) else (),
        marks=tuple(_mark(spike, days.causes.get(spike.day), view) for spike in marks),
    )


def _mark(spike: Spike, cause: Cause | None, view: View) -> Mark:
    return Mark(
        label=words.weekday(spike.day, view.today),
        cause=clip(cause.named(", "), LONGEST) if cause else "",
        value=words.credits(spike.net),
        opens=target.day(spike.day).text,
    )


def table_query(connection: Connection, scope: Scope, view: View) -> pd.DataFrame:
    """The same days, by reason; what the chart draws is their sum."""
    return usage_by_day_and_reason(connection, scope, counted_days(view))


def table(frame: pd.DataFrame, view: View) -> Table:
    """Every bar of the chart and the reasons in it, newest first."""
    marked_days = mark_days(day_table.days_of(frame, counted_days(view)), view)
    days = read_days(marked_days, view)
    used = has_consumption(marked_days[marked_days["in_range"]])
    answer = ("Shown by week. " if days.by_week else "") + _answer(days, view, used=used)
    return day_table.day_table(
        days, frame, view, caption(answer, words.heading(chart_window(view.period)))
    )


# --- the answer -----------------------------------------------------------------------------


def _answer(days: Days, view: View, *, used: bool) -> str:
    if not used:
        return "No credits used in this range."
    known = sum(day in view.period for day in days.usual)
    if not known:
        return "Too early to say which days stand out."
    spikes = [spike for spike in days.spikes if spike.day in view.period]
    return _stand_out(spikes, view, others=_others_are_usual(days, known, view))


def _others_are_usual(days: Days, known: int, view: View) -> bool:
    """Whether that can be said: there are others, all have a usual day, none is below zero."""
    below = any(bar.net < 0 for bar in days.bars if bar.in_range)
    return known == view.period.days > 1 and not below


def _stand_out(spikes: Sequence[Spike], view: View, *, others: bool) -> str:
    if not spikes:
        return "No day stands out in this range."
    lead, times = words.weekday(spikes[0].day, view.today), _times(spikes[0])
    if len(spikes) > 1:
        return f"{len(spikes)} days stand out, led by {lead} with {times}."
    return f"{lead}: {times}." + (" The other days are in the usual range." if others else "")


def _times(spike: Spike) -> str:
    kind = _kind(spike)
    if spike.usual.median <= 0:
        return f"{words.amount(spike.net)}, where a usual {kind} has none"
    return f"{words.multiple(spike.net, spike.usual.median)} times a usual {kind}"


def _kind(of: Spike | Bar) -> str:
    day = of.day if isinstance(of, Spike) else of.days.start
    return "weekend day" if findings.is_weekend(day) else "weekday"


# --- the figure -----------------------------------------------------------------------------


def _figure(
    days: Days, marks: Sequence[Spike], opened: str | None, view: View, theme: Theme
) -> Figure:
    before = [days.before(bar) for bar in days.bars]
    made = scale([*(bar.net for bar in days.bars), *(ceil(mean) for mean in before if mean)])
    labels = list(_labels(days))
    overlay = _band(days, view, theme)
    if opened and _fits(days):
        overlay["annotations"].append(_opened_text(opened, theme))
    edges = margin(made.margin, 16, 26, bottom_margin(labels))
    plot = HEIGHT - edges["t"] - edges["b"]
    overlay["annotations"].extend(cause_names(days, marks, made, plot))
    layout = {
        **bar_layout(theme),
        "xaxis": category_axis([bar.place for bar in days.bars], labels, theme),
        "yaxis": value_axis(made, theme),
        "barmode": "overlay",
        "bargap": _gap(days),
        "margin": edges,
        **overlay,
    }
    running = [bar for bar in days.bars if bar.running]
    data = [_bars(days, view, theme)]
    if running:  # a bar of a few pixels is seen too
        tops = [max(bar.net, 0) for bar in running]
        data.insert(0, ground([bar.place for bar in running], tops, theme.accent))
    if marks and not days.by_week:  # on a week's bar a diamond would point at the whole week
        data.append(_diamonds(days, marks, view, theme))
    if days.weekdays:
        layout["xaxis2"] = bare_axis(-0.5, len(days.bars) - 0.5, overlaying="x")
        data.extend(_ticks(before, 1 - _gap(days), theme))
    return figure(data, layout, view, theme, HEIGHT)


def _gap(days: Days) -> float:
    return 0.28 if len(days.bars) <= WIDE_UP_TO else 0.22


def _ticks(before: Sequence[Fraction | None], width: float, theme: Theme) -> list[Trace]:
    """A line across each bar that is compared, as high as its weekdays were on average."""
    ends = (-width / 2, width / 2)
    runs = [[(place + end, credits_value(mean)) for end in ends]
            for place, mean in enumerate(before) if mean is not None]  # fmt: skip
    return ticks(runs, theme, xaxis="x2")


def _bars(days: Days, view: View, theme: Theme) -> Trace:
    made = bars(
        "Credits",
        [bar.place for bar in days.bars],
        [bar.net if bar.exists else None for bar in days.bars],
        [_fill(bar, theme) for bar in days.bars],
        [_tooltip(bar, days, view) for bar in days.bars],
    )
    return made | opened_by(target.days(bar.days).text for bar in days.bars)


def _diamonds(days: Days, marks: Sequence[Spike], view: View, theme: Theme) -> Trace:
    """Each says and opens what the bar under it does."""
    under = {bar.days.start: _tooltip(bar, days, view) for bar in days.bars}
    made = diamonds([str(one.day) for one in marks], [max(one.net, 0) for one in marks], theme)
    opens = (target.day(one.day).text for one in marks)
    return made | opened_by(opens) | shown_on(under[one.day] for one in marks)


def _fill(bar: Bar, theme: Theme) -> Fill:
    if bar.running:
        return hatched(theme.accent)
    return solid(theme.accent) if bar.in_range else muted(theme)


def _tooltip(bar: Bar, days: Days, view: View) -> str:
    title = words.heading(bar.days) if days.by_week else words.full_day(bar.days.start)
    return tooltip(
        title + (", so far" if bar.running else ""),
        amount_line(bar.net, _against_usual(bar, days)),
        refund_line(bar.used, bar.refunded, bar.net),
        _reasons_line(bar, view),
        _before_line(bar, days, view),
    )


def _before_line(bar: Bar, days: Days, view: View) -> str:
    mean = days.before(bar)
    if mean is None or view.previous is None:
        return ""
    dates = words.sentence(view.previous, view.today)
    return escape(f"Same weekday in {dates}: {words.credits(mean)} on average")


def _reasons_line(bar: Bar, view: View) -> str:
    """The three largest reasons of a day: `Enhanced OCR 1,542 · Premium-model chats 248 · …`."""
    named = ((view.account.taxonomy.label(code), net) for code, net in bar.largest)
    return escape(
        " · ".join(f"{clip(name, NAME_LENGTH)} {words.credits(net)}" for name, net in named)
    )


def _against_usual(bar: Bar, days: Days) -> str:
    usual = None if days.by_week else days.usual.get(bar.days.start)
    if usual is None or usual.median <= 0 or bar.net <= 0:
        return ""
    return f"{words.multiple(bar.net, usual.median)}× a usual {_kind(bar)}"


def _labels(days: Days) -> Iterator[tuple[int, str]]:
    """A label every few bars, counted back from the last; a year where it changes."""
    last = len(days.bars) - 1
    year = days.bars[last % _label_step(days)].days.start.year
    for place in range(last % _label_step(days), last + 1, _label_step(days)):
        bar = days.bars[place]
        day = bar.days.start
        text = words.day_and_month(day)
        if bar.running:
            text = bold("This<br>week" if days.by_week else "Today")
        yield place, text if day.year == year else f"{text}<br>{day.year}"
        year = day.year


def _label_step(days: Days) -> int:
    if days.by_week:
        return -(-len(days.bars) // WEEK_LABELS)
    return 7 if len(days.bars) <= WIDE_UP_TO else 14


def _band(days: Days, view: View, theme: Theme) -> dict[str, list[object]]:
    """Nothing when the range fills the chart."""
    inside = [place for place, bar in enumerate(days.bars) if bar.in_range]
    if len(inside) == len(days.bars):
        return {"shapes": [], "annotations": []}
    name = words.range_name(view.range.text, view.period, view.today)
    return band(inside[0], inside[-1], len(days.bars), name, theme)


# --- the account's first day, and the key ---------------------------------------------------


def _opened_note(days: Days, view: View) -> str | None:
    first = view.account.first_day
    if first is None or not days.bars[0].days.start < first < days.bars[-1].days.end:
        return None
    year = "" if first.year == view.today.year else f" {first.year}"
    return f"Account opened {words.day_and_month(first)}{year}"


def _fits(days: Days) -> bool:
    """Whether the days without a bar leave room for the note in the chart, even on a phone."""
    return 2 * sum(not bar.exists for bar in days.bars) >= len(days.bars)


def _opened_text(note: str, theme: Theme) -> dict[str, object]:
    return text_at(
        note, xref="paper", yref="y", x=0, y=0, xanchor="left", yanchor="bottom",
        xshift=4, yshift=4, font={"color": theme.text3},
    )  # fmt: skip


def _key(days: Days, view: View) -> tuple[KeyItem, ...]:
    context = any(not bar.in_range and bar.exists for bar in days.bars)
    complete = any(bar.in_range and not bar.running for bar in days.bars)
    running = any(bar.running for bar in days.bars)
    unit = "This week" if days.by_week else "Today"
    compared = any(days.before(bar) is not None for bar in days.bars)
    dates = words.sentence(view.previous, view.today) if view.previous else ""
    items = (
        (context and complete, KeyItem("In range", "accent")),
        (context, KeyItem("Before the range", "context", "muted")),
        (running, KeyItem(f"{unit}, so far", "accent", "hatched")),
        (compared, KeyItem(f"Same weekday in {dates}, average", "text", "line")),
    )
    return tuple(item for present, item in items if present)


PANEL = Panel(
    key="daily",
    name="Daily usage",
    question="Which days stand out?",
    columns=12,
    paper=1,
    query=query,
    is_empty=is_empty,
    draw=draw,
    table=table,
    table_query=table_query,
)
