"""What days that stand out hold, and their usual days: net amounts by reason and by workspace.

Which reason was used in which workspace is asked of the ledger's entries, for the days that stand
out alone; all else comes from the rollup. How many statements it takes never depends on how much
an account has: three, and one for each UTC segment of each day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, Text, case, cast, func, or_, select

from data.access import Scope
from data.frames import NO_WORKSPACE
from data.periods import DAY, Period, Segment, segments, zone
from data.queries import shown_name, workspace_names
from data.schema import CONSUMPTION, entries, rollup_by_reason, rollup_by_workspace, workspaces
from data.visible import ScopeKind, Sight, bound, visible

# Of the workspaces that used most on a day; any other used less than a twentieth of it, which is
# no cause of a day half as high again as usual.
MOST_WORKSPACES = 20

Nets = dict[dt.date, int]
Pairs = dict[tuple[str, str], int]  # by reason code and workspace id, empty for no workspace


@dataclass(frozen=True)
class Held:
    """What the days hold: nets by code and day, of each day that stands out the pairs, and names.

    A name is there for each workspace that the scope may see, and for none other.
    """

    reasons: Mapping[str, Nets] = field(default_factory=dict)
    workspaces: Mapping[str, Nets] = field(default_factory=dict)
    pairs: Mapping[dt.date, Pairs] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def read_spike_days(
    connection: Connection,
    scope: Scope,
    timezone: str,
    days: Mapping[dt.date, Collection[dt.date]],
) -> Held:
    """What `days` hold, each mapped to its usual days; without any day nothing is asked."""
    if not days:
        return Held()
    asked = sorted(days.keys() | {day for usual in days.values() for day in usual})
    pairs = {day: _pairs(connection, scope, timezone, day) for day in days}
    largest = sorted({id_ for found in pairs.values() for id_ in _largest(found)})
    return Held(
        reasons=_nets(connection.execute(by_reason_on(scope, asked))),
        workspaces=_by_workspace(connection, scope, asked, largest),
        pairs=pairs,
        names=_names(connection, scope, largest),
    )


# --- the statements -------------------------------------------------------------------------


def by_reason_on(scope: Scope, days: Collection[dt.date]) -> Select[Any]:
    """Net by reason on some local days."""
    columns = rollup_by_reason.c
    net = func.sum(columns.used_micro - columns.refunded_micro).label("net")
    return (
        select(columns.day, columns.reason.label("code"), net)
        .where(columns.account_id == scope.account_id, columns.day.in_(days))
        .group_by(columns.day, columns.reason)
    )


def by_workspace_on(scope: Scope, days: Collection[dt.date], ids: Collection[str]) -> Select[Any]:
    """Net of some workspaces on some local days; empty text is no workspace."""
    columns = rollup_by_workspace.c
    net = (columns.used_micro - columns.refunded_micro).label("net")
    return select(columns.day, columns.workspace_id.label("code"), net).where(
        columns.account_id == scope.account_id,
        columns.day.in_(days),
        columns.workspace_id.in_(ids),
    )


def by_pair(scope: Scope, segment: Segment) -> Select[Any]:
    """Net by reason and workspace of the entries in one UTC segment, where the scope names it."""
    place = func.coalesce(cast(entries.c.workspace_id, Text), "")
    kind, amount = entries.c.kind, entries.c.amount_micro
    net = func.sum(case((kind == "refund", -amount), else_=amount)).label("net")
    return (
        select(entries.c.reason, entries.c.workspace_id, net)
        .where(
            entries.c.account_id == scope.account_id,
            entries.c.occurred_at >= segment.start,
            entries.c.occurred_at < segment.end,
            or_(*(kind == known for known in CONSUMPTION)),
            *visible(Sight.of(scope), place),
        )
        .group_by(entries.c.reason, entries.c.workspace_id)
    )


# --- what they say --------------------------------------------------------------------------


def _pairs(connection: Connection, scope: Scope, timezone: str, day: dt.date) -> Pairs:
    found: Pairs = {}
    for segment in segments(Period(day, day + DAY), zone(timezone)):
        for reason, workspace, net in connection.execute(by_pair(scope, segment)):
            key = (reason, workspace or "")
            found[key] = found.get(key, 0) + int(net)
    return found


def _largest(pairs: Pairs) -> list[str]:
    """The workspaces that used most, at most MOST_WORKSPACES."""
    nets: dict[str, int] = {}
    for (_, workspace), net in pairs.items():
        nets[workspace] = nets.get(workspace, 0) + net
    return sorted(nets, key=lambda id_: (-nets[id_], id_))[:MOST_WORKSPACES]


def _by_workspace(
    connection: Connection, scope: Scope, days: Collection[dt.date], ids: Collection[str]
) -> dict[str, Nets]:
    """Nothing where the ledger keeps no entries of the days any more."""
    return _nets(connection.execute(by_workspace_on(scope, days, ids))) if ids else {}


def _nets(rows: Iterable[Any]) -> dict[str, Nets]:
    found: dict[str, Nets] = {}
    for row in rows:
        found.setdefault(row.code, {})[row.day] = int(row.net)
    return found


def _names(connection: Connection, scope: Scope, ids: Collection[str]) -> dict[str, str]:
    """Names as they stand on the page; what the ledger does not list goes by its id."""
    found = {id_: id_ or NO_WORKSPACE for id_ in ids}
    if listed := [id_ for id_ in ids if id_]:
        query = workspace_names(ScopeKind.of(scope)).where(workspaces.c.id.in_(listed))
        rows = connection.execute(query, bound(scope))
        found |= {id_: shown_name(name, deleted) for id_, name, _kind, deleted in rows}
    return found
