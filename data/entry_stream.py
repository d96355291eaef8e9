"""All entries of some days, oldest first, in pages of one size: as many as there are, in no more

memory than one page takes. It reads inside the caller's one transaction, so that every page is of
the same moment, and never an entry that the scope may not list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, cast, func, literal, select, tuple_

from data.access import Scope
from data.column_types import HostId, Instant, Micro
from data.engine import Connection
from data.entries import Entry, Listing, instants, signed_net, within
from data.member_sums import named_member
from data.optional import lacks
from data.periods import DAY
from data.schema import entries

AT_ONCE = 5_000  # entries: a few megabytes, and a statement of some hundredths of a second
SHORTEST = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StreamedEntry(Entry):
    """An entry as a file has it; `reversed_at` is the time of what a refund took back."""

    reversed_at: dt.datetime | None
    member_id: str | None  # where the scope names the member


def stream_entries(
    connection: Connection,
    scope: Scope,
    listing: Listing,
    *,
    reversals: bool = False,
    at_once: int = AT_ONCE,
) -> Iterator[StreamedEntry]:
    """Every entry of the listing's days by time and id, whatever the rollup knows of them.

    With `reversals`, refunds say when what they take back was used, where the ledger knows.
    """
    known = reversals and not lacks(connection, "entries.reverses_id")
    for start, end in instants(listing.period, listing.zone):
        after: Row[Any] | None = None
        width = DAY
        while start < end:
            until = min(start + width, end)
            query = _page(scope, listing, start, until, after).limit(at_once)
            page = connection.execute(_with_reversed(query) if known else query).all()
            yield from map(_entry, page)
            # Behind the walls of data/wall.py no LIMIT ends a scan early, so each statement is of
            # about as much time as one page takes.
            if len(page) < at_once:
                start, after, width = until, None, 2 * width
            else:
                after, width = page[-1], max(width / 2, SHORTEST)
                start = after.occurred_at


def sum_of_entries(connection: Connection, scope: Scope, listing: Listing) -> tuple[int, int]:
    """How many entries `stream_entries` gives, and what they add up to."""
    count = net = 0
    total = cast(func.sum(signed_net()), Micro)
    for start, end in instants(listing.period, listing.zone):
        query = select(func.count(), total).where(*within(scope, start, end, listing.only))
        found, added = connection.execute(query).one()
        count, net = count + found, net + int(added or 0)
    return count, net


def _page(
    scope: Scope, listing: Listing, start: dt.datetime, end: dt.datetime, after: Row[Any] | None
) -> Select[Any]:
    entry = entries.c
    query = select(
        entry.id,
        entry.occurred_at,
        entry.reason,
        entry.workflow_type,
        entry.workspace_id,
        (entry.kind == "refund").label("is_refund"),
        signed_net().label("net"),
        named_member(scope).label("member_id"),
    )
    if after is not None:
        place = tuple_(literal(after.occurred_at, Instant()), literal(after.id, HostId()))
        query = query.where(tuple_(entry.occurred_at, entry.id) > place)
    query = query.where(*within(scope, start, end, listing.only))
    return query.order_by(entry.occurred_at, entry.id)


def _with_reversed(query: Select[Any]) -> Select[Any]:
    """And when what a refund takes back was used."""
    earlier = entries.alias("earlier")
    same = and_(earlier.c.account_id == entries.c.account_id, earlier.c.id == entries.c.reverses_id)
    return query.select_from(entries.outerjoin(earlier, same)).add_columns(
        earlier.c.occurred_at.label("reversed_at")
    )


def _entry(row: Row[Any]) -> StreamedEntry:
    return StreamedEntry(
        row.id,
        row.occurred_at,
        row.reason,
        row.workflow_type or None,
        row.workspace_id or None,
        bool(row.is_refund),
        int(row.net),
        getattr(row, "reversed_at", None),
        row.member_id or None,
    )
