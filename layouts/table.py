"""A table of the page as text, which assets/table-cells.js makes a real table of.

Thousands of components would keep a browser busy for seconds. It scrolls in an area of its own
when it is larger than that; assets/tables.js makes the area reachable by keyboard just then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from dashboard import words
from dashboard.ids import Act
from dashboard.table import Page, Table, TableRow
from layouts.controls import aria, button, unseen

BREAKS = str.maketrans("\t\n\r", "   ")  # in a name they would be taken for the ends of cells


def table_view(key: str, name: str, table: Table, asked: int) -> list[Component]:
    """The page of `table` that holds row number `asked`, and the way to those beside it."""
    page = table.page(asked)
    area = html.Div(
        className="table-area table-data",
        role="group",
        **aria(label=f"{name}, table"),
        **_text(table, page),
    )
    return [area] if page.is_whole else [area, _pager(key, page, table.page_size)]


def paper_table(name: str, dates: str, table: Table) -> html.Section:
    """A table under its own heading, for paper: nothing scrolls there, and nothing is pressed."""
    page = table.page()
    page = replace(page, rows=tuple(replace(row, opens="") for row in page.rows))
    heading = html.H2([name, html.Span(dates, className="panel-dates")])
    cut = [] if page.is_whole else [html.P(f"{rows_shown(page)}.", className="note")]
    return html.Section([heading, html.Div(className="table-data", **_text(table, page)), *cut])


def _text(table: Table, page: Page) -> dict[str, Any]:
    """The attributes that the script reads: lines of cells, and which columns hold words."""
    starts = (str(place) for place, column in enumerate(table.columns) if column.align == "start")
    return {
        "data-caption": _caption(table, page),
        "data-heads": _line(column.name for column in table.columns),
        "data-starts": " ".join(starts),
        "data-rows": "\n".join(_row(row) for row in page.rows),
        "data-total": _row(table.total),
    }


def _caption(table: Table, page: Page) -> str:
    return table.caption if page.is_whole else f"{table.caption} {rows_shown(page)}."


def rows_shown(page: Page) -> str:
    """`Rows 1–500 of 2,187`."""
    return f"Rows {words.number(page.first)}–{words.number(page.last)} of {words.number(page.of)}"


def _row(row: TableRow) -> str:
    """The cells, and beyond them what not every row has: a detail, a level, what it opens."""
    if row.opens:  # whose id may hold any character
        more: tuple[str, ...] = (row.detail, str(row.level), quote(row.opens, safe=":"))
    else:
        more = (row.detail, str(row.level)) if row.detail or row.level else ()
    return _line((*row.cells, *more))


def _line(cells: Iterable[str]) -> str:
    return "\t".join(cell.translate(BREAKS) for cell in cells)


def _pager(key: str, page: Page, size: int) -> html.Div:
    """Always both buttons, so that the one pressed stays and keeps the focus."""
    return html.Div(
        [
            html.P(rows_shown(page)),
            _turn(f"Previous {words.number(size)}", key, page.previous),
            _turn(f"Next {words.number(size)}", key, page.next),
        ],
        className="pager",
    )


def _turn(label: str, key: str, to: int | None) -> html.Button:
    return button(
        Act.ROWS,
        label,
        unseen(" rows"),
        **{"data-value": f"{key}:{to or 1}"},
        **aria(disabled="true" if to is None else "false"),
    )
