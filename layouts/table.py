"""A table of the page: caption, heads with scopes, sums in the foot; made from a Table alone.

It scrolls in an area of its own when it is larger than that; assets/tables.js makes the area
reachable by keyboard just then.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import words
from dashboard.ids import Act
from dashboard.table import Column, Page, Table, TableRow
from layouts.controls import aria, button, unseen


def table_view(key: str, name: str, table: Table, asked: int) -> list[Component]:
    """The page of `table` that holds row number `asked`, and the way to those beside it."""
    page = table.page(asked)
    area = html.Div(
        _table(table, page), className="table-area", role="group", **aria(label=f"{name}, table")
    )
    return [area] if page.is_whole else [area, _pager(key, page, table.page_size)]


def paper_table(name: str, dates: str, table: Table) -> html.Section:
    """A table under its own heading, for paper: nothing scrolls there, and nothing is pressed."""
    page = table.page()
    heading = html.H2([name, html.Span(dates, className="panel-dates")])
    cut = [] if page.is_whole else [html.P(f"{rows_shown(page)}.", className="note")]
    return html.Section([heading, _table(table, page), *cut])


def _table(table: Table, page: Page) -> html.Table:
    head = html.Tr([_head(column) for column in table.columns])
    return html.Table(
        [
            html.Caption(_caption(table, page), className="visually-hidden"),
            html.Thead(head),
            html.Tbody([_row(row, table.columns) for row in page.rows]),
            html.Tfoot(_row(table.total, table.columns)),
        ],
        className="data-table",
    )


def _caption(table: Table, page: Page) -> str:
    return table.caption if page.is_whole else f"{table.caption} {rows_shown(page)}."


def rows_shown(page: Page) -> str:
    """`Rows 1–500 of 2,187`."""
    return f"Rows {words.number(page.first)}–{words.number(page.last)} of {words.number(page.of)}"


def _head(column: Column) -> html.Th:
    return html.Th(column.name, scope="col", **_aligned(column))


def _row(row: TableRow, columns: tuple[Column, ...]) -> html.Tr:
    first, *rest = row.cells
    name: list[Component | str] = [first, html.Small(row.detail)] if row.detail else [first]
    cells = [
        html.Td(cell, **_aligned(column)) for cell, column in zip(rest, columns[1:], strict=True)
    ]
    more: dict[str, Any] = {"className": "level-1"} if row.level else {}
    return html.Tr([html.Th(name if row.detail else first, scope="row"), *cells], **more)


def _aligned(column: Column) -> dict[str, Any]:
    """Numbers, which most cells are, need no name: an answer has thousands of them."""
    return {"className": "start"} if column.align == "start" else {}


def _pager(key: str, page: Page, size: int) -> html.Div:
    """Always both buttons, so that the one pressed stays and keeps the focus."""
    return html.Div(
        [
            html.P(rows_shown(page)),
            _turn(f"Previous {size}", key, page.previous),
            _turn(f"Next {size}", key, page.next),
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
