"""The reason bar of a sheet and its key, as values: how wide each part is, and what it filters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard import words
from dashboard.hover import LONGEST, clip
from dashboard.panel import Texture
from dashboard.reason_looks import look, part_token
from dashboard.reason_parts import Reason, read_reasons, whole
from data.reasons import Taxonomy

WHOLE = 10_000  # of which each part of the bar is so many


@dataclass(frozen=True)
class Segment:
    """One part of the bar above zero, `width` ten-thousandths of it."""

    width: int
    token: str
    texture: Texture
    only: str  # the text of the filter that a press sets


@dataclass(frozen=True)
class KeyPart:
    """One reason of the key, which is a filter too."""

    label: str
    value: str
    token: str
    texture: Texture
    only: str


@dataclass(frozen=True)
class Split:
    """The bar, its key, and what of it is below zero."""

    segments: tuple[Segment, ...]
    key: tuple[KeyPart, ...]
    note: str = ""


def split_of(frame: pd.DataFrame, taxonomy: Taxonomy) -> Split:
    """Rows by reason and workflow type as a bar; the types of runs stay together."""
    used = frame[(frame["used"] != 0) | (frame["refunded"] != 0)]
    reasons = read_reasons(used, taxonomy)
    below = [(one.label, one.net) for one in reasons if one.net < 0]
    return Split(
        segments=tuple(_segments(reasons)),
        key=tuple(_key_part(reason) for reason in reasons),
        note=words.refunds_exceed(below, "reason") if below else "",
    )


def _segments(reasons: Sequence[Reason]) -> Iterator[Segment]:
    of = whole(reasons)
    for reason in reasons:
        for place, part in enumerate(reason.parts):
            if part.net > 0:
                width = max(words.rounded(WHOLE * part.net, of), 1)
                yield Segment(width, part_token(reason, place), look(reason.code)[1], reason.opens)


def _key_part(reason: Reason) -> KeyPart:
    label, value = clip(reason.label, LONGEST), words.credits(reason.net)
    return KeyPart(label, value, *look(reason.code), only=reason.opens)
