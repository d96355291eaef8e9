"""The small pieces that every part of the page uses: icons, buttons, words for screen readers.

Made from values only; a button says in `data-act` what it does, assets/credits.js does it.
"""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.ids import Act


def aria(**words: str) -> dict[str, Any]:
    """Attributes for screen readers: `aria(hidden="true")` is `aria-hidden="true"`."""
    return {f"aria-{name}": value for name, value in words.items()}


def icon(name: str) -> html.Span:
    """A 16 px mark in the text's colour; always beside a name, so hidden from screen readers."""
    return html.Span(className=f"icon icon-{name}", **aria(hidden="true"))


def unseen(words: str) -> html.Span:
    """Words for screen readers only."""
    return html.Span(words, className="visually-hidden")


def button(
    act: Act, *content: html.Span | str, look: str = "button", **properties: Any
) -> html.Button:
    """A button that does `act`."""
    properties["data-act"] = str(act)
    return html.Button(list(content), type="button", className=look, **properties)


def host_link(address: str, words: str, **properties: Any) -> html.A:
    """A link to a page of the host; from within a frame it leaves the frame."""
    return html.A(words, href=address, target="_top", **properties)
