"""The head's Export menu: for now its one entry opens the view for paper.

A disclosure, not an ARIA menu: Tab, Enter and Escape do what they do everywhere.
"""

from __future__ import annotations

from dash import html

from dashboard.ids import Id
from layouts.controls import icon


def export_menu() -> html.Details:
    """Closed until it is pressed; assets/export.js keeps its link on the view that is shown."""
    name = html.Span("Export", className="menu-name")
    return html.Details(
        [
            html.Summary([icon("export"), name, icon("open")], className="button"),
            html.Div(
                [
                    html.P(id=Id.EXPORT_TITLE, className="menu-title"),
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


def title(dates: str) -> str:
    """What the entries would give: `Export 3 – 22 Nov 2026`."""
    return f"Export {dates}"
