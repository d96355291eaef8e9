"""The cells of a file, as text and once each: cleaned, remembered, refused; never a number.

A file repeats itself (one workspace in thousands of lines), so every conversion is remembered by
its text. That, and work by column instead of by row, is what makes 100,000 rows a second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from data.errors import UsageError

Key = TypeVar("Key")
Value = TypeVar("Value")

REMEMBERED = 200_000  # conversions kept for one column: some 40 MB at the worst
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class BadCellError(Exception):
    """A value that cannot be used: its column (None when it concerns the row) and why."""

    def __init__(self, column: str | None, value: str, why: str) -> None:
        super().__init__(column, value, why)
        self.column = column
        self.value = value
        self.why = why


class Remembered(dict[Key, Value], Generic[Key, Value]):
    """What `convert` made of each key; forgotten as a whole when it grows too large."""

    def __init__(self, convert: Callable[[Key], Value]) -> None:
        super().__init__()
        self.convert = convert

    def __missing__(self, key: Key) -> Value:
        if len(self) >= REMEMBERED:
            self.clear()
        value = self[key] = self.convert(key)
        return value


class Header:
    """The columns of one file, by name; a name that is missing is a UsageError that lists them."""

    def __init__(self, names: Sequence[str], file: str) -> None:
        self.names = tuple(name.strip() for name in names)
        self.file = file
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if twice:
            raise UsageError(
                "import.header", f"{file}: the column {twice[0]!r} stands twice in the header"
            )
        self.places = {name: place for place, name in enumerate(self.names)}

    def place(self, column: str) -> int:
        """Where the column stands in a row."""
        if column not in self.places:
            raise UsageError(
                "import.header",
                f"{self.file}: there is no column {column!r}; the header has "
                + shortened(", ".join(repr(name) for name in self.names), 300),
            )
        return self.places[column]


class Cells:
    """The cleaned columns of one batch of rows: no white space around, '' for empty."""

    def __init__(self, cleaning: Cleaning, header: Header, rows: Sequence[Sequence[str]]) -> None:
        self.count = len(rows)
        self._cleaning = cleaning
        self._header = header
        self._rows = rows
        self._made: dict[str, list[str]] = {}

    @cached_property
    def _columns(self) -> Sequence[Sequence[str]]:
        return tuple(zip(*self._rows, strict=True)) or ((),) * len(self._header.names)

    def __getitem__(self, column: str) -> list[str]:
        if column not in self._made:
            clean = self._cleaning.of(column)
            self._made[column] = [clean[cell] for cell in self.raw(column)]
        return self._made[column]

    def raw(self, column: str) -> Sequence[str]:
        """The column as it stands in the file, for who cleans and remembers in one step."""
        return self._columns[self._header.place(column)]

    def keys(self, columns: Sequence[str]) -> list[Any]:
        """One hashable key a row: the text of the only column, else a tuple of all."""
        if len(columns) == 1:
            return self[columns[0]]
        return list(zip(*(self[column] for column in columns), strict=True))


class Cleaning:
    """How a cell becomes text: trimmed, a pattern of its column removed, `empty` words to ''."""

    def __init__(self, empty: Collection[str], remove: Mapping[str, re.Pattern[str]]) -> None:
        self._empty = frozenset(empty)
        self._remove = remove
        self._columns: dict[str, Remembered[str, str]] = {}

    def of(self, column: str) -> Remembered[str, str]:
        """The cleaned text of each cell of that column."""
        if column not in self._columns:
            self._columns[column] = Remembered(self.cleaner(column))
        return self._columns[column]

    def cleaner(self, column: str) -> Callable[[str], str]:
        """The function that cleans a cell of that column, for who remembers what it makes of it."""
        pattern = self._remove.get(column)

        def clean(cell: str) -> str:
            text = cell.strip()
            if pattern is not None:
                text = pattern.sub("", text).strip()
            return "" if text in self._empty else text

        return clean


def refuse_control(column: str | None, text: str) -> str:
    """`text`, unless a tab, line break or other control character stands in it."""
    if CONTROL.search(text):
        raise BadCellError(column, text, "a control character stands in it")
    return text


def shortened(text: str, length: int = 80) -> str:
    """`text`, cut to `length` characters: a sentence stays a sentence."""
    return text if len(text) <= length else text[: length - 1] + "…"
