"""A snapshot of a ledger, opened to be read: checked first, never changed by a byte.

The panels read a rollup, which for a snapshot stands in a cache file outside it: made for an
account when it is first opened, thrown away when the snapshot changes. A connection is the cache
with the snapshot attached read only, so one transaction sees both.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError

from data import rollup
from data.access import Scope
from data.column_types import from_micros
from data.engine import (
    create_tables,
    no_room,
    read_transaction,
    use_explicit_transactions,
    write_transaction,
)
from data.errors import UsageError
from data.reconcile import compare_copy
from data.schema import OPTIONAL_COLUMNS, OPTIONAL_TABLES, ROLLUP_VERSION, ledger
from data.schema import rollup as rollup_tables

MAGIC = b"SQLite format 3\x00"
HEADER = 100  # bytes


@dataclass(frozen=True)
class Snapshot:
    """A checked snapshot: its file, what identifies its content, and its last entry's instant."""

    path: Path
    fingerprint: str
    last_entry: dt.datetime | None

    def unchanged(self) -> bool:
        """Whether the file is still the one that was opened; costs one look at the directory."""
        try:
            return fingerprint(self.path) == self.fingerprint
        except OSError:
            return False


def open_snapshot(path: Path) -> Snapshot:
    """Check the file and read its last entry; UsageError with one sentence when it is unusable."""
    check_file(path)
    check_companions(path)
    identity = fingerprint(path)
    try:
        with closing(sqlite3.connect(_read_only(path), uri=True)) as connection:
            _check_tables(connection, path)
            last = _last_entry(connection)
            _check_pages(connection, path)
    except sqlite3.Error as error:
        raise damaged(path, error) from error
    return Snapshot(path, identity, None if last is None else from_micros(last))


def fingerprint(path: Path) -> str:
    """What changes whenever the file's content does: its place, size, times and SQLite header."""
    stat = path.stat()
    with path.open("rb") as file:
        header = file.read(HEADER)  # holds SQLite's own change counter
    facts = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, ROLLUP_VERSION)
    return hashlib.sha256(repr(facts).encode() + header).hexdigest()


def damaged(path: Path, error: Exception) -> UsageError:
    """The sentence for a file that SQLite cannot read to its end."""
    return UsageError("snapshot.damaged", f"{path} is damaged ({error}): take the snapshot again.")


# --- checks ---------------------------------------------------------------------------------


def check_file(path: Path) -> None:
    """UsageError unless the path is a whole SQLite file, as far as its head tells."""
    if not path.exists():
        raise UsageError("snapshot.missing", f"{path} does not exist: give the path of a snapshot.")
    if not path.is_file():
        raise UsageError("snapshot.not_a_file", f"{path} is not a file: give a SQLite snapshot.")
    try:
        with path.open("rb") as file:
            header = file.read(HEADER)
    except OSError as error:
        raise UsageError("snapshot.unreadable", f"{path} cannot be read: {error}.") from error
    if not header:
        raise UsageError("snapshot.empty", f"{path} is empty: take the snapshot again.")
    if not header.startswith(MAGIC):
        raise UsageError("snapshot.not_sqlite", f"{path} is not a SQLite database.")
    _check_length(path, header)


def _check_length(path: Path, header: bytes) -> None:
    """SQLite writes page size and page count at its head: a copy cut short has less."""
    page = int.from_bytes(header[16:18], "big")
    expected = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    if path.stat().st_size < max(expected, HEADER):
        raise UsageError(
            "snapshot.truncated",
            f"{path} is cut short ({path.stat().st_size:,} of {expected:,} bytes): copy it again.",
        )


def check_companions(path: Path) -> None:
    """Entries in a write-ahead log, or a transaction in a journal, would be skipped in silence."""
    for suffix in ("-wal", "-journal"):
        companion = path.with_name(path.name + suffix)
        if companion.exists() and companion.stat().st_size:
            raise UsageError(
                "snapshot.wal",
                f"{companion.name} beside {path} holds changes that a snapshot would skip: make "
                f"one with `sqlite3 {path.name} \"VACUUM INTO 'snapshot.sqlite'\"` and open that.",
            )


def _check_tables(connection: sqlite3.Connection, path: Path) -> None:
    for table in ledger.sorted_tables:
        found = {row[1] for row in connection.execute(f"PRAGMA table_xinfo({table.name})")}
        if not found and table.name in OPTIONAL_TABLES:
            continue
        optional = {column for name, column in OPTIONAL_COLUMNS if name == table.name}
        lacking = [c.name for c in table.columns if c.name not in found | optional]
        if lacking:
            what = f"table {table.name}" if not found else f"column {table.name}.{lacking[0]}"
            raise UsageError(
                "snapshot.schema",
                f"{path} has no {what}: run `python app.py check --db {path}` to see what the "
                "ledger must hold.",
            )


def _check_pages(connection: sqlite3.Connection, path: Path) -> None:
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise damaged(path, ValueError(str(verdict).replace("\n", " ")))


def _last_entry(connection: sqlite3.Connection) -> int | None:
    """Microseconds of the last entry of any account: one step into the index for each."""
    query = (
        "SELECT max((SELECT max(occurred_at) FROM entries WHERE account_id = accounts.id)) "
        "FROM accounts"
    )
    last: int | None = connection.execute(query).fetchone()[0]
    return last


# --- the cache ------------------------------------------------------------------------------


def cache_file(snapshot: Snapshot, folder: Path) -> Path:
    """Where the snapshot's rollup stands, made when missing; older content is thrown away."""
    make_private(folder)
    place = hashlib.sha256(os.fsencode(snapshot.path.resolve())).hexdigest()[:16]
    cache = folder / f"{place}-{snapshot.fingerprint[:16]}.sqlite"
    for old in folder.glob(f"{place}-*"):
        if not old.name.startswith(cache.name):
            old.unlink(missing_ok=True)
    return cache


def open_cache(snapshot: Snapshot, folder: Path) -> Engine:
    """An engine whose connections read the snapshot and read and write its cache, nothing else."""
    cache = cache_file(snapshot, folder)
    attached = partial(_attach, cache, snapshot.path)
    # Named, since for this URL the default would close connections that other threads are using.
    engine = create_engine("sqlite://", creator=attached, poolclass=QueuePool, pool_size=8)
    use_explicit_transactions(engine)
    event.listen(engine, "connect", _stand_in_for_optional_tables)
    try:
        create_tables(engine, rollup_tables)
    except DBAPIError as error:
        raise _unwritable(folder, error.orig) from error
    return engine


def make_private(folder: Path) -> None:
    """Make the cache's folder; UsageError when others may look into it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = folder.stat().st_mode & 0o777
    except OSError as error:
        raise _unwritable(folder, error) from error
    if mode & 0o077:
        raise UsageError(
            "cache.mode", f"{folder} is open to others ({mode:o}): run `chmod 700 {folder}`."
        )


def _unwritable(folder: Path, error: BaseException | None) -> UsageError:
    return UsageError(
        "cache.unwritable",
        f"{folder} cannot hold the snapshot's cache ({error}): set CREDITS_CACHE_DIR to a folder "
        "with room that you own.",
    )


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """What a full disk breaks becomes a UsageError that says where room is needed."""
    try:
        yield
    except sqlite3.Error as error:
        if not no_room(error):
            raise
        raise _unwritable(folder, error) from error
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite3.Error) or not no_room(error.orig):
            raise
        raise _unwritable(folder, error.orig) from error


def _attach(cache: Path, snapshot: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{cache.absolute().as_uri()}?mode=rwc", uri=True, timeout=30, check_same_thread=False
    )
    connection.execute("PRAGMA journal_mode = WAL")  # a build does not keep readers waiting
    connection.execute("PRAGMA synchronous = OFF")  # a lost cache is made again
    connection.execute("ATTACH DATABASE ? AS snapshot", (_read_only(snapshot),))
    return connection


def _read_only(path: Path) -> str:
    # A plain path would create a missing file, and locking would touch files beside it.
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"


def _stand_in_for_optional_tables(dbapi: sqlite3.Connection, _record: object) -> None:
    """An empty table for each optional one that the snapshot lacks, in this connection only."""
    for name in OPTIONAL_TABLES:
        if not dbapi.execute(f"PRAGMA snapshot.table_info({name})").fetchone():
            columns = ", ".join(ledger.tables[name].columns.keys())
            dbapi.execute(f"CREATE TEMP TABLE {name} ({columns})")


def build_account(engine: Engine, scope: Scope, progress: rollup.Progress | None = None) -> None:
    """Roll up the account unless its rows stand there in its present zone; one transaction."""
    with read_transaction(engine) as connection:
        account = rollup.account_to_roll(connection, scope.account_id)
        if account is None or is_built(connection, account):
            return
    with write_transaction(engine) as connection:
        if not is_built(connection, account):  # a second process waited, and finds it done
            roll_up(connection, account, progress)


def roll_up(
    connection: Connection, account: rollup.RolledAccount, progress: rollup.Progress | None = None
) -> None:
    """Make the account's days, and compare them with its entries; the caller commits."""
    rollup.rebuild(connection, account, progress)
    compare_copy(connection, account.id)


def is_built(connection: Connection, account: rollup.RolledAccount) -> bool:
    """Whether the account's days stand in the cache, in its present zone."""
    return rollup.rolled_zone(connection, account.id) == account.timezone
