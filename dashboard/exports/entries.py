"""The entries as CSV: every one of the days on screen, or of an open sheet, oldest first.

What is in the file and what the page says of the same days differ by `Not listed`: entries of
workspaces that the reader may not see by name, less entries that the charts do not have yet. Where
entries were dropped since, there is no file instead of a part of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dashboard import sheet_words, words
from dashboard.csv_cells import BYTE_ORDER_MARK, csv_chunks, plain
from dashboard.exports.cover import TOTAL, Cover
from dashboard.host import Host
from dashboard.report import exact
from dashboard.sheet import SheetWish, open_wish
from dashboard.view import Reading, View, load_view
from data import queries
from data.entries import ALL, Filter, Listing
from data.entry_stream import StreamedEntry, stream_entries, sum_of_entries
from data.errors import UsageError
from data.first_kept import first_kept
from data.frames import NO_WORKSPACE
from data.member_sums import member_names
from data.periods import Period, local_day
from data.reasons import Taxonomy

ALL_ENTRIES = "All entries"
NOT_LISTED = "Not listed"
MEMBER_COLUMNS = ("member_id", "member")  # where use is told by member
COLUMNS = (
    "id", "occurred_at", "day", "kind", "reason", "workflow_type", "label", "workspace_id",
    "workspace", "workspace_kind", "credits",
)  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """Which entries, what they are called, and what the page says that they add up to.

    `total` is None where the page shows no sum of them.
    """

    period: Period
    only: Filter
    shows: str
    total: int | None


def entries_csv(reading: Reading, wish: SheetWish, _host: Host) -> tuple[Period, Iterator[bytes]]:
    """The days of the file, and its bytes; UsageError where entries are missing."""
    view = load_view(reading, wish.range)
    chosen = choose_entries(reading, view, wish)
    refuse_what_is_gone(reading, view, chosen.period)
    listing = Listing(chosen.period, view.account.zone, chosen.only)
    return chosen.period, _chunks(reading, view, chosen, listing)


def choose_entries(reading: Reading, view: View, wish: SheetWish) -> Chosen:
    """All of the range, or those of what is open, with its filter."""
    if not wish.opens:
        usage = queries.usage_by_day(reading.connection, reading.scope, view.period)
        return Chosen(view.period, ALL, ALL_ENTRIES, sum(usage["net"].tolist()))
    opened = open_wish(reading, wish)
    subject, chosen = opened.subject, opened.chosen
    shows = f"{subject.title}, {chosen.label}" if chosen else subject.title
    total = None if chosen else subject.amounts.net
    return Chosen(opened.period, opened.only, shows, total)


def refuse_what_is_gone(reading: Reading, view: View, period: Period) -> None:
    """UsageError when the ledger dropped entries of these days: a part would pass for the whole."""
    first_day = view.account.first_day
    if first_day is None:
        return  # nothing was ever counted
    first = first_kept(reading.connection, reading.scope, first_day)
    day = local_day(first, view.account.zone) if first else None
    gone = sheet_words.kept(day, first_day, period, view.today)
    if gone and day:
        raise UsageError(
            "export.kept",
            f"{gone} Choose days from {words.full_day(day)} on, or download the chart data.",
        )
    if gone:
        raise UsageError("export.kept", f"{gone} Download the chart data.")


def _chunks(reading: Reading, view: View, chosen: Chosen, listing: Listing) -> Iterator[bytes]:
    connection, scope = reading.connection, reading.scope
    _, listed = sum_of_entries(connection, scope, listing)
    total = listed if chosen.total is None else chosen.total
    cover = Cover.of(reading, view, chosen.period, chosen.shows, total)
    yield BYTE_ORDER_MARK.encode()
    columns = (*COLUMNS, *(MEMBER_COLUMNS if view.by_member else ()))
    yield from csv_chunks([*cover_rows(cover), (NOT_LISTED, exact(total - listed)), (), columns])
    names = queries.named_workspaces(connection, scope)
    people = member_names(connection, scope)
    yield from csv_chunks(_rows(stream_entries(connection, scope, listing), names, people, view))


def cover_rows(cover: Cover) -> Iterator[tuple[str, ...]]:
    """The cover as rows of CSV."""
    for name, *says in cover.texts:
        yield name, *map(plain, says)
    yield TOTAL, cover.credits


def _rows(
    found: Iterable[StreamedEntry],
    names: Mapping[str, tuple[str, str | None]],
    people: Mapping[str, str],
    view: View,
) -> Iterator[tuple[str | None, ...]]:
    account = view.account
    for entry in found:
        place = entry.workspace_id
        name, kind = names.get(place, (place, None)) if place else (NO_WORKSPACE, None)
        local = entry.occurred_at.astimezone(account.zone)
        yield (
            plain(entry.id),
            local.isoformat(),
            local.date().isoformat(),
            "refund" if entry.is_refund else "usage",
            plain(entry.reason),
            plain(entry.workflow_type or ""),
            plain(entry_label(entry, account.taxonomy)),
            plain(place or ""),
            plain(name),
            kind,
            exact(entry.net),
            *(_member(entry.member_id, people) if view.by_member else ()),
        )


def _member(id_: str | None, people: Mapping[str, str]) -> tuple[str, str]:
    """Empty where there is none, or none that the reader sees by name."""
    return (plain(id_), plain(people.get(id_, id_))) if id_ else ("", "")


def entry_label(entry: StreamedEntry, taxonomy: Taxonomy) -> str:
    """What the page calls it: `Enhanced OCR`, `Workflow runs: Contract review`."""
    label = taxonomy.label(entry.reason)
    if not entry.workflow_type:
        return label
    return f"{label}: {taxonomy.type_label(entry.reason, entry.workflow_type)}"
