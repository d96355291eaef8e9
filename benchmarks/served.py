"""The ledger that the benchmarks of page and server share, and the servers that show it.

The ledger is made once, in build/bench/, with its rollup installed, and read by all of them.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.range_change import make_ledger
from data.aggregator import rebuild_account
from data.engine import connect
from data.install import Plan, install
from data.schema import ROLLUP_VERSION

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "build" / "bench"
NOW = "2026-11-22T11:29Z"
ENTRIES = 2_000_000
ACCOUNT = "largest"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Served:
    """A page under its name, where it is, and the process that serves it."""

    name: str
    address: str
    pid: int

    def cpu(self) -> float:
        """Milliseconds of CPU that the process has taken so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return 1_000 * (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """Megabytes that the process holds in memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1_024


def ledger(entries: int = ENTRIES) -> Path:
    """The ledger's path; it is made where it is missing."""
    path = FOLDER / f"ledger-{entries}-rollup-{ROLLUP_VERSION}.sqlite"
    if path.exists():
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    print(f"Making a ledger of {entries:,} entries in {path.relative_to(ROOT)}", flush=True)
    unfinished = path.with_suffix(".part.sqlite")
    unfinished.unlink(missing_ok=True)
    make_ledger(unfinished, entries)
    engine = connect(str(unfinished))
    install(engine, Plan(marks=None))
    rebuild_account(engine, ACCOUNT)
    engine.dispose()
    unfinished.rename(path)
    return path


COMMANDS = {
    "page": ["app.py", "run", "--live", "--now", NOW, "--account", ACCOUNT, "--port", "8070"],
    "floor": ["benchmarks/floor/serve.py", "--account", ACCOUNT, "--port", "0"],
    "naive": ["benchmarks/naive/app.py", "--account", ACCOUNT, "--port", "0"],
}


@contextmanager
def served(name: str, path: Path) -> Iterator[Served]:
    """One of COMMANDS on the ledger, for as long as this lasts."""
    process = subprocess.Popen(
        [sys.executable, *COMMANDS[name], "--db", str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        lines = (re.search(r"http://\S+", line) for line in process.stdout)
        yield Served(name, next(found[0] for found in lines if found), process.pid)
    finally:
        process.terminate()
        process.wait()


def machine() -> str:
    """What a figure was measured on."""
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    name = model[1] if model else platform.processor() or platform.machine()
    return (f"{os.cpu_count()} cores ({name}), {platform.system()}, "
            f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")  # fmt: skip
