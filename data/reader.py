"""The page's connections to a ledger in use: they only read, and wait for nothing without end.

Whatever is set holds for one transaction alone, and no statement is prepared on the server, so that
a pooler in transaction mode (PgBouncer) may stand between.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, make_url

from data.engine import database_url, use_explicit_transactions
from data.snapshot import check_file
from data.wall import enter


@dataclass(frozen=True)
class Limits:
    """How long the page waits for its database, in seconds, and with how many connections."""

    statement: float = 5
    connect: int = 2
    connections: int = 8
    queue: float = 2  # for one of the connections; after that, the answer is an error


def connect_reader(url: str, limits: Limits, *, walled: bool = False) -> Engine:
    """An engine for a database URL or the path of a SQLite file, which must be there.

    Several hosts (`postgresql://page@/app?host=db1:5432&host=db2:5432`) are tried in turn. A
    `walled` one sees on PostgreSQL the account that each transaction names: data/wall.py.
    """
    resolved = make_url(database_url(url))
    pool: dict[str, Any] = {
        "poolclass": QueuePool,
        "pool_size": limits.connections,
        "max_overflow": 0,
        "pool_timeout": limits.queue,
    }
    if resolved.drivername == "sqlite":
        return _sqlite(Path(resolved.database or ""), limits, pool)
    waits = {
        "connect_timeout": limits.connect,
        # A host that vanished says nothing; a connection to it would be waited for for minutes.
        "tcp_user_timeout": round(1000 * (limits.connect + limits.statement)),
    }
    engine = create_engine(
        resolved, pool_pre_ping=True, connect_args={"prepare_threshold": None, **waits}, **pool
    )

    @event.listens_for(engine, "begin")
    def limit(connection: Connection) -> None:
        milliseconds = round(1000 * limits.statement)
        if walled:
            enter(connection, milliseconds)
            return
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}")

    return engine


def _sqlite(path: Path, limits: Limits, pool: dict[str, Any]) -> Engine:
    check_file(path)
    uri = f"{path.absolute().as_uri()}?mode=ro"  # a plain path would create a missing file
    creator = partial(
        sqlite3.connect, uri, uri=True, timeout=limits.statement, check_same_thread=False
    )
    engine = create_engine("sqlite://", creator=creator, **pool)
    use_explicit_transactions(engine)
    return engine
