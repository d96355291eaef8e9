"""What a panel is: a question, its query and how a frame is drawn; values only, no components."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from dashboard.ids import Act
from dashboard.table import Table
from dashboard.theme import Theme
from dashboard.view import View
from data.access import Scope
from data.engine import Connection
from data.frames import has_consumption

Figure = dict[str, Any]  # a plain Plotly figure: {"data": [...], "layout": {...}}

Texture = Literal["solid", "muted", "hatched", "outline", "dots", "diamond", "line", "tick"]
Shape = Literal["bars", "stack", "rows", "ring"]  # of the grey marks before the first answer


@dataclass(frozen=True)
class KeyItem:
    """One entry of a chart's key: a colour token's name, a texture and a label."""

    label: str
    token: str
    texture: Texture = "solid"


@dataclass(frozen=True)
class KeyRow:
    """One row of the table that is a chart's key; `level` 1 is indented under the row above.

    `opens` is the text of the target that the name opens, empty where there is none.
    """

    cells: tuple[str, ...]
    token: str
    texture: Texture = "solid"
    level: int = 0
    opens: str = ""


@dataclass(frozen=True)
class KeyTable:
    """A small table that is also the key of its chart: first column with swatches, then numbers."""

    columns: tuple[str, ...]
    rows: tuple[KeyRow, ...]


@dataclass(frozen=True)
class Mark:
    """One mark of the chart in words, a button under it: `Thu 12 Nov`, its cause and `2,038`.

    `opens` is the text of the target that a press opens.
    """

    label: str
    cause: str
    value: str
    opens: str


@dataclass(frozen=True)
class Offer:
    """A button under the chart: what it says, what a press does, what is shown without one."""

    label: str
    act: Act
    value: str
    shown: str


@dataclass(frozen=True)
class Drawing:
    """What a panel shows: a sentence, a figure of `height` pixels, its key and its notes."""

    answer: str
    figure: Figure
    height: int
    dates: str
    key: tuple[KeyItem, ...] = ()
    key_table: KeyTable | None = None
    notes: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    offer: Offer | None = None


def for_paper(drawing: Drawing) -> Drawing:
    """The drawing with a key whose names open nothing."""
    if drawing.key_table is None:
        return drawing
    rows = tuple(replace(row, opens="") for row in drawing.key_table.rows)
    return replace(drawing, key_table=replace(drawing.key_table, rows=rows))


@dataclass(frozen=True)
class Panel:
    """One chart of the page. To add one: a module in dashboard/panels/ and its name in PANELS.

    `table` says in numbers what `draw` draws. It is made from the same frame, or from that of
    `table_query` where it says more than the chart does; that is asked only for an open table.
    """

    key: str
    name: str
    question: str
    columns: int  # of 12, from 992 px
    query: Callable[[Connection, Scope, View], pd.DataFrame]
    is_empty: Callable[[pd.DataFrame, View], bool]
    draw: Callable[[pd.DataFrame, View, Theme], Drawing]
    table: Callable[[pd.DataFrame, View], Table]
    table_query: Callable[[Connection, Scope, View], pd.DataFrame] | None = None
    shape: Shape = "bars"
    paper: int = 3  # the sheet of the printed page that it stands on


def nothing_used(frame: pd.DataFrame, _: View) -> bool:
    """Whether a frame holds no consumption at all: the usual `is_empty` of a panel."""
    return not has_consumption(frame)
