"""The data of all five panels on 20 million entries, on both databases; prints and never fails.

    python benchmarks/panels.py [--entries 20000000] [--database sqlite|postgresql]

The largest account has a twentieth of the entries (a million) in 300 workspaces, beside one of
1,000 entries and 2,000 others, over two years. The ledger is made by the database itself, the
rollup by our own code. A PostgreSQL server is started for it and removed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import insert, select, text

from benchmarks.rollup import NOW, database, settle, use_log
from dashboard.answer import Wish, answer
from dashboard.panels import PANELS
from dashboard.theme import LIGHT
from dashboard.view import Reading, load_view
from data.access import snapshot_scope
from data.aggregator import rebuild_account
from data.column_types import to_micros
from data.engine import Connection, Engine, create_tables, read_transaction, write_transaction
from data.freshness import Freshness
from data.install import Plan, install
from data.schema import accounts, ledger, workspaces

OTHERS = 2_000
WORKSPACES = 300
SMALL = 1_000  # entries
DAYS = 730
RANGES = ("month", "90d", "2025-01-01..2026-11-22")
ROUNDS = 40

# Numbers that look drawn by lot, the same on both databases.
LOT = "(i * {factor} % 4294967291)"
FACTORS = {
    "who": 2_654_435_761,
    "refund": 2_246_822_519,
    "reason": 3_266_489_917,
    "place": 668_265_263,
    "amount": 374_761_393,
}
SERIES = {
    "postgresql": "generate_series(1::bigint, {count}) AS s (i)",
    "sqlite": "(WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s LIMIT {count}) "
    "SELECT i FROM s) AS s",
}
TIME = {
    "postgresql": "to_timestamp({first} / 1000000) + interval '1 microsecond' * ({step} * i)",
    "sqlite": "{first} + {step} * i",
}
ID = {"postgresql": "lpad(i::text, 9, '0')", "sqlite": "printf('%09d', i)"}
FILL = """
INSERT INTO entries (account_id, id, occurred_at, kind, reason, workflow_type, workspace_id,
                     amount_micro)
SELECT account, {id}, {time}, CASE WHEN {refund} % 50 = 0 THEN 'refund' ELSE 'usage' END,
       CASE {reason} % 5 WHEN 0 THEN 'premium_chat' WHEN 1 THEN 'enhanced_ocr'
            WHEN 2 THEN 'compose_render' ELSE 'workflow_run' END,
       CASE {reason} % 5 WHEN 3 THEN 'contract_review' WHEN 4 THEN 'redaction' END,
       'w' || CASE account WHEN 'largest' THEN {spread} ELSE {place} % 5 END,
       1 + {amount} % 5000000
FROM (SELECT i, CASE WHEN i % {every} = 7 THEN 'small' WHEN {who} % 20 = 0 THEN 'largest'
                     ELSE 'other-' || ({who} % {others}) END AS account FROM {series}) AS drawn
"""


def fill(connection: Connection, count: int) -> None:
    """All entries in the order of time, by one statement."""
    dialect = connection.dialect.name
    step = DAYS * 86_400_000_000 // count
    first = to_micros(NOW) - step * count
    lots = {name: LOT.format(factor=factor) for name, factor in FACTORS.items()}
    # Some workspaces are used a hundred times as much as others, and each almost every day.
    share = f"({lots['place']} % 1000)"
    spread = f"{share} * {share} / 1000 * {share} * {WORKSPACES} / 1000000"
    statement = FILL.format(
        id=ID[dialect],
        time=TIME[dialect].format(first=first, step=step),
        series=SERIES[dialect].format(count=count),
        every=max(8, count // SMALL),
        others=OTHERS,
        spread=spread,
        **lots,
    )
    if dialect == "sqlite":  # or every page is written many times over
        connection.exec_driver_sql("PRAGMA cache_size = -2000000")
    connection.exec_driver_sql("DROP INDEX entries_by_time")
    connection.exec_driver_sql(
        statement.replace("%", "%%") if dialect == "postgresql" else statement
    )
    connection.exec_driver_sql(
        "CREATE INDEX entries_by_time ON entries (account_id, occurred_at, id)"
    )


def make(engine: Engine, count: int) -> None:
    """The ledger, and its rollup account by account."""
    create_tables(engine, ledger)
    install(engine, Plan(marks=None))
    names = ["largest", "small", *(f"other-{number}" for number in range(OTHERS))]
    with write_transaction(engine) as connection:
        connection.execute(insert(accounts), [
            {"id": name, "name": name, "timezone": "Europe/Berlin"} for name in names])  # fmt: skip
        connection.execute(insert(workspaces), [
            {"account_id": name, "id": f"w{number}", "name": f"Workspace {number}",
             "kind": "personal" if number % 9 == 0 else "team"}
            for name, most in (("largest", WORKSPACES), ("small", 5))
            for number in range(most)])  # fmt: skip
    started = time.perf_counter()
    with write_transaction(engine) as connection:
        fill(connection, count)
    use_log(engine)
    settle(engine)
    filled = time.perf_counter()
    for name in names:
        rebuild_account(engine, name)
    built = time.perf_counter() - filled
    settle(engine)
    print(f"  ledger in {filled - started:.0f} s; rollup of {count:,} entries in {built:.0f} s, "
          f"{count / built:,.0f} a second", flush=True)  # fmt: skip


def panels(reading: Reading, asked: str) -> None:
    """The frames that the five charts are drawn from, each asked once."""
    view = load_view(reading, asked)
    for query in dict.fromkeys(panel.query for panel in PANELS):
        query(reading.connection, reading.scope, view)


def whole(reading: Reading, asked: str) -> None:
    """The answer with figures, card, findings and the line at the foot."""
    answer(reading, Wish(asked), LIGHT)


def median(engine: Engine, account: str, asked: str, ask: Callable[[Reading, str], None]) -> str:
    """Milliseconds of one transaction at the median, and how many of them this process computed.

    On SQLite that is all of it, whoever else uses the machine.
    """
    scope, took, used = snapshot_scope(account), [], []
    for _ in range(ROUNDS):
        start, before = time.perf_counter(), time.process_time()
        with read_transaction(engine) as connection:
            ask(Reading(connection, scope, Freshness(NOW, NOW, NOW, 1)), asked)
        took.append(1_000 * (time.perf_counter() - start))
        used.append(1_000 * (time.process_time() - before))
    return f"{statistics.median(took):.1f} ({statistics.median(used):.1f})"


def measure(engine: Engine) -> None:
    """Each range of both accounts."""
    with engine.connect() as connection:
        for account in ("largest", "small"):
            count = select(text("count(*)")).select_from(text("entries"))
            count = count.where(text(f"account_id = '{account}'"))
            print(f"  {account}: {connection.execute(count).scalar_one():,} entries")
    heads = ("panels", "small", "whole answer", "small")
    print(f"  {'median ms (CPU)':26}" + "".join(f"{head:>16}" for head in heads))
    for asked in RANGES:
        times = [median(engine, account, asked, ask)
                 for ask in (panels, whole) for account in ("largest", "small")]  # fmt: skip
        print(f"  {asked:26}" + "".join(f"{each:>16}" for each in times), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="The data of all five panels.")
    parser.add_argument("--entries", type=int, default=20_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    for name in options.database or ["sqlite", "postgresql"]:
        print(f"{name}, {options.entries:,} entries", flush=True)
        with database(name) as (engine, _server):
            make(engine, options.entries)
            measure(engine)


if __name__ == "__main__":
    main()
