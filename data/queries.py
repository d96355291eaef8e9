"""Every SELECT of the page: f(connection, scope, period) -> frame, aggregated in SQL.

Reads the rollup and the names beside it, never the ledger's entries, and never without a Scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd
from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.exc import DataError
from sqlalchemy.sql.elements import ColumnElement

from data.access import Scope
from data.accounts import Account
from data.column_types import Micro
from data.frames import (
    DAY_REASON_COLUMNS,
    NO_WORKSPACE,
    REASON_COLUMNS,
    WORKSPACE_COLUMNS,
    Unnamed,
    compared_frame,
    day_frame,
    frame,
)
from data.optional import lacks
from data.periods import Allowance, BillingCalendar, BillingMonth, Period
from data.reasons import HELP_PAGE, Taxonomy
from data.schema import (
    WORKSPACE_KINDS,
    accounts,
    billing_periods,
    reasons,
    rollup_by_reason,
    rollup_by_workspace,
    rollup_state,
    rollup_weeks,
    workspaces,
)
from data.visible import (
    NOWHERE,
    ScopeKind,
    Sight,
    bound,
    kind_of,
    named,
    names_all,
    reason_unnamed,
)
from data.weeks import whole_weeks

Statement = Select[*tuple[Any, ...]]

MOST_LISTED = 500  # accounts to choose from; a list of more serves nobody


# --- the statements -------------------------------------------------------------------------
#
# Made once: to put a statement together costs more than to run it. Each binds an account and, by
# the names of `_bounds`, local days.


def _own(columns: Any, start: str = "start", end: str = "end") -> tuple[ColumnElement[bool], ...]:
    """One range scan of the primary key (account, day, …): days of the period and no others."""
    account = columns.account_id == bindparam("account_id")
    return account, columns.day >= bindparam(start), columns.day < bindparam(end)


def _sums(*labels: ColumnElement[Any]) -> Statement:
    columns = labels[0].table.c
    used, refunded = func.sum(columns.used_micro), func.sum(columns.refunded_micro)
    return (
        select(*labels, cast(used, Micro).label("used"), cast(refunded, Micro).label("refunded"))
        .where(*_own(columns))
        .group_by(*labels)
        .order_by(*labels)
    )


def _compared(*labels: ColumnElement[Any]) -> Statement:
    """`_sums`, and beside them the net of earlier days as `before`.

    Each side is summed by itself: SQLite sorts what it groups, and two small sorts take two thirds
    of the time of one that is twice as large.
    """
    now, columns = _sums(*labels).order_by(None), labels[0].table.c
    net, none = func.sum(columns.used_micro - columns.refunded_micro), literal_column("0", Micro)
    earlier = (
        select(*labels, none, none, cast(net, Micro))
        .where(*_own(columns, "before_start", "before_end"))
        .group_by(*labels)
    )
    sides = union_all(now.add_columns(none.label("before")), earlier).subquery()
    keys, totals = [sides.c[label.name] for label in labels], ("used", "refunded", "before")
    sums = (cast(func.sum(sides.c[name]), Micro).label(name) for name in totals)
    return select(*keys, *sums).group_by(*keys).order_by(*keys)


_reason, _place, _week = rollup_by_reason.c, rollup_by_workspace.c, rollup_weeks.c
NONE = literal_column("0", Micro)


def _by_workspace(*, compared: bool) -> Statement:
    """Used and refunded by workspace id, and the net of earlier days; empty text is no workspace.

    One sort of all parts: they are few, since a week stands for seven days.
    """

    def now(table: Any) -> tuple[Any, ...]:
        amounts = (table.used_micro.label("used"), table.refunded_micro.label("refunded"))
        return (*amounts, NONE.label("before")) if compared else amounts

    def earlier(table: Any) -> tuple[Any, ...]:
        return NONE, NONE, table.used_micro - table.refunded_micro

    rows = union_all(*_parts("", now), *(_parts("before_", earlier) if compared else ())).subquery()
    place, *amounts = rows.c
    sums = (cast(func.sum(amount), Micro).label(amount.name) for amount in amounts)
    return select(place, *sums).group_by(place).order_by(place)


def _parts(side: str, amounts: Callable[[Any], tuple[Any, ...]]) -> Iterator[Statement]:
    """The whole weeks of a period, and the days before and after them: three ranges of keys."""
    edges = (f"{side}{name}" for name in ("start", "weeks_start", "weeks_end", "end"))
    tables = ((_place, _place.day), (_week, _week.week), (_place, _place.day))
    for (table, day), (start, end) in zip(tables, pairwise(edges), strict=True):
        own = table.account_id == bindparam("account_id")
        days = (day >= bindparam(start), day < bindparam(end))
        yield select(table.workspace_id, *amounts(table)).where(own, *days)


BY_DAY = _sums(_reason.day)
BY_DAY_AND_REASON = _sums(_reason.day, _reason.reason)
BY_REASON = _sums(_reason.reason, _reason.workflow_type)
BY_REASON_COMPARED = _compared(_reason.reason, _reason.workflow_type)
BY_WORKSPACE = _by_workspace(compared=False)
BY_WORKSPACE_COMPARED = _by_workspace(compared=True)


def _bounds(scope: Scope, period: Period, before: Period | None = None) -> dict[str, Any]:
    bounds: dict[str, Any] = {"account_id": scope.account_id}
    for side, days in (("", period), ("before_", before)):
        if days:
            weeks = whole_weeks(days)
            bounds |= {f"{side}start": days.start, f"{side}end": days.end}
            bounds |= {f"{side}weeks_start": weeks.start, f"{side}weeks_end": weeks.end}
    return bounds


@cache
def by_visible_workspace(kind: ScopeKind, *, compared: bool) -> Statement:
    """The same for a scope that does not name all: what it may not name is summed in SQL.

    Such a row has no id; it has why, what kind of workspaces they are, and how many. Made once for
    each kind of scope.
    """
    sight = Sight.by_name(kind)
    sums = (BY_WORKSPACE_COMPARED if compared else BY_WORKSPACE).order_by(None).subquery("sums")
    place, unnamed = sums.c.workspace_id, reason_unnamed(sight, sums.c.workspace_id)
    columns = {
        "workspace_id": case((unnamed.is_(None), place), else_=""),
        "unnamed": unnamed,
        "kind": kind_of(sight, place),
    }
    labels = (column.label(name) for name, column in columns.items())
    amounts = [column for column in sums.c if column is not place]
    marked = select(*labels, *amounts).subquery("marked").c
    keys = [marked[name] for name in columns]
    totals = (cast(func.sum(marked[column.name]), Micro).label(column.name) for column in amounts)
    return select(*keys, func.count().label("workspaces"), *totals).group_by(*keys)


@cache
def workspace_names(kind: ScopeKind) -> Statement:
    """Present name and kind of every workspace that the account lists and such a scope names."""
    listed, sight = workspaces.c, Sight.by_name(kind)
    deleted = listed.deleted_at.is_not(None).label("deleted")
    return select(listed.id, listed.name, listed.kind, deleted).where(
        listed.account_id == sight.account, *named(sight)
    )


# --- the frames -----------------------------------------------------------------------------


def usage_by_day(connection: Connection, scope: Scope, period: Period) -> pd.DataFrame:
    """One row for each calendar day: day, used, refunded, net (int64 micro-credits)."""
    return day_frame(connection.execute(BY_DAY, _bounds(scope, period)).all(), period)


def usage_by_reason(
    connection: Connection, scope: Scope, period: Period, before: Period | None = None
) -> pd.DataFrame:
    """One row for each reason and workflow type with consumption; None is an untyped run.

    Handed the days `before`, the frame has a column of that name: what was used on those, less
    what was refunded. A row may then have nothing else.
    """
    query = BY_REASON_COMPARED if before else BY_REASON
    rows = connection.execute(query, _bounds(scope, period, before))
    return compared_frame(
        ((reason, type_ or None, *amounts) for reason, type_, *amounts in rows),
        REASON_COLUMNS,
        compared=before is not None,
    )


def usage_by_day_and_reason(connection: Connection, scope: Scope, period: Period) -> pd.DataFrame:
    """One row for each day and reason with consumption; a day without any has no row."""
    rows = connection.execute(BY_DAY_AND_REASON, _bounds(scope, period)).all()
    return frame(rows, DAY_REASON_COLUMNS)


def usage_by_workspace(
    connection: Connection, scope: Scope, period: Period, before: Period | None = None
) -> pd.DataFrame:
    """One row for each workspace with consumption, most credits first, then by name.

    `before` as in `usage_by_reason`; of equal credits, the row with more of those is first.

    A deleted one is `Name (deleted)`, one that the ledger does not list has its id as name and no
    kind, and entries without a workspace are `No workspace` with neither id nor kind. What the
    scope does not name is last, one row for each kind of it, with an `Unnamed` for an id.
    """
    names = {**named_workspaces(connection, scope), "": (NO_WORKSPACE, None)}
    bounds = _bounds(scope, period, before)
    if names_all(scope):
        found = connection.execute(BY_WORKSPACE_COMPARED if before else BY_WORKSPACE, bounds).all()
        rows = [(id_ or None, *names.get(id_, (id_, None)), *amounts) for id_, *amounts in found]
    else:
        visible = by_visible_workspace(ScopeKind.of(scope), compared=before is not None)
        found = connection.execute(visible, bounds | bound(scope)).all()
        rows = [
            (*_labels(id_, names, why, kind, count), *amounts)
            for id_, why, kind, count, *amounts in found
        ]
    rows.sort(key=_most_first)
    return compared_frame(rows, WORKSPACE_COLUMNS, compared=before is not None)


def _labels(
    id_: str, names: Mapping[str, tuple[str, str | None]], why: Any, kind: str | None, count: int
) -> tuple[Any, ...]:
    """Id, name and kind."""
    if why:
        unnamed = Unnamed(why, 0 if why == NOWHERE else count)
        return unnamed, unnamed.name, kind
    return id_ or None, *names.get(id_, (id_, None))


def _most_first(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The place of a workspace: by net, by what was used before if that is asked for, by name."""
    before = row[5] if len(row) > len(WORKSPACE_COLUMNS) - 1 else 0
    return isinstance(row[0], Unnamed), row[4] - row[3], -before, row[1]


def named_workspaces(connection: Connection, scope: Scope) -> dict[str, tuple[str, str | None]]:
    """Name and kind of each workspace that the account lists, by id."""
    found = connection.execute(workspace_names(ScopeKind.of(scope)), bound(scope)).all()
    return {id_: (shown_name(name, deleted), kind) for id_, name, kind, deleted in found}


def shown_name(name: str, deleted: object) -> str:
    """A listed workspace's present name, `Name (deleted)` of one that is gone."""
    return f"{name} (deleted)" if deleted else name


# --- the account ----------------------------------------------------------------------------


def _has(kind: str) -> ColumnElement[bool]:
    listed = workspaces.c
    return exists().where(listed.account_id == bindparam("id"), listed.kind == kind).label(kind)


# What is one row of each of our tables goes in one statement; "own" beside "id", since one
# parameter has one type, and a host's id may be a uuid where ours is text.
_known, _day = accounts.c, rollup_by_reason.c
ACCOUNT = select(
    _known.id,
    _known.name,
    _known.plan,
    _known.timezone,
    _known.anchor_day,
    select(rollup_state.c.timezone)
    .where(rollup_state.c.account_id == bindparam("own"))
    .scalar_subquery()
    .label("rolled"),
    select(func.min(_day.day))
    .where(_day.account_id == bindparam("own"))
    .scalar_subquery()
    .label("first_day"),
    *map(_has, WORKSPACE_KINDS),
).where(_known.id == bindparam("id"))
PERIODS = select(billing_periods).where(billing_periods.c.account_id == bindparam("id"))
REASONS = select(reasons.c.code, reasons.c.label, reasons.c.parent).where(
    reasons.c.account_id == bindparam("id")
)


def load_account(connection: Connection, scope: Scope) -> Account | None:
    """The account of the scope with all that the page knows of it; None when it is not listed.

    Its zone is that of its stored days: a change of it counts once they are made anew.
    """
    own = {"id": scope.account_id, "own": scope.account_id}
    row = connection.execute(ACCOUNT, own).one_or_none()
    if row is None:
        return None
    return Account(
        id=row.id,
        name=row.name,
        plan=row.plan,
        timezone=row.rolled or row.timezone,
        calendar=_calendar(connection, scope, row.anchor_day),
        taxonomy=_taxonomy(connection, scope),
        first_day=row.first_day,
        workspace_kinds=frozenset(kind for kind in WORKSPACE_KINDS if getattr(row, kind)),
    )


_named_accounts = select(_known.id, _known.name)
LISTED = _named_accounts.order_by(_known.id).limit(MOST_LISTED)
NAMED = _named_accounts.where(_known.id == bindparam("id"))


def list_accounts(connection: Connection, *also: str) -> list[tuple[str, str]]:
    """(id, name) of the accounts by name; for `run` alone, where all are visible.

    At most MOST_LISTED, the first by id, and those of `also` that there are.
    """
    found = dict(connection.execute(LISTED).all())
    if len(found) == MOST_LISTED:
        for id_ in also:
            if id_ not in found:
                found |= _named(connection, id_)
    return sorted(found.items(), key=lambda account: (account[1], account[0]))


def _named(connection: Connection, id_: str) -> dict[str, str]:
    try:
        with connection.begin_nested():
            return dict(connection.execute(NAMED, {"id": id_}).all())
    except DataError:
        return {}  # what is no uuid or number is no id of a host that has such


def _calendar(connection: Connection, scope: Scope, anchor_day: int) -> BillingCalendar:
    stored = (
        BillingMonth(
            Period(row.starts, row.ends), Allowance(row.allowance_kind, row.allowance_micro)
        )
        for row in connection.execute(PERIODS, {"id": scope.account_id})
    )
    return BillingCalendar.of(stored, anchor_day)


def _taxonomy(connection: Connection, scope: Scope) -> Taxonomy:
    """The host's own reasons where it lists any, else those of the help page."""
    if lacks(connection, reasons.name):
        return Taxonomy(dict(HELP_PAGE), {})
    rows = connection.execute(REASONS, {"id": scope.account_id}).all()
    labels = {row.code: row.label for row in rows if not row.parent}
    types = {(row.parent, row.code): row.label for row in rows if row.parent}
    return Taxonomy(labels or dict(HELP_PAGE), types)
