"""Server time of one range change on a snapshot of 2 million entries, largest account.

CPU is that of this process, SQLite included: what it takes on an idle machine.

Prints a table and fails nothing. Usage: python benchmarks/range_change.py [--entries N]
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from app import create_app
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.settings import read_settings
from data.access import snapshot_scope
from data.engine import connect, create_tables
from data.open_snapshot import OpenSnapshot
from data.schema import ledger
from tests.page_client import PageClient

NOW = 1_795_346_940  # 2026-11-22T11:29Z
DAYS = 730
SHARE = 0.475  # of the largest account
OTHERS = 40
REASONS = ("premium_chat", "workflow_run", "workflow_run", "enhanced_ocr", "compose_render")
TYPES = ("contract_review", "invoice_extraction", "report_drafting", None)
RANGES = ("month", "7d", "30d", "90d", "2025-01-01..2026-11-22", "2025-03-10..2025-03-16")
ROUNDS = 40


def entries(count: int) -> object:
    """Rows of `count` entries in the order of time, as a product writes them."""
    draw = random.Random(1)
    for number in range(count):
        at = NOW - DAYS * 86_400 + DAYS * 86_400 * number // count + draw.randrange(60)
        large = draw.random() < SHARE
        account = "largest" if large else f"other-{draw.randrange(OTHERS)}"
        reason = draw.choice(REASONS)
        yield (
            account,
            f"{number:08d}",
            min(at, NOW) * 1_000_000,
            "usage" if draw.random() < 0.98 else "refund",
            reason,
            draw.choice(TYPES) if reason == "workflow_run" else None,
            f"w{min(int(draw.paretovariate(0.6)), 300)}" if large else None,
            draw.randrange(1, 5_000_000),
        )


def make_ledger(path: Path, count: int) -> None:
    """A ledger whose largest account has 300 workspaces and almost half of the entries."""
    engine = connect(str(path))
    create_tables(engine, ledger)
    engine.dispose()
    connection = sqlite3.connect(path)
    names = ["largest", *(f"other-{number}" for number in range(OTHERS))]
    connection.executemany(
        "INSERT INTO accounts (id, name, timezone) VALUES (?, ?, 'Europe/Berlin')",
        [(name, name) for name in names],
    )
    connection.executemany(
        "INSERT INTO workspaces (account_id, id, name, kind) VALUES ('largest', ?, ?, ?)",
        [(f"w{n}", f"Workspace {n}", "personal" if n % 9 == 0 else "team") for n in range(1, 301)],
    )
    connection.executemany(
        "INSERT INTO entries (account_id, id, occurred_at, kind, reason, workflow_type, "
        "workspace_id, amount_micro) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        entries(count),
    )
    connection.commit()
    connection.close()


def timed(action: object) -> float:
    """Milliseconds of wall time."""
    start = time.perf_counter()
    action()
    return 1_000 * (time.perf_counter() - start)


def measure(path: Path, cache: Path) -> None:
    """Open, first look, then every range in turn."""
    opened = None

    def open_it() -> None:
        nonlocal opened
        opened = OpenSnapshot(path, cache)

    print(f"open and check the file      {timed(open_it):8.0f} ms")
    first = timed(lambda: opened.preparing(snapshot_scope("largest"), patience=600))
    print(f"first look, largest account  {first:8.0f} ms")
    settings = read_settings({"CREDITS_CACHE_DIR": str(cache)})
    page = PageClient(create_app(settings, Services(opened, OpenAccess("largest")), guard_loopback))
    times, used = ({range_: [] for range_ in RANGES} for _ in range(2))
    for _ in range(ROUNDS):
        for range_ in RANGES:
            change, before = asking(page, range_), time.process_time()
            times[range_].append(timed(change))
            used[range_].append(1_000 * (time.process_time() - before))
    print(f"\n{'range':28}{'CPU ms':>10}{'wall ms':>10}{'p95 ms':>10}")
    for range_, found in times.items():
        p95, cpu = statistics.quantiles(found, n=20)[-1], statistics.median(used[range_])
        print(f"{range_:28}{cpu:10.1f}{statistics.median(found):10.1f}{p95:10.1f}")


def asking(page: PageClient, asked: str) -> Callable[[], None]:
    """One range change, its request made beforehand."""
    body = json.dumps(page.body({"range": asked, "account": "largest", "theme": "light"}))
    address = f"{page.prefix}/_dash-update-component"

    def ask() -> None:
        answer = page.client.post(address, data=body, content_type="application/json")
        assert answer.status_code == 200, answer.text

    return ask


def main() -> None:
    """Make the ledger in a temporary folder and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=2_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite"
        print(f"ledger of {options.entries:,} entries made in "
              f"{timed(lambda: make_ledger(path, options.entries)) / 1_000:.1f} s")  # fmt: skip
        measure(path, Path(folder) / "cache")


if __name__ == "__main__":
    main()
