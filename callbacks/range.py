"""The picker's two callbacks, both in the browser: what is asked for, and what was answered.

No request is made here: view and sheet change, and a callback of the server answers each.
"""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output, State

from dashboard.ids import Id


def register_range(app: Dash) -> None:
    """Join address, acts and view, and show the answered range in the picker."""
    app.clientside_callback(
        ClientsideFunction("credits", "navigate"),
        Output(Id.VIEW, "data"),
        Output(Id.URL, "search"),
        Output(Id.SHEET_ASK, "data"),
        Input(Id.URL, "search"),
        Input(Id.ACT, "data"),
        State(Id.VIEW, "data"),
        State(Id.STEPS, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("credits", "show"),
        Output(Id.RANGE, "value"),
        Output(Id.FROM, "min"),
        Output(Id.FROM, "max"),
        Output(Id.TO, "min"),
        Output(Id.TO, "max"),
        Output(Id.EARLIER, "aria-disabled"),
        Output(Id.LATER, "aria-disabled"),
        Output(Id.MAIN, "aria-busy"),
        Input(Id.STEPS, "data"),
    )
