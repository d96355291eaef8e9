"""The range picker: a radio group, steps, and two date fields behind Custom.

It holds no range of its own: assets/credits.js marks what the server answered.
"""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashboard.ids import Act, Id
from dashboard.ranges import CHOICES, Choice
from layouts.controls import aria, button, icon

DATE: Any = "date"  # missing from the declared types, and passed on to the browser all the same


def range_picker() -> html.Div:
    """The radio group and the popover of its last choice, one after the other in focus order."""
    return html.Div([_choices(), _custom()], className="picker")


def steps() -> html.Div:
    """Back and forward by the range's own length; said to be disabled where there is no step."""
    return html.Div(
        [_step(Act.EARLIER, Id.EARLIER, "Earlier"), _step(Act.LATER, Id.LATER, "Later")],
        className="steps",
    )


def compare_switch() -> html.Button:
    """Adds the previous period's marks to the charts; hidden until there is one."""
    dates = html.Span(id=Id.COMPARE_WITH, className="compare-with")
    return button(
        Act.COMPARE,
        html.Span(className="switch-track", **aria(hidden="true")),
        html.Span(["Compare", dates]),
        look="switch",
        id=Id.COMPARE,
        role="switch",
        hidden=True,
        **aria(checked="false"),
    )


def _choices() -> html.Div:
    options: Any = [{"label": _label(choice), "value": choice.key} for choice in CHOICES]
    return html.Div(
        dbc.RadioItems(options, id=Id.RANGE, name=str(Id.RANGE), class_name="segments"),
        role="radiogroup",
        **aria(label="Time range"),
    )


def _label(choice: Choice) -> html.Span:
    """The full label is always the name; below 576 px eyes see the short one."""
    return html.Span(
        [
            html.Span(choice.label, className="label-long"),
            html.Span(choice.short, className="label-short", **aria(hidden="true")),
        ]
    )


def _custom() -> html.Div:
    return html.Div(
        [
            html.Div(
                [_field("From", Id.FROM, Id.FROM_ERROR), _field("To", Id.TO, Id.TO_ERROR)],
                className="fields",
            ),
            html.Div(
                [button(Act.APPLY, "Apply"), button(Act.CANCEL, "Cancel")],
                className="actions",
            ),
        ],
        id=Id.CUSTOM,
        className="popover-custom",
        role="group",
        hidden=True,
        **aria(label="Custom range"),
    )


def _field(label: str, field: Id, error: Id) -> html.Div:
    return html.Div(
        [
            html.Label(label, htmlFor=field),
            dbc.Input(id=field, type=DATE, debounce=True),
            html.P(id=error, className="field-error", role="alert"),
        ],
        className="field",
    )


def _step(act: Act, name: Id, words: str) -> html.Button:
    return button(act, icon(name), id=name, title=words, **aria(label=words, disabled="true"))
