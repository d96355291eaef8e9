"""The peer: the same five charts as most people would write them with Dash.

    python benchmarks/naive/app.py --db LEDGER --port 8061

Five callbacks, each reading the ledger's entries of the range into pandas and drawing with
plotly.express; Dash as it comes out of the box.
"""

from __future__ import annotations

import argparse
import sqlite3

import dash_bootstrap_components as dbc
import pandas as pd
import plotly.express as px
from dash import Dash, Input, Output, dcc, html
from werkzeug.serving import WSGIRequestHandler, make_server

LAST = pd.Timestamp("2026-11-23", tz="Europe/Berlin")
DAYS = {"7d": 7, "30d": 30, "90d": 90, "month": 20}
ENTRIES = """
SELECT occurred_at, e.kind AS entry, reason, workspace_id, w.name AS workspace, w.kind,
       amount_micro
FROM entries e LEFT JOIN workspaces w ON w.account_id = e.account_id AND w.id = e.workspace_id
WHERE e.account_id = ? AND occurred_at >= ? AND e.kind IN ('usage', 'refund')
"""


def entries(ledger: str, account: str, days: int) -> pd.DataFrame:
    """The entries of the last days, with their local time and net credits."""
    since = int((LAST - pd.Timedelta(days=days)).timestamp() * 1_000_000)
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as connection:
        frame = pd.read_sql(ENTRIES, connection, params=(account, since))
    frame["at"] = pd.to_datetime(frame["occurred_at"], unit="us", utc=True)
    frame["at"] = frame["at"].dt.tz_convert("Europe/Berlin")
    frame["credits"] = frame["amount_micro"] / 1e6
    frame.loc[frame["entry"] == "refund", "credits"] *= -1
    return frame


def make_app(ledger: str, account: str) -> Dash:
    """The page with a callback for each chart."""
    # plotly.express completes its template on first use, which two threads at once break.
    px.bar(x=[0], y=[0])
    px.pie(names=["one"], values=[1])
    app = Dash("naive", external_stylesheets=[], include_assets_files=False)
    names = ("daily", "months", "reasons", "workspaces", "kinds")
    choices = [{"label": name, "value": name} for name in DAYS]
    app.layout = dbc.Container(
        [
            html.H1("Credits"),
            dbc.RadioItems(choices, "month", id="range"),
            dbc.Row([dbc.Col(dcc.Graph(id=name), width=6) for name in names]),
        ]
    )
    asked = Input("range", "value")

    @app.callback(Output("daily", "figure"), asked)
    def daily(range_: str):
        frame = entries(ledger, account, DAYS[range_])
        sums = frame.groupby([frame["at"].dt.strftime("%Y-%m-%d"), "reason"], as_index=False)
        return px.bar(sums["credits"].sum(), x="at", y="credits", color="reason")

    @app.callback(Output("months", "figure"), asked)
    def months(_range: str):
        frame = entries(ledger, account, 365)
        sums = frame.groupby(frame["at"].dt.strftime("%Y-%m"))["credits"].sum().reset_index()
        return px.bar(sums, x="at", y="credits")

    @app.callback(Output("reasons", "figure"), asked)
    def reasons(range_: str):
        sums = entries(ledger, account, DAYS[range_]).groupby("reason")["credits"].sum()
        return px.bar(sums.reset_index(), x="credits", y="reason", orientation="h")

    @app.callback(Output("workspaces", "figure"), asked)
    def workspaces(range_: str):
        sums = entries(ledger, account, DAYS[range_]).groupby("workspace")["credits"].sum()
        largest = sums.sort_values(ascending=False).head(9).reset_index()
        return px.bar(largest, x="credits", y="workspace", orientation="h")

    @app.callback(Output("kinds", "figure"), asked)
    def kinds(range_: str):
        sums = entries(ledger, account, DAYS[range_]).groupby("kind")["credits"].sum()
        return px.pie(sums.reset_index(), names="kind", values="credits", hole=0.6)

    return app


class Handler(WSGIRequestHandler):
    """Keeps connections open, as the others do."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_words: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description="The naive page.")
    parser.add_argument("--db", required=True)
    parser.add_argument("--account", default="largest")
    parser.add_argument("--port", type=int, default=8061)
    options = parser.parse_args()
    app = make_app(options.db, options.account)
    server = make_server("127.0.0.1", options.port, app.server, threaded=True,
                         request_handler=Handler)  # fmt: skip
    print(f"http://127.0.0.1:{server.port}/", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
