"""The storm of the tests for longer: writers, held transactions, killed aggregators; prints counts.

On PostgreSQL the database crashes once, halfway.

    python benchmarks/storm.py [--seconds 300] [--seed 1] [--database sqlite|postgresql]

Exit status 1 when an entry was lost or doubled.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.rollup import database, use_log
from data.engine import create_tables
from data.install import Plan, install
from data.schema import ledger
from tests import storm
from tests.postgres_server import PostgresServer
from tests.rolled import counted, stored


def crash(server: PostgresServer) -> None:
    """Take the database away in the middle of everything, and bring it back."""
    server.stop("immediate")
    server.start()


def main() -> int:
    """Blow over each database in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    wrong = False
    for name in options.database or ["sqlite", "postgresql"]:
        with database(name) as (engine, server):
            create_tables(engine, ledger)
            use_log(engine)
            install(engine, Plan())
            storm.prepare(engine)
            url = engine.url.render_as_string(hide_password=False)
            writers, hold = (3, 0.02) if name == "sqlite" else (6, 0.5)
            damage = storm.blow(
                url,
                options.seconds,
                options.seed,
                writers=writers,
                hold=hold,
                halfway=partial(crash, server) if server else None,
            )
            left = storm.drain(engine)
            equal = counted(engine) == stored(engine)
            wrong = wrong or not equal
            print(f"{name}: {damage}, {left} changes left for the last aggregator")
            print(
                f"{name}: rollup and raw rows are {'equal' if equal else 'DIFFERENT'}", flush=True
            )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
