"""Whose usage an answer shows: any account's that a browser chooses, or the viewer's own alone.

The seam between `run` and production. In production nothing that a browser sends reaches a scope.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import Protocol

from flask import Flask, Response

from data.access import AccessDeniedError, Scope, Viewer, scope_of, snapshot_scope
from data.errors import UsageError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Choice:
    """The scope of one answer.

    `accounts` are (id, name) for the switcher, `found` is whether the one asked for is among them;
    `plan` is what the host calls the account's plan, shown where the ledger names none.
    """

    scope: Scope
    accounts: Sequence[tuple[str, str]] = ()
    found: bool = True
    plan: str | None = None


class Accounts(Protocol):
    """A ledger that lists its accounts."""

    def accounts(self, *also: str) -> list[tuple[str, str]]:
        """(id, name) of the accounts to choose from, and of those of `also` that there are."""


class Access(Protocol):
    """Who may see which account."""

    @property
    def switches_accounts(self) -> bool:
        """Whether the page offers other accounts."""

    def choose(self, ledger: Accounts, asked: str | None) -> Choice:
        """The scope of an answer to who asked for this account; AccessDeniedError for nobody's."""

    def shown(self, account: str) -> Scope:
        """The scope of an open page that shows this account already."""


@dataclass(frozen=True)
class OpenAccess:
    """Every account for everybody, for `run`: `first` is shown if it is not the first by name."""

    first: str | None = None
    by_member: bool = False
    switches_accounts: bool = True

    def choose(self, ledger: Accounts, asked: str | None) -> Choice:
        accounts = ledger.accounts(*(id_ for id_ in (asked, self.first) if id_))
        known = [id_ for id_, _ in accounts]
        if not known:
            raise UsageError("accounts.none", "The ledger has no account.")
        first = self.first if self.first in known else known[0]
        found = asked in known
        scope = self.shown(asked if found and asked else first)
        return Choice(scope, accounts, found or asked is None)

    def shown(self, account: str) -> Scope:
        return snapshot_scope(account, by_member=self.by_member)


@dataclass(frozen=True)
class SignedAccess:
    """The account of the viewer whom the host named for this request, whatever is asked for."""

    viewer: Callable[[], Viewer]
    by_member: bool = False
    switches_accounts: bool = False

    def choose(self, ledger: Accounts, asked: str | None) -> Choice:
        viewer = self.viewer()
        return Choice(scope_of(viewer, by_member=self.by_member), plan=viewer.plan)

    def shown(self, account: str) -> Scope:
        return scope_of(self.viewer(), by_member=self.by_member)


def scope_key(scope: Scope) -> str:
    """Tells scopes apart, the same in every process: what is kept of an answer is kept under it."""
    parts = [sorted(one) if isinstance(one, frozenset) else one for one in astuple(scope)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def answer_denied(server: Flask) -> None:
    """403 and nothing more for who may not see the account: assets/connection.js says it."""

    @server.errorhandler(AccessDeniedError)
    def deny(error: AccessDeniedError) -> Response:
        log.warning("no permission: %s", error)
        return Response(status=403)
