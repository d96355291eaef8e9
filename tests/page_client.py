"""A browser's side of the page without a browser: the callback's request as the renderer sends it.

It never draws and never looks inside the app but for the names of its one callback's outputs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dash import Dash
from flask.testing import FlaskClient

from data.open_snapshot import OpenSnapshot

VIEW = "view"
TABLE_TEXTS = ("data-caption", "data-heads", "data-rows", "data-total")  # of a table, in order


@dataclass(frozen=True)
class PageClient:
    """Asks an app for views as the renderer does."""

    app: Dash
    prefix: str = "/app/account/credits"
    opened: OpenSnapshot | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # with every request

    @property
    def client(self) -> FlaskClient:
        return self.app.server.test_client()

    def body(self, data: Any, store: str = VIEW) -> dict[str, Any]:
        """The request of the callback that listens to a store, the view's or another."""
        output = next(
            name
            for name, callback in self.app.callback_map.items()
            if [given["id"] for given in callback["inputs"]] == [store] and "callback" in callback
        )
        parts = [part.rsplit(".", 1) for part in output.strip(".").split("...")]
        return {
            "output": output,
            "outputs": [{"id": id_, "property": prop.split("@")[0]} for id_, prop in parts],
            "inputs": [{"id": store, "property": "data", "value": data}],
            "changedPropIds": [f"{store}.data"],
            "state": [],
        }

    def post(self, view: Any, **headers: str) -> Any:
        """The raw response to a view."""
        return self.send(VIEW, view, **headers)

    def send(self, store: str, data: Any, **headers: str) -> Any:
        """The raw response to what a store asks."""
        address, sent = f"{self.prefix}/_dash-update-component", {**self.headers, **headers}
        return self.client.post(address, json=self.body(data, store), headers=sent)

    def ask(self, store: str, data: Any) -> Any:
        """{component id: {property: value}} of what a store asks, answered with 200."""
        response = self.send(store, data)
        assert 200 == response.status_code, response.text
        return json.loads(response.data)["response"]

    def show(self, range_: str = "month", account: str | None = None, **more: Any) -> Any:
        """{component id: {property: value}} of a view that must be answered with 200."""
        response = self.post({"range": range_, "account": account, "theme": "light", **more})
        assert 200 == response.status_code, response.text
        return json.loads(response.data)["response"]


def words_of(component: Any) -> str:
    """All text inside a component as JSON, in order, with one blank between words."""
    return " ".join(" ".join(_texts(component)).split())


def _texts(component: Any) -> Any:
    if isinstance(component, str):
        yield component
    elif isinstance(component, list):
        for child in component:
            yield from _texts(child)
    elif isinstance(component, dict):
        props = component.get("props", {})
        yield from (props[name] for name in TABLE_TEXTS if name in props)
        yield from _texts(props.get("children"))


def total_of(shown: Any) -> str:
    """The range's total as the first cell of the findings says it: `14,850 credits`."""
    first = shown["findings"]["children"][0]["props"]["children"]
    (amount,) = (part for part in first if part["props"].get("className") == "amount")
    return f"{words_of(amount['props']['children'][0])} credits"
