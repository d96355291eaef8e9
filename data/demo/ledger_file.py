"""The one place where a demo ledger touches the disk: a file beside, then a rename.

An interrupted run leaves the old file as it was. Only a file that this module marked as a demo
ledger is ever replaced.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table
from sqlalchemy.exc import DBAPIError

from data.engine import connect, create_tables
from data.errors import UsageError
from data.schema import ledger

MARK = 0x43524544  # SQLite's application_id of a demo ledger: "CRED"
MARK_AT = 68  # its place in the file's header, by the file format
Rows = Sequence[Sequence[Any]]


@contextmanager
def replacing(path: Path) -> Iterator[Engine]:
    """An engine on an empty ledger that becomes `path` when the block ends without an error."""
    _refuse_other_files(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _unwritable(path, error) from error
    os.close(handle)
    unfinished = Path(name)
    try:
        engine = connect(str(unfinished))
        try:
            create_tables(engine, ledger)
            yield engine
        finally:
            engine.dispose()
        _settle(unfinished)
        unfinished.replace(path)
    except (OSError, sqlite3.Error, DBAPIError) as error:
        raise _unwritable(path, getattr(error, "orig", error)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def write(engine: Engine, tables: Iterable[tuple[Table, Rows]]) -> None:
    """Write rows of plain SQLite values, in the order of the tables' columns, at one go.

    The statements go past SQLAlchemy: a bound value at a time costs three times the insert. There
    is no journal, since a file that fails is thrown away.
    """
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode = OFF")
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute(f"PRAGMA application_id = {MARK}")
        cursor.execute("BEGIN")
        for table, rows in tables:
            places = ", ".join("?" * len(table.columns))
            cursor.executemany(f"INSERT INTO {table.name} VALUES ({places})", rows)  # noqa: S608
        cursor.execute("COMMIT")
    finally:
        raw.close()


def _unwritable(path: Path, error: Exception) -> UsageError:
    return UsageError(
        "demo.path", f"{path} cannot be written ({error}): name a file in a folder with room."
    )


def _settle(file: Path) -> None:
    """Bring the bytes to the disk before the name, so that no crash leaves a name without them."""
    file.chmod(0o644)
    with file.open("rb") as handle:
        os.fsync(handle.fileno())


def _refuse_other_files(path: Path) -> None:
    if path.is_dir():
        raise UsageError("demo.path", f"{path} is a directory: name a file for the demo ledger.")
    if path.exists() and path.stat().st_size and not _is_demo(path):
        raise UsageError(
            "demo.path", f"{path} is not a demo ledger and stays as it is: name another file."
        )
    beside = path.with_name(f"{path.name}-wal")
    if beside.exists() and beside.stat().st_size:
        raise UsageError("demo.path", f"{path} is open for writing: close what uses it first.")


def _is_demo(path: Path) -> bool:
    with path.open("rb") as file:
        header = file.read(MARK_AT + 4)
    return header[MARK_AT:] == MARK.to_bytes(4, "big")
