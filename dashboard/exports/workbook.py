"""The charts as an Excel workbook: a cover, then one sheet for each panel, numbers as numbers.

A text is written as a text, whatever it looks like, and no formula is. More rows than a sheet
takes are refused.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import xlsxwriter

from dashboard.exports.charts import ChartData, PanelData
from dashboard.exports.cover import TOTAL, Cover
from dashboard.host import Host
from dashboard.report import CREDIT_COLUMNS
from dashboard.sheet import SheetWish
from dashboard.view import Reading
from data.errors import UsageError
from data.periods import Period

MOST_ROWS = 1_048_576  # of a sheet, its head among them
DATES = frozenset({"day", "start", "end"})
WIDTHS = {"name": 40, "id": 24, "reason": 24, "workflow_type": 24}
CREDITS = "#,##0.00####"
PLAIN = {  # no text becomes anything else
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def charts_xlsx(reading: Reading, wish: SheetWish, _host: Host) -> tuple[Period, Iterator[bytes]]:
    """The whole file at once: a panel has as many rows as there are days or workspaces."""
    data = ChartData.read(reading, wish)
    sheets = list(data.panels)
    for one in sheets:
        refuse_too_many(one.panel.name, len(one.rows))
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, PLAIN) as book:
        # The moment of the numbers, so that the same numbers make the same file.
        book.set_properties({"title": "Credits", "created": reading.now.replace(tzinfo=None)})
        _write_cover(book, data.cover)
        for one in sheets:
            _write_panel(book, one)
    return data.cover.period, iter([file.getvalue()])


def refuse_too_many(name: str, rows: int) -> None:
    """UsageError for what a sheet does not hold; a part would pass for the whole."""
    if rows + 1 > MOST_ROWS:
        raise UsageError(
            "export.rows",
            f"{name} has {rows:,} rows and a sheet of Excel holds {MOST_ROWS - 1:,}. "
            "Download the chart data as CSV instead.",
        )


def _write_cover(book: Any, cover: Cover) -> None:
    sheet = book.add_worksheet("Cover")
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 2, 32)
    row = 0
    for row, texts in enumerate(cover.texts):
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text)
    sheet.write_string(row + 1, 0, TOTAL)
    sheet.write_number(row + 1, 1, _number(cover.credits), book.add_format({"num_format": CREDITS}))


def _write_panel(book: Any, data: PanelData) -> None:
    sheet = book.add_worksheet(data.panel.name)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    amount = book.add_format({"num_format": CREDITS})
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, name in enumerate(data.columns):
        sheet.set_column(column, column, WIDTHS.get(name, 16))
        sheet.write_string(0, column, heading(name), bold)
        for row, values in enumerate(data.rows, start=1):
            value = cell(name, values[column])
            if isinstance(value, dt.date):
                sheet.write_datetime(row, column, value, date)
            elif isinstance(value, float):
                sheet.write_number(row, column, value, amount)
            elif value is not None:
                sheet.write_string(row, column, value)


def heading(name: str) -> str:
    """`Workflow type`, `In range`."""
    return name.replace("_", " ").capitalize()


def cell(name: str, value: Any) -> dt.date | float | str | None:
    """What a sheet has of the report's value: a date, a number or a text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or (name not in DATES and name not in CREDIT_COLUMNS):
        return None if value is None else str(value)
    if name in DATES:
        return dt.date.fromisoformat(value)
    return "none" if value == "none" else _number(value)


def _number(exact: str) -> float:
    """Excel has no other numbers; below nine billion credits, all six decimals are kept."""
    return float(Decimal(exact))
