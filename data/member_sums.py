"""What each member used of some days: read from the ledger, which alone knows who.

A scope says whose use is named. Where that is nobody's, nothing is read; where it is the reader's
own, what others used is summed in SQL, and neither their ids nor their names are fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, case, cast, func, literal, null, select
from sqlalchemy.sql.elements import ColumnElement

from data.access import NamedMembers, Scope
from data.column_types import Micro
from data.engine import Connection
from data.entries import Listing, days_of_use, instants, runs, signed_net, within
from data.optional import lacks
from data.schema import entries, members

SMALLEST = 3  # people whose use is told as one sum of theirs
OWN, OTHERS, NOBODYS = "own", "others", "nobody's"


@dataclass(frozen=True)
class MemberUse:
    """What one member used, or several of whom none is named.

    `who` is OWN, OTHERS or NOBODYS where it is no named member, whose `id` and `name` are set else.
    `count` is of the members in it, 0 where that is not told.
    """

    net: int
    who: str = ""
    id: str = ""
    name: str = ""
    count: int = 1


def usage_by_member(connection: Connection, scope: Scope, listing: Listing) -> list[MemberUse]:
    """Most credits first, what belongs to no member last; together all of the listing's entries."""
    if scope.members is NamedMembers.NONE:
        return []
    if scope.members is NamedMembers.OWN:
        return _own(connection, scope, listing)
    found = _sums(connection, scope, listing, member_id())
    names = member_names(connection, scope)
    named = [MemberUse(net, id=id_, name=names.get(id_, id_)) for id_, net in found.items() if id_]
    named.sort(key=lambda one: (-one.net, one.name))
    return [*named, *_unattributed(found.get("", 0), has="" in found)]


def member_id() -> ColumnElement[str]:
    """An entry's member as text, empty for none."""
    return func.coalesce(cast(entries.c.member_id, Text), "")


def named_member(scope: Scope) -> ColumnElement[Any]:
    """The member of an entry where the scope names them; NULL of any other."""
    if scope.members is NamedMembers.NONE:
        return null()
    if scope.members is NamedMembers.ALL:
        return cast(entries.c.member_id, Text)
    return case((member_id() == (scope.subject or ""), member_id()), else_=null())


def member_names(connection: Connection, scope: Scope) -> dict[str, str]:
    """The names of the members that the scope names, by id."""
    if scope.members is NamedMembers.NONE or lacks(connection, members.name):
        return {}
    id_ = cast(members.c.id, Text)
    query = select(id_, members.c.name).where(members.c.account_id == scope.account_id)
    if scope.members is NamedMembers.OWN:
        query = query.where(id_ == scope.subject)
    return {row[0]: row[1] for row in connection.execute(query)}


def _own(connection: Connection, scope: Scope, listing: Listing) -> list[MemberUse]:
    """The reader's use, and the rest: by itself only where it is that of enough people."""
    who = case(
        (member_id() == (scope.subject or ""), literal(OWN)),
        (member_id() == "", literal(NOBODYS)),
        else_=literal(OTHERS),
    )
    found = _sums(connection, scope, listing, who)
    others = _count_others(connection, scope, listing) if OTHERS in found else 0
    own = [MemberUse(found.get(OWN, 0), OWN)]
    if 0 < others < SMALLEST:
        rest = found[OTHERS] + found.get(NOBODYS, 0)
        return [*own, MemberUse(rest, OTHERS, count=0)]
    many = [MemberUse(found[OTHERS], OTHERS, count=others)] if others else []
    return [*own, *many, *_unattributed(found.get(NOBODYS, 0), has=NOBODYS in found)]


def _unattributed(net: int, *, has: bool) -> list[MemberUse]:
    return [MemberUse(net, NOBODYS, count=0)] if has else []


def _sums(
    connection: Connection, scope: Scope, listing: Listing, label: ColumnElement[str]
) -> dict[str, int]:
    found: dict[str, int] = {}
    key, net = label.label("who"), cast(func.sum(signed_net()), Micro).label("net")
    for where in _stretches(connection, scope, listing):
        for who, added in connection.execute(where(select(key, net)).group_by(key)):
            found[who] = found.get(who, 0) + int(added)
    return found


def _count_others(connection: Connection, scope: Scope, listing: Listing) -> int:
    """How many other members there are, counted in SQL: at most one number leaves it a stretch."""
    known = [cast(entries.c.member_id, Text).is_not(None), member_id() != (scope.subject or "")]
    found = [
        where(select(entries.c.member_id)).where(*known)
        for where in _stretches(connection, scope, listing)
    ]
    together = found[0].union(*found[1:]).subquery()
    return int(connection.execute(select(func.count()).select_from(together)).scalar_one())


def _stretches(connection: Connection, scope: Scope, listing: Listing) -> Iterator[Any]:
    """What narrows a statement to each stretch of the days that hold what is asked for."""
    for run in runs(days_of_use(connection, scope, listing.period, listing.only)):
        for start, end in instants(run, listing.zone):
            conditions = tuple(within(scope, start, end, listing.only))

            def narrowed(query: Select[Any], conditions: Any = conditions) -> Select[Any]:
                return query.where(*conditions)

            yield narrowed
