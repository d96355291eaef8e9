"""The parts of the reason bar as values: order, workflow types together, the long tail folded.

Every micro-credit of the frame is in exactly one part, so what is shown adds up to the range.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dashboard import target, words
from dashboard.compared import before_of, befores
from data.frames import REASON_COLUMNS
from data.reasons import WORKFLOW_RUN, Taxonomy

ENHANCED_OCR = "enhanced_ocr"
OTHER_REASONS = "Other reasons"
MOST_TYPES = 4
MOST_UNKNOWN = 4


@dataclass(frozen=True)
class Part:
    """One segment: a reason without types, or one workflow type, or several folded."""

    label: str
    used: int
    refunded: int
    before: int | None = None  # net of the previous period
    opens: str = ""  # the text of a type's own target; any other part opens its reason

    @property
    def net(self) -> int:
        """Used less refunded."""
        return self.used - self.refunded


@dataclass(frozen=True)
class Reason:
    """One reason and its parts; the parts that are drawn are those above zero."""

    code: str | None  # None when several are folded
    label: str
    parts: tuple[Part, ...]
    is_split: bool

    @property
    def net(self) -> int:
        """The sum of all its parts."""
        return sum(part.net for part in self.parts)

    @property
    def opens(self) -> str:
        """The text of its target."""
        return (target.reason(self.code) if self.code else target.OTHER_REASONS).text

    @property
    def before(self) -> int | None:
        """What all its parts were in the previous period."""
        return before_of(self.parts)

    @property
    def drawn(self) -> int:
        """How much of the bar it takes: its parts above zero."""
        return sum(part.net for part in self.parts if part.net > 0)


@dataclass(frozen=True)
class Row:
    """One row of the frame."""

    reason: str
    workflow_type: str | None
    used: int
    refunded: int
    before: int | None = None

    @property
    def net(self) -> int:
        """Used less refunded."""
        return self.used - self.refunded


def whole(reasons: Iterable[Reason]) -> int:
    """What a share is a share of: all parts above zero."""
    return sum(reason.drawn for reason in reasons)


def biggest(reasons: Iterable[Reason]) -> Reason | None:
    """The one with most credits; several folded into one are none."""
    above = [reason for reason in reasons if reason.net > 0 and reason.code is not None]
    return max(above, key=lambda reason: reason.net, default=None)


def verb(label: str) -> str:
    """`Enhanced OCR is`, `Workflow runs are`."""
    return "are" if label.endswith("s") and not label.endswith("ss") else "is"


def read_reasons(frame: pd.DataFrame, taxonomy: Taxonomy) -> tuple[Reason, ...]:
    """The reasons as the chart shows them: the unknown ones and the types few enough to tell."""
    shown = [_fold_types(reason) for reason in list_reasons(frame, taxonomy)]
    known = [reason for reason in shown if taxonomy.known(reason.code or "")]
    return (*known, *_fold_unknown(shown[len(known) :]))


def list_reasons(frame: pd.DataFrame, taxonomy: Taxonomy) -> tuple[Reason, ...]:
    """Every reason with every type: known ones by credits, largest first, then the unknown.

    One that was only used in the previous period is there too.
    """
    columns = (frame[name].tolist() for name in REASON_COLUMNS[:-1])
    rows: dict[str, list[Row]] = {}
    for values in zip(*columns, befores(frame), strict=True):
        rows.setdefault(values[0], []).append(Row(*values))
    found = [_reason(code, of, taxonomy) for code, of in rows.items()]
    ordered = sorted(found, key=_size, reverse=True)
    return tuple(sorted(ordered, key=lambda reason: not taxonomy.known(reason.code or "")))


def _size(of: Row | Reason) -> tuple[int, int]:
    return of.net, of.before or 0


def _reason(code: str, rows: Sequence[Row], taxonomy: Taxonomy) -> Reason:
    """Split by type where there is one; only runs have types, another reason keeps one part."""
    label = taxonomy.label(code)
    if code != WORKFLOW_RUN or not any(row.workflow_type for row in rows):
        return Reason(code, label, (_together(label, rows),), is_split=False)
    parts = (_type(row, taxonomy) for row in sorted(rows, key=_size, reverse=True))
    return Reason(code, label, tuple(parts), is_split=True)


def _type(row: Row, taxonomy: Taxonomy) -> Part:
    label = taxonomy.type_label(row.reason, row.workflow_type)
    opens = target.workflow_type(row.workflow_type).text
    return Part(label, row.used, row.refunded, row.before, opens)


def _fold_types(reason: Reason) -> Reason:
    rest = reason.parts[MOST_TYPES:]
    if not rest:
        return reason
    folded = _together(words.count(len(rest), "more type"), rest)
    return replace(reason, parts=(*reason.parts[:MOST_TYPES], folded))


def _fold_unknown(unknown: Sequence[Reason]) -> Iterator[Reason]:
    yield from unknown[:MOST_UNKNOWN]
    rest = [part for reason in unknown[MOST_UNKNOWN:] for part in reason.parts]
    if rest:
        yield Reason(None, OTHER_REASONS, (_together(OTHER_REASONS, rest),), is_split=False)


def _together(label: str, of: Sequence[Row | Part]) -> Part:
    used, refunded = sum(one.used for one in of), sum(one.refunded for one in of)
    return Part(label, used, refunded, before_of(of))
