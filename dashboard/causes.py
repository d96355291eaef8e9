"""Why a day stands out: the reason and the workspace furthest above their own usual, as values.

Pure: it is handed what was used and reads nothing. Amounts are net, in whole micro-credits, and
what is usual is the median of the same kind of day, as in findings.py, its half dropped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard import findings
from dashboard.findings import Nets, Spike

Pair = tuple[str, str]  # reason code and workspace id, empty for no workspace


@dataclass(frozen=True)
class Part:
    """A reason by its code or a workspace by its id (empty: no workspace), and its name."""

    code: str
    name: str


@dataclass(frozen=True)
class Contribution:
    """What a reason or a workspace used that day, and by how much more than it usually does."""

    code: str
    net: int
    excess: int


@dataclass(frozen=True)
class Breakdown:
    """The day's excess, split: `parts` and `other` add up to it exactly.

    `other` is what no part accounts for: medians of parts do not add up to the median of the sum,
    and a part that used little that day is in no list.
    """

    parts: tuple[Contribution, ...]
    other: int


@dataclass(frozen=True)
class Cause:
    """What a spike was: `amount` is what `reason` used in `workspace` on that day.

    Without a workspace, because none holds half of what the reason is above its usual, `amount`
    is what the reason used in all of them.
    """

    reason: Part
    workspace: Part | None
    amount: int
    excess: int  # of the day above its usual
    reasons: Breakdown
    workspaces: Breakdown

    def named(self, between: str) -> str:
        """`Enhanced OCR, Acme contracts`, with `between` between the two."""
        return between.join(part.name for part in (self.reason, self.workspace) if part)


@dataclass(frozen=True)
class Evidence:
    """What is known of one spike: nets of the day and its history, and of the day the pairs."""

    spike: Spike
    history: Sequence[dt.date]
    reasons: Mapping[str, Nets]
    workspaces: Mapping[str, Nets]  # the largest of the day
    pairs: Mapping[Pair, int]


def find_cause(
    evidence: Evidence, reason_names: Mapping[str, str], workspace_names: Mapping[str, str]
) -> Cause | None:
    """The cause; None when no reason is above its usual.

    Names are of those that the reader may see: a workspace without one is never the cause.
    """
    reasons, workspaces = (
        _contributions(parts, evidence) for parts in (evidence.reasons, evidence.workspaces)
    )
    reason = _furthest(reasons)
    if reason is None:
        return None
    place = _furthest([one for one in workspaces if one.code in workspace_names])
    amount = evidence.pairs.get((reason.code, place.code), 0) if place else 0
    holds = 2 * amount >= reason.excess
    excess = evidence.spike.net - evidence.spike.usual.twice_median // 2
    return Cause(
        reason=Part(reason.code, reason_names.get(reason.code, reason.code)),
        workspace=Part(place.code, workspace_names[place.code]) if place and holds else None,
        amount=amount if holds else reason.net,
        excess=excess,
        reasons=_breakdown(reasons, excess),
        workspaces=_breakdown(workspaces, excess),
    )


def causes_of(frame: pd.DataFrame) -> dict[dt.date, Cause]:
    """The causes that the frame of the daily panel carries, by day."""
    columns = (frame[name].tolist() for name in ("day", "cause"))
    return {day: cause for day, cause in zip(*columns, strict=True) if cause is not None}


def _contributions(parts: Mapping[str, Nets], evidence: Evidence) -> list[Contribution]:
    """Furthest above its usual first; of equal ones the first by code."""
    found = (_contribution(code, nets, evidence) for code, nets in parts.items())
    return sorted(found, key=lambda one: (-one.excess, one.code))


def _contribution(code: str, nets: Nets, evidence: Evidence) -> Contribution:
    net = nets.get(evidence.spike.day, 0)
    before = [nets.get(day, 0) for day in evidence.history]
    return Contribution(code, net, net - findings.twice_median(before) // 2)


def _furthest(ordered: Sequence[Contribution]) -> Contribution | None:
    """The first that is above its usual because of what it used, not of what it used to refund."""
    return next((one for one in ordered if one.excess > 0 and one.net > 0), None)


def _breakdown(parts: Sequence[Contribution], excess: int) -> Breakdown:
    return Breakdown(tuple(parts), excess - sum(part.excess for part in parts))
