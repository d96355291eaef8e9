"""Workspace breakdown: which workspaces spend the most? Sorted bars, the long tail as one row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from dashboard import target, words
from dashboard.axes import bare_axis, bold, credits_value
from dashboard.compared import (
    before_line,
    before_of,
    befores,
    compared_caption,
    compared_cells,
    compared_columns,
)
from dashboard.figures import (
    Trace,
    bar_layout,
    figure,
    margin,
    marker,
    opened_by,
    solid,
    text_at,
    ticks,
)
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
from dashboard.ids import Act
from dashboard.panel import Drawing, Figure, KeyItem, Offer, Panel, nothing_used
from dashboard.room import PLOTS, cut, width
from dashboard.table import (
    NOTHING,
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
from dashboard.view import ALL, View
from data.access import Scope
from data.engine import Connection
from data.frames import NO_WORKSPACE, WORKSPACE_COLUMNS, Unnamed
from data.queries import usage_by_workspace

ROW = 42
NAMED = 8
MOST_ROWS = 100  # of the chart with all workspaces; with more, its table says more
BAR = 9 / ROW
BAR_BELOW = 11 / ROW  # from the middle of the row to the middle of its bar
TEXT_ABOVE = 7  # pixels from the middle of the row to the middle of its text
TEXT = 13
SHARE_COLUMN = 44  # pixels at the right
SPACE = 12  # between name and numbers
TICK = 9 / ROW  # a tick's half, over and under the middle of its bar

LIMITED = "Workspaces that you can't open are one row. All totals are the whole account's."


@dataclass(frozen=True)
class Row:
    """One bar: a workspace, the entries without one, those without a name here, the folded rest."""

    name: str
    kind: str | None
    used: int
    refunded: int
    before: int | None = None  # net of the previous period
    workspaces: int = 1  # how many it is of; 0 for the entries without one
    folded: bool = False
    unnamed: str = ""  # why it has no name here: of data/visible.py
    opens: str = ""  # the text of its target

    @property
    def net(self) -> int:
        """Used less refunded."""
        return self.used - self.refunded


def query(connection: Connection, scope: Scope, view: View) -> pd.DataFrame:
    """One row for each workspace with consumption in the range, with what it was before."""
    return usage_by_workspace(connection, scope, view.period, view.previous)


def draw(frame: pd.DataFrame, view: View, theme: Theme) -> Drawing:
    """The eight largest and the rest, or all of them."""
    rows = _charted(read_rows(frame), view)
    shown = rows if view.all_workspaces and len(rows) <= MOST_ROWS else fold(rows)
    return Drawing(
        answer=_answer(rows),
        figure=_figure(shown, _whole(rows), view, theme),
        height=ROW * max(len(shown), 1),
        dates=words.heading(view.period),
        key=(KeyItem(dates, "text", "tick"),) if (dates := _compared_dates(view)) else (),
        notes=tuple(_notes(rows, view)),
        offer=_offer(rows, shown),
    )


def table(frame: pd.DataFrame, view: View) -> Table:
    """Every workspace, most credits first."""
    rows = read_rows(frame)
    refunds, before, amounts = has_refunds(rows), before_of(rows), together(rows)
    of = _whole(rows)
    more = [whole_share(rows), *compared_cells(amounts.net, before)]
    names = [Column("Workspace", "start"), Column("Kind", "start")]
    columns = [Column("Share"), *compared_columns(before)]
    return Table(
        caption=compared_caption(_answer(_charted(rows, view)), view.period, view.previous),
        columns=with_amounts(names, columns, refunds=refunds),
        rows=tuple(_table_row(row, of, refunds=refunds) for row in rows),
        total=TableRow(with_cells([TOTAL, ""], amounts, more, refunds=refunds)),
    )


def _table_row(row: Row, of: int, *, refunds: bool) -> TableRow:
    names = [clip(row.name, LONGEST), row.kind.capitalize() if row.kind else NOTHING]
    more = [words.share(row.net, of), *compared_cells(row.net, row.before)]
    return TableRow(with_cells(names, row, more, refunds=refunds), opens=row.opens)


def _offer(rows: Sequence[Row], shown: Sequence[Row]) -> Offer | None:
    """All of them, as bars or where those would be too many as a table; and the way back."""
    if len(fold(rows)) == len(rows):
        return None
    counted = words.count(_named(rows), "workspace")
    if len(shown) == len(rows):
        return Offer(f"Show the top {NAMED}", Act.WORKSPACES, "", f"all {counted}")
    act, value = (Act.TABLE, PANEL.key) if len(rows) > MOST_ROWS else (Act.WORKSPACES, ALL)
    return Offer(f"Show all {counted}", act, value, f"the top {NAMED} of {counted}")


# --- rows -----------------------------------------------------------------------------------


def read_rows(frame: pd.DataFrame) -> list[Row]:
    """The rows of the frame, in its order: most credits first, and last those without a name."""
    labels = zip(*(frame[name].tolist() for name in WORKSPACE_COLUMNS[:3]), strict=True)
    amounts = zip(frame["used"].tolist(), frame["refunded"].tolist(), befores(frame), strict=True)
    found = [_row(*both) for both in zip(labels, amounts, strict=True)]
    alike = groupby(found, lambda row: row.unnamed)
    return [row for why, rows in alike for row in ([_as_one(list(rows))] if why else rows)]


def _row(
    labels: tuple[str | Unnamed | None, str, str | None], amounts: tuple[int, int, int | None]
) -> Row:
    id_, name, kind = labels
    if isinstance(id_, Unnamed):
        return Row(name, kind, *amounts, workspaces=id_.count, unnamed=id_.why)
    count, opens = int(id_ is not None), target.workspace(id_).text
    return Row(name, kind, *amounts, workspaces=count, opens=opens)


def _as_one(rows: Sequence[Row]) -> Row:
    """Rows without a name for the same reason, which the frame has by kind."""
    used, refunded = sum(row.used for row in rows), sum(row.refunded for row in rows)
    of = Unnamed(rows[0].unnamed, sum(row.workspaces for row in rows))
    kinds = {row.kind for row in rows}
    return Row(
        of.name,
        kinds.pop() if len(kinds) == 1 else None,
        used,
        refunded,
        before_of(rows),
        workspaces=of.count,
        unnamed=of.why,
    )


def _charted(rows: Sequence[Row], view: View) -> list[Row]:
    """Rows that were only used in the previous period have a bar when that is marked, too."""
    return [row for row in rows if view.compared or row.used or row.refunded]


def fold(rows: Sequence[Row]) -> list[Row]:
    """The first eight, then all others as one; a ninth alone keeps its name on the same line.

    Those without a name are rows of their own, whatever their size.
    """
    named = [row for row in rows if not row.unnamed]
    unnamed = [row for row in rows if row.unnamed]
    rest = named[NAMED:]
    if len(rest) <= 1:
        return list(rows)
    used, refunded = sum(row.used for row in rest), sum(row.refunded for row in rest)
    name, before, opens = _rest_name(rest), before_of(rest), target.OTHER_WORKSPACES.text
    other = Row(name, None, used, refunded, before, folded=True, opens=opens)
    return [*named[:NAMED], *unnamed, other]


def _rest_name(rest: Sequence[Row]) -> str:
    counted = words.count(_named(rest), "workspace")
    with_none = "" if all(row.workspaces for row in rest) else f" + {NO_WORKSPACE}"
    return f"Other ({counted}{with_none})"


def _named(rows: Sequence[Row]) -> int:
    """How many workspaces have a name here."""
    return sum(row.workspaces for row in rows if not row.unnamed)


def _whole(rows: Sequence[Row]) -> int:
    """What a share is a share of: all rows above zero."""
    return sum(row.net for row in rows if row.net > 0)


# --- words ----------------------------------------------------------------------------------


def _answer(rows: Sequence[Row]) -> str:
    of, named = _whole(rows), [row for row in rows if not row.unnamed]
    if not of:
        return "Refunds exceed use in this range." if rows else "No credits used in this range."
    if not _whole(named):
        return "None of this range is of a workspace that you can open."
    first = f"{clip(named[0].name, LONGEST)}: {words.share(named[0].net, of)} of this range."
    if _named(named) < 4:
        return first
    top = sum(max(row.net, 0) for row in named[:3])
    return f"{first} The top 3 make {words.share(top, of)}."


def _notes(rows: Sequence[Row], view: View) -> Iterator[str]:
    below = [(clip(row.name, LONGEST), row.net) for row in rows if row.net < 0]
    if below:
        yield words.refunds_exceed(below, "workspace")
    if view.limited:
        yield LIMITED


def _compared_dates(view: View) -> str:
    """The days whose marks are drawn."""
    return words.sentence(view.compared, view.today) if view.compared else ""


def _tooltip(row: Row, of: int, dates: str) -> str:
    return tooltip(
        row.name,
        amount_line(row.net, words.share(row.net, of)),
        refund_line(row.used, row.refunded, row.net),
        before_line(row.net, row.before, dates) if dates else "",
    )


# --- the figure -----------------------------------------------------------------------------


def _figure(shown: Sequence[Row], of: int, view: View, theme: Theme) -> Figure:
    dates = _compared_dates(view)
    ends = [row.net for row in shown] + [row.before or 0 for row in shown if dates]
    low, high = min([0, *ends]), max([0, *ends])
    layout = {
        **bar_layout(theme),
        "xaxis": bare_axis(credits_value(low), credits_value(max(high, low + 1))),
        "yaxis": bare_axis(max(len(shown), 1) - 0.5, -0.5),
        "margin": margin(0, 0, 0, 0),
        "annotations": [text for place, row in enumerate(shown)
                        for text in _texts(place, row, of, theme)],
    }  # fmt: skip
    data = [_bars(shown, of, dates, theme), *(_ticks(shown, theme) if dates else [])]
    return figure(data, layout, view, theme, ROW * max(len(shown), 1))


def _ticks(shown: Sequence[Row], theme: Theme) -> list[Trace]:
    """Across each bar, where it ended in the previous period."""
    middles = (place + BAR_BELOW for place in range(len(shown)))
    runs = [[(credits_value(row.before or 0), middle + end) for end in (-TICK, TICK)]
            for row, middle in zip(shown, middles, strict=True)]  # fmt: skip
    return ticks(runs, theme)


def _bars(shown: Sequence[Row], of: int, dates: str, theme: Theme) -> Trace:
    colours = [theme.other if row.folded or row.unnamed else theme.accent for row in shown]
    return {
        "type": "bar",
        "orientation": "h",
        "name": "Credits",
        "x": [credits_value(row.net) for row in shown],
        "y": [place + BAR_BELOW for place in range(len(shown))],
        "width": BAR,
        "marker": marker([solid(colour) for colour in colours]),
        **opened_by(row.opens for row in shown),
        **shown_on(_tooltip(row, of, dates) for row in shown),
    }


def _texts(place: int, row: Row, of: int, theme: Theme) -> Iterator[dict[str, object]]:
    """Name and kind at the left, credits and share at the right, over the bar."""
    line = {"yref": "y", "y": place, "yshift": TEXT_ABOVE, "xref": "paper"}
    is_one = not (row.folded or row.unnamed)
    tag = "  Personal" if is_one and row.kind == "personal" else ""
    name = cut(row.name, TEXT, _room(row, tag), NAME_LENGTH if is_one else LONGEST)
    if tag:
        name += f'  <span style="color:{theme.text3}">{tag.strip()}</span>'
    right = {"x": 1, "xanchor": "right", **line}
    strong, soft = {"size": TEXT, "color": theme.text}, {"size": TEXT, "color": theme.text3}
    yield text_at(name, x=0, xanchor="left", align="left", font=strong, **line)
    amount = bold(escape(words.credits(row.net)))
    yield text_at(amount, xshift=-SHARE_COLUMN, font=strong, **right)
    yield text_at(escape(words.share(row.net, of)), font=soft, **right)


def _room(row: Row, tag: str) -> list[float]:
    """Pixels for the name on each screen: what the numbers and the tag leave of the plot."""
    taken = width(words.credits(row.net) + tag, TEXT) + SHARE_COLUMN + SPACE
    return [plot - taken for plot in PLOTS]


PANEL = Panel(
    key="workspace",
    name="Workspace breakdown",
    question="Which workspaces spend the most?",
    columns=6,
    query=query,
    is_empty=nothing_used,
    draw=draw,
    table=table,
    shape="rows",
)
