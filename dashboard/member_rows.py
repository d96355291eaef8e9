"""The members of a workspace's sheet as lines: who, how many credits, and their share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import words
from dashboard.hover import LONGEST, clip
from data.member_sums import NOBODYS, OTHERS, OWN, MemberUse

MOST = 50  # lines of a sheet; the smallest are one line together
YOU, UNATTRIBUTED, THE_REST = "You", "No member", "Everyone else"


@dataclass(frozen=True)
class MemberRow:
    """One line."""

    name: str
    credits: str
    share: str


def member_rows(found: Sequence[MemberUse]) -> tuple[MemberRow, ...]:
    """The lines in their order; a share is of all that is above zero."""
    whole = sum(one.net for one in found if one.net > 0)
    named = [one for one in found if not one.who]
    shown = [one for place, one in enumerate(found) if one.who or place < MOST]
    lines = [_row(_name(one), one.net, whole) for one in shown]
    if rest := named[MOST:]:
        label = words.count(len(rest), "more member")
        lines.insert(MOST, _row(label, sum(one.net for one in rest), whole))
    return tuple(lines)


def _row(name: str, net: int, whole: int) -> MemberRow:
    return MemberRow(clip(name, LONGEST), words.credits(net), words.share(net, whole))


def _name(one: MemberUse) -> str:
    if one.who == OWN:
        return YOU
    if one.who == NOBODYS:
        return UNATTRIBUTED
    if one.who == OTHERS:
        return words.count(one.count, "other member") if one.count else THE_REST
    return one.name
