"""The entries behind a figure: pages of them by keyset, and what they add up to; never changed.

A page is found through the ledger's index (account, time, id). Which days hold what is asked for
the rollup knows, so that a workspace of few entries does not cost the days it was not used on.
Only consumption is listed: what moves the balance has no part in any figure of the page. Of a
workspace that the scope does not name no entry is read, listed or counted.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Select, Text, case, cast, func, literal, or_, select, tuple_
from sqlalchemy.exc import DataError
from sqlalchemy.sql.elements import ColumnElement

from data.access import Scope
from data.column_types import HostId, Instant, Micro, from_micros, to_micros
from data.engine import Connection
from data.errors import UsageError
from data.frames import REASON_COLUMNS, frame
from data.periods import DAY, Period, local_day, segments
from data.reasons import WORKFLOW_RUN
from data.schema import (
    CONSUMPTION,
    WORKSPACE_KINDS,
    entries,
    rollup_by_reason,
    rollup_by_workspace,
    workspaces,
)
from data.visible import Sight, visible

PAGE = 50
TALLY_COLUMNS = ("reason", "workflow_type", "entries", *REASON_COLUMNS[2:])

Condition = ColumnElement[bool]


# --- what is asked for ----------------------------------------------------------------------


@dataclass(frozen=True)
class Some:
    """Some codes or ids: those listed, or with `but` all others; empty text is none."""

    values: tuple[str, ...]
    but: bool = False


@dataclass(frozen=True)
class Filter:
    """Which entries: by reason, by the type of a workflow run, by workspace or kind of workspace.

    A `workflow_type` of empty text are runs of no type; the kind `unassigned` is whatever is in
    no team and no personal workspace.
    """

    reasons: Some | None = None
    workflow_type: str | None = None
    workspaces: Some | None = None
    workspace_kind: str | None = None

    @property
    def by_reason(self) -> bool:
        """Whether it looks at the reason or at the type."""
        return self.reasons is not None or self.workflow_type is not None

    @property
    def by_workspace(self) -> bool:
        """Whether it looks at the workspace."""
        return self.workspaces is not None or self.workspace_kind is not None


ALL = Filter()


class Order(StrEnum):
    """How entries are listed."""

    LARGEST = "largest first"
    NEWEST = "newest first"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `net` is below zero for a refund."""

    id: str
    occurred_at: dt.datetime
    reason: str
    workflow_type: str | None
    workspace_id: str | None
    is_refund: bool
    net: int


@dataclass(frozen=True)
class Cursor:
    """The last entry of a page: the next one begins after it."""

    occurred_at: dt.datetime
    net: int
    id: str

    @property
    def text(self) -> str:
        """As it goes to the browser and comes back."""
        return f"{to_micros(self.occurred_at)},{self.net},{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """UsageError for a text that is none; its id may be any."""
        found = re.fullmatch("(-?[0-9]{1,18}),(-?[0-9]{1,18}),(.*)", text, re.DOTALL)
        if found is None:
            raise UnknownCursorError
        try:
            return cls(from_micros(int(found[1])), int(found[2]), found[3])
        except OverflowError as error:
            raise UnknownCursorError from error


class UnknownCursorError(UsageError):
    """A page was asked for that begins nowhere."""

    def __init__(self) -> None:
        super().__init__("entries.cursor", "These entries cannot be continued from there.")


@dataclass(frozen=True)
class Listing:
    """What is listed: the account's local days, which entries of them, and in what order."""

    period: Period
    zone: ZoneInfo
    only: Filter = ALL
    order: Order = Order.NEWEST


# --- pages ----------------------------------------------------------------------------------


def entry_page(
    connection: Connection, scope: Scope, listing: Listing, after: Cursor | None = None
) -> tuple[tuple[Entry, ...], Cursor | None]:
    """Up to 50 entries after `after`, and where the next page begins; None at the end."""
    try:
        if listing.order is Order.LARGEST:
            found = _largest(connection, scope, listing, after)
        else:
            found = list(islice(_newest(connection, scope, listing, after), PAGE + 1))
    except DataError as error:  # an id in the cursor that is none in this ledger, as for a uuid
        raise UnknownCursorError from error
    page = tuple(found[:PAGE])
    last = page[-1] if len(found) > PAGE else None
    return page, Cursor(last.occurred_at, last.net, last.id) if last else None


def _newest(
    connection: Connection, scope: Scope, listing: Listing, after: Cursor | None
) -> Iterator[Entry]:
    """Lazily, the latest days first; each of them holds at least one entry that is wanted."""
    period = listing.period
    if after is not None:
        # An hour that is repeated across midnight puts an earlier instant on the next day.
        period = period.until(local_day(after.occurred_at, listing.zone) + DAY * 2)
    while days := days_of_use(connection, scope, period, listing.only, at_most=PAGE + 3):
        for run in _latest_first(days):
            for start, end in reversed(instants(run, listing.zone)):
                yield from _read(connection, _newest_in(scope, start, end, listing.only, after))
        period = period.until(days[0])


def _latest_first(days: Sequence[dt.date]) -> Iterator[Period]:
    """Stretches of them, each time of twice as many, since one day may hold a whole page.

    Behind the walls of data/wall.py no LIMIT ends a scan early.
    """
    left, count = days, 1
    while left:
        yield from reversed(runs(left[-count:]))
        left, count = left[:-count], 2 * count


def _newest_in(
    scope: Scope, start: dt.datetime, end: dt.datetime, only: Filter, after: Cursor | None
) -> Select[Any]:
    query = _select(scope, start, end, only)
    if after is not None:
        query = query.where(_before(after))
    return query.order_by(entries.c.occurred_at.desc(), entries.c.id.desc())


def _before(after: Cursor) -> Condition:
    place = tuple_(literal(after.occurred_at, Instant()), literal(after.id, HostId()))
    # The first condition is implied by the second; it is the one that an index range is made of.
    return (entries.c.occurred_at <= after.occurred_at) & (
        tuple_(entries.c.occurred_at, entries.c.id) < place
    )


def _largest(
    connection: Connection, scope: Scope, listing: Listing, after: Cursor | None
) -> list[Entry]:
    """All entries of the days are looked at, so it is for a day or few."""
    found: list[Entry] = []
    for run in runs(days_of_use(connection, scope, listing.period, listing.only)):
        for start, end in instants(run, listing.zone):
            query = _select(scope, start, end, listing.only).order_by(
                signed_net().desc(), entries.c.occurred_at, entries.c.id
            )
            if after is not None:
                query = query.where(_smaller(after))
            found += _read(connection, query)
    # Of two stretches no instants are equal, so the database's order of ids is kept.
    return sorted(found, key=lambda entry: (-entry.net, entry.occurred_at))[: PAGE + 1]


def _smaller(after: Cursor) -> Condition:
    net = signed_net()
    place = tuple_(literal(after.occurred_at, Instant()), literal(after.id, HostId()))
    later = tuple_(entries.c.occurred_at, entries.c.id) > place
    return or_(net < after.net, (net == after.net) & later)


def _select(scope: Scope, start: dt.datetime, end: dt.datetime, only: Filter) -> Select[Any]:
    entry = entries.c
    columns = (entry.id, entry.occurred_at, entry.reason, entry.workflow_type, entry.workspace_id)
    query = select(*columns, (entry.kind == "refund").label("is_refund"), signed_net().label("net"))
    return query.where(*within(scope, start, end, only)).limit(PAGE + 1)


def _read(connection: Connection, query: Select[Any]) -> list[Entry]:
    return [
        Entry(
            row.id,
            row.occurred_at,
            row.reason,
            row.workflow_type or None,
            row.workspace_id or None,
            bool(row.is_refund),
            int(row.net),
        )
        for row in connection.execute(query)
    ]


def signed_net() -> ColumnElement[int]:
    """What an entry adds to consumption: below zero for a refund."""
    amount = entries.c.amount_micro
    return case((entries.c.kind == "refund", -amount), else_=amount)


# --- sums -----------------------------------------------------------------------------------


def tally(connection: Connection, scope: Scope, listing: Listing) -> pd.DataFrame:
    """One row for each reason and workflow type: how many entries, used, refunded, net.

    It reads every entry of the days that hold what is asked for.
    """
    found: dict[tuple[str, str | None], list[int]] = {}
    for run in runs(days_of_use(connection, scope, listing.period, listing.only)):
        for start, end in instants(run, listing.zone):
            for row in connection.execute(_sums(scope, start, end, listing.only)):
                into = found.setdefault((row.reason, row.workflow_type or None), [0, 0, 0])
                for place, value in enumerate((row.entries, row.used, row.refunded)):
                    into[place] += int(value)
    return frame(((*labels, *values) for labels, values in found.items()), TALLY_COLUMNS)


def _sums(scope: Scope, start: dt.datetime, end: dt.datetime, only: Filter) -> Select[Any]:
    labels = (entries.c.reason, entries.c.workflow_type)
    refund, amount = entries.c.kind == "refund", entries.c.amount_micro
    return (
        select(
            *labels,
            func.count().label("entries"),
            cast(func.sum(case((refund, 0), else_=amount)), Micro).label("used"),
            cast(func.sum(case((refund, amount), else_=0)), Micro).label("refunded"),
        )
        .where(*within(scope, start, end, only))
        .group_by(*labels)
    )


# --- days and instants ----------------------------------------------------------------------


def days_of_use(
    connection: Connection,
    scope: Scope,
    period: Period,
    only: Filter,
    at_most: int | None = None,
) -> list[dt.date]:
    """The local days of `period` that hold such an entry, in order; the last `at_most` of them.

    With both a reason and a workspace, the days of which each has one, which is every day that
    has both and may be more.
    """
    found, by_workspace = [], only.by_workspace or scope.workspaces is not None
    if only.by_reason or not by_workspace:
        found.append(_days(rollup_by_reason, scope, period, _reason_terms(rollup_by_reason, only)))
    if by_workspace:
        terms = _workspace_terms(rollup_by_workspace, scope, only)
        found.append(_days(rollup_by_workspace, scope, period, terms))
    if len(found) == 1 and at_most is not None:
        found = [found[0].limit(at_most)]
    days = [set(connection.execute(query).scalars()) for query in found]
    return sorted(set.intersection(*days))


def _days(table: Any, scope: Scope, period: Period, terms: Iterable[Condition]) -> Select[Any]:
    day = table.c.day
    own = (table.c.account_id == scope.account_id, day >= period.start, day < period.end)
    return select(day).distinct().where(*own, *terms).order_by(day.desc())


def runs(days: Sequence[dt.date]) -> list[Period]:
    """Days in order as stretches without a gap."""
    found: list[Period] = []
    for day in days:
        if found and found[-1].end == day:
            found[-1] = Period(found[-1].start, day + DAY)
        else:
            found.append(Period(day, day + DAY))
    return found


def instants(days: Period, zone: ZoneInfo) -> list[tuple[dt.datetime, dt.datetime]]:
    """The stretches of time, in order, that are exactly these days: most often one."""
    found: list[tuple[dt.datetime, dt.datetime]] = []
    for segment in segments(days, zone):
        if found and found[-1][1] == segment.start:
            found[-1] = (found[-1][0], segment.end)
        else:
            found.append((segment.start, segment.end))
    return found


# --- conditions -----------------------------------------------------------------------------


def within(scope: Scope, start: dt.datetime, end: dt.datetime, only: Filter) -> Iterator[Condition]:
    """Which rows of the ledger are entries of a stretch of time that the scope may list."""
    entry = entries.c
    yield entry.account_id == scope.account_id
    yield entry.occurred_at >= start
    yield entry.occurred_at < end
    yield _consumed()
    yield from _reason_terms(entries, only)
    yield from _workspace_terms(entries, scope, only)


def _consumed() -> Condition:
    return or_(*(entries.c.kind == kind for kind in CONSUMPTION))


def _reason_terms(table: Any, only: Filter) -> Iterator[Condition]:
    if only.reasons is not None:
        yield _among(table.c.reason, only.reasons)
    if only.workflow_type is not None:
        yield table.c.reason == WORKFLOW_RUN
        yield func.coalesce(table.c.workflow_type, "") == only.workflow_type


def _workspace_terms(table: Any, scope: Scope, only: Filter) -> Iterator[Condition]:
    # As text on both sides: the rollup keeps the host's uuid or bigint as text.
    place = func.coalesce(cast(table.c.workspace_id, Text), "")
    yield from visible(Sight.of(scope), place)
    if only.workspaces is not None:
        yield _among(place, only.workspaces)
    if only.workspace_kind is not None:
        own = workspaces.c.account_id == scope.account_id
        listed = select(cast(workspaces.c.id, Text)).where(own)
        if only.workspace_kind in WORKSPACE_KINDS:
            yield place.in_(listed.where(workspaces.c.kind == only.workspace_kind))
        else:
            yield place.not_in(listed.where(workspaces.c.kind.in_(WORKSPACE_KINDS)))


def _among(column: ColumnElement[Any], some: Some) -> Condition:
    return column.not_in(some.values) if some.but else column.in_(some.values)
