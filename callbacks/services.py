"""What the callbacks work with: where readings come from, and who may see which account.

Made once by app.py and handed to every callback; there is no global of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from dashboard.view import Reading
from data.access import Scope, snapshot_scope
from data.engine import Connection
from data.errors import UsageError
from data.freshness import Freshness


class Source(Protocol):
    """A ledger with its rollup, as the page needs it."""

    def accounts(self) -> list[tuple[str, str]]:
        """(id, name) of every account."""
        ...

    def preparing(self, scope: Scope) -> float | None:
        """None when the account's rollup stands, else the part that is done."""
        ...

    def reading(self, scope: Scope) -> AbstractContextManager[tuple[Connection, Freshness]]:
        """A connection inside one read transaction, and how fresh it is."""
        ...


@dataclass(frozen=True)
class Services:
    """The source of a snapshot, and the account that is shown first if not the first by name."""

    source: Source
    first_account: str | None = None

    def choose(self, asked: str | None, accounts: list[tuple[str, str]]) -> tuple[Scope, bool]:
        """The scope of the account asked for, or of the first one, and whether it was found."""
        known = [id_ for id_, _ in accounts]
        if not known:
            raise UsageError("accounts.none", "The ledger has no account.")
        first = self.first_account if self.first_account in known else known[0]
        found = asked in known
        return snapshot_scope(asked if found and asked else first), found or asked is None

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[Reading]:
        """One read of the scope's account."""
        with self.source.reading(scope) as (connection, freshness):
            yield Reading(connection, scope, freshness)
