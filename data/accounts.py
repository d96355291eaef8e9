"""What the page knows of an account before it counts anything; a value, never a query."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from data.periods import BillingCalendar
from data.reasons import Taxonomy


@dataclass(frozen=True)
class Account:
    """One account: name, plan, reporting zone, billing months, reasons, which kinds it has.

    `first_day` is the local day of its first consumption, None for a new account;
    `workspace_kinds` are those of the workspaces it has, deleted ones included.
    """

    id: str
    name: str
    plan: str | None
    timezone: str
    calendar: BillingCalendar
    taxonomy: Taxonomy
    first_day: dt.date | None
    workspace_kinds: frozenset[str]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The reporting zone."""
        return ZoneInfo(self.timezone)
