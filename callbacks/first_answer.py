"""What a browser gets with the document, so that the page's start asks for nothing but figures.

Layout and callbacks are the same for every viewer: they come as one file that browsers keep, and
with them the form of the one request that assets/first.js sends before Dash is there to send it.
Never a viewer's data.
"""

from __future__ import annotations

from typing import Any

import orjson
from dash import Dash

LAYOUT, DEPENDENCIES, UPDATE = "_dash-layout", "_dash-dependencies", "_dash-update-component"


def given(app: Dash, prefix: str, store: str) -> bytes:
    """A script that holds the layout, the callbacks and the request that `store` will cause."""
    dash: Any = app
    with app.server.test_request_context():
        texts = {
            LAYOUT: dash.serve_layout().get_data(as_text=True),
            DEPENDENCIES: dash.dependencies().get_data(as_text=True),
        }
    found = {
        "layout": f"{prefix}{LAYOUT}",
        "dependencies": f"{prefix}{DEPENDENCIES}",
        "update": f"{prefix}{UPDATE}",
        "answers": {f"{prefix}{name}": text for name, text in texts.items()},
        "request": request_of(orjson.loads(texts[DEPENDENCIES]), store),
    }
    return b"window.creditsGiven = %s;\n" % orjson.dumps(found)


def request_of(dependencies: list[dict[str, Any]], store: str) -> dict[str, Any] | None:
    """The body that Dash sends for the server's callback of a store, its value left out.

    None where no callback, or more than one, waits for that store alone.
    """
    only = [{"id": store, "property": "data"}]
    found = [
        one for one in dependencies if one["inputs"] == only and not one["clientside_function"]
    ]
    if len(found) != 1 or found[0]["state"]:
        return None
    output = found[0]["output"]
    changed = [f"{store}.data"]
    return {
        "output": output,
        "outputs": _outputs(output),
        "inputs": only,
        "changedPropIds": changed,
        "parsedChangedPropsIds": changed,
    }


def _outputs(text: str) -> Any:
    """`..a.children...b.title..` as the list of both, `a.children` as the one."""
    parts = [one.rpartition(".") for one in text.strip(".").split("...")]
    outputs = [{"id": name, "property": prop} for name, _, prop in parts]
    return outputs if text.startswith("..") else outputs[0]
