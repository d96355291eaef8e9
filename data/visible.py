"""Which workspaces a scope names, as conditions of SQL: the names of others are never fetched.

Two rules of the host's own rows and of the viewer that it signed, and nothing that a browser sent:
another person's personal workspace is named to nobody but its owner, and a member sees the
workspaces that the host lists for them. Ids are compared as text, since a viewer's are text and a
host's may be uuids or numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, bindparam, case, cast, literal, null, or_, select
from sqlalchemy.sql.elements import ColumnElement

from data.access import Scope
from data.schema import WORKSPACE_KINDS, workspaces

Place = ColumnElement[Any]  # a workspace's id as text, empty for none, never NULL
Condition = ColumnElement[bool]

# Why a place has no name here: somebody else's own, not listed for a member, no workspace at all.
# What is in none belongs to nobody in particular, so its entries are for those who see everything.
MEMBERS, RESTRICTED, NOWHERE = "members", "restricted", "nowhere"


class ScopeKind(NamedTuple):
    """Which conditions a scope has: statements are made once for each of the four kinds."""

    has_subject: bool
    has_listed: bool

    @classmethod
    def of(cls, scope: Scope) -> ScopeKind:
        """The kind of one scope."""
        return cls(scope.subject is not None, scope.workspaces is not None)


@dataclass(frozen=True)
class Sight:
    """A scope as SQL has it: its values, or the names by which `bound` gives them.

    No `subject` is whoever, no `listed` is all workspaces.
    """

    account: Any
    subject: Any
    listed: Any

    @classmethod
    def of(cls, scope: Scope) -> Sight:
        """By values."""
        return cls(scope.account_id, scope.subject, _listed(scope))

    @classmethod
    def by_name(cls, kind: ScopeKind) -> Sight:
        """The account has a name of its own: a host's id may be of another type than ours."""
        return cls(
            bindparam("listing_account"),
            bindparam("subject", type_=Text) if kind.has_subject else None,
            bindparam("listed", type_=Text, expanding=True) if kind.has_listed else None,
        )


def bound(scope: Scope) -> dict[str, Any]:
    """What the names of `Sight.by_name` stand for."""
    found = {"listing_account": scope.account_id, "subject": scope.subject}
    values = {**found, "listed": _listed(scope)}
    return {name: value for name, value in values.items() if value is not None}


def _listed(scope: Scope) -> tuple[str, ...] | None:
    if scope.workspaces is None:
        return None
    return tuple(sorted(id_ for id_ in scope.workspaces if id_))


def names_all(scope: Scope) -> bool:
    """Whether every name is visible, as in a snapshot."""
    return scope.subject is None and scope.workspaces is None


def visible(sight: Sight, place: Place) -> Iterator[Condition]:
    """What holds of the id of a workspace that is named in this scope; nothing where all are."""
    if sight.subject is not None:
        yield place.not_in(_of_others(sight))
    if sight.listed is not None:
        yield place.in_(sight.listed)


def named(sight: Sight) -> Iterator[Condition]:
    """The same of a row of the workspaces."""
    if sight.subject is not None:
        yield ~_another_persons(sight)
    if sight.listed is not None:
        yield cast(workspaces.c.id, Text).in_(sight.listed)


def reason_unnamed(sight: Sight, place: Place) -> ColumnElement[str | None]:
    """MEMBERS, RESTRICTED or NOWHERE of a place that is not visible, NULL of one that is."""
    found: list[tuple[Condition, ColumnElement[str]]] = []
    if sight.subject is not None:
        found.append((place.in_(_of_others(sight)), literal(MEMBERS, Text)))
    if sight.listed is not None:
        found.append((place == "", literal(NOWHERE, Text)))
        found.append((place.not_in(sight.listed), literal(RESTRICTED, Text)))
    return case(*found, else_=null())


def kind_of(sight: Sight, place: Place) -> ColumnElement[str | None]:
    """Its kind, which is no name; NULL of one that the account does not list."""
    of_kind = ((place.in_(_ids(sight, workspaces.c.kind == kind)), literal(kind, Text))
               for kind in WORKSPACE_KINDS)  # fmt: skip
    return case(*of_kind, else_=null())


def _of_others(sight: Sight) -> Select[Any]:
    return _ids(sight, _another_persons(sight))


def _another_persons(sight: Sight) -> Condition:
    """A personal workspace whose owner nobody knows is the viewer's no more than anyone else's."""
    owner = cast(workspaces.c.owner_member_id, Text)
    return (workspaces.c.kind == "personal") & or_(owner.is_(None), owner != sight.subject)


def _ids(sight: Sight, *conditions: Condition) -> Select[Any]:
    own = workspaces.c.account_id == sight.account
    return select(cast(workspaces.c.id, Text)).where(own, *conditions)
