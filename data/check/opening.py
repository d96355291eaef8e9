"""A ledger opened to be looked at, in one read transaction; never a write, never a new file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from data.engine import connect, database_url, read_transaction, use_explicit_transactions
from data.errors import UsageError
from data.snapshot import check_companions, check_file, damaged

DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
WAL_FORMAT = 2  # byte 18 of a SQLite file whose changes go to a write-ahead log


@contextmanager
def opened(url: str) -> Iterator[tuple[Connection, str]]:
    """A connection and the ledger's address without its password; UsageError when unreadable."""
    resolved = make_url(database_url(url))
    path = Path(resolved.database or "") if resolved.drivername == "sqlite" else None
    engine = _sqlite(path) if path is not None else connect(url)
    place = str(path) if path is not None else resolved.render_as_string(hide_password=True)
    try:
        with read_transaction(engine) as connection:
            if path is not None:
                _check_pages(connection, path)
            yield connection, place
    except DBAPIError as error:
        raise unreadable(path, place, error) from error
    finally:
        engine.dispose()


def _sqlite(path: Path) -> Engine:
    check_file(path)
    # mode=ro makes no file, but a log that is in use has its two companions, which it may read;
    # without them a file in that format is nobody's, and locking it would make them.
    live = all(path.with_name(path.name + suffix).exists() for suffix in ("-wal", "-shm"))
    if not live:
        check_companions(path)
    alone = not live and _format(path) == WAL_FORMAT
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
    engine = create_engine("sqlite://", creator=partial(sqlite3.connect, uri, uri=True))
    use_explicit_transactions(engine)
    return engine


def _format(path: Path) -> int:
    with path.open("rb") as file:
        return file.read(19)[18]


def _check_pages(connection: Connection, path: Path) -> None:
    verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if verdict != "ok":
        raise damaged(path, ValueError(str(verdict).replace("\n", " ")))


def unreadable(path: Path | None, place: str, error: DBAPIError) -> UsageError:
    """The sentence for a file that is damaged, or a database that does not let itself be read."""
    said = " ".join(str(error.orig).split())
    if path is not None:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code in DAMAGED:
            return damaged(path, ValueError(said))
        return UsageError(
            "snapshot.unreadable",
            f"{path} cannot be read ({said}): a file in write-ahead mode needs a writable folder, "
            "and sorting needs room for temporary files.",
        )
    if isinstance(error, OperationalError):
        return UsageError("db.unreachable", f"{place} cannot be reached: {said}")
    return UsageError(
        "db.unreadable", f"{place} cannot be read ({said}): let its role read the ledger's tables."
    )
