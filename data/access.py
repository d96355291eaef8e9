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
    """Whom the host named: the account, the user (`subject`) and the role in the account."""

    account_id: str
    subject: str
    role: Role


@dataclass(frozen=True)
class Scope:
    """What one answer may contain: one account, whole."""

    account_id: str


def scope_of(viewer: Viewer) -> Scope:
    """The scope of a viewer; AccessDeniedError for a role that does not see the whole account."""
    if viewer.role not in WHOLE_ACCOUNT:
        raise AccessDeniedError(f"role {viewer.role!r} of {viewer.subject!r} sees no whole account")
    return Scope(viewer.account_id)


def snapshot_scope(account_id: str) -> Scope:
    """The whole of one account, for a product manager on a snapshot and for `report`."""
    return scope_of(Viewer(account_id, "snapshot", "owner"))
