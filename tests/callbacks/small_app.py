"""The document around a page of two callbacks, without a ledger: for tests of how it is served."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html
from flask import Flask
from flask.testing import FlaskClient

from callbacks.answers import complete_answers
from callbacks.document import CreditsDash, make_dash, warm
from callbacks.request_checks import check_requests

PREFIX = "/app/account/credits"
UPDATE = f"{PREFIX}/_dash-update-component"

__all__ = ["PREFIX", "UPDATE", "body", "client", "small_app"]


def small_app(prefix: str = PREFIX, **options: Any) -> CreditsDash:
    """One callback with one output, one with two and a state, one that the browser answers."""
    server = Flask("tests", static_folder=None)
    complete_answers(server)
    app = make_dash(server, prefix, **options)
    app.layout = html.Div(
        [
            dcc.Store(id="view", data={"range": "7d"}),
            html.P(id="words", title=""),
            html.P(id="length"),
            html.P(id="local"),
        ]
    )

    @app.callback(Output("length", "children"), Input("view", "data"))
    def length(view: Any) -> str:
        return f"{len(str(view))} characters"

    @app.callback(
        Output("words", "children"),
        Output("words", "title"),
        Input("view", "data"),
        Input("view", "modified_timestamp"),
        State("length", "children"),
    )
    def words(view: Any, _when: Any, long: Any) -> tuple[str, str]:
        return str(view), str(long)

    app.clientside_callback(
        "window.dash_clientside.no_update", Output("local", "children"), Input("view", "data")
    )
    check_requests(app)
    warm(app, "view")
    return app


def client(app: CreditsDash) -> FlaskClient:
    """A browser without a screen."""
    return app.server.test_client()


def body() -> dict[str, Any]:
    """What the page sends when both inputs of the second callback changed."""
    return {
        "output": "..words.children...words.title..",
        "outputs": [
            {"id": "words", "property": "children"},
            {"id": "words", "property": "title"},
        ],
        "inputs": [
            {"id": "view", "property": "data", "value": {"range": "7d"}},
            {"id": "view", "property": "modified_timestamp", "value": 1},
        ],
        "state": [{"id": "length", "property": "children", "value": "5"}],
        "changedPropIds": ["view.data"],
        "parsedChangedPropsIds": ["view.data"],
    }
