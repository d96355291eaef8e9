"""Ledger rows into a SQLite file in one transaction; when it fails, the file is as it was.

A file that does not exist yet is made beside its place and moved there when it is whole, so that
no failure, and no power cut, leaves half a ledger. An existing one is changed in one transaction.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text, event, make_url
from sqlalchemy.exc import DBAPIError

from data.engine import Connection, connect, database_url, write_transaction
from data.errors import UsageError
from data.importers.parties import Parties
from data.importers.reading import Source
from data.importers.rows import Columns
from data.schema import entries, ledger

# What was imported, by content; it is ours and stands beside the ledger's tables in its file.
imports = MetaData()
imported_files = Table(
    "imported_files",
    imports,
    Column("sha256", Text, primary_key=True),  # of the unpacked bytes
    Column("copy", Integer, primary_key=True),  # 1, and one more for each --again
    Column("name", Text, nullable=False),
    Column("map", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    sqlite_strict=True,
)

CACHE_KIB = 65_536  # the indexes of a large ledger stay in it while they grow
Counts = tuple[int, int]  # rows read, entries made
ENTRY = """INSERT INTO entries (account_id, id, occurred_at, kind, reason, workflow_type,
    workspace_id, member_id, amount_micro) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def sqlite_path(database: str) -> Path:
    """The file that `database` names; UsageError when it is none that can be written."""
    url = make_url(database_url(database))
    if not url.drivername.startswith("sqlite") or not url.database or url.query:
        raise UsageError("import.database", "An import writes a SQLite file: name it with --db")
    path = Path(url.database)
    if path.is_dir():
        raise UsageError("import.database", f"{path} is a folder: name a file in it with --db")
    if not path.parent.is_dir():
        raise UsageError("import.database", f"There is no folder {path.parent}: make it first")
    return path


@contextmanager
def ledger_transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """The driver's connection inside one transaction on the ledger at `path`, tables made."""
    try:
        if path.exists():
            with _transaction(path, fresh=False) as connection:
                yield connection
            return
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            made = Path(folder, path.name)
            with _transaction(made, fresh=True) as connection:
                yield connection
            _move(made, path)
    except (sqlite3.Error, DBAPIError) as error:
        raise UsageError("import.database", _fault(path, error)) from error
    except OSError as error:
        raise UsageError(
            "import.database", f"{path} cannot be written: {error.strerror}"
        ) from error


def _fault(path: Path, error: sqlite3.Error | DBAPIError) -> str:
    reason = error.orig if isinstance(error, DBAPIError) else error
    return f"{path} cannot take the entries ({reason}). Nothing was imported"


def _move(made: Path, path: Path) -> None:
    with made.open("rb") as stream:
        os.fsync(stream.fileno())
    made.replace(path)


@contextmanager
def _transaction(path: Path, *, fresh: bool) -> Iterator[sqlite3.Connection]:
    engine = connect(str(path))
    event.listen(engine, "connect", _prepare_fresh if fresh else _prepare)
    index = next(iter(entries.indexes))
    try:
        with write_transaction(engine) as connection:
            ledger.create_all(connection)
            imports.create_all(connection)
            if fresh:  # sorting once is faster than keeping the index in order row by row
                index.drop(connection)
            yield _driver(connection)
            if fresh:
                index.create(connection)
    finally:
        engine.dispose()


def _prepare(dbapi: sqlite3.Connection, _record: Any) -> None:
    dbapi.execute(f"PRAGMA cache_size = -{CACHE_KIB}")


def _prepare_fresh(dbapi: sqlite3.Connection, record: Any) -> None:
    """A file that is thrown away when it is not whole needs no journal."""
    _prepare(dbapi, record)
    dbapi.execute("PRAGMA journal_mode = OFF")
    dbapi.execute("PRAGMA synchronous = OFF")


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


# --- entries and what they name -------------------------------------------------------------


def ledger_kinds(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """The kind of each workspace that the ledger has."""
    rows = connection.execute("SELECT account_id, id, kind FROM workspaces")
    return {(account, workspace): kind for account, workspace, kind in rows}


def next_copy(connection: sqlite3.Connection, source: Source, *, again: bool) -> int:
    """Which copy of the file this import makes; UsageError for a second one not asked for."""
    found = connection.execute(
        "SELECT max(copy) FROM imported_files WHERE sha256 = ?", (source.sha256,)
    ).fetchone()[0]
    if found is not None and not again:
        raise UsageError(
            "import.again",
            f"{source.path} was imported before; its rows would count twice. "
            "Add --again if that is meant. Nothing was imported",
        )
    return int(found or 0) + 1


def id_prefix(source: Source, copy: int) -> str:
    """The beginning of the ids of a file's entries; the row's number follows."""
    return source.sha256[:16] + (f".{copy}" if copy > 1 else "") + "-"


def insert_entries(connection: sqlite3.Connection, prefix: str, columns: Columns) -> None:
    """Write one batch; the ids rise, so that the primary key's index grows at its end."""
    connection.executemany(
        ENTRY,
        zip(
            columns.accounts,
            [f"{prefix}{number:08d}" for number in columns.numbers],
            columns.instants,
            columns.kinds,
            columns.reasons,
            columns.workflow_types,
            columns.workspaces,
            columns.members,
            columns.amounts,
            strict=True,
        ),
    )


def insert_parties(connection: sqlite3.Connection, parties: Parties) -> tuple[int, int]:
    """Make the workspaces and members that are missing; how many of each."""
    before = connection.total_changes
    connection.executemany(
        "INSERT INTO workspaces (account_id, id, name, kind) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        [(*place, name, parties.kind_of(place)) for place, name in parties.workspace_names.items()],
    )
    between = connection.total_changes
    connection.executemany(
        "INSERT INTO members (account_id, id, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(*place, name) for place, name in parties.member_names.items()],
    )
    return between - before, connection.total_changes - between


def insert_labels(
    connection: sqlite3.Connection, labels: list[tuple[str, str, str, str | None]]
) -> None:
    """Make the reasons rows (account, code, label, parent) that are missing."""
    connection.executemany(
        "INSERT INTO reasons (account_id, code, label, parent) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        labels,
    )


def record_file(
    connection: sqlite3.Connection, source: Source, copy: int, *, map_name: str, counts: Counts
) -> None:
    """Remember that the file was imported; one that gave no entries may come again."""
    rows, made = counts
    if made:
        connection.execute(
            "INSERT INTO imported_files (sha256, copy, name, map, rows, entries) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (source.sha256, copy, source.name, map_name, rows, made),
        )
