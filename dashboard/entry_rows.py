"""Entries as lines of the sheet's list: when, what, where and how many credits; values only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboard import words
from dashboard.hover import LONGEST, clip
from dashboard.panel import Texture
from dashboard.reason_looks import look
from dashboard.view import View
from data.entries import Entry
from data.frames import NO_WORKSPACE
from data.reasons import HELP_PAGE, WORKFLOW_RUN, Taxonomy

# The help page's labels are of many; one entry is one. A host's own labels stay as they are.
ONE = {
    "premium_chat": "Premium-model chat",
    WORKFLOW_RUN: "Workflow run",
    "compose_render": "Compose render",
}


@dataclass(frozen=True)
class EntryRow:
    """One line: day and time of the account's clock, what was used, the workspace, the credits."""

    day: str
    time: str
    what: str
    place: str
    credits: str
    token: str
    texture: Texture


def entry_rows(
    entries: Iterable[Entry], names: Mapping[str, str], view: View
) -> tuple[EntryRow, ...]:
    """The lines of some entries; a workspace without a name here goes by its id."""
    return tuple(_row(entry, names, view) for entry in entries)


def _row(entry: Entry, names: Mapping[str, str], view: View) -> EntryRow:
    local = entry.occurred_at.astimezone(view.account.zone)
    token, texture = look(entry.reason)
    place = entry.workspace_id
    return EntryRow(
        day=words.on(local.date(), view.today),
        time=clock(local),
        what=clip(what(entry, view.account.taxonomy), LONGEST),
        place=clip(names.get(place, place) if place else NO_WORKSPACE, LONGEST),
        credits=words.credits(entry.net),
        token=token,
        texture=texture,
    )


def clock(local: dt.datetime) -> str:
    """`09:41`."""
    return f"{local.hour:02d}:{local.minute:02d}"


def what(entry: Entry, taxonomy: Taxonomy) -> str:
    """`Workflow run, Contract review`, `Enhanced OCR, refund`."""
    label = taxonomy.label(entry.reason)
    parts = [ONE.get(entry.reason, label) if label == HELP_PAGE.get(entry.reason) else label]
    if entry.reason == WORKFLOW_RUN and entry.workflow_type:
        parts.append(taxonomy.type_label(entry.reason, entry.workflow_type))
    if entry.is_refund:
        parts.append("refund")
    return ", ".join(parts)
