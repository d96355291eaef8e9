"""Cells of CSV files that a spreadsheet may open: a text is never taken for a formula.

A text that could be one gets an apostrophe before it, as spreadsheets have it; a text that has
one already gets another, so that `original` gives every text back. Numbers are left alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # what a formula, or a way around this rule, begins with
UNSEEN = "' \t\r\n"  # in front of it, these do not help
ROWS_AT_ONCE = 500


def plain(text: str) -> str:
    """The text as a cell that stays one."""
    first = text.lstrip(UNSEEN)[:1]
    return f"'{text}" if first in FORMULA or text[:1] in FORMULA else text


def original(cell: str) -> str:
    """The text that `plain` made a cell of."""
    return cell[1:] if cell[:1] == "'" and plain(cell[1:]) == cell else cell


def csv_chunks(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Rows as CSV in UTF-8, some hundred at a time; None is an empty cell."""
    left = iter(rows)
    while batch := list(islice(left, ROWS_AT_ONCE)):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(batch)
        yield text.getvalue().encode()
