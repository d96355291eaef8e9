"""The ledgers that the rule of a spike is tried on: generated rhythms, the demo, the real sets.

Read by benchmarks/spikes.py. It plants nothing and prints only what it cannot use.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from data.demo import make_demo
from data.importers import import_files
from data.periods import DAY, Period
from data.schema import MICRO
from tests.conftest import NOW, REAL_DATA

Pair = tuple[str, str]  # reason and workspace
Cells = dict[Pair, dict[dt.date, int]]

REAL = {
    "online-retail": "online-retail/*.csv.gz",
    "servegen": "servegen/*.csv.gz",
    "focus": "focus/*.csv",
}  # azure-llm holds one hour of one day
START, YEARS = dt.date(2024, 1, 1), 2
REASONS = {"premium_chat": 30, "workflow_run": 28, "enhanced_ocr": 36, "compose_render": 6}
WORKSPACES = {"w1": 34, "w2": 20, "w3": 15, "w4": 12, "w5": 9, "w6": 6, "w7": 3, "w8": 1}


@dataclass(frozen=True)
class Series:
    """What an account used on each of its complete days, by reason and workspace."""

    name: str
    cells: Cells
    days: Period
    known: frozenset[dt.date] = frozenset()  # days that are spikes by design

    def totals(self) -> dict[dt.date, int]:
        """By day."""
        found = dict.fromkeys(self.days, 0)
        for nets in self.cells.values():
            for day, micro in nets.items():
                found[day] += micro
        return found


# --- generated --------------------------------------------------------------------------------

Level = Callable[[int, dt.date], float]  # how much of a usual day the place and the day have
OFFICE = (1, 1, 1, 1, 1, 0.2, 0.2)
UNEVEN = (1.3, 1.15, 1, 0.9, 0.65, 0.25, 0.15)


def _rhythm(levels: tuple[float, ...]) -> Level:
    return lambda _, day: levels[day.weekday()]


def _off(weeks: int, left: float = 0) -> Level:
    """The office closes for so many weeks, twice a year; some use is `left` of it."""
    closed = range(20, 20 + weeks)
    return lambda place, day: (left if place % 182 // 7 in closed else 1) * _office(0, day)


_office = _rhythm(OFFICE)
RHYTHMS: dict[str, tuple[Level, float]] = {
    "office week, quiet": (_office, 0.08),
    "office week, lively": (_office, 0.25),
    "every weekday another level": (_rhythm(UNEVEN), 0.08),
    "seven days alike": (_rhythm((1,) * 7), 0.15),
    "growth of 1% a day": (lambda place, day: 1.01 ** (place % 365) * _office(0, day), 0.1),
    "closed at weekends": (_rhythm((1, 1, 1, 1, 1, 0, 0)), 0.15),
    "single public holidays": (
        lambda place, day: 0.03 if place % 37 == 5 else _office(0, day), 0.12,
    ),
    **{f"{weeks} weeks closed": (_off(weeks), 0.12) for weeks in (1, 2, 3, 4)},
    "two weeks at a tenth": (_off(2, 0.1), 0.12),
    "three weeks at a tenth": (_off(3, 0.1), 0.12),
}  # fmt: skip


def generated() -> Iterator[Series]:
    """Two years of each rhythm, eight workspaces, four reasons."""
    for number, (name, (level, noise)) in enumerate(RHYTHMS.items()):
        draw = random.Random(number)
        days = Period(START, START + DAY * 365 * YEARS)
        cells: Cells = {(reason, place): {} for reason in REASONS for place in WORKSPACES}
        for place, day in enumerate(days):
            whole = 800 * level(place, day) * draw.lognormvariate(0, noise)
            for reason, workspace in cells:
                part = REASONS[reason] * WORKSPACES[workspace] / 10_000
                amount = whole * part * draw.lognormvariate(0, 0.3) / 1.05
                if amount:
                    cells[reason, workspace][day] = round(amount * MICRO)
        yield Series(f"made: {name}", cells, days)


# --- ledgers ----------------------------------------------------------------------------------


def demo(folder: Path) -> Iterator[Series]:
    """The accounts of the demo ledger; its own spikes are known."""
    path = folder / "demo.sqlite"
    make_demo(path, now=NOW)
    for series in _accounts(path, "demo: "):
        known = {NOW.date() - DAY * back for back in (10, 26, 67, 620)}
        own = frozenset(known) if series.name == "demo: acme-legal" else frozenset()
        yield Series(series.name, series.cells, series.days, own)


def real(folder: Path) -> Iterator[Series]:
    """The real sets, from the folder where the tests look for them."""
    source = Path(os.environ.get("CREDITS_REAL_DATA", REAL_DATA))
    for name, files in REAL.items():
        found = sorted(source.glob(files))
        if not found:
            print(f"{name}: not in {source}")
            continue
        path = folder / f"{name}.sqlite"
        import_files(found, str(path), map_name=name)
        yield from _accounts(path, "real: ")


def _accounts(path: Path, prefix: str) -> Iterator[Series]:
    """Each account with use, but for its last day: that may not be over."""
    with closing(sqlite3.connect(path)) as connection:
        zones = dict(connection.execute("SELECT id, timezone FROM accounts ORDER BY id"))
        for account, zone in zones.items():
            cells = _cells(connection, account, ZoneInfo(zone))
            days = [day for nets in cells.values() for day in nets]
            if days and max(days) - min(days) > DAY * 10:
                period = Period(min(days), max(days))
                yield Series(prefix + account, _before(cells, period.end), period)


def _cells(connection: sqlite3.Connection, account: str, zone: ZoneInfo) -> Cells:
    cells: Cells = defaultdict(lambda: defaultdict(int))
    query = (
        "SELECT occurred_at / 1000000, kind, reason, workspace_id, amount_micro FROM entries "
        "WHERE account_id = ? AND kind IN ('usage', 'refund')"
    )
    for at, kind, reason, workspace, amount in connection.execute(query, [account]):
        day = dt.datetime.fromtimestamp(at, zone).date()
        cells[reason, workspace or ""][day] += amount if kind == "usage" else -amount
    return cells


def _before(cells: Cells, end: dt.date) -> Cells:
    return {pair: {day: net for day, net in nets.items() if day < end}
            for pair, nets in cells.items()}  # fmt: skip
