"""The months of the demo ledgers and the real ones that a projection can be tried on, day by day.

Read by benchmarks/projection.py. It projects nothing and prints what it cannot use.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.projection import FIRST_PROJECTED_DAY
from data.demo import make_demo
from data.importers import import_files
from data.periods import DAY, BillingCalendar, BillingMonth, Period
from tests.conftest import NOW, REAL_DATA

REAL = {
    "online-retail": "online-retail/*.csv.gz",
    "servegen": "servegen/*.csv.gz",
    "azure-llm": "azure-llm-2023/*.csv",
    "focus": "focus/*.csv",
}
BEFORE = 3  # full months with use that a month needs before it
EVERY = 3  # of the days of a workspace's month; of an account's every one is tried


# --- what is tried --------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Series:
    """What an account, or one of its workspaces, used on each day from its first to the last."""

    name: str  # of its table's column
    first: dt.date
    micro: np.ndarray
    by_noon: np.ndarray
    months: tuple[Period, ...]  # the full ones

    @cached_property
    def weekend(self) -> np.ndarray:
        """Which of the days are of a weekend, far enough for any month."""
        days = (self.first.weekday() + np.arange(len(self.micro) + 400)) % 7
        return days > 4

    def place(self, day: dt.date) -> int:
        """Where the day stands."""
        return (day - self.first).days

    def used(self, period: Period) -> int:
        """The sum of its days."""
        return int(self.micro[self.place(period.start) : self.place(period.end)].sum())


@dataclass(frozen=True, eq=False)
class Moment:
    """A day of a month, and what is known by then."""

    series: Series
    month: Period
    before: int  # what the month before came to
    later: bool  # in the later half of the months of its series
    today: dt.date
    net_today: int
    gone: float  # of today

    @cached_property
    def place(self) -> int:
        return self.series.place(self.today)

    @property
    def left(self) -> int:
        """Days, today included."""
        return (self.month.end - self.today).days

    @cached_property
    def used(self) -> int:
        """Of the month, until this moment."""
        return self.series.used(Period(self.month.start, self.today)) + self.net_today

    def days(self, back: int, *, weekend: bool) -> np.ndarray:
        """What was used on the days of a kind among so many before today."""
        some = slice(max(self.place - back, 0), self.place)
        return self.series.micro[some][self.series.weekend[some] == weekend]

    def onward(self, levels: Sequence[float], *, with_today: bool = True) -> float:
        """Used, and the level of its kind for each day left; of today what is missing to it."""
        kinds = self.series.weekend[self.place : self.place + self.left]
        free = int(kinds[1:].sum())
        rest = (self.left - 1 - free) * levels[0] + free * levels[1]
        today = max(levels[int(kinds[0])] - self.net_today, 0) if with_today else 0
        return self.used + rest + today


def tried_months(series: Series) -> list[int]:
    """The months with something used in them and in each of the three before."""
    used = [series.used(month) > 0 for month in series.months]
    return [n for n in range(BEFORE, len(used)) if all(used[n - BEFORE : n + 1])]


def moments(series: Series, gone: float = 0.5, step: int = 0) -> Iterator[Moment]:
    """A series' months day by day, when so much of each day is gone."""
    step = step or (1 if series.name.endswith("accounts") else EVERY)
    for number in tried_months(series):
        month, before = series.months[number], series.used(series.months[number - 1])
        later = 2 * (number - BEFORE) >= len(series.months) - BEFORE
        for day in range(FIRST_PROJECTED_DAY - 1, month.days, step):
            today = month.start + DAY * day
            place = series.place(today)
            net = {0.0: 0, 0.5: series.by_noon[place], 1.0: series.micro[place]}[gone]
            yield Moment(series, month, before, later, today, int(net), gone)


# --- the ledgers ----------------------------------------------------------------------------


def read(path: Path, label: str) -> Iterator[Series]:
    """Accounts and workspaces of a ledger, up to the last whole day."""
    with closing(sqlite3.connect(path)) as connection:
        zones = dict(connection.execute("SELECT id, timezone FROM accounts"))
        calendars = dict(read_calendars(connection))
        days = read_days(connection, zones)
    last = max(max(found) for found in days.values())
    for (account, workspace), found in days.items():
        first = min(found)
        each = [found.get(first + DAY * place, (0, 0)) for place in range((last - first).days)]
        amounts = np.array(each, dtype=np.int64).reshape(-1, 2)
        months = tuple(full_months(calendars[account], first, last))
        kind = "accounts" if workspace is None else "workspaces"
        yield Series(f"{label} {kind}", first, amounts[:, 0], amounts[:, 1], months)


def read_calendars(connection: sqlite3.Connection) -> Iterator[tuple[str, BillingCalendar]]:
    stored = defaultdict(list)
    for account, *edges in connection.execute(
        "SELECT account_id, starts, ends FROM billing_periods"
    ):
        stored[account].append(BillingMonth(Period(*map(dt.date.fromisoformat, edges))))
    for account, anchor in connection.execute("SELECT id, anchor_day FROM accounts"):
        yield account, BillingCalendar.of(stored[account], anchor)


def read_days(connection: sqlite3.Connection, zones: dict[str, str]) -> dict:
    """(account, workspace or None for all) -> day -> micro-credits of the day, and by noon."""
    found: dict = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    rows = connection.execute(
        "SELECT account_id, coalesce(workspace_id, ''), occurred_at / 1000000, "
        "CASE kind WHEN 'usage' THEN amount_micro ELSE -amount_micro END "
        "FROM entries WHERE kind IN ('usage', 'refund')"
    )
    tz = {account: ZoneInfo(name) for account, name in zones.items()}
    for account, workspace, second, net in rows:
        local = dt.datetime.fromtimestamp(second, tz[account])
        for key in ((account, None), (account, workspace)):
            sums = found[key][local.date()]
            sums[0] += net
            sums[1] += net if local.hour < 12 else 0
    return found


def full_months(calendar: BillingCalendar, first: dt.date, last: dt.date) -> Iterator[Period]:
    month = calendar.after(calendar.month_of(first))
    while month.period.end <= last:
        yield month.period
        month = calendar.after(month)


def demo_ledgers(folder: Path, seeds: int) -> Iterator[Series]:
    """Workspaces of the first seed only: there are hundreds of them."""
    for seed in range(1, seeds + 1):
        path = folder / f"demo-{seed}.sqlite"
        make_demo(path, seed=seed, now=NOW)
        for series in read(path, "demo"):
            if seed == 1 or series.name == "demo accounts":
                yield series


def real_ledgers(folder: Path) -> Iterator[Series]:
    source = Path(os.environ.get("CREDITS_REAL_DATA", REAL_DATA))
    if not source.is_dir():
        print(f"No real ledgers in {source}: set CREDITS_REAL_DATA to the folder that has them.")
        return
    for name, files in REAL.items():
        path = folder / f"{name}.sqlite"
        import_files(sorted(source.glob(files)), str(path), map_name=name)
        found = list(read(path, name.removeprefix("online-")))
        if not any(map(tried_months, found)):
            days = max(len(series.micro) for series in found)
            print(f"{name}: {days} whole days, so no month with {BEFORE} full ones before it.")
        yield from found
