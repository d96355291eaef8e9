"""A ledger in use, with the rollup that an aggregator keeps beside it, as the page reads it.

Never writes, and never shows an account that is not rolled up as one without usage.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFreeError

from data.access import AccessDeniedError, Scope
from data.engine import read_transaction
from data.errors import BusyError, ConnectionLostError, PreparingError, UsageError
from data.freshness import Freshness
from data.install import require_installed
from data.install.versions import installed_version
from data.optional import LACKING, find_lacking
from data.queries import list_accounts
from data.rollup import account_to_roll
from data.schema import ROLLUP_VERSION
from data.wall import ACCOUNT, passes_wall
from data.watermark import Standing, standing

log = logging.getLogger(__name__)

OUTSIDE = "let it be one that has the role of the page alone, and owns no table (docs/security.md)"


class LiveLedger:
    """All reads of one answer see one moment; `clock` tells the time of it."""

    def __init__(self, engine: Engine, clock: Callable[[], dt.datetime]) -> None:
        """Asks nothing yet: a server starts while its database is away."""
        self._engine, self._clock = engine, clock
        self._lacking: frozenset[str] | None = None

    def accounts(self, *also: str) -> list[tuple[str, str]]:
        """(id, name) of accounts by name, those of `also` among them: data/queries.py."""
        with self._transaction() as connection:
            return list_accounts(connection, *also)

    def check(self) -> None:
        """Raise unless the database answers and our tables stand in it."""
        with self._transaction() as connection:
            require_installed(connection)

    def refuse_misshapen(self) -> None:
        """UsageError where the ledger lacks what it must hold; nothing where it is away."""
        try:
            with self._transaction() as connection:
                installed = installed_version(connection) == ROLLUP_VERSION
                if installed and passes_wall(connection):
                    log.warning("the page's user sees every account: %s", OUTSIDE)
        except UsageError:
            self._engine.dispose()  # nothing will be read of it
            raise
        except (DBAPIError, ConnectionLostError) as error:
            log.warning("started without the database: %s", " ".join(str(error).split()))

    def standing(self, scope: Scope) -> Standing | None:
        """How far the account's charts reach now, None until it is built."""
        with self._transaction(scope) as connection:
            return standing(connection, scope, self._clock())

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[tuple[Connection, Freshness]]:
        """A connection inside one read transaction, and how far the charts reach in it.

        PreparingError for an account that waits for the aggregator, AccessDeniedError for one that
        the ledger does not list, ConnectionLostError for a connection that was lost meanwhile,
        whatever became of the statements on it.
        """
        with self._transaction(scope) as connection:
            now = self._clock()
            found = standing(connection, scope, now)
            if found is None:
                raise _not_built(connection, scope)
            yield connection, found.freshness

    @contextmanager
    def _transaction(self, scope: Scope | None = None) -> Iterator[Connection]:
        named = {} if scope is None else {ACCOUNT: scope.account_id}
        try:
            with read_transaction(self._engine, **named) as connection:
                if self._lacking is None:
                    self._lacking = find_lacking(connection)
                yield connection.execution_options(**{LACKING: self._lacking})
                if connection.invalidated:
                    raise ConnectionLostError
        except NoneFreeError as error:
            raise BusyError(str(error)) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise ConnectionLostError from error
            raise


def _not_built(connection: Connection, scope: Scope) -> PreparingError | AccessDeniedError:
    try:
        listed = account_to_roll(connection, scope.account_id)
    except DataError:
        listed = None  # what is no uuid or number is no id of a host that has such
    if listed:
        return PreparingError(None)
    return AccessDeniedError(f"the ledger has no account {scope.account_id!r}")
