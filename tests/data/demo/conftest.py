"""The demo ledger as plain rows, made once a run, and sums over them in plain Python."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from data.demo import DemoResult, make_demo
from tests.conftest import NOW

DAY = dt.timedelta(days=1)
MICRO = 1_000_000
TABLES = ("accounts", "billing_periods", "workspaces", "members", "reasons", "entries")
SIGNS = {"grant": 1, "purchase": 1, "refund": 1, "adjustment": 1, "usage": -1, "expiry": -1}


class Entry(NamedTuple):
    id: str
    at: int  # microseconds UTC
    day: dt.date  # in the account's zone
    kind: str
    reason: str | None
    workflow_type: str | None
    workspace: str | None
    member: str | None
    micro: int
    reverses: str | None

    @property
    def consumed(self) -> int:
        return {"usage": self.micro, "refund": -self.micro}.get(self.kind, 0)


@dataclass(frozen=True)
class AccountRows:
    """One account as the file has it."""

    name: str
    plan: str
    timezone: str
    anchor_day: int
    balance: int | None
    periods: dict[tuple[str, str], tuple[str, int | None]]  # (starts, ends) -> allowance
    workspaces: dict[str, dict[str, Any]]
    members: dict[str, str]
    entries: list[Entry]
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(ZoneInfo(self.timezone)).date()

    @cached_property
    def by_day(self) -> Counter[dt.date]:
        return self.sums(lambda entry: entry.day, self.entries)

    def sums(self, key: Callable[[Entry], Hashable], entries: Iterable[Entry]) -> Counter[Any]:
        """Consumption by a key, in micro-credits."""
        found: Counter[Any] = Counter()
        for entry in entries:
            if entry.kind in {"usage", "refund"}:
                found[key(entry)] += entry.consumed
        return found

    def between(self, first: dt.date, last: dt.date) -> list[Entry]:
        """Entries of local days, both inclusive."""
        return [entry for entry in self.entries if first <= entry.day <= last]

    def last_days(self, count: int) -> list[Entry]:
        return self.between(self.today - DAY * (count - 1), self.today)

    def moved(self) -> int:
        """What the movements leave."""
        return sum(SIGNS[entry.kind] * entry.micro for entry in self.entries)

    def month(self, months_ago: int = 0) -> tuple[dt.date, dt.date]:
        """First and last day of a stored billing month; 0 is the newest."""
        starts, ends = sorted(self.periods)[-1 - months_ago]
        return dt.date.fromisoformat(starts), dt.date.fromisoformat(ends) - DAY

    def spikes(self, days: int) -> set[dt.date]:
        """The days among the last complete ones that the page must call spikes."""
        complete = {self.today - DAY * back for back in range(1, days + 1)}
        return {day for day in complete if self._stands_out(day)}

    def usual(self, day: dt.date) -> float:
        """The median of the same kind of day over the 28 days before."""
        return median(self._history(day))

    def _history(self, day: dt.date) -> list[int]:
        before = [day - DAY * back for back in range(1, 29)]
        weekend = day.weekday() in {5, 6}
        return [self.by_day[other] for other in before if (other.weekday() in {5, 6}) == weekend]

    def _stands_out(self, day: dt.date) -> bool:
        usual = self.usual(day)
        deviation = median(abs(amount - usual) for amount in self._history(day))
        limit = usual + 5 * 1.4826 * max(deviation, 0.05 * usual)
        used = [amount for amount in self._history(day) if amount > 0]
        least = 1.5 * max(usual, median(used) if used else 0)
        return self.by_day[day] > limit and self.by_day[day] >= least


@dataclass(frozen=True)
class Demo:
    """A demo ledger: what its maker said, how long it took, and its rows."""

    result: DemoResult
    now: dt.datetime
    seconds: float
    accounts: dict[str, AccountRows] = field(default_factory=dict)


def dump(path: Path) -> dict[str, list[Any]]:
    """Every row of every table, in an order of its own."""
    with sqlite3.connect(path) as connection:
        found = {
            table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in TABLES
        }
    connection.close()
    return found


def read(path: Path, now: dt.datetime) -> dict[str, AccountRows]:
    rows = dump(path)
    return {account[0]: _account(account, rows, now) for account in rows["accounts"]}


def _account(account: Any, rows: dict[str, list[Any]], now: dt.datetime) -> AccountRows:
    key, name, plan, timezone, anchor_day, balance = account
    zone = ZoneInfo(timezone)
    entries = [
        Entry(entry[1], entry[2], _day(entry[2], zone), *entry[3:])
        for entry in rows["entries"]
        if entry[0] == key
    ]
    return AccountRows(
        name,
        plan,
        timezone,
        anchor_day,
        balance,
        {(row[1], row[2]): (row[3], row[4]) for row in rows["billing_periods"] if row[0] == key},
        {
            row[1]: {"name": row[2], "kind": row[3], "owner": row[4], "deleted_at": row[5]}
            for row in rows["workspaces"]
            if row[0] == key
        },
        {row[1]: row[2] for row in rows["members"] if row[0] == key},
        sorted(entries, key=lambda entry: (entry.at, entry.id)),
        now,
    )


def _day(micros: int, zone: ZoneInfo) -> dt.date:
    instant = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=micros)
    return instant.astimezone(zone).date()


def make(path: Path, now: dt.datetime, **options: Any) -> Demo:
    """Make a demo ledger and read it back."""
    started = perf_counter()
    result = make_demo(path, now=now, **options)
    seconds = perf_counter() - started
    return Demo(result, now, seconds, read(path, now))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The whole demo ledger of the pictures."""
    return make(tmp_path_factory.mktemp("demo") / "demo.sqlite", NOW)


@pytest.fixture(scope="session")
def acme(demo: Demo) -> AccountRows:
    return demo.accounts["acme-legal"]
