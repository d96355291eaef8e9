"""A storm over a ledger in use: writers in each other's way, aggregators killed all along.

It decides nothing: tests/faults/test_09_aggregator_killed.py and benchmarks/storm.py count what is
left afterwards. Run as a program with a database's URL it brings up aggregators without the daily
second look, which would mend what a test wants to find.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from data import schema
from data.aggregator import Aggregator, Clock
from data.engine import connect, contended, lost_connection, write_transaction
from tests.strategies import HARD_DAYS, REASONS, TYPES, WORKSPACES

ROOT = Path(__file__).parents[1]
ACCOUNTS = tuple(f"account-{number}" for number in range(6))
ZONES = sorted(HARD_DAYS)
NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
PAUSE = dt.timedelta(milliseconds=5)
Key = tuple[str, str]  # account, entry


class NoRounds:
    """In place of the daily second look."""

    def step(self, _now: dt.datetime) -> int:
        return 0


def aggregator(engine: Engine, name: str, clock: Clock) -> Aggregator:
    """One that never looks twice."""
    made = Aggregator(engine, name, clock)
    made._rounds = NoRounds()
    return made


# --- writers ----------------------------------------------------------------------------------


@dataclass
class Writer:
    """One client of the ledger; it changes only entries that it wrote itself."""

    engine: Engine
    number: int
    draw: random.Random
    hold: float  # seconds for which a transaction may stay open
    own: list[Key] = field(default_factory=list)
    committed: int = 0
    rolled_back: int = 0

    def work(self, stop: threading.Event) -> None:
        """Transaction after transaction; one that the database refuses is rolled back."""
        while not stop.is_set():
            try:
                self._transact(stop)
            except DBAPIError as error:
                if not contended(error) and not lost_connection(error):
                    raise
                stop.wait(0.05)

    def _transact(self, stop: threading.Event) -> None:
        own = list(self.own)
        with self.engine.connect() as connection:
            for _ in range(self.draw.randint(1, 5)):
                self._act(connection, own)
            stop.wait(self.draw.random() * self.hold)
            if self.draw.random() < 0.2:
                connection.rollback()
                self.rolled_back += 1
                return
            connection.commit()
        self.own = own
        self.committed += 1

    def _act(self, connection: Connection, own: list[Key]) -> None:
        acts: list[Callable[[Connection, list[Key]], None]] = [self._insert]
        if own:
            acts += [self._insert, self._insert, self._change, self._move, self._delete]
        if self.draw.random() < 0.03:
            acts = [self._change_zone]
        self.draw.choice(acts)(connection, own)

    def _insert(self, connection: Connection, own: list[Key]) -> None:
        account = self.draw.choice(ACCOUNTS)
        entry = f"{self.number}-{self.draw.getrandbits(64):x}"
        connection.execute(
            insert(schema.entries).values(
                account_id=account,
                id=entry,
                occurred_at=self.instant(),
                kind=self.draw.choice([*["usage"] * 5, "refund", *schema.MOVEMENTS]),
                reason=self.draw.choice(REASONS),
                workflow_type=self.draw.choice(TYPES),
                workspace_id=self.draw.choice([None, *WORKSPACES]),
                amount_micro=self.draw.randrange(10**9),
            )
        )
        own.append((account, entry))

    def _change(self, connection: Connection, own: list[Key]) -> None:
        values = {"amount_micro": self.draw.randrange(10**9), "occurred_at": self.instant()}
        name = self.draw.choice(list(values))
        self._update(connection, self.draw.choice(own), {name: values[name]})

    def _move(self, connection: Connection, own: list[Key]) -> None:
        place, account = self.draw.randrange(len(own)), self.draw.choice(ACCOUNTS)
        self._update(connection, own[place], {"account_id": account})
        own[place] = (account, own[place][1])

    def _delete(self, connection: Connection, own: list[Key]) -> None:
        account, entry = own.pop(self.draw.randrange(len(own)))
        found = schema.entries.c
        connection.execute(
            delete(schema.entries).where(found.account_id == account, found.id == entry)
        )

    def _update(self, connection: Connection, key: Key, values: dict[str, Any]) -> None:
        found = schema.entries.c
        same = (found.account_id == key[0], found.id == key[1])
        connection.execute(update(schema.entries).where(*same).values(**values))

    def _change_zone(self, connection: Connection, _own: list[Key]) -> None:
        account = schema.accounts.c.id == self.draw.choice(ACCOUNTS)
        zone = self.draw.choice(ZONES)
        connection.execute(update(schema.accounts).where(account).values(timezone=zone))

    def instant(self) -> dt.datetime:
        """Within 2 s of a local midnight of the last 40 days, or of a clock change."""
        zone = self.draw.choice(ZONES)
        near = dt.timedelta(microseconds=self.draw.randint(-2_000_000, 2_000_000))
        if self.draw.random() < 0.3:
            return self.draw.choice(clock_changes()) + near
        day = (NOW - DAY * self.draw.randint(0, 40)).date()
        local = dt.datetime.combine(day, dt.time(), ZoneInfo(zone))
        return local.replace(fold=self.draw.randint(0, 1)).astimezone(dt.UTC) + near


@cache
def clock_changes() -> tuple[dt.datetime, ...]:
    """The instants at which the clocks of HARD_DAYS change, to the minute."""
    found = []
    for name, days in HARD_DAYS.items():
        zone = ZoneInfo(name)
        for day in days:
            start = dt.datetime.combine(day, dt.time(), dt.UTC) - DAY
            minutes = [start + MINUTE * count for count in range(2 * 24 * 60)]
            offsets = [minute.astimezone(zone).utcoffset() for minute in minutes]
            pairs = zip(minutes[1:], pairwise(offsets), strict=True)
            found += [minute for minute, (before, after) in pairs if before != after]
    return tuple(found)


# --- aggregators that die ---------------------------------------------------------------------


class Mortals:
    """Two aggregators, each a process of its own, killed and started again.

    They are forked from one process that has imported everything, so that what a kill meets is work
    and not the start.
    """

    def __init__(self, url: str) -> None:
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.storm", url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.kills = 0
        self._running = [self._start(), self._start()]

    def kill_one(self, which: int) -> None:
        """`kill -9`, wherever it is."""
        os.kill(self._running[which], signal.SIGKILL)
        self.kills += 1
        self._running[which] = self._start()

    def end(self) -> None:
        """Kill both for good."""
        for pid in self._running:
            os.kill(pid, signal.SIGKILL)
        self._nursery.communicate()

    def _start(self) -> int:
        assert self._nursery.stdin
        assert self._nursery.stdout
        print(file=self._nursery.stdin, flush=True)
        return int(self._nursery.stdout.readline())


def nursery(url: str) -> None:
    """One aggregator for each line of standard input, its number on standard output."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed are nobody's to wait for
    for _line in sys.stdin:
        parent, pid = os.getpid(), os.fork()
        if not pid:
            live(url, parent)
        print(pid, flush=True)


def live(url: str, parent: int) -> None:
    """Pass after pass, for as long as the parent lives."""

    def clock() -> dt.datetime:
        if os.getppid() != parent:
            os._exit(0)
        return dt.datetime.now(dt.UTC)

    aggregator(connect(url), f"mortal {os.getpid()}", clock).run_forever(PAUSE)


ENOUGH = 20  # accounts brought up to date, for a storm to count


@dataclass(frozen=True)
class Damage:
    """How hard it blew; `refreshed` counts accounts that the aggregators brought up to date."""

    committed: int
    rolled_back: int
    kills: int
    refreshed: int


def blow(
    url: str,
    seconds: float,
    seed: int,
    *,
    writers: int,
    hold: float,
    halfway: Callable[[], None] | None = None,
) -> Damage:
    """Write, hold, roll back and kill for that long; `halfway` may crash the database.

    On a machine so slow that the aggregators hardly got anywhere it goes on, four times as long at
    most: a storm in which they did nothing would prove nothing.
    """
    draw, stop, engine = random.Random(seed), threading.Event(), patient(url)
    crew = [Writer(engine, n, random.Random(seed * 100 + n), hold) for n in range(writers)]
    threads = [threading.Thread(target=writer.work, args=(stop,)) for writer in crew]
    mortals = Mortals(url)
    for thread in threads:
        thread.start()
    began = time.monotonic()
    end, middle, latest = (began + part * seconds for part in (1, 0.5, 4))
    while time.monotonic() < end or (time.monotonic() < latest and refreshed(engine) <= ENOUGH):
        stop.wait(draw.uniform(0.02, 0.4))
        mortals.kill_one(draw.randrange(2))
        if halfway and time.monotonic() > middle:
            halfway()
            halfway = None
    stop.set()
    for thread in threads:
        thread.join()
    mortals.end()
    damage = Damage(
        sum(writer.committed for writer in crew),
        sum(writer.rolled_back for writer in crew),
        mortals.kills,
        refreshed(engine),
    )
    engine.dispose()
    return damage


def refreshed(engine: Engine) -> int:
    """How many times an account was brought up to date."""
    with engine.connect() as connection:
        versions = connection.execute(select(func.sum(schema.rollup_state.c.version))).scalar()
    return int(versions or 0)


def patient(url: str) -> Engine:
    """An engine for writers; on SQLite each takes the lock at once, as a host's must."""
    engine = connect(url)
    if engine.dialect.name != "sqlite":
        return engine
    engine.dispose()
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def no_implicit_begin(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def prepare(engine: Engine) -> None:
    """The six accounts, each in another zone."""
    rows = [
        {"id": account, "name": account, "timezone": ZONES[number], "anchor_day": 1}
        for number, account in enumerate(ACCOUNTS)
    ]
    with write_transaction(engine) as connection:
        connection.execute(insert(schema.accounts), rows)


def drain(engine: Engine) -> int:
    """Passes of one aggregator until nothing waits; how many entries the first ones took in."""
    taken, last = 0, aggregator(engine, "last", lambda: dt.datetime.now(dt.UTC))
    for _ in range(20):
        done = last.run_once()
        taken += done.entries
        if not done.accounts and not done.failed:
            return taken
    raise AssertionError("twenty passes left something waiting")


if __name__ == "__main__":
    nursery(sys.argv[1])
