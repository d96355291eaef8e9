"""Rows -> frames with declared columns and dtypes; zeros come from the calendar, not from SQL.

Every amount is int64 micro-credits and `net` is used − refunded; there is no float here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.periods import Period

AMOUNTS = ("used", "refunded", "net")
DAY_COLUMNS = ("day", *AMOUNTS)
DAY_REASON_COLUMNS = ("day", "reason", *AMOUNTS)
REASON_COLUMNS = ("reason", "workflow_type", *AMOUNTS)
WORKSPACE_COLUMNS = ("id", "name", "kind", *AMOUNTS)

NO_WORKSPACE = "No workspace"
OF_MEMBERS = "Personal (members)"


@dataclass(frozen=True)
class Unnamed:
    """In place of an id: what a reader may not see by name, and how many workspaces that is.

    `why` is of data/visible.py.
    """

    why: str
    count: int

    @property
    def name(self) -> str:
        """`Personal (members)`, `Restricted (2 workspaces)`, `No workspace`."""
        if self.why == "restricted":
            return f"Restricted ({self.count:,} workspace{'' if self.count == 1 else 's'})"
        return OF_MEMBERS if self.why == "members" else NO_WORKSPACE


def frame(
    rows: Iterable[Sequence[Any]], columns: tuple[str, ...], *, compared: bool = False
) -> pd.DataFrame:
    """Rows of (…labels, used, refunded) as a frame of `columns`; labels are objects, None is none.

    When `compared`, each row has one amount more, which is a last column `before`. ValueError when
    a row has another width than that.
    """
    labels = len(columns) - len(AMOUNTS)
    width = labels + 2 + compared
    data = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
    if len(data) != width:
        raise ValueError(f"{len(data)} values in a row for the columns {columns}")
    # Arrays and one index for all, since making columns of lists takes long.
    index = pd.RangeIndex(len(data[0]))
    used, refunded, *before = (np.array(values, dtype="int64") for values in data[labels:])
    made = [pd.Series(values, dtype="object", index=index) for values in data[:labels]]
    named = dict(zip(columns, [*made, used, refunded, used - refunded], strict=True))
    return pd.DataFrame(
        named | dict(zip(("before",), before, strict=False)), index=index, copy=False
    )


def compared_frame(
    rows: Iterable[Sequence[Any]], columns: tuple[str, ...], *, compared: bool
) -> pd.DataFrame:
    """`frame`; when `compared`, without the rows that have nothing used, refunded or before."""
    if not compared:
        return frame(rows, columns)
    kept = [row for row in rows if row[-1] or row[-2] or row[-3]]
    return frame(kept, columns, compared=True)


def day_frame(rows: Iterable[tuple[dt.date, int, int]], period: Period) -> pd.DataFrame:
    """One row for every calendar day of `period`, in order: day, used, refunded, net."""
    found = {day: (used, refunded) for day, used, refunded in rows}
    return frame(((day, *found.get(day, (0, 0))) for day in period), DAY_COLUMNS)


def total(column: pd.Series[int]) -> int:
    """The exact sum of an amount column, as a Python integer that cannot overflow."""
    return sum(column.tolist())


def has_consumption(frame: pd.DataFrame) -> bool:
    """Whether anything was used or refunded, even where the two cancel out."""
    return any(frame[name].to_numpy().any() for name in ("used", "refunded"))
