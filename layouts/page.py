"""The whole page before any answer: titles and questions, grey marks where data will stand.

It is the same for every viewer: no name, number or date of an account is in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.host import NO_HOST, Host
from dashboard.ids import Act, Id
from dashboard.panel import Panel
from layouts.controls import aria, button, host_link, icon, unseen
from layouts.drill_down import drill_down
from layouts.export_menu import export_menu
from layouts.findings import findings_section
from layouts.month_card import month_section
from layouts.panel import card
from layouts.range_picker import compare_switch, range_picker, steps
from layouts.states import no_permission, strips

CHOICES_OF_THEME = ("system", "light", "dark")


def page(
    panels: Sequence[Panel],
    host: Host = NO_HOST,
    *,
    switches_accounts: bool = False,
    refresh_seconds: int = 60,
) -> html.Div:
    """The skeleton of the page with one card for each of `panels`, in their order.

    Open and visible, it looks for new figures every `refresh_seconds`: assets/refresh.js.
    """
    return html.Div(
        [
            dcc.Location(id=Id.URL, refresh=False),
            dcc.Store(id=Id.VIEW),
            dcc.Store(id=Id.STEPS),
            dcc.Store(id=Id.ACT),
            html.P(id=Id.PRINT_LINE, className="print-line"),
            _head(host, switches_accounts=switches_accounts),
            _main(panels, host, refresh_seconds),
            html.Footer(id=Id.FOOT),
            html.Div(id=Id.STATUS, role="status", className="visually-hidden"),
            drill_down(host),
        ],
        className="page",
    )


def foot(zone: str, agreement: str | None = None) -> list[Component]:
    """What every reader should know: the zone of the days, and whether the ledger says the same."""
    return [
        html.P(f"Days and billing months are in {zone}."),
        html.P("Usage arrives within a few minutes. The ledger is the record for billing."),
        *([html.P(agreement)] if agreement else []),
    ]


def dates(words: str, days: int) -> list[Component | str]:
    """The resolved range beside the picker: `3 – 22 Nov 2026 · 20 days`."""
    count = "1 day" if days == 1 else f"{days:,} days"
    return [html.B(words), html.Span(f" · {count}", className="days")]


def freshness(state: str, label: str) -> list[Component]:
    """How far the charts reach: a dot or icon for `state`, and its sentence."""
    return [icon(state), html.Span(label)]


def delay(what: str, sentence: str) -> list[Component]:
    """The strip over the toolbar while usage arrives late."""
    return [icon("delayed"), html.Div([html.B(what), " ", sentence])]


def _head(host: Host, *, switches_accounts: bool) -> html.Header:
    fresh = html.P(id=Id.FRESHNESS, className="freshness")
    tools: list[Component] = [fresh, _refresh(), export_menu(host), _theme()]
    return html.Header(
        [
            _crumbs(host),
            html.H1("Credits"),
            _nav(host),
            _accounts(shown=switches_accounts),
            html.Div(tools, className="tools"),
        ],
        className="head",
    )


def _crumbs(host: Host) -> html.Nav:
    account = host_link(host.account, "Account") if host.account else "Account"
    return html.Nav(
        html.Ol([html.Li(account), html.Li("Credits", **aria(current="page"))]),
        className="crumbs",
        **aria(label="Breadcrumb"),
    )


def _nav(host: Host) -> html.Nav:
    """The two pages on credits; the ledger is the host's own."""
    here = html.Li(html.Span("Usage", className="place", **aria(current="page")))
    ledger = [html.Li(host_link(host.ledger, "Ledger", className="place"))] if host.ledger else []
    return html.Nav(html.Ul([here, *ledger]), className="places", **aria(label="Credits"))


def _refresh() -> html.Button:
    return button(Act.REFRESH, icon("again"), title="Refresh", **aria(label="Refresh"))


def _accounts(*, shown: bool) -> html.Div:
    """The account switcher of snapshot mode; elsewhere the host names the account."""
    return html.Div(
        [html.Label("Account", htmlFor=Id.ACCOUNTS), dbc.Select(id=Id.ACCOUNTS, options=[])],
        className="accounts",
        hidden=not shown,
    )


def _theme() -> html.Button:
    """Its name tells the theme chosen and the one that a press brings; assets/theme.js knows."""
    words = [
        unseen("Theme: "),
        *(html.Span(name, className=f"unseen theme-is-{name}") for name in CHOICES_OF_THEME),
        unseen(". Change to "),
        *(html.Span(name, className=f"unseen theme-next-{name}") for name in CHOICES_OF_THEME),
    ]
    return button(Act.THEME, icon("theme"), *words, id=Id.THEME)


def _main(panels: Sequence[Panel], host: Host, refresh_seconds: int) -> html.Main:
    return html.Main(
        [
            strips(host),
            html.Div(no_permission(host), id=Id.NO_PERMISSION, hidden=True),
            html.Div(id=Id.DELAY, className="strip"),
            html.Div(id=Id.PAGE_STATE, className="page-state"),
            month_section(),
            _toolbar(),
            html.P(id=Id.NOTICE, className="notice"),
            findings_section(),
            html.Div([card(panel, host) for panel in panels], id=Id.GRID, className="grid"),
            html.Div(id=Id.PAPER, className="paper"),
        ],
        id=Id.MAIN,
        **(aria(busy="true") | {"data-refresh": str(refresh_seconds)}),
    )


def _toolbar() -> html.Div:
    return html.Div(
        [
            range_picker(),
            html.Div(
                [steps(), html.P(id=Id.DATES, className="dates"), compare_switch()],
                className="resolved",
            ),
        ],
        id=Id.TOOLBAR,
        className="toolbar",
    )
