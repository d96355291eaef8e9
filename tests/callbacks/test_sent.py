"""What is sent to a browser is what Dash itself would send, only made faster."""

from __future__ import annotations

import json

import pytest
from dash import dcc, html, no_update
from dash._utils import to_json

from callbacks.sent import sent


def test_components_figures_and_texts_are_sent_as_dash_sends_them():
    button = html.Button(["Open", html.B("it")], type="button", **{"data-act": "open"})
    values = {
        "children": [html.P("1 < 2", className="note"), button, "text"],
        "graph": dcc.Graph(id="g", config={"displayModeBar": False}),
        "figure": {"data": [{"x": [1, 2.5, None], "y": ["ä", "b", "c"]}], "layout": {}},
        "hidden": False,
        "nothing": None,
    }
    assert json.loads(to_json(values)) == json.loads(to_json(sent(values)))


def test_what_has_no_update_stays_so():
    assert {"figure": no_update} == sent({"figure": no_update})


def test_what_is_no_json_is_refused():
    with pytest.raises(TypeError):
        sent({"children": [object()]})
