"""The findings of a range: its total and up to three sentences, from the frames of the panels.

Each is said only when it is true, and opens what it is about. Nothing is asked or drawn here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from dashboard import target, words
from dashboard.causes import Cause
from dashboard.compared import before_total, befores
from dashboard.days import read_days
from dashboard.findings import Spike
from dashboard.hover import LONGEST, clip
from dashboard.panel import Texture
from dashboard.reason_looks import look
from dashboard.reason_parts import Reason, biggest, list_reasons, read_reasons, verb, whole
from dashboard.sheet_words import against_usual
from dashboard.view import View
from data.frames import has_consumption, total

BIGGEST_FROM = 25  # percent of the range that a reason has
RISE_FROM = 20  # percent of what it was before
RISE_OF_RANGE = 5  # percent of the range

NOTHING_UNUSUAL = "Nothing unusual in this range."
NOTHING_USED = "No credits used in this range."


@dataclass(frozen=True)
class Frames:
    """What findings are made from; None for a frame that could not be read."""

    days: pd.DataFrame | None
    reasons: pd.DataFrame | None
    workspaces: pd.DataFrame | None


@dataclass(frozen=True)
class Total:
    """What the range used, and the previous period where the history is long enough."""

    net: int
    before: int | None


@dataclass(frozen=True)
class Highlight:
    """One sentence: the bold `name` and what is said of it, its mark, and what a press opens."""

    label: str
    name: str
    says: str
    opens: str
    token: str
    texture: Texture | Literal["rise"]


@dataclass(frozen=True)
class Highlights:
    """The row of findings; `otherwise` stands there when nothing was found."""

    total: Total | None  # None when it could not be read
    found: tuple[Highlight, ...]
    otherwise: str


NO_HIGHLIGHTS = Highlights(None, (), "")


def for_paper(highlights: Highlights) -> Highlights:
    """The same findings, none of which opens anything."""
    return replace(highlights, found=tuple(replace(one, opens="") for one in highlights.found))


@dataclass(frozen=True)
class Rise:
    """What a reason or a workspace used, and how much more than before."""

    name: str
    net: int
    before: int
    opens: str

    @property
    def size(self) -> int:
        """How much more."""
        return self.net - self.before


def find_highlights(frames: Frames, view: View) -> Highlights:
    """The findings of the range of `view`."""
    found = tuple(_found(frames, view))
    return Highlights(_total(frames), found, "" if found else _otherwise(frames))


def _total(frames: Frames) -> Total | None:
    if frames.days is None:
        return None
    net = total(frames.days.loc[frames.days["in_range"].astype(bool), "net"])
    return Total(net, None if frames.reasons is None else before_total(frames.reasons))


def _otherwise(frames: Frames) -> str:
    """That nothing is unusual can only be said when everything was looked at."""
    if frames.days is None or frames.reasons is None or frames.workspaces is None:
        return ""
    return NOTHING_UNUSUAL if has_consumption(frames.reasons) else NOTHING_USED


def _found(frames: Frames, view: View) -> Iterator[Highlight]:
    named = set()
    reasons = _shown_reasons(frames, view)
    if reason := _biggest_reason(reasons):
        named.add(reason.code)
        yield _of_reason(reason, whole(reasons), view)
    if spike := _biggest_spike(frames, view):
        day, cause = spike
        named.add(cause.reason.code if cause else None)
        yield _of_spike(day, cause, view)
    if rise := _biggest_rise(frames, named, view):
        says = f" used {words.credits(rise.net)}{compared(rise.net, rise.before, view)}."
        yield Highlight("Biggest rise", rise.name, says, rise.opens, "text", "rise")


def compared(net: int, before: int | None, view: View) -> str:
    """`, up 72% on 3–22 Oct`; empty where nothing is compared."""
    if before is None or view.previous is None:
        return ""
    return f", {words.compared(net, before, words.sentence(view.previous, view.today))}"


# --- the biggest reason ---------------------------------------------------------------------


def _shown_reasons(frames: Frames, view: View) -> tuple[Reason, ...]:
    """As the chart shows them, so that the shares are the chart's own."""
    if frames.reasons is None:
        return ()
    return read_reasons(frames.reasons, view.account.taxonomy)


def _biggest_reason(reasons: Sequence[Reason]) -> Reason | None:
    found = biggest(reasons)
    return found if found and 100 * found.net >= BIGGEST_FROM * whole(reasons) else None


def _of_reason(reason: Reason, of: int, view: View) -> Highlight:
    name, share = clip(reason.label, LONGEST), words.share(reason.net, of)
    change = compared(reason.net, reason.before, view)
    says = f" {verb(reason.label)} {share} of this range{change}."
    opens = target.reason(reason.code or "").text
    return Highlight("Biggest reason", name, says, opens, *look(reason.code))


# --- the biggest spike ----------------------------------------------------------------------


def _biggest_spike(frames: Frames, view: View) -> tuple[Spike, Cause | None] | None:
    if frames.days is None:
        return None
    days = read_days(frames.days, view)
    inside = (spike for spike in days.spikes if spike.day in view.period)
    found = next(inside, None)
    return (found, days.causes.get(found.day)) if found else None


def _of_spike(spike: Spike, cause: Cause | None, view: View) -> Highlight:
    name, opens = words.weekday(spike.day, view.today), target.day(spike.day).text
    why = f", {against_usual(spike.net, spike.day, spike.usual)}"
    if cause:
        amount = words.credits(cause.amount)
        were = "was" if amount in {"1", "<1"} else "were"
        why = f": {amount} {were} {clip(cause.named(' in '), LONGEST)}"
    says = f" used {words.credits(spike.net)}{why}."
    return Highlight("Biggest spike", name, says, opens, "text", "diamond")


# --- the biggest rise -----------------------------------------------------------------------


def _biggest_rise(frames: Frames, named: set[str | None], view: View) -> Rise | None:
    """The largest by amount of a workspace, or of a reason that no other finding names."""
    net = 0 if frames.reasons is None else total(frames.reasons["net"])
    if frames.reasons is None or net <= 0:
        return None
    of_reasons = (rise for rise in _reason_rises(frames.reasons, named, view)
                  if _is_large(rise.net, rise.before, net))  # fmt: skip
    rises = [*_workspace_rises(frames, net), *of_reasons]
    return max(rises, key=lambda rise: rise.size, default=None)


def _is_large(net: int, before: int, of: int) -> bool:
    size = net - before
    return size > 0 and 100 * size >= RISE_FROM * before and 100 * size >= RISE_OF_RANGE * of


def _workspace_rises(frames: Frames, of: int) -> Iterator[Rise]:
    """Large ones, of workspaces alone: what is none, or may not be named, opens nothing."""
    if frames.workspaces is None:
        return
    columns = (frames.workspaces[name].tolist() for name in ("id", "name", "net"))
    for id_, name, net, before in zip(*columns, befores(frames.workspaces), strict=True):
        if isinstance(id_, str) and before is not None and _is_large(net, before, of):
            yield Rise(clip(name, LONGEST), net, before, target.workspace(id_).text)


def _reason_rises(frame: pd.DataFrame, named: set[str | None], view: View) -> Iterator[Rise]:
    for reason in list_reasons(frame, view.account.taxonomy):
        code, before = reason.code, reason.before
        if code is not None and code not in named and before is not None:
            name = clip(reason.label, LONGEST)
            yield Rise(name, reason.net, before, target.reason(code).text)
