"""Text inside figures: tooltips and names that came from the ledger; nothing here is markup twice.

Plotly reads a subset of HTML in every text, so what a host wrote is escaped before it gets there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dashboard import words
from dashboard.theme import FONT, Theme

LONGEST = 80  # characters of a name in a tooltip
NAME_LENGTH = 28  # and over a bar


def clip(name: str, length: int) -> str:
    """At most `length` characters, the rest as `…`."""
    return name if len(name) <= length else name[:length].rstrip() + "…"


def plain(name: str) -> str:
    """A ledger's text on one line, without what cannot be printed."""
    if not name.isprintable():
        name = "".join(c if c.isprintable() else " " for c in name)
    return " ".join(name.split())


def markup(text: str) -> str:
    """Plain text as Plotly text: shown as it is, whatever tags it holds."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape(name: str) -> str:
    """A ledger's text as Plotly text, on one line."""
    return markup(plain(name))


def tooltip(mark: str, *lines: str) -> str:
    """The bold name of the mark, then its lines; empty lines are left out."""
    return "<br>".join([f"<b>{escape(clip(mark, LONGEST))}</b>", *(line for line in lines if line)])


def refund_line(used: int, refunded: int, net: int) -> str:
    """What makes up a net amount, wherever a refund is present."""
    if not refunded:
        return ""
    parts = (f"Used {words.credits(used)}", f"refunded {words.credits(refunded)}")
    return escape(" · ".join([*parts, f"net {words.credits(net)}"]))


def amount_line(net: int, *context: str) -> str:
    """`2,038 credits · 12%`, escaped."""
    return escape(" · ".join([words.amount(net), *(text for text in context if text)]))


def shown_on(texts: Iterable[str]) -> dict[str, Any]:
    """The keys of a trace that show one tooltip for each mark, never through a template."""
    return {"hoverinfo": "text", "hovertext": list(texts)}


def label_style(theme: Theme) -> dict[str, Any]:
    """The tooltip: text and surface change places."""
    return {
        "bgcolor": theme.text,
        "bordercolor": theme.text,
        "align": "left",
        "font": {"family": FONT, "size": 12, "color": theme.surface},
    }
