"""Usage by reason: what are credits spent on? One stacked bar whose key is a table of the parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from dashboard import words
from dashboard.axes import bare_axis, bold, credits_value
from dashboard.compared import (
    before_line,
    before_of,
    change_cell,
    change_column,
    compared_caption,
    compared_cells,
    compared_columns,
)
from dashboard.figures import (
    Fill,
    Trace,
    bar_layout,
    dotted,
    figure,
    margin,
    marker,
    opened_by,
    solid,
    text_at,
)
from dashboard.hover import LONGEST, amount_line, clip, refund_line, shown_on, tooltip
from dashboard.panel import Drawing, Figure, KeyRow, KeyTable, Panel, nothing_used
from dashboard.previous_bar import MORE, PreviousBar
from dashboard.reason_looks import look, part_token
from dashboard.reason_parts import (
    ENHANCED_OCR,
    Part,
    Reason,
    biggest,
    list_reasons,
    read_reasons,
    verb,
    whole,
)
from dashboard.table import (
    TOTAL,
    Column,
    Table,
    TableRow,
    has_refunds,
    together,
    whole_share,
    with_amounts,
    with_cells,
)
from dashboard.theme import Theme
from dashboard.view import View
from data.access import Scope
from data.engine import Connection
from data.queries import usage_by_reason

HEIGHT = 72
BAR = 34
GAP = 2
LABELLED_FROM = 75  # thousandths of the whole
OCR_ADVICE_FROM = 40  # percent
OCR_ADVICE = "Automatic OCR is enough for documents that aren't critical."


def query(connection: Connection, scope: Scope, view: View) -> pd.DataFrame:
    """One row for each reason and workflow type in the range, with what it was before."""
    return usage_by_reason(connection, scope, view.period, view.previous)


def draw(frame: pd.DataFrame, view: View, theme: Theme) -> Drawing:
    """The parts of the range and their table."""
    reasons = read_reasons(frame, view.account.taxonomy)
    previous = _previous(reasons, view)
    return Drawing(
        answer=_answer(reasons),
        figure=_figure(reasons, previous, view, theme),
        height=HEIGHT + (MORE if previous else 0),
        dates=words.heading(view.period),
        key_table=_key_table(reasons),
        notes=tuple(_notes(reasons)),
    )


def _previous(reasons: Sequence[Reason], view: View) -> PreviousBar | None:
    dates = words.sentence(view.compared, view.today) if view.compared else ""
    return PreviousBar(reasons, dates) if dates else None


def table(frame: pd.DataFrame, view: View) -> Table:
    """Every reason with every type, as shares of what the chart draws."""
    drawn = read_reasons(frame, view.account.taxonomy)
    reasons = list_reasons(frame, view.account.taxonomy)
    parts = [part for reason in reasons for part in reason.parts]
    refunds, before, amounts = has_refunds(parts), before_of(parts), together(parts)
    more = [whole_share(parts), *compared_cells(amounts.net, before)]
    columns = [Column("Share"), *compared_columns(before)]
    return Table(
        caption=compared_caption(_answer(drawn), view.period, view.previous),
        columns=with_amounts([Column("Reason", "start")], columns, refunds=refunds),
        rows=tuple(_table_rows(reasons, whole(drawn), refunds=refunds)),
        total=TableRow(with_cells([TOTAL], amounts, more, refunds=refunds)),
    )


def _table_rows(reasons: Sequence[Reason], of: int, *, refunds: bool) -> Iterator[TableRow]:
    def row(label: str, parts: Sequence[Part], level: int, opens: str) -> TableRow:
        amounts = together(parts)
        more = [words.share(amounts.net, of), *compared_cells(amounts.net, before_of(parts))]
        cells = with_cells([clip(label, LONGEST)], amounts, more, refunds=refunds)
        return TableRow(cells, level, opens=opens)

    for reason in reasons:
        yield row(reason.label, reason.parts, 0, reason.opens)
        if reason.is_split:
            yield from (row(part.label, [part], 1, part.opens) for part in reason.parts)


# --- words ----------------------------------------------------------------------------------


def _answer(reasons: Sequence[Reason]) -> str:
    found = biggest(reasons)
    if found is None:
        refunds = has_refunds(part for reason in reasons for part in reason.parts)
        return "Refunds exceed use in this range." if refunds else "No credits used in this range."
    name, share = clip(found.label, LONGEST), words.share(found.net, whole(reasons))
    return f"{name} {verb(found.label)} the biggest driver: {share} of this range."


def _notes(reasons: Sequence[Reason]) -> Iterator[str]:
    below = [part for reason in reasons for part in reason.parts if part.net < 0]
    if below:
        yield words.refunds_exceed([(part.label, part.net) for part in below], "reason")
    found = biggest(reasons)
    if found is None or found.code != ENHANCED_OCR:
        return
    if 100 * found.net >= OCR_ADVICE_FROM * whole(reasons):
        yield OCR_ADVICE


def _key_table(reasons: Sequence[Reason]) -> KeyTable:
    rows = [row for reason in reasons for row in _key_rows(reason, whole(reasons))]
    columns = ("Reason", "Credits", "Share", *change_column(before_of(reasons)))
    return KeyTable(columns, tuple(rows))


def _key_rows(reason: Reason, of: int) -> Iterator[KeyRow]:
    token, texture = look(reason.code)
    yield KeyRow(_cells(reason, of), token, texture, opens=reason.opens)
    if reason.is_split:
        for place, part in enumerate(reason.parts):
            opens = part.opens or reason.opens
            yield KeyRow(_cells(part, of), part_token(reason, place), texture, 1, opens)


def _cells(of: Reason | Part, total: int) -> tuple[str, ...]:
    name, share = clip(of.label, LONGEST), words.share(of.net, total)
    return name, words.credits(of.net), share, *change_cell(of.net, of.before)


# --- the figure -----------------------------------------------------------------------------


def _figure(
    reasons: Sequence[Reason], previous: PreviousBar | None, view: View, theme: Theme
) -> Figure:
    top = (HEIGHT - BAR) * 2 // 3
    data = list(_segments(reasons, previous, theme))
    layout = {
        **bar_layout(theme),
        "barmode": "stack",
        "bargap": 0,
        "xaxis": bare_axis(0, credits_value(max(whole(reasons), 1))),
        "yaxis": bare_axis(-0.5, 0.5),
        "margin": margin(0, 0, top, HEIGHT - BAR - top),
        "annotations": list(_share_labels(reasons, theme)),
    }
    if previous is None:
        return figure(data, layout, view, theme, HEIGHT)
    layout |= previous.axes(BAR + MORE)
    layout["annotations"].extend(previous.labels(theme))
    data.extend(previous.traces(lambda reason, place: _fill(reason, place, theme)))
    return figure(data, layout, view, theme, HEIGHT + MORE)


def _segments(
    reasons: Sequence[Reason], previous: PreviousBar | None, theme: Theme
) -> Iterator[Trace]:
    """One trace for each part above zero, so that the bar has gaps between its parts."""
    for reason in reasons:
        for place, part in enumerate(reason.parts):
            if part.net > 0:
                yield {
                    "type": "bar",
                    "orientation": "h",
                    "name": "Credits",
                    "x": [credits_value(part.net)],
                    "y": [0],
                    "width": 1,
                    "marker": marker([_fill(reason, place, theme)]),
                    **opened_by([part.opens or reason.opens]),
                    **shown_on([_tooltip(reason, part, whole(reasons), previous)]),
                }


def _fill(reason: Reason, place: int, theme: Theme) -> Fill:
    colour = theme.colour(part_token(reason, place))
    fill = dotted(colour, theme) if look(reason.code)[1] == "dots" else solid(colour)
    return replace(fill, line=theme.surface, width=GAP)


def _tooltip(reason: Reason, part: Part, of: int, previous: PreviousBar | None) -> str:
    name = f"{reason.label}: {part.label}" if reason.is_split else reason.label
    return tooltip(
        name,
        amount_line(part.net, words.share(part.net, of)),
        refund_line(part.used, part.refunded, part.net),
        before_line(part.net, part.before, previous.dates) if previous else "",
    )


def _share_labels(reasons: Sequence[Reason], theme: Theme) -> Iterator[dict[str, object]]:
    """The share over the start of each reason's part, where there is room for it."""
    start, of = 0, whole(reasons)
    for reason in reasons:
        width = reason.drawn
        if width and 1000 * width >= LABELLED_FROM * of and reason.net > 0:
            yield text_at(
                bold(words.share(reason.net, of)), xref="x", yref="paper",
                x=credits_value(start), y=1, xanchor="left", yanchor="bottom", yshift=4,
                font={"size": 13, "color": theme.text},
            )  # fmt: skip
        start += width


PANEL = Panel(
    key="reason",
    name="Usage by reason",
    question="What are credits spent on?",
    columns=6,
    paper=2,
    query=query,
    is_empty=nothing_used,
    draw=draw,
    table=table,
    shape="stack",
)
