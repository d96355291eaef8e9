"""The sheet that a click opens: a dialog from the right, below 576 px from the bottom.

Made from a Sheet; assets/sheet.js opens and closes it and moves the focus. Its frame is always on
the page, so that a button that was pressed stays where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import words
from dashboard.entry_rows import EntryRow
from dashboard.host import Host
from dashboard.ids import Act, Id
from dashboard.member_rows import MemberRow
from dashboard.reason_split import KeyPart, Segment, Split
from dashboard.sheet import Entries, Later, Sheet
from dashboard.sheet_filters import Choice
from dashboard.theme import css_name
from layouts.controls import aria, button, host_link, icon
from layouts.panel import swatch

NOT_LOADED = "These credits didn't load"


def drill_down(host: Host) -> html.Div:
    """The closed sheet, and the stores that it is asked and answered through."""
    content = [_head(), _body(), _foot(host), _waiting(), _lost()]
    status = html.Div(id=Id.SHEET_STATUS, role="status", className="visually-hidden")
    dialog = html.Dialog(
        html.Div([*content, status], className="drill-page"),
        id=Id.SHEET,
        className="drill-down",
        **aria(labelledby=Id.SHEET_TITLE),
    )
    return html.Div(
        [
            dcc.Store(id=Id.SHEET_ASK),
            dcc.Store(id=Id.SHEET_ANSWER),
            dcc.Store(id=Id.SHEET_LATER),
            dialog,
        ]
    )


# --- the frame ------------------------------------------------------------------------------


def _head() -> html.Div:
    steps = html.Div(
        [
            _step(Act.DAY_BEFORE, Id.DAY_BEFORE, "earlier", "Day before"),
            _step(Act.DAY_AFTER, Id.DAY_AFTER, "later", "Day after"),
        ],
        id=Id.SHEET_STEPS,
        className="steps",
        hidden=True,
    )
    close = button(Act.CLOSE, icon("close"), title="Close", **aria(label="Close"))
    title = html.H2(id=Id.SHEET_TITLE, tabIndex=-1)
    return html.Div([title, steps, close], className="drill-top")


def _step(act: Act, name: Id, mark: str, says: str) -> html.Button:
    return button(act, icon(mark), id=name, title=says, **aria(label=says, disabled="true"))


def _body() -> html.Div:
    return html.Div(
        [
            html.Div(id=Id.SHEET_STATE),
            html.Div(id=Id.SHEET_HEAD),
            html.Div(id=Id.SHEET_SPLIT),
            html.Div(
                id=Id.SHEET_FILTERS, className="filters", role="group", **aria(label="Entries")
            ),
            html.P(id=Id.SHEET_NOTE, className="note"),
            html.Div(
                [_table(), button(Act.MORE, "Show 50 more", id=Id.SHEET_MORE, hidden=True)],
                id=Id.SHEET_LIST,
                hidden=True,
            ),
        ],
        className="drill-body",
    )


def _table() -> html.Table:
    head = [
        html.Th("Time", id=Id.SHEET_WHEN, scope="col"),
        html.Th("What", scope="col"),
        html.Th("Credits", scope="col", className="end"),
    ]
    rows = html.Tbody([], id=Id.SHEET_ENTRIES)
    return html.Table([html.Thead(html.Tr(head)), rows], className="entries")


def _foot(host: Host) -> html.Div:
    shown: list[Component | str] = [html.Span(id=Id.SHEET_SHOWN), " ", html.Span(id=Id.SHEET_COUNT)]
    use = button(Act.RANGE, "Use as range", id=Id.SHEET_RANGE, hidden=True)
    ledger = host_link(host.ledger, "Open in the ledger", className="button primary")
    file = {"data-value": "entries.csv"}
    take = button(Act.DOWNLOAD, icon("export"), html.Span("Download CSV"), **file)
    ways = [use, *([take] if host.exports else []), *([ledger] if host.ledger else [])]
    return html.Div(
        [html.P(shown, className="shown"), html.Div(ways, className="actions")],
        className="drill-foot",
    )


def _waiting() -> html.Div:
    """Grey lines until the first answer."""
    lines = [html.Span(className="skeleton-line") for _ in range(9)]
    return html.Div(lines, className="drill-waiting skeleton", **aria(hidden="true"))


def _lost() -> html.Div:
    """Seen when no answer comes; assets/sheet.js knows when."""
    return html.Div(
        [
            html.P("Connection lost.", className="message-title"),
            _try_again(),
        ],
        className="drill-lost message",
    )


# --- what an answer fills in ----------------------------------------------------------------


def head(sheet: Sheet) -> list[Component]:
    """The total, what it is compared with, its days and its refunds."""
    number, _, unit = sheet.amount.partition(" ")
    says = f"{unit}, {sheet.comparison}" if sheet.comparison else unit
    more = [html.P(text, className="drill-dates") for text in (sheet.dates, sheet.refunds) if text]
    total = html.P([html.B(number), " ", html.Span(says)], className="drill-total")
    return [total, *more]


def made_up_of(later: Later, only: str) -> list[Component]:
    """The reasons, and the members where use is told by member."""
    return [*split(later.split, only), *members(later.members)]


def members(rows: Sequence[MemberRow]) -> list[Component]:
    """A small table, headed like the entries."""
    if not rows:
        return []
    head = [html.Th(name, scope="col") for name in ("Members", "Credits", "Share")]
    body = [
        html.Tr(
            [html.Th(row.name, scope="row"), html.Td(row.credits), html.Td(row.share)],
            className="level-0",
        )
        for row in rows
    ]
    table = [html.Thead(html.Tr(head)), html.Tbody(body)]
    return [html.Table(table, className="key-table members")]


def split(of: Split | None, only: str) -> list[Component]:
    """The reason bar and its key; grey while the ledger is asked."""
    if of is None:
        return [html.Div(className="split-bar split-waiting", **aria(hidden="true"))]
    if not of.key:
        return []
    bar = html.Div(
        [_segment(one) for one in of.segments], className="split-bar", **aria(hidden="true")
    )
    key = html.Ul([html.Li(_key_part(one, only)) for one in of.key], className="split-key")
    note = [html.P(of.note, className="note")] if of.note else []
    return [*([bar] if of.segments else []), key, *note]


def split_failed(reference: str) -> list[Component]:
    """What took longer did not come; the rest of the sheet stands."""
    return [html.P(f"The reasons didn't load. Reference {reference}.", className="note")]


def _segment(one: Segment) -> html.Span:
    """A press filters as the key does, for whoever points; the key is for everybody."""
    properties: dict[str, Any] = {"data-act": str(Act.ONLY), "data-value": one.only}
    return html.Span(
        className=f"swatch-{one.texture}",
        style={"--swatch": f"var({css_name(one.token)})", "flexGrow": one.width},
        **properties,
    )


def _key_part(one: KeyPart, only: str) -> html.Button:
    return button(
        Act.ONLY,
        swatch(one.token, one.texture),
        html.Span(one.label),
        html.Span(one.value, className="value"),
        **{"data-value": one.only},
        **aria(pressed="true" if one.only == only else "false"),
    )


def filters(choices: Iterable[Choice]) -> list[Component]:
    """`All entries` and what may be left of them; the one in force is pressed."""
    return [
        button(
            Act.ONLY,
            one.label,
            **{"data-value": one.only},
            **aria(pressed="true" if one.chosen else "false"),
        )
        for one in choices
    ]


def entry_lines(entries: Entries) -> list[html.Tr]:
    """One row of the table for each entry."""
    return [_entry(row, by_day=entries.by_day) for row in entries.rows]


def _entry(row: EntryRow, *, by_day: bool) -> html.Tr:
    when: list[Component | str] = [row.day, html.Small(row.time)] if by_day else [row.time]
    what = [swatch(row.token, row.texture), html.Span(row.what), html.Small(row.place)]
    return html.Tr(
        [html.Td(when), html.Th(html.Div(what), scope="row"), html.Td(row.credits)], tabIndex=-1
    )


def shown(count: int) -> str:
    """How many entries are on the sheet."""
    return words.number(count) if count else ""


# --- messages in place of it ----------------------------------------------------------------


def message(sentence: str) -> html.Div:
    """What happened; the sheet's title says it in short."""
    return html.Div(html.P(sentence), className="message")


def failed(reference: str) -> html.Div:
    """Nothing came of it, and why stands in the log."""
    said = html.P(f"The page behind is up to date. Reference {reference}.")
    return html.Div([said, _try_again()], className="message")


def _try_again() -> html.Button:
    return button(Act.RETRY, icon("again"), "Try again")
