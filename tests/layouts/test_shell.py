"""The page before any script: the marks and words of the layout, and nothing to take for it."""

from __future__ import annotations

import re

import dash_bootstrap_components as dbc
import pytest
from dash import dcc, html

from dashboard.panels import PANELS
from layouts.page import page
from layouts.shell import html_of


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (html.P("a < b & c"), "<p>a &lt; b &amp; c</p>"),
        (html.P(["one", html.B("two"), None]), "<p>one<b>two</b></p>"),
        (html.P(id="x", className="a\"b", role="alert"), '<p class="a&quot;b"></p>'),
        (html.P(style={"height": "5%", "width": "1px"}), '<p style="height:5%;width:1px"></p>'),
        (html.Label("L", htmlFor="f"), '<label for="f">L</label>'),
        (html.Div(hidden=True, children="no"), ""),
        (html.Div(hidden=False), "<div></div>"),
        (html.P(**{"data-act": "range", "aria-disabled": "true"}), '<p aria-disabled="true"></p>'),
        (html.Div([dcc.Store(id="s"), dcc.Location(id="l"), html.Hr()]), "<div><hr></div>"),
        (dbc.Select(id="s"), '<select class="form-select"></select>'),
    ],
)  # fmt: skip
def test_a_component_is_the_markup_that_react_makes(part, text):
    assert text == html_of(part)


def test_a_choice_of_the_picker_is_the_markup_of_its_package():
    choices = dbc.RadioItems([{"label": html.B("7 d"), "value": "7d"}], class_name="segments")
    assert html_of(choices) == (
        '<div class="segments"><div class="form-check">'
        '<input class="form-check-input" type="radio">'
        '<label class="form-check-label"><b>7 d</b></label></div></div>'
    )


def test_the_page_is_all_there_and_nothing_of_it_can_be_taken_for_the_page():
    shell = html_of(page(PANELS))
    assert [panel for panel in PANELS if f"<h2>{panel.question}</h2>" not in shell] == []
    assert re.findall(r'\s(?:id|name|data-[a-z]+|role)="', shell) == []
    assert "<dialog" not in shell
