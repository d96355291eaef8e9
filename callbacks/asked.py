"""What a browser asks for, read strictly: whatever arrives, plain values come out.

Never decides what may be seen: an account asked for is only a wish.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.answer import Wish
from dashboard.panels import PANELS
from dashboard.ranges import DEFAULT
from dashboard.theme import THEMES, Theme
from dashboard.view import ALL

COMPARES = "1"  # the `compare=` of an address that asks for the previous period's marks
LONGEST = 200  # characters of any one value
KEYS = frozenset(panel.key for panel in PANELS)
ROW = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Known:
    """What an open page shows already: an account's sums by version, its local day, for whom."""

    account: str
    version: int
    today: str
    scope: str


@dataclass(frozen=True)
class Asked:
    """The range's text, the account wished for, the theme to draw in, and why."""

    range: str
    account: str | None
    theme: Theme
    refreshed: bool = False  # the reader pressed Refresh, and is told that it was done
    tables: Mapping[str, int] = field(default_factory=dict)  # open ones, and their first rows
    all_workspaces: bool = False
    compares: bool = False
    toggled: str | None = None  # the panel whose form the reader changed, and is told so
    prints: bool = False  # for paper: every chart, then every table
    known: Known | None = None  # the page looks by itself whether anything changed

    @property
    def wish(self) -> Wish:
        """What the reader wants to see; a bar for each workspace could be longer than a sheet."""
        if self.prints:
            return Wish(self.range, dict.fromkeys(KEYS, 1), compares=self.compares)
        return Wish(self.range, self.tables, self.all_workspaces, self.compares)


def read(data: object, themes: Mapping[str, Theme] = THEMES) -> Asked:
    """The view store of the page as values; what is missing or no text is the default."""
    fields = data if isinstance(data, Mapping) else {}
    theme = _text(fields.get("theme"))
    return Asked(
        range=_text(fields.get("range")) or DEFAULT,
        account=_text(fields.get("account")),
        theme=themes.get(theme or "light", themes["light"]),
        refreshed=fields.get("refreshed") is True,
        tables=_tables(_text(fields.get("tables")) or ""),
        all_workspaces=fields.get("workspaces") == ALL,
        compares=fields.get("compare") == COMPARES,
        toggled=toggled if (toggled := _text(fields.get("toggled"))) in KEYS else None,
        prints=fields.get("prints") is True,
        known=_known(fields.get("known")),
    )


def _tables(text: str) -> dict[str, int]:
    """`daily,workspace:1001` as panels and rows; unknown names and rows mean nothing."""
    found: dict[str, int] = {}
    for one in text.split(","):
        name, _, row = one.partition(":")
        if name in KEYS:
            found[name] = int(row) if ROW.fullmatch(row) else 1
    return found


def _known(value: object) -> Known | None:
    fields = value if isinstance(value, Mapping) else {}
    account, today, scope = (_text(fields.get(name)) for name in ("account", "today", "scope"))
    version = fields.get("version")
    if type(version) is not int or account is None or today is None or scope is None:
        return None
    return Known(account, version, today, scope)


def _text(value: object) -> str | None:
    return value[:LONGEST] if isinstance(value, str) else None
