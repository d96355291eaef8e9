"""A file of a million entries: its first byte, its rate, and the memory of its process; prints.

    python benchmarks/exports.py [--entries 1000000] [--database sqlite|postgresql]

The account's entries are of two years and 300 workspaces. The ledger is made by the database
itself. Each file is taken by a process of its own, whose highest resident memory is printed beside
what it has before the file. A PostgreSQL server is started for it and removed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import insert

from app import create_app
from benchmarks.panels import ID, SERIES, TIME
from benchmarks.rollup import NOW, database
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.settings import read_settings
from data.aggregator import rebuild_account
from data.column_types import to_micros
from data.engine import Engine, create_tables, write_transaction
from data.install import Plan, install
from data.live_ledger import LiveLedger
from data.reader import Limits, connect_reader
from data.schema import accounts, ledger, workspaces

DAYS = 728
WORKSPACES = 300
RANGE = "2024-11-24..2026-11-22"
FILES = ("entries.csv", "charts.csv", "charts.xlsx")
FILL = """
INSERT INTO entries (account_id, id, occurred_at, kind, reason, workflow_type, workspace_id,
                     amount_micro)
SELECT 'largest', {id}, {time}, CASE WHEN i % 50 = 0 THEN 'refund' ELSE 'usage' END,
       CASE i % 3 WHEN 0 THEN 'premium_chat' WHEN 1 THEN 'enhanced_ocr' ELSE 'workflow_run' END,
       CASE i % 3 WHEN 2 THEN 'contract_review' END, 'w' || i * 7919 % {places},
       1 + i * 374761393 % 5000000
FROM {series}
"""


def make(engine: Engine, count: int) -> None:
    """The ledger and its rollup."""
    create_tables(engine, ledger)
    install(engine, Plan(marks=None))
    step, dialect = DAYS * 86_400_000_000 // count, engine.dialect.name
    first = to_micros(NOW) - step * count
    statement = FILL.format(
        id=ID[dialect],
        time=TIME[dialect].format(first=first, step=step),
        series=SERIES[dialect].format(count=count),
        places=WORKSPACES,
    )
    with write_transaction(engine) as connection:
        connection.execute(insert(accounts), [
            {"id": "largest", "name": "Largest", "timezone": "Europe/Berlin"}])  # fmt: skip
        connection.execute(insert(workspaces), [
            {"account_id": "largest", "id": f"w{number}", "name": f"Workspace {number}",
             "kind": "team"} for number in range(WORKSPACES)])  # fmt: skip
        connection.exec_driver_sql(statement.replace("%", "%%") if dialect == "postgresql"
                                   else statement)  # fmt: skip
    rebuild_account(engine, "largest")


def memory() -> float:
    """The most that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def take(url: str, path: str) -> None:
    """One file, as a browser takes it."""
    reader = connect_reader(url, Limits())
    services = Services(LiveLedger(reader, lambda: NOW), OpenAccess())
    app = create_app(read_settings({}), services, guard_loopback)
    address = f"/app/account/credits/export/{path}?range={RANGE}"
    client = app.server.test_client()
    client.head(address).close()  # the browser asks for it first
    before, start, used = memory(), time.perf_counter(), time.process_time()
    response = client.get(address, buffered=False)
    assert response.status_code == 200, response.text
    parts = response.iter_encoded()
    size = len(next(parts))
    first = time.perf_counter() - start
    size += sum(len(part) for part in parts)
    response.close()
    took, cpu = time.perf_counter() - start, time.process_time() - used
    print(f"  {path:14}{size / 1e6:8.1f} MB   first byte {first:6.2f} s   all {took:6.1f} s "
          f"({cpu:.1f} s of CPU)   memory {before:.0f} MB, then {memory():.0f} MB",
          flush=True)  # fmt: skip


def main() -> None:
    """Each file from each database."""
    parser = argparse.ArgumentParser(description="Files of a large account.")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    processes = multiprocessing.get_context("spawn")
    for name in options.database or ["sqlite", "postgresql"]:
        print(f"{name}, {options.entries:,} entries", flush=True)
        with database(name) as (engine, _server):
            make(engine, options.entries)
            url = engine.url.render_as_string(hide_password=False)
            for path in FILES:
                process = processes.Process(target=take, args=(url, path))
                process.start()
                process.join()


if __name__ == "__main__":
    main()
