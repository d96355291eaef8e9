"""The billing month card as components: heading, four numbers, the bar, advice and plan fit.

Made from a MonthCard; which addresses the host has decides which links and buttons there are.
"""

from __future__ import annotations

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.advice import Advice, Offer
from dashboard.host import Host
from dashboard.ids import Id
from dashboard.month_card import Bar, MonthCard, Number, Stretch
from dashboard.plan_fit import PlanFit
from layouts.controls import aria, host_link, icon
from layouts.states import card_failed

NUMBERS = 4


def month_section() -> html.Section:
    """The card before any answer: its name, and grey marks where numbers will stand."""
    waiting = [html.Span(className="skeleton-line") for _ in range(NUMBERS)]
    marks = html.Div(
        [html.Div(waiting, className="numbers"), html.Span(className="skeleton-track")],
        className="skeleton skeleton-month",
        **aria(hidden="true"),
    )
    return html.Section(
        [_heading([]), marks],
        id=Id.MONTH,
        className="sheet month",
        **aria(labelledby=Id.MONTH_TITLE),
    )


def month_view(card: MonthCard | str, host: Host) -> list[Component]:
    """What the card says of one moment; or, with the reference of its failure, what happened."""
    if isinstance(card, str):
        return [_heading([]), card_failed(card)]
    dates = [
        html.Span(f" · {card.dates}", className="month-dates"),
        html.Span(f" · {card.short_dates}", className="month-dates-short"),
        *([html.Span(f" · {card.plan}", className="month-plan")] if card.plan else []),
    ]
    numbers = html.Dl([_number(one, host) for one in card.numbers], className="numbers")
    standing = html.Div([_heading(dates), numbers, _bar(card.bar)], className="standing")
    return [standing, *_advice(card.advice, host), *_fit(card.fit)]


def _heading(dates: list[html.Span]) -> html.H2:
    return html.H2([html.B("This billing month"), *dates], id=Id.MONTH_TITLE)


def _number(number: Number, host: Host) -> html.Div:
    captions: list[Component | str] = list(number.captions)
    if number.of_ledger and host.ledger:
        captions.append(host_link(host.ledger, "See the ledger"))
    first = "caption over" if number.over else "caption"
    rows = [
        html.Dd(caption, className="caption" if place else first)
        for place, caption in enumerate(captions)
    ]
    return html.Div([html.Dt(number.label), html.Dd(number.value, className="value"), *rows])


# --- the bar --------------------------------------------------------------------------------


def _bar(bar: Bar) -> html.Div:
    """A picture with its meaning in words, and under it the two numbers it is read by."""
    tick = [] if bar.tick is None else [html.Span(className="tick", style={"left": f"{bar.tick}%"})]
    track = html.Div(
        [html.Span([_stretch(one) for one in bar.stretches], className="stretches"), *tick],
        className="track",
        role="img",
        **aria(label=bar.told),
    )
    labels = [html.Span(["Used ", html.B(bar.used)])]
    if bar.allowance is not None:
        allowance = html.Span(["Allowance ", html.B(bar.allowance)], className="at-tick")
        labels.append(allowance)
    ends = html.Div(
        labels, className="ends", style={"--tick": f"{bar.tick or 0}%"}, **aria(hidden="true")
    )
    return html.Div([track, ends], className="month-bar")


def _stretch(stretch: Stretch) -> html.Span:
    return html.Span(
        className=f"stretch stretch-{stretch.texture} of-{stretch.token}",
        style={"width": f"{stretch.width}%"},
    )


# --- advice and plan fit --------------------------------------------------------------------


def _advice(advice: Advice | None, host: Host) -> list[Component]:
    if advice is None:
        return []
    addresses: Mapping[Offer, str] = {Offer.PLANS: host.plans, Offer.BUNDLE: host.bundle}
    buttons = [
        host_link(addresses[offer], offer, className="button")
        for offer in advice.offers
        if addresses[offer]
    ]
    mark = [icon("warning")] if advice.warns else []
    parts: list[Component] = [
        html.H3([*mark, html.Span(advice.title)]),
        html.P(advice.text),
        *([html.Div(buttons, className="actions")] if buttons else []),
    ]
    return [html.Div(parts, className="advice warns" if advice.warns else "advice")]


def _fit(fit: PlanFit | None) -> list[Component]:
    """One sentence; its arithmetic on request."""
    if fit is None:
        return []
    body = [
        html.P(fit.rule),
        html.Ul([html.Li(one) for one in fit.sums]),
        *([_months(fit)] if fit.months else []),
    ]
    sums = html.Div(body, className="fit-sums")
    return [html.Details([html.Summary(fit.sentence), sums], className="fit")]


def _months(fit: PlanFit) -> html.Div:
    """It scrolls in itself where it is wider than its card, by keyboard too."""
    rows = [
        html.Tr([html.Th(name, scope="row"), *(html.Td(cell) for cell in cells)])
        for name, *cells in fit.months
    ]
    caption = "What each month used above the allowance of each plan"
    table = html.Table(
        [
            html.Caption(caption, className="visually-hidden"),
            html.Thead(html.Tr([html.Th(head, scope="col") for head in fit.heads])),
            html.Tbody(rows),
        ],
        className="fit-table",
    )
    return html.Div(table, className="table-area", role="group", tabIndex=0, **aria(label=caption))
