"""What stands where a chart or the page cannot: skeletons, nothing used, failures, no permission.

Each says what happened and what to do; none shows a control that would lead nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.host import NO_HOST, Host
from dashboard.ids import Act, Id
from dashboard.panel import Shape
from layouts.controls import aria, button, host_link, icon

# What stands where all charts would; also told to screen readers.
ALL_FAILED = "Credit usage didn't load"
NO_PERMISSION = "You can't see credit usage for this account"

BARS = (54, 73, 66, 84, 25, 17, 78, 90, 69, 100, 62, 22, 17, 83, 70, 66, 80, 57)
ROWS = (100, 48, 42, 28, 23, 17, 13, 10, 16)
STACK_LINES, RING_LINES = 7, 3


def skeleton(shape: Shape) -> html.Div:
    """Grey marks in the chart's own shape, shown until the first answer."""
    parts = {"bars": _bars, "stack": _stack, "rows": _rows, "ring": _ring}[shape]()
    return html.Div(parts, className=f"skeleton skeleton-{shape}", **aria(hidden="true"))


def empty(dates: str, *, offer_month: bool = True) -> html.Div:
    """Nothing was used in the range; the way back is offered unless the reader is there."""
    actions = [button(Act.MONTH, "Show this billing month")] if offer_month else []
    return _message(
        "No credits used in this range", f"Nothing was used on {dates}.", actions=actions
    )


def failed(reference: str) -> html.Div:
    """One chart did not load; the others stand."""
    return _message(
        "This chart didn't load",
        f"The other charts are up to date. Reference {reference}.",
        actions=[_try_again()],
    )


def card_failed(reference: str) -> html.Div:
    """The billing month card did not load; the charts stand."""
    return _message(
        "This didn't load",
        f"The charts are up to date. Reference {reference}.",
        actions=[_try_again()],
    )


def new_account(host: Host = NO_HOST) -> html.Div:
    """Nothing was ever used; how credits work is explained by the host."""
    return _message(
        "No usage yet",
        "Credits spent on premium-model chats, workflow runs, Enhanced OCR and Compose renders "
        "show up here within a few minutes.",
        actions=_links(host.help, "How credits work"),
    )


def all_failed(reference: str) -> html.Div:
    """No chart loaded; said once, in place of all of them."""
    return _page_message(
        ALL_FAILED,
        f"Your balance in the ledger isn't affected. Reference {reference}.",
        actions=[_try_again()],
    )


def preparing(part: float | None) -> html.Div:
    """An account is rolled up for the first time; the page asks again by itself."""
    if part is None:
        sentence = "Your usage is being added up. The charts show by themselves when that is done."
    else:
        sentence = f"{part:.0%} done. This is needed once for this snapshot."
    return _page_message("Preparing your charts", sentence)


def no_permission(host: Host = NO_HOST) -> html.Div:
    """The viewer may not see this account's usage; no control is left on the page."""
    return _page_message(
        NO_PERMISSION,
        "Account owners and billing admins can. Ask one of them for access.",
        mark=[icon("lock")],
        actions=_links(host.account, "Back to account"),
    )


def strips(host: Host = NO_HOST) -> html.Div:
    """Two lines over the toolbar, each hidden until assets/connection.js has cause to show it."""
    lost = [
        html.B("Connection lost."),
        html.Span(id=Id.STRIP_LOST_SINCE),
        button(Act.RETRY, "Try again"),
    ]
    sign_in = _links(host.sign_in, "Sign in") or [button(Act.RELOAD, "Sign in")]
    signed_out = [html.B("You're signed out."), *sign_in]
    return html.Div(
        [
            html.Div([icon("warning"), *lost], id=Id.STRIP_LOST, className="strip", hidden=True),
            html.Div(
                [icon("warning"), *signed_out],
                id=Id.STRIP_SIGNED_OUT,
                className="strip",
                hidden=True,
            ),
        ],
        role="alert",
        className="strips",
    )


def _links(address: str, words: str) -> list[Component]:
    """The link as a button, where the host has told its address."""
    return [host_link(address, words, className="button")] if address else []


def _try_again() -> html.Button:
    return button(Act.RETRY, icon("again"), "Try again")


def _message(
    title: str,
    sentence: str,
    *,
    mark: Sequence[Component] = (),
    actions: Sequence[Component] = (),
) -> html.Div:
    words = [html.P(title, className="message-title"), html.P(sentence)]
    return html.Div([*mark, *words, *actions], className="message")


def _page_message(
    title: str,
    sentence: str,
    *,
    mark: Sequence[Component] = (),
    actions: Sequence[Component] = (),
) -> html.Div:
    return html.Div(_message(title, sentence, mark=mark, actions=actions), className="sheet")


def _bars() -> list[Component]:
    return [html.Span(style={"height": f"{share}%"}) for share in BARS]


def _rows() -> list[Component]:
    return [html.Span(style={"width": f"{share}%"}) for share in ROWS]


def _stack() -> list[Component]:
    return [html.Span(className="skeleton-bar"), *_lines(STACK_LINES)]


def _ring() -> list[Component]:
    return [html.Span(className="skeleton-circle"), *_lines(RING_LINES)]


def _lines(count: int) -> list[Component]:
    return [html.Span(className="skeleton-line") for _ in range(count)]
