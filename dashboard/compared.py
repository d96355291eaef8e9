"""How a row says what it was before: the columns and cells of a comparison, made from amounts.

Nothing is compared where the account's history is shorter: then there is no column and no cell.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import pandas as pd

from dashboard import words
from dashboard.hover import escape
from dashboard.table import Column
from data.frames import total
from data.periods import Period


class Compared(Protocol):
    """An amount, and what it was in the previous period; None where nothing is compared."""

    @property
    def net(self) -> int: ...
    @property
    def before(self) -> int | None: ...


def befores(frame: pd.DataFrame) -> list[int | None]:
    """What each row of a frame was before."""
    return frame["before"].tolist() if "before" in frame else [None] * len(frame)


def before_total(frame: pd.DataFrame) -> int | None:
    """What all rows of a frame together were before."""
    return total(frame["before"]) if "before" in frame else None


def before_of(rows: Iterable[Compared]) -> int | None:
    """What rows together were before."""
    known = [row.before for row in rows if row.before is not None]
    return sum(known) if known else None


def compared_columns(before: int | None) -> list[Column]:
    """The columns of `compared_cells`."""
    return [] if before is None else [Column("Previous"), Column("Change")]


def compared_cells(net: int, before: int | None) -> list[str]:
    """`3,833`, `+72%`."""
    return [] if before is None else [words.credits(before), words.change(net, before)]


def change_column(before: int | None) -> tuple[str, ...]:
    """The last column of a key, where there is no room for both."""
    return () if before is None else ("Change",)


def change_cell(net: int, before: int | None) -> tuple[str, ...]:
    """`+72%`."""
    return () if before is None else (words.change(net, before),)


def before_line(net: int, before: int | None, dates: str) -> str:
    """`3,833 in 3–22 Oct · +72%`, escaped, for a tooltip."""
    if before is None:
        return ""
    return escape(f"{words.credits(before)} in {dates} · {words.change(net, before)}")


def compared_caption(answer: str, period: Period, previous: Period | None) -> str:
    """What a table is called: the chart's answer, its days, and those of `Previous`."""
    against = f", compared with {words.heading(previous)}" if previous else ""
    return f"{answer} {words.heading(period)}{against}."
