"""The menus of what can be taken away: the head's Export, and `⋯` of each panel.

Disclosures, not ARIA menus: Tab, Enter and Escape do what they do everywhere.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.exports import EXPORTS
from dashboard.host import Host
from dashboard.ids import Act, Id
from dashboard.panel import Panel
from layouts.controls import aria, button, icon


def export_menu(host: Host) -> html.Details:
    """Closed until it is pressed; assets/export.js keeps its link on the view that is shown."""
    name = html.Span("Export", className="menu-name")
    files = [_entry(Act.DOWNLOAD, one.label, one.path) for one in EXPORTS]
    return html.Details(
        [
            html.Summary([icon("export"), name, icon("open")], className="button"),
            html.Div(
                [
                    html.P(id=Id.EXPORT_TITLE, className="menu-title"),
                    *(files if host.exports else []),
                    *([html.Hr()] if host.exports else []),
                    html.A(
                        "Print or save as PDF",
                        id=Id.PRINT,
                        href="?view=print#print",
                        target="_blank",
                        rel="noopener",
                        className="menu-entry",
                    ),
                ],
                className="menu-card",
            ),
        ],
        id=Id.EXPORT,
        className="menu",
    )


def panel_menu(panel: Panel, host: Host) -> html.Details:
    """What a reader can take of one panel; its picture is made in the browser."""
    data = _entry(Act.DOWNLOAD, "Data (CSV)", f"{panel.key}.csv")
    picture = _entry(Act.PICTURE, "Image (PNG)", panel.key)
    link = _entry(Act.COPY, "Copy link to this view", "")
    entries: list[Component] = [*([data, picture] if host.exports else []), link]
    more = html.Summary(icon("more"), className="button", **aria(label=f"More for {panel.name}"))
    return html.Details([more, html.Div(entries, className="menu-card")], className="menu")


def _entry(act: Act, says: str, value: str) -> html.Button:
    return button(act, says, look="menu-entry", **{"data-value": value})


def title(dates: str) -> str:
    """What the entries would give: `Export 3 – 22 Nov 2026`."""
    return f"Export {dates}"
