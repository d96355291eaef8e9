"""Who may read what: a Viewer becomes a Scope, and no query can be written without one.

The only maker of a Scope; nothing that a browser sends reaches it but through the viewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["owner", "admin", "billing", "member"]
WHOLE_ACCOUNT: frozenset[Role] = frozenset({"owner", "admin", "billing"})


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
    are the ids whose names a member may see, None for all of them.
    """

    account_id: str
    subject: str | None = None
    workspaces: frozenset[str] | None = None


def scope_of(viewer: Viewer) -> Scope:
    """The scope of a viewer; AccessDeniedError for a member for whom no workspace is listed."""
    if viewer.role in WHOLE_ACCOUNT:
        return Scope(viewer.account_id, viewer.subject)
    if viewer.workspaces is not None and not viewer.workspaces:
        raise AccessDeniedError(f"no workspace is listed for {viewer.role} {viewer.subject!r}")
    return Scope(viewer.account_id, viewer.subject, viewer.workspaces)


def snapshot_scope(account_id: str) -> Scope:
    """The whole of one account, for a product manager on a snapshot and for `report`."""
    return Scope(account_id)
