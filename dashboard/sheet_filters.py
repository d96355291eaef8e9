"""The filters of a sheet: which entries one leaves, and which are offered; values only.

A filter is the text of a target, `only=reason:enhanced_ocr`; one that the sheet has no use for is
as good as none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from dashboard import target
from dashboard.causes import Cause
from dashboard.hover import LONGEST, clip
from dashboard.reason_parts import OTHER_REASONS
from dashboard.subject import (
    Subject,
    SubjectError,
    filter_of,
    narrowed,
    reason_name,
    workspace_name,
)
from dashboard.target import Form, Target, TargetError, parse
from dashboard.view import Reading, View
from data.entries import Filter
from data.frames import Unnamed

ALL_ENTRIES = "All entries"
Key = TypeVar("Key")
FORMS = (Form.REASON, Form.TYPE, Form.WORKSPACE)


@dataclass(frozen=True)
class Choice:
    """One filter: what it is called, its text, and whether it is in force."""

    label: str
    only: str
    chosen: bool = False


def choice_of(
    reading: Reading, view: View, subject: Subject, text: str
) -> tuple[Filter, Choice] | None:
    """The entries that a filter leaves, and its name; None for one of no use here."""
    try:
        wanted = parse(text)
        if wanted.form not in FORMS and wanted != target.OTHER_REASONS:
            return None
        label = _label(reading, view, subject, wanted)
    except (TargetError, SubjectError):
        return None
    only = narrowed(subject.only, filter_of(wanted, subject.reasons, subject.places, view))
    return (only, Choice(clip(label, LONGEST), text, chosen=True)) if only else None


def _label(reading: Reading, view: View, subject: Subject, wanted: Target) -> str:
    if wanted.form is Form.WORKSPACE:
        return workspace_name(reading, view, wanted.value, subject.places)
    return OTHER_REASONS if wanted.form is Form.REST else reason_name(view, wanted)


def choices(
    subject: Subject, view: View, cause: Cause | None, chosen: Choice | None
) -> tuple[Choice, ...]:
    """`All entries`, the cause of a spike or what used most, and what is in force."""
    found = {one.only: one for one in (_caused(cause) if cause else _largest(subject, view))}
    if chosen:
        found[chosen.only] = chosen
    every = Choice(ALL_ENTRIES, "", chosen=chosen is None)
    return (every, *found.values()) if found else ()


def _caused(cause: Cause) -> Iterator[Choice]:
    yield _offer(cause.reason.name, target.reason(cause.reason.code))
    if cause.workspace is not None:
        yield _offer(cause.workspace.name, target.workspace(cause.workspace.code))


def _largest(subject: Subject, view: View) -> Iterator[Choice]:
    """The reason and the workspace that used most, where there are others beside them."""
    if subject.split is not None and subject.target.days is not None:
        codes = zip(subject.split["reason"].tolist(), subject.split["net"].tolist(), strict=True)
        if code := _first(codes):
            yield _offer(view.account.taxonomy.label(code), target.reason(code))
    if subject.among is not None:
        columns = (subject.among[name].tolist() for name in ("id", "name", "net"))
        rows = [row for row in zip(*columns, strict=True) if not isinstance(row[0], Unnamed)]
        places = {(id_ or "", name): net for id_, name, net in rows}
        if place := _first(places.items()):
            yield _offer(place[1], target.workspace(place[0]))


def _first(amounts: Iterable[tuple[Key, int]]) -> Key | None:
    """The key of most, its amounts together; None where nothing else was used."""
    sums: dict[Key, int] = {}
    for key, net in amounts:
        sums[key] = sums.get(key, 0) + net
    used = [key for key, net in sums.items() if net > 0]
    return max(used, key=lambda key: sums[key]) if len(used) > 1 else None


def _offer(label: str, opens: Target) -> Choice:
    return Choice(clip(label, LONGEST), opens.text)
