"""The row of findings as components: the range's total, and up to three sentences to press.

Made from Highlights; a finding is a button that opens what it is about.
"""

from __future__ import annotations

import re

from dash import html
from dash.development.base_component import Component

from dashboard import words
from dashboard.highlights import Highlight, Highlights, Total
from dashboard.ids import Act, Id
from dashboard.table import NOTHING
from dashboard.view import View
from layouts.controls import aria, button, icon
from layouts.panel import swatch

CELLS = 4


def findings_section() -> html.Section:
    """The row before any answer: grey marks where the sentences will stand."""
    lines = [html.Span(className="skeleton-line") for _ in range(2)]
    marks = [html.Div(lines, className="cell") for _ in range(CELLS)]
    return html.Section(
        html.Div(marks, className="skeleton skeleton-findings", **aria(hidden="true")),
        id=Id.FINDINGS,
        className="findings",
        **aria(label="Findings"),
    )


def findings_view(highlights: Highlights, view: View) -> list[Component]:
    """The total first, then each finding, or the one sentence that there is none."""
    cells: list[Component] = [_finding(one) for one in highlights.found]
    if highlights.otherwise:
        cells = [html.P(highlights.otherwise, className="cell otherwise")]
    return [_total(highlights.total, view), *cells]


def _total(total: Total | None, view: View) -> html.Div:
    rows: list[Component] = [html.P("Used in this range", className="finding-label")]
    amount: list[Component | str] = [html.B(words.credits(total.net) if total else NOTHING)]
    before: list[Component] = []
    if total and total.before is not None and view.previous:
        amount += [" ", html.Span(words.change(total.net, total.before))]
        dates = words.sentence(view.previous, view.today)
        before.append(
            html.P(_unbroken(f"{words.credits(total.before)} in {dates}"), className="before")
        )
    return html.Div([*rows, html.P(amount, className="amount"), *before], className="cell")


def _unbroken(sentence: str) -> list[Component | str]:
    """The sentence, its days kept on one line: browsers break `3–22 Oct` after the dash."""
    return [
        html.Span(part, className="unbroken") if place % 2 else part
        for place, part in enumerate(re.split("([^ ]*–[^ ]*)", sentence))
        if part
    ]


def _finding(found: Highlight) -> html.Button | html.Div:
    mark = icon("rise") if found.texture == "rise" else swatch(found.token, found.texture)
    words_ = [
        html.Span([mark, html.Span(found.label)], className="finding-label"),
        html.Span([html.B(found.name), *_unbroken(found.says)], className="finding-words"),
    ]
    if not found.opens:  # an id too long for an address
        return html.Div(words_, className="cell")
    return button(Act.OPEN, *words_, look="cell finding", **{"data-value": found.opens})
