"""Rebuild rate and one pass over new entries, in one process, on both databases; prints only.

    python benchmarks/rollup.py [--entries 2000000] [--accounts 600] [--database sqlite|postgresql]

The largest account has almost half of the entries, the others share the rest; all over two years.
A PostgreSQL server is started for it and removed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import select

from data.aggregator import Aggregator, rebuild_account
from data.engine import Engine, connect, create_tables, write_transaction
from data.install import Plan, install
from data.schema import accounts, ledger
from tests.postgres_server import PostgresServer

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
DAYS = 730
REASONS = ("premium_chat", "workflow_run", "workflow_run", "enhanced_ocr", "compose_render")
TYPES = ("contract_review", "invoice_extraction", "report_drafting", None)
COLUMNS = "account_id, id, occurred_at, kind, reason, workflow_type, workspace_id, amount_micro"
NEW = 20_000
MEMORY = "shared_buffers=1GB"  # as a server has that is for a ledger, not for a test of one


def entry(draw: random.Random, number: int, account: str, at: dt.datetime) -> tuple:
    """One row in the order of COLUMNS."""
    reason = draw.choice(REASONS)
    workspaces = 300 if account == "largest" else 5
    workspace = f"w{min(int(draw.paretovariate(0.6)), workspaces)}"
    return (
        account,
        f"{number:09d}",
        at,
        "usage" if draw.random() < 0.98 else "refund",
        reason,
        draw.choice(TYPES) if reason == "workflow_run" else None,
        workspace,
        draw.randrange(1, 5_000_000),
    )


def history(count: int, others: int) -> Iterator[tuple]:
    """Entries in the order of time, as a product writes them."""
    draw = random.Random(1)
    step = dt.timedelta(days=DAYS) / count
    for number in range(count):
        large = draw.random() < 0.475
        account = "largest" if large else f"other-{draw.randrange(others)}"
        yield entry(draw, number, account, NOW - step * (count - number))


def news(others: int, first: int) -> Iterator[tuple]:
    """What was written since the last pass: of today, in every account."""
    draw = random.Random(2)
    for number in range(first, first + NEW):
        at = NOW - dt.timedelta(seconds=draw.randrange(3_600))
        yield entry(draw, number, f"other-{number % others}", at)


def write(engine: Engine, rows: Iterator[tuple]) -> None:
    """Write as fast as each database can; triggers fire."""
    raw = engine.raw_connection()
    cursor = raw.cursor()
    if engine.dialect.name == "postgresql":
        with cursor.copy(f"COPY entries ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * 8)
        micros = ((*r[:2], (r[2] - EPOCH) // dt.timedelta(microseconds=1), *r[3:]) for r in rows)
        cursor.execute("BEGIN")
        cursor.executemany(f"INSERT INTO entries ({COLUMNS}) VALUES ({marks})", micros)
    raw.commit()
    raw.close()


def timed(what: str, count: int, action: object) -> None:
    """Print the rate."""
    start = time.perf_counter()
    action()
    took = time.perf_counter() - start
    print(f"  {what:44}{took:8.2f} s{count / took:12,.0f} entries/s", flush=True)


def use_log(engine: Engine) -> None:
    """Put a SQLite file into write-ahead mode, as a ledger in use is best kept."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        raw.driver_connection.execute("PRAGMA journal_mode = WAL")
        raw.close()
        engine.dispose()  # connections from here on know of it


def settle(engine: Engine) -> None:
    """What PostgreSQL does by itself with a ledger in use, which a test's server leaves out."""
    statement = "VACUUM (ANALYZE)" if engine.dialect.name == "postgresql" else "ANALYZE"
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)


def measure(engine: Engine, count: int, others: int) -> None:
    """Fill, rebuild, write more, and take it in."""
    create_tables(engine, ledger)
    use_log(engine)
    names = ["largest", *(f"other-{number}" for number in range(others))]
    with write_transaction(engine) as connection:
        rows = [{"id": n, "name": n, "timezone": "Europe/Berlin", "anchor_day": 1} for n in names]
        connection.execute(accounts.insert(), rows)
    write(engine, history(count, others))
    settle(engine)
    with engine.connect() as connection:
        large = len(connection.exec_driver_sql(
            "SELECT 1 FROM entries WHERE account_id = 'largest'").fetchall())  # fmt: skip
        ids = connection.execute(select(accounts.c.id)).scalars().all()
    install(engine, Plan())

    def rebuild_all() -> None:
        for account in ids:
            rebuild_account(engine, account)

    timed("rebuild of the largest account", large, lambda: rebuild_account(engine, "largest"))
    timed(f"rebuild of all {len(ids)} accounts", count, rebuild_all)
    aggregator = Aggregator(engine, "benchmark", lambda: NOW)
    for _ in range(len(ids) // 200 + 1):  # the daily second look, which is not what is measured
        aggregator.run_once()
    timed(f"write {NEW:,} entries, marked", NEW, lambda: write(engine, news(others, count)))
    timed(f"one pass over them, {others} accounts", NEW, aggregator.run_once)


@contextmanager
def database(name: str) -> Iterator[tuple[Engine, PostgresServer | None]]:
    """An empty database, and the server that it is in, both gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        server = PostgresServer.prepare() if name == "postgresql" else None
        try:
            if server:
                server.start(MEMORY)
            url = server.url("postgres") if server else f"sqlite:///{folder}/ledger.sqlite"
            engine = connect(url)
            yield engine, server
            engine.dispose()
        finally:
            if server:
                server.discard()


def main() -> None:
    """Measure each database in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=2_000_000)
    parser.add_argument("--accounts", type=int, default=600, help="besides the largest")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    for name in options.database or ["sqlite", "postgresql"]:
        print(f"{name}, {options.entries:,} entries")
        with database(name) as (engine, _server):
            measure(engine, options.entries, options.accounts)


if __name__ == "__main__":
    main()
