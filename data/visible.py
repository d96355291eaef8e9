"""Which workspaces a scope names, as conditions of SQL: the names of others are never fetched.

Two rules of the host's own rows and of the viewer that it signed, and nothing that a browser sent:
another person's personal workspace is named to nobody but its owner, and a member sees the
workspaces that the host lists for them. Ids are compared as text, since a viewer's are text and a
host's may be uuids or numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, Text, case, cast, literal, null, or_, select
from sqlalchemy.sql.elements import ColumnElement

from data.access import Scope
from data.schema import WORKSPACE_KINDS, workspaces

Place = ColumnElement[Any]  # a workspace's id as text, empty for none, never NULL
Condition = ColumnElement[bool]

# Why a place has no name here: somebody else's own, not listed for a member, no workspace at all.
# What is in none belongs to nobody in particular, so its entries are for those who see everything.
MEMBERS, RESTRICTED, NOWHERE = "members", "restricted", "nowhere"


def names_all(scope: Scope) -> bool:
    """Whether every name is visible, as in a snapshot."""
    return scope.subject is None and scope.workspaces is None


def visible(scope: Scope, place: Place) -> Iterator[Condition]:
    """What holds of the id of a workspace that is named in this scope; nothing where all are."""
    if scope.subject is not None:
        yield place.not_in(_of_others(scope))
    if scope.workspaces is not None:
        yield place.in_(_listed(scope))


def named(scope: Scope) -> Iterator[Condition]:
    """The same of a row of the workspaces."""
    if scope.subject is not None:
        yield ~_another_persons(scope)
    if scope.workspaces is not None:
        yield cast(workspaces.c.id, Text).in_(_listed(scope))


def reason_unnamed(scope: Scope, place: Place) -> ColumnElement[str | None]:
    """MEMBERS, RESTRICTED or NOWHERE of a place that is not visible, NULL of one that is."""
    found: list[tuple[Condition, ColumnElement[str]]] = []
    if scope.subject is not None:
        found.append((place.in_(_of_others(scope)), literal(MEMBERS, Text)))
    if scope.workspaces is not None:
        found.append((place == "", literal(NOWHERE, Text)))
        found.append((place.not_in(_listed(scope)), literal(RESTRICTED, Text)))
    return case(*found, else_=null())


def kind_of(scope: Scope, place: Place) -> ColumnElement[str | None]:
    """Its kind, which is no name; NULL of one that the account does not list."""
    of_kind = ((place.in_(_ids(scope, workspaces.c.kind == kind)), literal(kind, Text))
               for kind in WORKSPACE_KINDS)  # fmt: skip
    return case(*of_kind, else_=null())


def _listed(scope: Scope) -> tuple[str, ...]:
    return tuple(sorted(id_ for id_ in scope.workspaces or () if id_))


def _of_others(scope: Scope) -> Select[Any]:
    return _ids(scope, _another_persons(scope))


def _another_persons(scope: Scope) -> Condition:
    """A personal workspace whose owner nobody knows is the viewer's no more than anyone else's."""
    owner = cast(workspaces.c.owner_member_id, Text)
    return (workspaces.c.kind == "personal") & or_(owner.is_(None), owner != scope.subject)


def _ids(scope: Scope, *conditions: Condition) -> Select[Any]:
    own = workspaces.c.account_id == scope.account_id
    return select(cast(workspaces.c.id, Text)).where(own, *conditions)
