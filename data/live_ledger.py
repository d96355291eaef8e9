"""A ledger in use, with the rollup that an aggregator keeps beside it, as the page reads it.

Never writes, and never shows an account that is not rolled up as one without usage.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFreeError

from data.access import Scope
from data.column_types import EPOCH
from data.engine import read_transaction
from data.errors import BusyError, ConnectionLostError, PreparingError
from data.freshness import Freshness
from data.optional import LACKING, find_lacking
from data.queries import list_accounts
from data.rollup import account_to_roll
from data.watermark import Standing, standing


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

    def standing(self, scope: Scope) -> Standing | None:
        """How far the account's charts reach now, None until it is built."""
        with self._transaction() as connection:
            return standing(connection, scope, self._clock())

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[tuple[Connection, Freshness]]:
        """A connection inside one read transaction, and how far the charts reach in it.

        PreparingError for an account that waits for the aggregator, ConnectionLostError for a
        connection that was lost meanwhile, whatever became of the statements on it.
        """
        with self._transaction() as connection:
            now = self._clock()
            found = standing(connection, scope, now)
            if found is None and account_to_roll(connection, scope.account_id):
                raise PreparingError(None)
            yield connection, found.freshness if found else Freshness(None, EPOCH, now)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with read_transaction(self._engine) as connection:
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
