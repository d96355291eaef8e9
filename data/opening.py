"""Which way a ledger is read by `run` and `report`: in use with its rollup, or as a snapshot.

A file is a snapshot, and so is a database whose rollup nobody keeps; neither is ever written to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import Connection, func, make_url, select
from sqlalchemy.exc import DBAPIError

from data.access import AccessDeniedError, Scope
from data.check.opening import unreadable
from data.check.rollup import DELAYED
from data.copied_ledger import CopiedLedger, empty_copy
from data.engine import connect, database_url, read_transaction
from data.errors import PreparingError, UsageError
from data.freshness import Freshness
from data.install import require_installed
from data.install.versions import installed_version
from data.live_ledger import LiveLedger
from data.open_snapshot import OpenSnapshot
from data.reader import Limits, connect_reader
from data.rollup import Progress
from data.schema import ROLLUP_VERSION, rollup_heartbeat
from data.snapshot import make_private, room_in
from data.wall import require_every_account

T = TypeVar("T")
Source = LiveLedger | OpenSnapshot | CopiedLedger


@dataclass(frozen=True)
class Place:
    """Where a ledger is: the file that it is, or the URL of its database."""

    url: str
    path: Path | None

    @classmethod
    def of(cls, db: str) -> Place:
        """`--db` as it was given; UsageError for what is neither."""
        resolved = make_url(database_url(db))
        path = Path(resolved.database or "") if resolved.drivername == "sqlite" else None
        return cls(db, path)

    def __str__(self) -> str:
        """Its address without its password."""
        return str(self.path or make_url(self.url).render_as_string(hide_password=True))

    @contextmanager
    def explained(self) -> Iterator[None]:
        """What the database refuses becomes a UsageError of one sentence."""
        try:
            yield
        except DBAPIError as error:
            raise unreadable(self.path, str(self), error) from error


@dataclass(frozen=True)
class OpenedLedger:
    """A ledger ready to be read; `note` says in which way."""

    place: Place
    source: Source
    note: str

    def ask(
        self, scope: Scope, progress: Progress, question: Callable[[Connection, Freshness], T]
    ) -> T:
        """The answer to one question, as soon as the account is rolled up.

        UsageError for an account that the ledger does not list.
        """
        while True:
            try:
                with self.place.explained(), self.source.reading(scope) as (connection, seen):
                    return question(connection, seen)
            except PreparingError as waits:
                if waits.part is None:
                    raise UsageError(
                        "account.preparing",
                        f"{scope.account_id!r} waits for the rollup: is `python app.py rollup` "
                        "running?",
                    ) from waits
                progress(waits.part)
            except AccessDeniedError as error:
                raise self.unknown(scope.account_id) from error

    def unknown(self, account_id: str) -> UsageError:
        """What is said of an account that the ledger does not list."""
        return UsageError(
            "account.unknown",
            f"{self.place} has no account {account_id!r}: `python app.py check` says what it has.",
        )


@dataclass(frozen=True)
class Opener:
    """Opens ledgers for a person.

    `cache` holds what is computed of snapshots, `now` is what they ask to take as now, and `live`
    insists on the rollup that stands in the ledger.
    """

    cache: Path
    limits: Limits
    clock: Callable[[], dt.datetime]
    now: dt.datetime | None = None
    live: bool = False

    @contextmanager
    def open(self, db: str) -> Iterator[OpenedLedger]:
        """UsageError for what cannot be read, and with `live` where no rollup is installed."""
        place = Place.of(db)
        with ExitStack() as held:
            with place.explained():
                source, note = self._source(place, held)
            yield OpenedLedger(place, source, note)

    def _source(self, place: Place, held: ExitStack) -> tuple[Source, str]:
        if place.path is not None and not self.live:
            opened = OpenSnapshot(place.path, self.cache, self.now)
            return opened, "A snapshot: only the file is read."
        reader = connect_reader(place.url, self.limits)
        held.callback(reader.dispose)
        with read_transaction(reader) as connection:
            if self.live:
                require_installed(connection)
            beat = _last_beat(connection)
        if self.live or (beat is not None and self.clock() - beat <= DELAYED):
            source = LiveLedger(reader, lambda: self.now or self.clock())
            return source, "In use: its rollup is read."
        heard = f"last heard of at {beat:%Y-%m-%d %H:%M} UTC" if beat else "never heard of"
        note = f"A snapshot: no rollup runs on it ({heard}); accounts are copied to this machine."
        return self._copied(place, held), note

    def _copied(self, place: Place, held: ExitStack) -> CopiedLedger:
        make_private(self.cache)
        folder = held.enter_context(TemporaryDirectory(dir=self.cache, prefix="copy-"))
        with room_in(self.cache):
            copy = empty_copy(Path(folder) / "ledger.sqlite")
            held.callback(copy.dispose)
            # Without the limits: to copy an account takes longer than an answer may.
            ledger = connect(place.url)
            held.callback(ledger.dispose)
            return CopiedLedger(ledger, copy, self.now, self.clock)


def _last_beat(connection: Connection) -> dt.datetime | None:
    """When an aggregator of this version was last heard of."""
    if installed_version(connection) != ROLLUP_VERSION:
        return None
    require_every_account(connection)
    query = select(func.max(rollup_heartbeat.c.beat))
    beat: dt.datetime | None = connection.execute(query).scalar()
    return beat
