"""A table as a value: caption, columns, rows and a total; how a panel says its chart in numbers.

It is always whole; a page of it is cut where it is shown. It knows no component.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from dashboard import words

CELLS = 4_000  # of one page: about 55 kB as text, 1,000 rows of four columns
FEWEST_ROWS = 10

NOTHING = "–"  # a cell that has no number
TOTAL = "Total"


@dataclass(frozen=True)
class Column:
    """A column's name and where its cells are aligned; numbers end at the right."""

    name: str
    align: Literal["start", "end"] = "end"


@dataclass(frozen=True)
class TableRow:
    """The first cell names the row; `detail` stands under that name, `level` 1 is indented.

    `opens` is the text of the target that the name opens, empty where there is none.
    """

    cells: tuple[str, ...]
    level: int = 0
    detail: str = ""
    opens: str = ""


@dataclass(frozen=True)
class Page:
    """The rows from number `first` to `last` of `of`, and where the pages beside it begin."""

    rows: tuple[TableRow, ...]
    first: int
    last: int
    of: int
    previous: int | None
    next: int | None

    @property
    def is_whole(self) -> bool:
        """Whether it is the only one."""
        return len(self.rows) == self.of


@dataclass(frozen=True)
class Table:
    """What a chart shows, to the digit and in its order, with the sum in the last row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    total: TableRow

    @property
    def page_size(self) -> int:
        """How many rows are shown at once, so that no answer grows with the account."""
        rows = max(CELLS // len(self.columns), FEWEST_ROWS)
        return rows - rows % 100 if rows > 100 else rows

    def page(self, asked: int = 1) -> Page:
        """The page that holds row number `asked`, counted from 1; the last one beyond the end."""
        size, of = self.page_size, len(self.rows)
        start = (min(max(asked, 1), max(of, 1)) - 1) // size * size
        end = min(start + size, of)
        return Page(
            rows=self.rows[start:end],
            first=min(start + 1, of),
            last=end,
            of=of,
            previous=start - size + 1 if start else None,
            next=end + 1 if end < of else None,
        )


class Amounts(Protocol):
    """What was used and refunded, and what is left of it."""

    @property
    def used(self) -> int: ...
    @property
    def refunded(self) -> int: ...
    @property
    def net(self) -> int: ...


@dataclass(frozen=True)
class Sum:
    """Amounts added up."""

    used: int
    refunded: int

    @property
    def net(self) -> int:
        """Used less refunded."""
        return self.used - self.refunded


def together(of: Iterable[Amounts]) -> Sum:
    """The exact sum of amounts."""
    listed = list(of)
    return Sum(sum(one.used for one in listed), sum(one.refunded for one in listed))


def has_refunds(of: Iterable[Amounts]) -> bool:
    """Whether used and net differ anywhere, so that both must be said."""
    return any(one.refunded for one in of)


def with_amounts(
    name: Sequence[Column], more: Sequence[Column], *, refunds: bool
) -> tuple[Column, ...]:
    """The columns of `with_cells`."""
    last = (Column("Used"), Column("Refunded")) if refunds else ()
    return (*name, Column("Net credits" if refunds else "Credits"), *more, *last)


def with_cells(
    name: Sequence[str], of: Amounts, more: Sequence[str], *, refunds: bool
) -> tuple[str, ...]:
    """An amount after its name and before what is said of it; last what makes it up."""
    last = (words.credits(of.used), words.credits(of.refunded)) if refunds else ()
    return (*name, words.credits(of.net), *more, *last)


def whole_share(of: Sequence[Amounts]) -> str:
    """The share of a total: all of it, and nothing to say where parts below zero are in it."""
    return NOTHING if any(one.net < 0 for one in of) or not of else "100%"


def caption(answer: str, dates: str) -> str:
    """What a table is called: the chart's answer, and the days that it is about."""
    return f"{answer} {dates}."
