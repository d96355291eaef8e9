"""What a demo account is told to be, as frozen values; never a row and never a random number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from data.schema import MICRO

CellKey = tuple[str, str | None]  # reason and workflow type

# Share of a day's work by local hour. Nothing after 23:00, so that a day of 23 hours holds it all.
WORKDAY = (0, 0, 0, 0, 0, 0, 1, 4, 10, 14, 14, 12, 8, 11, 14, 13, 11, 8, 4, 3, 2, 1, 1, 0)
WEEKEND = (0, 0, 0, 0, 0, 0, 1, 4, 10, 13, 13, 11, 8, 8, 9, 9, 8, 6, 5, 4, 3, 2, 1, 0)

OFFICE_WEEK = (1.0, 1.0, 1.04, 1.0, 0.76, 0.2, 0.16)  # Monday to Sunday

# The mean entry of a reason, in credits.
SIZES = {
    "enhanced_ocr": 6.5,
    "workflow_run": 13.0,
    "premium_chat": 4.2,
    "compose_render": 5.0,
    "image_generation": 3.0,
}


@dataclass(frozen=True)
class Workspace:
    """One workspace; `closed_days_ago` is when it was deleted, counted back from now."""

    id: str
    name: str
    kind: Literal["team", "personal"] = "team"
    owner: str | None = None
    closed_days_ago: int | None = None


@dataclass(frozen=True)
class Member:
    """A person of the account."""

    id: str
    name: str


@dataclass(frozen=True)
class Mix:
    """How credits divide: by reason and type, by workspace (None is `No workspace`).

    `lean` multiplies what a workspace spends on a reason or a workflow type before both
    divisions are met.
    """

    reasons: Mapping[CellKey, float]
    workspaces: Mapping[str | None, float]
    lean: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One large entry of a spike, at a local clock time."""

    hour: int
    minute: int
    credits: int


@dataclass(frozen=True)
class Spike:
    """Large jobs on one weekday on top of its usual work, perhaps given back later."""

    days_ago: int
    reason: str
    workflow_type: str | None
    workspace: str
    jobs: tuple[Job, ...]
    refunded_days_ago: int | None = None

    @property
    def credits(self) -> int:
        """All its jobs together."""
        return sum(job.credits for job in self.jobs)


@dataclass(frozen=True)
class Extra:
    """A movement of the balance that no rule makes: a bundle bought, a correction."""

    days_ago: int
    kind: Literal["purchase", "adjustment"]
    credits: int


@dataclass(frozen=True)
class Story:
    """One demo account, told in months and days before now.

    `totals` are whole credits by billing month, the running one first (its whole, were it over).
    `recent` are credits by weeks ago and weekday, which the newest weeks follow to the credit.
    """

    id: str
    name: str
    plan: str
    timezone: str
    anchor_day: int | None  # None: the day on which it was opened
    workspaces: tuple[Workspace, ...]
    members: tuple[Member, ...]
    allowances: tuple[tuple[int, int | None], ...]  # (back to months ago, credits or no allowance)
    totals: tuple[int, ...]
    mixes: tuple[Mix, ...]  # of the running month, then of the months before
    rhythm: tuple[float, ...] = OFFICE_WEEK
    recent: tuple[tuple[int, ...], ...] = ()
    spikes: tuple[Spike, ...] = ()
    extras: tuple[Extra, ...] = ()
    closed_on: frozenset[tuple[int, int]] = frozenset()  # (month, day) without any use
    size: float = 1.0  # of its entries, against SIZES
    step_micro: int = MICRO // 10  # every amount is a multiple of this
    refund_rate: float = 0.07  # days on which an earlier entry is given back
    stored_months: int = 999  # older billing months are not stored: their allowance is unknown
    carry: int = 0  # unused credits that outlive a billing month
    bundle: int = 1_000  # what is bought when the balance runs dry
    opened_hours_ago: int | None = None  # a new account: opened so long before now
    shows_balance: bool = True
    last_minutes_ago: int | None = None  # its last entry, 0 is now to the second; None: whenever

    def allowance(self, months_ago: int) -> int | None:
        """The credits that a billing month grants, None for a plan without an allowance."""
        return next(amount for oldest, amount in self.allowances if months_ago <= oldest)
