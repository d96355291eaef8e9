"""A snapshot held open by a server: reopened when its file changes, rolled up account by account.

Never writes to the snapshot and never decides what a reader may see.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine

from data import rollup, snapshot
from data.access import Scope
from data.builds import PATIENCE, Builds
from data.engine import read_transaction
from data.errors import PreparingError
from data.freshness import Freshness
from data.queries import list_accounts
from data.watermark import Standing


class OpenSnapshot:
    """The one snapshot of `run`: its present file, its cache and the builds under way."""

    def __init__(self, path: Path, cache: Path, now: dt.datetime | None = None) -> None:
        """Check and open the file; `now` instead of the last entry's instant if given."""
        self._path, self._cache, self._fixed_now = path, cache, now
        self._lock = threading.Lock()
        self._open()

    def _open(self) -> None:
        self._snapshot = snapshot.open_snapshot(self._path)
        self._engine = snapshot.open_cache(self._snapshot, self._cache)
        self._builds = Builds(partial(_build, self._engine, self._cache))

    def _current(self) -> tuple[snapshot.Snapshot, Engine, Builds]:
        """The file as it is now: another one in its place is checked and rolled up anew."""
        with self._lock:
            if not self._snapshot.unchanged():
                old = self._engine
                self._open()
                old.dispose()
            return self._snapshot, self._engine, self._builds

    def accounts(self, *also: str) -> list[tuple[str, str]]:
        """(id, name) of accounts by name, those of `also` among them: data/queries.py."""
        _, engine, _ = self._current()
        with read_transaction(engine) as connection:
            return list_accounts(connection, *also)

    def preparing(self, scope: Scope, patience: float = PATIENCE) -> float | None:
        """None once the account is rolled up, else the part done after `patience` seconds."""
        _, _, builds = self._current()
        return builds.preparing(scope, patience)

    def standing(self, _scope: Scope) -> Standing | None:
        """None: the sums of a snapshot have no version, and no open page asks for it."""
        return None

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[tuple[Connection, Freshness]]:
        """A connection inside one read transaction, and the snapshot's moment.

        PreparingError while the account is rolled up, and when the file was exchanged while it was
        read: what was read must then not be shown.
        """
        if (part := self.preparing(scope)) is not None:
            raise PreparingError(part)
        current, engine, _ = self._current()
        with read_transaction(engine) as connection:
            account = rollup.account_to_roll(connection, scope.account_id)
            if account and not snapshot.is_built(connection, account):
                raise PreparingError(0.0)
            yield connection, freshness_of(current, self._fixed_now)
        if not current.unchanged():
            raise PreparingError(0.0)


def _build(engine: Engine, cache: Path, scope: Scope, progress: rollup.Progress) -> None:
    with snapshot.room_in(cache):
        snapshot.build_account(engine, scope, progress)


def freshness_of(current: snapshot.Snapshot, now: dt.datetime | None) -> Freshness:
    """Now is the last entry unless told otherwise; a ledger without one is at its file's time."""
    moment = now or current.last_entry or _written_at(current.path)
    return Freshness(watermark=current.last_entry, heartbeat=None, now=moment)


def _written_at(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
