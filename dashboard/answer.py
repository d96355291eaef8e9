"""One answer to one request: all panels at one moment, each drawn, empty or failed on its own.

Knows neither browser nor components; callbacks hand it a connection and layouts show it.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from dashboard.agreement import agreement
from dashboard.highlights import NO_HIGHLIGHTS, Frames, Highlights, find_highlights
from dashboard.month_card import MonthCard, month_card
from dashboard.panel import Drawing, Panel
from dashboard.panels import PANELS, by_reason, by_workspace, daily_usage
from dashboard.plan_catalogue import Catalogue
from dashboard.ranges import DEFAULT, RangeError, earlier, later
from dashboard.standing import load_standing
from dashboard.table import Table
from dashboard.theme import Theme
from dashboard.view import Reading, View, load_view_or_default
from data import reconciled
from data.access import Scope
from data.engine import Connection
from data.errors import UsageError

log = logging.getLogger(__name__)

REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read for another


@dataclass(frozen=True)
class Wish:
    """What a reader wants to see: a range, and how its panels show it.

    A table is open from the row on that its panel's key is mapped to; unknown keys mean nothing.
    """

    range: str = DEFAULT
    tables: Mapping[str, int] = field(default_factory=dict)
    all_workspaces: bool = False
    compares: bool = False


@dataclass(frozen=True)
class PanelAnswer:
    """A panel's drawing, its table where that is open, or the reference that the log has."""

    panel: Panel
    drawing: Drawing | None = None
    table: Table | None = None
    empty: bool = False
    reference: str | None = None


@dataclass(frozen=True)
class Answer:
    """What one request gets: the view, the card, the findings, the panels, where the steps lead."""

    view: View
    card: MonthCard | str  # or the reference that the log has
    agreement: str | None  # how the charts compare with the ledger, where that is known
    panels: tuple[PanelAnswer, ...]
    highlights: Highlights
    range_error: RangeError | None
    earlier: str | None
    later: str | None

    @property
    def failed(self) -> bool:
        """Whether every panel failed."""
        return all(panel.reference for panel in self.panels)


def answer(
    reading: Reading,
    wish: Wish,
    theme: Theme,
    panels: Sequence[Panel] = PANELS,
    catalogue: Catalogue | None = None,
) -> Answer:
    """All panels of one range and the running month's card, at one moment."""
    view, error = load_view_or_default(reading, wish.range)
    view = replace(view, all_workspaces=wish.all_workspaces, compares=wish.compares)
    frames = _frames(panels, reading, view)
    tables = {panel.key: _table_frame(panel, frames, reading, view)
              for panel in panels if panel.key in wish.tables}  # fmt: skip
    before, after = earlier(view.range, view.bounds), later(view.range, view.bounds)
    return Answer(
        view=view,
        card=_card(reading, view, catalogue),
        agreement=_agreement(reading, view),
        panels=tuple(
            _draw(panel, frames[panel.key], tables.get(panel.key), view, theme) for panel in panels
        ),
        highlights=_highlights(frames, view),
        range_error=error,
        earlier=before.text if before else None,
        later=after.text if after else None,
    )


def new_reference() -> str:
    """Six letters that join what the reader sees with what the log has."""
    return "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))


Query = Callable[[Connection, Scope, View], pd.DataFrame]
Found = pd.DataFrame | str  # a frame, or the reference of its failure


def _frames(panels: Sequence[Panel], reading: Reading, view: View) -> dict[str, Found]:
    """The frame of each panel; what two of them ask alike is asked once, and fails for both."""
    found: dict[Query, Found] = {}
    for panel in panels:
        if panel.query not in found:
            found[panel.query] = _query(panel, panel.query, reading, view)
    return {panel.key: found[panel.query] for panel in panels}


def _query(panel: Panel, query: Query, reading: Reading, view: View) -> Found:
    try:
        # A statement that fails must not take the transaction of the other panels with it.
        with reading.connection.begin_nested():
            return query(reading.connection, reading.scope, view)
    except UsageError:
        raise
    except Exception:
        return _failed(panel.key, view)


def _table_frame(panel: Panel, frames: Mapping[str, Found], reading: Reading, view: View) -> Found:
    """What an open table is made of; a panel whose chart failed asks nothing more."""
    own = frames[panel.key]
    if panel.table_query is None or isinstance(own, str):
        return own
    return _query(panel, panel.table_query, reading, view)


def _draw(
    panel: Panel, frame: Found, table_frame: Found | None, view: View, theme: Theme
) -> PanelAnswer:
    if isinstance(frame, str):
        return PanelAnswer(panel, reference=frame)
    if isinstance(table_frame, str):
        return PanelAnswer(panel, reference=table_frame)
    try:
        drawing = panel.draw(frame, view, theme)
        table = None if table_frame is None else panel.table(table_frame, view)
        return PanelAnswer(panel, drawing, table, empty=panel.is_empty(frame, view))
    except Exception:
        return PanelAnswer(panel, reference=_failed(panel.key, view))


def _card(reading: Reading, view: View, catalogue: Catalogue | None) -> MonthCard | str:
    try:
        with reading.connection.begin_nested():
            standing = load_standing(reading.connection, reading.scope, view)
        return month_card(standing, view.account, catalogue)
    except Exception:
        return _failed("month", view)


def _agreement(reading: Reading, view: View) -> str | None:
    """None where it cannot be told: better no claim than a wrong one."""
    try:
        with reading.connection.begin_nested():
            found = reconciled.load(reading.connection, reading.scope)
    except Exception:
        _failed("agreement", view)
        return None
    if found is None:
        return None
    return agreement(found, reading.freshness, view.account.zone, view.today)


def _failed(part: str, view: View) -> str:
    reference = new_reference()
    log.exception(
        "panel failed: reference=%s panel=%s account=%s range=%s today=%s "
        "(likely the database: is it up, and does the rollup stand?)",
        reference,
        part,
        view.account.id,
        view.range.text,
        view.today,
    )
    return reference


def _highlights(found: Mapping[str, Found], view: View) -> Highlights:
    """What can be said of the frames that there are; a failure leaves the row without a finding."""
    modules = (daily_usage, by_reason, by_workspace)
    frames = (found.get(module.PANEL.key) for module in modules)
    try:
        return find_highlights(Frames(*(None if isinstance(f, str) else f for f in frames)), view)
    except Exception:
        _failed("findings", view)
        return NO_HIGHLIGHTS
