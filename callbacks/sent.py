"""Values of an answer as the JSON that goes to the browser; never what they say.

Dash would walk through all of an answer in Python once it holds a single component.
"""

from __future__ import annotations

from typing import Any

import orjson
from dash import html, no_update
from dash.development.base_component import Component

OWN = vars(html.Div()).keys() - {"children"}  # what a component keeps for itself


def sent(values: dict[str, Any]) -> dict[str, Any]:
    """The same values, serialized; what has no update stays so."""
    return {
        name: value if value is no_update else orjson.Fragment(orjson.dumps(value, _plain))
        for name, value in values.items()
    }


def _plain(value: object) -> dict[str, Any]:
    """A component as the browser knows it; TypeError for anything else that is no JSON."""
    if not isinstance(value, Component):
        raise TypeError(f"{value!r} cannot be sent to a browser")
    props = {
        name: prop
        for name, prop in vars(value).items()
        if name not in OWN and not (name == "children" and prop is None)
    }
    names = {"type": value._type, "namespace": value._namespace}  # noqa: SLF001  as Dash sends them
    return {"props": props, **names}
