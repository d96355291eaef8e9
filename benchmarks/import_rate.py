"""Rows a second of an import into a new SQLite file, single process; it prints and never fails.

    python benchmarks/import_rate.py [--rows 200000] [--real FOLDER]

Synthetic rows of the project's own CSV; with --real also the two large sets in that folder.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from data.importers import import_files

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
REASONS = ("premium_chat", "workflow_run", "enhanced_ocr", "compose_render")
COLUMNS = (
    *("occurred_at", "account", "workspace", "workspace_kind", "member", "kind"),
    *("reason", "workflow_type", "credits"),
)
REAL = {
    "online-retail": ("online-retail/online_retail.csv.gz",),
    "servegen": ("servegen/servegen_m-mid.csv.gz", "servegen/servegen_deepseek-r1.csv.gz"),
}


def synthetic(path: Path, rows: int) -> None:
    """Rows with all nine columns: every stamp is new, amounts and names repeat."""
    chance = random.Random(1)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for number in range(rows):
            workspace = chance.randrange(300)
            writer.writerow(
                (
                    (START + dt.timedelta(seconds=97 * number)).isoformat(),
                    "acme",
                    f"workspace {workspace}",
                    "personal" if workspace % 3 else "team",
                    f"member {chance.randrange(900)}",
                    "refund" if chance.random() < 0.02 else "usage",
                    chance.choice(REASONS),
                    "",
                    f"{chance.randrange(1, 50_000) / 1000:.3f}",
                )
            )


def measure(title: str, files: list[Path], map_name: str | None, folder: Path) -> None:
    """Print the best of three imports."""
    rates = []
    for turn in range(3):
        database = folder / f"{title.split()[0]}{turn}.sqlite"
        result = import_files(files, str(database), map_name=map_name)
        rates.append(result.rows_per_second)
        database.unlink()
    print(
        f"{title}: {max(rates):,} rows/s, best of 3 "
        f"({result.rows:,} rows, {result.entries:,} entries)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Rows a second of an import into SQLite.")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--real", type=Path)
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "synthetic.csv.gz"
        synthetic(path, options.rows)
        measure("synthetic rows", [path], None, folder)
        for map_name, names in REAL.items() if options.real else ():
            files = [options.real / file for file in names]
            if all(file.is_file() for file in files):
                measure(map_name, files, map_name, folder)


if __name__ == "__main__":
    main()
