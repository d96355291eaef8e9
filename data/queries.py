"""Every SELECT of the page: f(connection, scope, period) -> frame, aggregated in SQL.

Reads the rollup and the names beside it, never the ledger's entries, and never without a Scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import (
    Connection,
    Row,
    RowMapping,
    Select,
    case,
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
    accounts,
    billing_periods,
    reasons,
    rollup_by_reason,
    rollup_by_workspace,
    rollup_state,
    workspaces,
)
from data.visible import NOWHERE, kind_of, named, names_all, reason_unnamed

Statement = Select[*tuple[Any, ...]]

MOST_LISTED = 500  # accounts to choose from; a list of more serves nobody


# --- the statements -------------------------------------------------------------------------


def by_day(scope: Scope, period: Period) -> Statement:
    """Used and refunded by local day."""
    return _sums(rollup_by_reason.c.day, scope=scope, period=period)


def by_reason(scope: Scope, period: Period, before: Period | None = None) -> Statement:
    """Used and refunded by reason and workflow type; empty text is no type."""
    table = rollup_by_reason.c
    return _compared(table.reason, table.workflow_type, scope=scope, period=period, before=before)


def by_day_and_reason(scope: Scope, period: Period) -> Statement:
    """Used and refunded by local day and reason, the types of a reason together."""
    table = rollup_by_reason.c
    return _sums(table.day, table.reason, scope=scope, period=period)


def by_workspace(scope: Scope, period: Period, before: Period | None = None) -> Statement:
    """Used and refunded by workspace id; empty text is no workspace."""
    column = rollup_by_workspace.c.workspace_id
    return _compared(column, scope=scope, period=period, before=before)


def by_visible_workspace(scope: Scope, period: Period, before: Period | None = None) -> Statement:
    """The same of a scope that does not name all: what it may not name is summed in SQL.

    Such a row has no id; it has why, what kind of workspaces they are, and how many.
    """
    sums = by_workspace(scope, period, before).order_by(None).subquery("sums")
    place, unnamed = sums.c.workspace_id, reason_unnamed(scope, sums.c.workspace_id)
    columns = {
        "workspace_id": case((unnamed.is_(None), place), else_=""),
        "unnamed": unnamed,
        "kind": kind_of(scope, place),
    }
    labels = (column.label(name) for name, column in columns.items())
    amounts = [column for column in sums.c if column is not place]
    marked = select(*labels, *amounts).subquery("marked").c
    keys = [marked[name] for name in columns]
    totals = (func.sum(marked[column.name]).label(column.name) for column in amounts)
    return select(*keys, func.count().label("workspaces"), *totals).group_by(*keys)


def workspace_names(scope: Scope) -> Statement:
    """Present name and kind of every workspace that the account lists and the scope names."""
    listed = workspaces.c
    return select(listed.id, listed.name, listed.kind, listed.deleted_at).where(
        listed.account_id == scope.account_id, *named(scope)
    )


def _sums(*labels: ColumnElement[Any], scope: Scope, period: Period) -> Statement:
    columns = labels[0].table.c
    used, refunded = func.sum(columns.used_micro), func.sum(columns.refunded_micro)
    return (
        select(*labels, used.label("used"), refunded.label("refunded"))
        .where(*_days(columns, scope, period))
        .group_by(*labels)
        .order_by(*labels)
    )


def _compared(
    *labels: ColumnElement[Any], scope: Scope, period: Period, before: Period | None
) -> Statement:
    """`_sums`, and beside them the net of earlier days as `before`.

    Each side is summed by itself: SQLite sorts what it groups, and two small sorts take two thirds
    of the time of one that is twice as large.
    """
    if before is None:
        return _sums(*labels, scope=scope, period=period)
    now, columns = _sums(*labels, scope=scope, period=period).order_by(None), labels[0].table.c
    net, none = func.sum(columns.used_micro - columns.refunded_micro), literal_column("0", Micro)
    earlier = (
        select(*labels, none, none, net).where(*_days(columns, scope, before)).group_by(*labels)
    )
    sides = union_all(now.add_columns(none.label("before")), earlier).subquery()
    named = [sides.c[label.name] for label in labels]
    sums = (func.sum(sides.c[name]).label(name) for name in ("used", "refunded", "before"))
    return select(*named, *sums).group_by(*named).order_by(*named)


def _days(columns: Any, scope: Scope, period: Period) -> tuple[ColumnElement[bool], ...]:
    # One range scan of the primary key (account, day, …): days of the period and no others.
    return (
        columns.account_id == scope.account_id,
        columns.day >= period.start,
        columns.day < period.end,
    )


# --- the frames -----------------------------------------------------------------------------


def usage_by_day(connection: Connection, scope: Scope, period: Period) -> pd.DataFrame:
    """One row for each calendar day: day, used, refunded, net (int64 micro-credits)."""
    rows = connection.execute(by_day(scope, period))
    return day_frame(((day, int(used), int(refunded)) for day, used, refunded in rows), period)


def usage_by_reason(
    connection: Connection, scope: Scope, period: Period, before: Period | None = None
) -> pd.DataFrame:
    """One row for each reason and workflow type with consumption; None is an untyped run.

    Handed the days `before`, the frame has a column of that name: what was used on those, less
    what was refunded. A row may then have nothing else.
    """
    rows = connection.execute(by_reason(scope, period, before))
    return compared_frame(
        ((row.reason, row.workflow_type or None, *map(int, row[2:])) for row in rows),
        REASON_COLUMNS,
        compared=before is not None,
    )


def usage_by_day_and_reason(connection: Connection, scope: Scope, period: Period) -> pd.DataFrame:
    """One row for each day and reason with consumption; a day without any has no row."""
    rows = connection.execute(by_day_and_reason(scope, period))
    return frame(
        ((day, reason, int(used), int(refunded)) for day, reason, used, refunded in rows),
        DAY_REASON_COLUMNS,
    )


def usage_by_workspace(
    connection: Connection, scope: Scope, period: Period, before: Period | None = None
) -> pd.DataFrame:
    """One row for each workspace with consumption, most credits first, then by name.

    `before` as in `usage_by_reason`; of equal credits, the row with more of those is first.

    A deleted one is `Name (deleted)`, one that the ledger does not list has its id as name and no
    kind, and entries without a workspace are `No workspace` with neither id nor kind. What the
    scope does not name is last, one row for each kind of it, with an `Unnamed` for an id.
    """
    query = by_workspace if names_all(scope) else by_visible_workspace
    names = {**named_workspaces(connection, scope), "": (NO_WORKSPACE, None)}
    found = connection.execute(query(scope, period, before)).mappings()
    amounts = ("used", "refunded", *(() if before is None else ("before",)))
    rows = [(*_labels(row, names), *(int(row[name]) for name in amounts)) for row in found]
    rows.sort(key=_most_first)
    return compared_frame(rows, WORKSPACE_COLUMNS, compared=before is not None)


def _labels(row: RowMapping, names: Mapping[str, tuple[str, str | None]]) -> tuple[Any, ...]:
    """Id, name and kind."""
    if why := row.get("unnamed"):
        unnamed = Unnamed(why, 0 if why == NOWHERE else row["workspaces"])
        return unnamed, unnamed.name, row["kind"]
    id_ = row["workspace_id"]
    return id_ or None, *names.get(id_, (id_, None))


def _most_first(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The place of a workspace: by net, by what was used before if that is asked for, by name."""
    id_, name, _kind, used, refunded, *before = row
    return (isinstance(id_, Unnamed), refunded - used, *(-micro for micro in before), name)


def named_workspaces(connection: Connection, scope: Scope) -> dict[str, tuple[str, str | None]]:
    """Name and kind of each workspace that the account lists, by id."""
    query = workspace_names(scope)
    return {row.id: (shown_name(row), row.kind) for row in connection.execute(query)}


def shown_name(workspace: Row[Any]) -> str:
    """A listed workspace's present name, `Name (deleted)` of one that is gone."""
    return f"{workspace.name} (deleted)" if workspace.deleted_at else str(workspace.name)


# --- the account ----------------------------------------------------------------------------


def load_account(connection: Connection, scope: Scope) -> Account | None:
    """The account of the scope with all that the page knows of it; None when it is not listed.

    Its zone is that of its stored days: a change of it counts once they are made anew.
    """
    known = accounts.c
    own = rollup_state.c.account_id == scope.account_id
    rolled = select(rollup_state.c.timezone).where(own).scalar_subquery().label("rolled")
    query = select(
        known.id, known.name, known.plan, known.timezone, known.anchor_day, rolled
    ).where(known.id == scope.account_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Account(
        id=row.id,
        name=row.name,
        plan=row.plan,
        timezone=row.rolled or row.timezone,
        calendar=_calendar(connection, scope, row.anchor_day),
        taxonomy=_taxonomy(connection, scope),
        first_day=_first_day(connection, scope),
        workspace_kinds=_kinds(connection, scope),
    )


def list_accounts(connection: Connection, *also: str) -> list[tuple[str, str]]:
    """(id, name) of the accounts by name; for `run` alone, where all are visible.

    At most MOST_LISTED, the first by id, and those of `also` that there are.
    """
    query = select(accounts.c.id, accounts.c.name)
    first = query.order_by(accounts.c.id).limit(MOST_LISTED)
    found = {row.id: row.name for row in connection.execute(first)}
    if len(found) == MOST_LISTED:
        for id_ in also:
            found |= _named(connection, query.where(accounts.c.id == id_))
    return sorted(found.items(), key=lambda account: (account[1], account[0]))


def _named(connection: Connection, query: Statement) -> dict[str, str]:
    try:
        with connection.begin_nested():
            return {row.id: row.name for row in connection.execute(query)}
    except DataError:
        return {}  # what is no uuid or number is no id of a host that has such


def _calendar(connection: Connection, scope: Scope, anchor_day: int) -> BillingCalendar:
    query = select(billing_periods).where(billing_periods.c.account_id == scope.account_id)
    stored = (
        BillingMonth(
            Period(row.starts, row.ends), Allowance(row.allowance_kind, row.allowance_micro)
        )
        for row in connection.execute(query)
    )
    return BillingCalendar.of(stored, anchor_day)


def _taxonomy(connection: Connection, scope: Scope) -> Taxonomy:
    """The host's own reasons where it lists any, else those of the help page."""
    if lacks(connection, reasons.name):
        return Taxonomy(dict(HELP_PAGE), {})
    columns = reasons.c
    query = select(columns.code, columns.label, columns.parent).where(
        columns.account_id == scope.account_id
    )
    rows = connection.execute(query).all()
    labels = {row.code: row.label for row in rows if not row.parent}
    types = {(row.parent, row.code): row.label for row in rows if row.parent}
    return Taxonomy(labels or dict(HELP_PAGE), types)


def _first_day(connection: Connection, scope: Scope) -> Any:
    query = select(func.min(rollup_by_reason.c.day)).where(
        rollup_by_reason.c.account_id == scope.account_id
    )
    return connection.execute(query).scalar_one()


def _kinds(connection: Connection, scope: Scope) -> frozenset[str]:
    query = select(workspaces.c.kind).distinct().where(workspaces.c.account_id == scope.account_id)
    return frozenset(connection.execute(query).scalars())
