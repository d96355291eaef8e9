"""What a browser asks for, read strictly: whatever arrives, three values come out.

Never decides what may be seen: an account asked for is only a wish.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.ranges import DEFAULT
from dashboard.theme import THEMES, Theme

LONGEST = 200  # characters of any one value


@dataclass(frozen=True)
class Asked:
    """The range's text, the account wished for, the theme to draw in, and why."""

    range: str
    account: str | None
    theme: Theme
    refreshed: bool = False  # the reader pressed Refresh, and is told that it was done


def read(data: object, themes: Mapping[str, Theme] = THEMES) -> Asked:
    """The view store of the page as values; what is missing or no text is the default."""
    fields = data if isinstance(data, Mapping) else {}
    theme = _text(fields.get("theme"))
    return Asked(
        range=_text(fields.get("range")) or DEFAULT,
        account=_text(fields.get("account")),
        theme=themes.get(theme or "light", themes["light"]),
        refreshed=fields.get("refreshed") is True,
    )


def _text(value: object) -> str | None:
    return value[:LONGEST] if isinstance(value, str) else None
