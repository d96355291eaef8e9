"""Who may read what: a Viewer becomes a Scope, and no query can be written without one.

The only maker of a Scope; nothing that a browser sends reaches it but through the viewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Role = Literal["owner", "admin", "billing", "member"]
WHOLE_ACCOUNT: frozenset[Role] = frozenset({"owner", "admin", "billing"})
NAMES_MEMBERS: frozenset[Role] = frozenset({"owner", "admin"})


class NamedMembers(StrEnum):
    """Whose use is told by name: nobody's unless the host wants it, the reader's own, or all."""

    NONE = "none"
    OWN = "own"
    ALL = "all"


class AccessDeniedError(Exception):
    """The viewer may not see this account's usage; the page shows `No permission`."""


@dataclass(frozen=True)
class Viewer:
    """Whom the host named: the account, the user (`subject`) and the role in the account.

    `workspaces` are the ids that the host lists for a member, None for all of them; `plan` is what
    the host calls the account's plan, shown where the ledger names none.
    """

    account_id: str
    subject: str
    role: Role
    workspaces: frozenset[str] | None = None
    plan: str | None = None


@dataclass(frozen=True)
class Scope:
    """What one answer may contain: one account, and the names that its reader may see.

    `subject` is the reader, None where all names are visible (a snapshot, `report`); `workspaces`
    are the ids whose names a member may see, None for all of them; `members` is whose use is told
    by name.
    """

    account_id: str
    subject: str | None = None
    workspaces: frozenset[str] | None = None
    members: NamedMembers = NamedMembers.NONE


def scope_of(viewer: Viewer, *, by_member: bool = False) -> Scope:
    """The scope of a viewer; AccessDeniedError for a member for whom no workspace is listed.

    `by_member`: the host wants use told by member, to owners and admins that of all, to anyone else
    their own.
    """
    members = NamedMembers.NONE
    if by_member:
        members = NamedMembers.ALL if viewer.role in NAMES_MEMBERS else NamedMembers.OWN
    if viewer.role in WHOLE_ACCOUNT:
        return Scope(viewer.account_id, viewer.subject, members=members)
    if viewer.workspaces is not None and not viewer.workspaces:
        raise AccessDeniedError(f"no workspace is listed for {viewer.role} {viewer.subject!r}")
    return Scope(viewer.account_id, viewer.subject, viewer.workspaces, members)


def snapshot_scope(account_id: str, *, by_member: bool = False) -> Scope:
    """The whole of one account, for a product manager on a snapshot and for `report`."""
    return Scope(account_id, members=NamedMembers.ALL if by_member else NamedMembers.NONE)
