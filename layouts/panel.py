"""One card of the page: question, answer, chart, key and notes, made from a Panel and a Drawing.

Which panel it is never matters here; what differs between them is a value of the panel.
"""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.host import NO_HOST, Host
from dashboard.ids import Act, Part, part_id
from dashboard.panel import Drawing, KeyItem, KeyRow, KeyTable, Mark, Offer, Panel
from dashboard.theme import css_name
from layouts.controls import aria, button, icon
from layouts.export_menu import panel_menu
from layouts.states import skeleton

GRAPH_CONFIG: Any = {
    "displayModeBar": False,
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
}


def card(panel: Panel, host: Host = NO_HOST) -> html.Section:
    """The panel before any answer: its title and question are there, its data is not."""

    def named(part: Part) -> str:
        return part_id(panel.key, part)

    dates = html.Span(id=named(Part.DATES), className="panel-dates")
    body = [
        _chart(panel),
        html.Div(skeleton(panel.shape), id=named(Part.STATE), className="state"),
        html.Div(id=named(Part.DETAILS), className="details"),
    ]
    title = html.Div(
        [
            html.P([html.Span(panel.name), dates], className="panel-name"),
            html.H2(panel.question, id=named(Part.TITLE)),
        ]
    )
    return html.Section(
        [
            html.Div([title, _tools(panel, host)], className="panel-head"),
            html.P(_waiting(), id=named(Part.ANSWER), className="answer"),
            html.Div(body, className="panel-body"),
        ],
        className=f"sheet panel columns-{panel.columns} shape-{panel.shape} paper-{panel.paper}",
        **aria(labelledby=named(Part.TITLE)),
    )


def _tools(panel: Panel, host: Host) -> html.Div:
    """`Table` is there once there is something to show as one; its name never changes."""
    table = button(
        Act.TABLE,
        icon("table"),
        html.Span("Table", className="tool-name"),
        id=part_id(panel.key, Part.TABLE),
        hidden=True,
        **{"data-value": panel.key},
        **aria(label=f"Show {panel.name} as a table", pressed="false"),
    )
    return html.Div([table, panel_menu(panel, host)], className="panel-tools")


def details(drawing: Drawing) -> list[Component]:
    """What stands under the drawing, and says in words and numbers what its marks are."""
    key = html.Ul([_key_item(item) for item in drawing.key], className="key")
    marks = html.Ul([_mark(mark) for mark in drawing.marks], className="marks")
    lists = [part for part in (key, marks) if part.children]
    return [
        *([_lists(lists, beside_offer=drawing.offer is not None)] if lists else []),
        *([_key_table(drawing.key_table)] if drawing.key_table else []),
        *([_offer(drawing.offer)] if drawing.offer else []),
        *notes(drawing),
    ]


def _lists(lists: list[html.Ul], *, beside_offer: bool) -> html.Div:
    return html.Div(lists, className="lists beside-offer" if beside_offer else "lists")


def notes(drawing: Drawing) -> list[Component]:
    """What a reader should know of the numbers, under the chart and under its table."""
    return [html.P(note, className="note") for note in drawing.notes]


def _offer(offer: Offer) -> html.Div:
    pressed = button(offer.act, offer.label, **{"data-value": offer.value})
    return html.Div(pressed, className="offer")


def swatch(token: str, texture: str) -> html.Span:
    """A mark's colour and texture; the words beside it say what it stands for."""
    return html.Span(
        className=f"swatch swatch-{texture}",
        style={"--swatch": f"var({css_name(token)})"},
        **aria(hidden="true"),
    )


def _waiting() -> html.Span:
    return html.Span(className="skeleton-answer", **aria(hidden="true"))


def _chart(panel: Panel) -> html.Div:
    """Named by the question, described by the answer; the drawing itself is for eyes only."""
    graph = dcc.Graph(id=part_id(panel.key, Part.GRAPH), config=GRAPH_CONFIG, className="graph")
    return html.Div(
        [
            html.Div(graph, className="drawing", **aria(hidden="true")),
            skeleton(panel.shape),  # seen when the answer comes before the drawing library
        ],
        id=part_id(panel.key, Part.CHART),
        className="chart",
        role="group",
        hidden=True,
        **aria(
            labelledby=part_id(panel.key, Part.TITLE),
            describedby=part_id(panel.key, Part.ANSWER),
        ),
    )


def _key_item(item: KeyItem) -> html.Li:
    return html.Li([swatch(item.token, item.texture), html.Span(item.label)])


def _mark(mark: Mark) -> html.Li:
    pressed = button(
        Act.OPEN,
        swatch("text", "diamond"),
        html.Span(mark.label, className="mark-day"),
        html.Span(mark.cause, className="mark-cause"),
        html.Span(mark.value, className="mark-value"),
        **{"data-value": mark.opens},
    )
    return html.Li(pressed)


def _key_table(table: KeyTable) -> html.Table:
    head = html.Tr([html.Th(name, scope="col") for name in table.columns])
    return html.Table(
        [html.Thead(head), html.Tbody([_key_row(row) for row in table.rows])],
        className="key-table",
    )


def _opening(name: str, opens: str) -> html.Button:
    """A row's name as the button that opens what it stands for."""
    properties: dict[str, Any] = {"data-act": str(Act.OPEN), "data-value": opens}
    return html.Button(name, type="button", className="opens", **properties)


def _key_row(row: KeyRow) -> html.Tr:
    first, *numbers = row.cells
    named = _opening(first, row.opens) if row.opens else html.Span(first)
    name = html.Div([swatch(row.token, row.texture), named], className="key-name")
    return html.Tr(
        [html.Th(name, scope="row"), *(html.Td(number) for number in numbers)],
        className=f"level-{row.level}",
    )
