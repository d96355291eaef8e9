"""Team vs. personal: how much is team work? A ring of workspace kinds; it knows no member."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard import target, words
from dashboard.axes import bold, credits_value
from dashboard.compared import (
    before_of,
    befores,
    change_cell,
    change_column,
    compared_caption,
    compared_cells,
    compared_columns,
)
from dashboard.figures import (
    Fill,
    Trace,
    dotted,
    figure,
    margin,
    opened_by,
    pattern,
    solid,
    text_at,
)
from dashboard.hover import amount_line, escape, refund_line, shown_on, tooltip
from dashboard.panel import Drawing, Figure, KeyRow, KeyTable, Panel, Texture, nothing_used
from dashboard.panels import by_workspace
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
from data.frames import AMOUNTS, compared_frame

HEIGHT = 180
HOLE = 0.7
GAP = 3
TEAM, PERSONAL, UNASSIGNED = "team", "personal", "unassigned"
COLUMNS = ("kind", *AMOUNTS)
NOTE = "Usage is split by workspace, not by member."
LONGEST_LARGE = 9  # characters of the total that fit the hole in the large size


@dataclass(frozen=True)
class Kind:
    """One part of the ring."""

    key: str
    used: int
    refunded: int
    before: int | None = None  # net of the previous period

    @property
    def net(self) -> int:
        """Used less refunded."""
        return self.used - self.refunded

    @property
    def label(self) -> str:
        """`Team`, `Personal`, `Unassigned`."""
        return self.key.capitalize()

    @property
    def opens(self) -> str:
        """The text of its target."""
        return target.kind(self.key).text


LOOKS: dict[str, tuple[str, Texture]] = {
    TEAM: ("accent", "solid"),
    PERSONAL: ("personal", "solid"),
    UNASSIGNED: ("other", "dots"),
}


def kind_frame(workspaces: pd.DataFrame) -> pd.DataFrame:
    """A workspace frame summed by kind; what has none or another kind is `unassigned`."""
    sums: dict[str, list[int]] = {}
    names = [name for name in ("used", "refunded", "before") if name in workspaces]
    columns = (workspaces[name].tolist() for name in ("kind", *names))
    for kind, *amounts in zip(*columns, strict=True):
        key = kind if kind in {TEAM, PERSONAL} else UNASSIGNED
        before = sums.get(key, [0] * len(amounts))
        sums[key] = [one + other for one, other in zip(before, amounts, strict=True)]
    rows = ((kind, *sums[kind]) for kind in LOOKS if kind in sums)
    return compared_frame(rows, COLUMNS, compared="before" in workspaces)


def draw(frame: pd.DataFrame, view: View, theme: Theme) -> Drawing:
    """The ring, and its table where there is something to tell apart."""
    kinds = read_kinds(frame, view)
    split = len(kinds) > 1
    return Drawing(
        answer=_answer(kinds),
        figure=_figure(kinds, view, theme),
        height=HEIGHT,
        dates=words.heading(view.period),
        key_table=_key_table(kinds) if split else None,
        notes=tuple(_notes(kinds, noted=split and not view.by_member)),
    )


def table(frame: pd.DataFrame, view: View) -> Table:
    """The kinds in the order of the ring."""
    kinds = read_kinds(frame, view)
    refunds, before, amounts = has_refunds(kinds), before_of(kinds), together(kinds)
    of = _whole(kinds)
    more = [whole_share(kinds), *compared_cells(amounts.net, before)]
    columns = [Column("Share"), *compared_columns(before)]
    return Table(
        caption=compared_caption(_answer(kinds), view.period, view.previous),
        columns=with_amounts([Column("Workspaces", "start")], columns, refunds=refunds),
        rows=tuple(_table_row(kind, of, refunds=refunds) for kind in kinds),
        total=TableRow(with_cells([TOTAL], amounts, more, refunds=refunds)),
    )


def _table_row(kind: Kind, of: int, *, refunds: bool) -> TableRow:
    more = [words.share(kind.net, of), *compared_cells(kind.net, kind.before)]
    return TableRow(with_cells([kind.label], kind, more, refunds=refunds), opens=kind.opens)


def read_kinds(workspaces: pd.DataFrame, view: View) -> tuple[Kind, ...]:
    """The kinds that the account has, used or not, and those that the range has."""
    frame = kind_frame(workspaces)
    columns = (frame[name].tolist() for name in COLUMNS[:-1])
    amounts = zip(*columns, befores(frame), strict=True)
    found = {kind: Kind(kind, *of) for kind, *of in amounts}
    listed, none = view.account.workspace_kinds, 0 if "before" in frame else None
    shown = [key for key in LOOKS if key in found or key in listed]
    return tuple(found.get(key, Kind(key, 0, 0, none)) for key in shown)


# --- words ----------------------------------------------------------------------------------


def _answer(kinds: Sequence[Kind]) -> str:
    nets = {kind.key: kind.net for kind in kinds}
    if not any(nets.values()):
        return "No credits used in this range."
    if not _whole(kinds):
        return "Refunds exceed use in this range."
    if set(nets) == {PERSONAL}:
        return "All of it is personal: your plan has no team workspaces."
    if set(nets) == {TEAM}:
        return "All of it is team work: your account has no personal workspaces."
    if set(nets) == {UNASSIGNED}:
        return "None of it belongs to a listed workspace."
    key = TEAM if TEAM in nets else PERSONAL
    return f"{key.capitalize()} workspaces: {words.share(nets[key], _whole(kinds))} of this range."


def _whole(kinds: Sequence[Kind]) -> int:
    """What a share is a share of: all parts above zero."""
    return sum(kind.net for kind in kinds if kind.net > 0)


def _notes(kinds: Sequence[Kind], *, noted: bool) -> Iterator[str]:
    below = [(kind.label, kind.net) for kind in kinds if kind.net < 0]
    if below:
        yield words.refunds_exceed(below, "kind")
    if noted:
        yield NOTE


def _key_table(kinds: Sequence[Kind]) -> KeyTable:
    of = _whole(kinds)
    rows = (KeyRow(_cells(kind, of), *LOOKS[kind.key], opens=kind.opens) for kind in kinds)
    columns = ("Workspaces", "Credits", "Share", *change_column(before_of(kinds)))
    return KeyTable(columns, tuple(rows))


def _cells(kind: Kind, of: int) -> tuple[str, ...]:
    share = words.share(kind.net, of)
    return kind.label, words.credits(kind.net), share, *change_cell(kind.net, kind.before)


def _tooltip(kind: Kind, of: int) -> str:
    return tooltip(
        kind.label,
        amount_line(kind.net, words.share(kind.net, of)),
        refund_line(kind.used, kind.refunded, kind.net),
    )


# --- the figure -----------------------------------------------------------------------------


def _figure(kinds: Sequence[Kind], view: View, theme: Theme) -> Figure:
    layout = {
        "margin": margin(0, 0, 0, 0),
        "annotations": list(_middle(sum(kind.net for kind in kinds), theme)),
    }
    drawn = [kind for kind in kinds if kind.net > 0]
    return figure([_ring(drawn, theme)], layout, view, theme, HEIGHT)


def _ring(drawn: Sequence[Kind], theme: Theme) -> Trace:
    fills = [_fill(kind, theme) for kind in drawn]
    return {
        "type": "pie",
        "labels": [kind.label for kind in drawn],
        "values": [credits_value(kind.net) for kind in drawn],
        "hole": HOLE,
        "sort": False,
        "direction": "clockwise",
        "rotation": 0,
        "textinfo": "none",
        "marker": {
            "colors": [fill.colour for fill in fills],
            # A full ring has no gap.
            "line": {"color": theme.surface, "width": GAP if len(drawn) > 1 else 0},
            **pattern(fills),
        },
        **opened_by(kind.opens for kind in drawn),
        **shown_on(_tooltip(kind, _whole(drawn)) for kind in drawn),
    }


def _fill(kind: Kind, theme: Theme) -> Fill:
    token, texture = LOOKS[kind.key]
    colour = theme.colour(token)
    return dotted(colour, theme) if texture == "dots" else solid(colour)


def _middle(net: int, theme: Theme) -> Iterator[dict[str, object]]:
    middle = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "xanchor": "center"}
    shown = words.credits(net)
    size = 22 if len(shown) <= LONGEST_LARGE else 16
    yield text_at(bold(escape(shown)), yshift=8, font={"size": size, "color": theme.text}, **middle)
    unit = words.amount(net).removeprefix(shown).strip()
    yield text_at(unit, yshift=-14, font={"size": 12, "color": theme.text3}, **middle)


PANEL = Panel(
    key="team",
    name="Team vs. personal",
    question="How much is team work?",
    columns=4,
    query=by_workspace.query,  # the very same, so that it is asked once
    is_empty=nothing_used,
    draw=draw,
    table=table,
    shape="ring",
)
