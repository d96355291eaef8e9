"""The commands of who runs the rollup: rollup, rebuild, verify, freeze, install, uninstall.

What they say and the clock they go by are handed in; nothing here knows the page.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, Protocol

from sqlalchemy import Engine, make_url, select
from sqlalchemy.exc import DBAPIError

from data.aggregator import Aggregator, Clock, rebuild_account
from data.engine import connect, database_url, lost_connection, read_transaction, unwritable
from data.errors import UsageError
from data.freeze import freeze
from data.install import Marks, Plan, install, planned, require_installed, uninstall
from data.metrics import served
from data.optional import find_lacking
from data.rolled_account import Kept
from data.rollup import Progress
from data.schema import accounts
from data.snapshot import check_file
from data.verify import verify
from data.wall import require_every_account

UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
ENVIRONMENT = "Environment: CREDITS_DATABASE_URL, CREDITS_LOG_LEVEL."


class Bar(Protocol):
    """A progress bar."""

    def move_to(self, part: float) -> None:
        """Show that `part`, 0 to 1, is done."""


class Settings(Protocol):
    """What these commands read of the process's settings."""

    @property
    def database_url(self) -> str:
        """Where the ledger is; empty when it is not set."""

    @property
    def metrics_port(self) -> int | None:
        """Where `rollup` serves its metrics; None: nowhere."""


@dataclass(frozen=True)
class Terminal:
    """How a command speaks, shows progress, and knows the time."""

    say: Callable[[str], None]
    progress: Callable[[str], AbstractContextManager[Bar]]
    clock: Clock


@contextmanager
def ledger(options: argparse.Namespace, settings: Settings) -> Iterator[Engine]:
    """The database that --db names, never made here; UsageError when it cannot be reached."""
    url = options.db or settings.database_url
    if not url:
        raise UsageError("db.missing", "Give --db, or set CREDITS_DATABASE_URL.")
    resolved = make_url(database_url(url))
    if resolved.drivername == "sqlite":
        check_file(Path(resolved.database or ""))
    engine = connect(url)
    try:
        yield engine
    except DBAPIError as error:
        said = " ".join(str(error.orig).split())
        place = resolved.render_as_string(hide_password=True)
        if lost_connection(error):
            raise UsageError("db.unreachable", f"{place} cannot be reached: {said}") from error
        if unwritable(error):
            raise UsageError(
                "db.unwritable",
                f"{place} cannot be written ({said}): this command needs a database with room, and "
                "a user that may write the rollup's tables.",
            ) from error
        raise
    finally:
        engine.dispose()


# --- the commands ---------------------------------------------------------------------------


def run_rollup(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
    """Roll up what changes, until told to stop; with --once what has changed by now."""
    every, stop = duration(options.every), Event()
    with ledger(options, settings) as engine:
        with read_transaction(engine) as connection:
            require_installed(connection)
            require_every_account(connection)
            find_lacking(connection)  # else each pass would fail on what a ledger must have
        name = f"{socket.gethostname()}:{os.getpid()}"
        aggregator = Aggregator(engine, name, terminal.clock, stop)
        if options.once:
            return 1 if aggregator.run_once().failed else 0
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        port = settings.metrics_port if options.metrics_port is None else options.metrics_port
        with served(aggregator.metrics, options.metrics_address, port):
            aggregator.run_forever(every)
        return 0


def run_rebuild(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
    """Make all days anew, of one account or of every one."""
    with ledger(options, settings) as engine:
        ids = _accounts(engine, options.account)
        with terminal.progress("Rebuilding") as bar:
            for done, account_id in enumerate(ids):
                rebuild_account(engine, account_id, _part_of(bar, done, len(ids)))
    terminal.say(f"Rebuilt {len(ids):,} accounts.")
    return 0


def run_verify(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
    """Compare every account's days with the ledger."""
    with ledger(options, settings) as engine:
        _accounts(engine, None)
        with terminal.progress("Comparing") as bar:
            verdict = verify(engine, bar.move_to)
    for found in verdict.differences:
        terminal.say(str(found))
    for account_id in verdict.not_built:
        terminal.say(f"{account_id} is not built in its present zone: is the rollup running?")
    terminal.say(
        f"{verdict.accounts:,} accounts: {len(verdict.differences):,} differences, "
        f"{len(verdict.not_built):,} not built, {verdict.waiting:,} days wait for the rollup."
    )
    return verdict.exit_code


def run_freeze(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
    """Freeze old days, of one account or of every one, so that their entries may be deleted."""
    day = _past_day(options.before, terminal.clock())
    kept, failed = [], 0
    with ledger(options, settings) as engine:
        ids = _accounts(engine, options.account)
        with terminal.progress("Freezing") as bar:
            for done, account_id in enumerate(ids, start=1):
                try:
                    kept += [freeze(engine, account_id, day)]
                except (DBAPIError, ValueError, OverflowError) as error:
                    if isinstance(error, DBAPIError) and lost_connection(error):
                        raise
                    terminal.say(f"{account_id} cannot be rolled up and is not frozen: {error}")
                    failed += 1
                bar.move_to(done / len(ids))
    terminal.say(_frozen([found for found in kept if found], day, failed))
    return 1 if failed else 0


def run_install(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
    """Put tables, triggers and roles beside the ledger, or upgrade them."""
    marks = Marks(options.ledger, options.account, options.at)
    plan = Plan(
        marks=None if options.no_triggers or options.distributed else marks,
        beside=options.ledger if options.distributed else None,
        reader=options.reader,
        aggregator=options.aggregator,
        observer=options.observer,
    )
    with ledger(options, settings) as engine:
        if options.print:
            terminal.say(planned(engine, plan, away=False))
            return 0
        install(engine, plan)
    terminal.say("Installed. `python app.py rollup` with the same --db builds the accounts.")
    return 0


def run_uninstall(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
    """Take everything of ours away."""
    roles = {name: getattr(options, name) for name in ("reader", "aggregator", "observer")}
    plan = Plan(None, **roles)
    with ledger(options, settings) as engine:
        if options.print:
            terminal.say(planned(engine, plan, away=True))
            return 0
        uninstall(engine, plan)
    terminal.say("Uninstalled. The ledger is as it was.")
    return 0


def duration(text: str) -> dt.timedelta:
    """`15s`, `500ms`, `2m` or `1h`; UsageError for anything else and for no time at all."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|h)", text)
    if match is None or not float(match[1]):
        raise UsageError("rollup.every", f"--every is {text!r}, but must be such as 15s or 2m.")
    return dt.timedelta(seconds=float(match[1]) * UNITS[match[2]])


def _accounts(engine: Engine, only: str | None) -> list[str]:
    query = select(accounts.c.id).order_by(accounts.c.id)
    with read_transaction(engine) as connection:
        require_installed(connection)
        require_every_account(connection)
        ids = list(connection.execute(query).scalars())
    if only is not None and only not in ids:
        raise UsageError("account.unknown", f"The ledger has no account {only!r}.")
    return ids if only is None else [only]


def _past_day(text: str, now: dt.datetime) -> dt.date:
    """A day that has begun in every zone; UsageError for any other."""
    yesterday = now.astimezone(dt.UTC).date() - dt.timedelta(days=1)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day > yesterday:
        raise UsageError("freeze.before", f"--before is {text!r}: give a day up to {yesterday}.")
    return day


def _frozen(kept: list[Kept], day: dt.date, failed: int) -> str:
    said = f"{len(kept):,} accounts are frozen before {day}"
    if failed or not kept:
        return f"{said}, {failed:,} are not: delete no entries yet."
    since = min(found.since for found in kept)
    return f"{said}: entries before {since:%Y-%m-%dT%H:%M:%SZ} may be deleted."


def _part_of(bar: Bar, done: int, count: int) -> Progress:
    return lambda part: bar.move_to((done + part) / count)


# --- their options --------------------------------------------------------------------------


def add_commands(commands: Any, add: Callable[..., Any], terminal: Terminal) -> None:
    """Add the parsers; `add` makes one from its name, what it does and what it is about."""

    def command(name: str, does: Callable[..., int], about: str) -> Any:
        parser = add(commands, name, partial(does, terminal), about)
        parser.add_argument("--db", help="path or URL of the ledger; unset: CREDITS_DATABASE_URL")
        parser.epilog = ENVIRONMENT
        return parser

    _add_rollup(command)
    parser = command("rebuild", run_rebuild, "make all days of the rollup anew from the ledger")
    parser.add_argument("--account", help="id of the one account; unset: every account")
    parser = command("verify", run_verify, "compare every account's rollup with its ledger")
    parser.epilog = f"Exit status: 0 equal, 1 differences. {ENVIRONMENT}"
    _add_freeze(command)
    _add_install(command)
    parser = command("uninstall", run_uninstall, "take tables and triggers of the rollup away")
    _add_plan(parser)


def _add_rollup(command: Callable[..., Any]) -> None:
    parser = command("rollup", run_rollup, "roll up what changes in a ledger, until stopped")
    parser.add_argument("--every", default="15s", help="pause between two passes: 500ms, 15s, 2m")
    parser.add_argument("--once", action="store_true", help="one pass; exit 1 if an account failed")
    parser.add_argument(
        "--metrics-port", type=int, help="serve Prometheus metrics; unset: CREDITS_METRICS_PORT"
    )
    parser.add_argument("--metrics-address", default="127.0.0.1", help="where to serve them")
    parser.epilog = f"{ENVIRONMENT[:-1]}, CREDITS_METRICS_PORT."


def _add_freeze(command: Callable[..., Any]) -> None:
    parser = command("freeze", run_freeze, "keep the days of entries that are about to be deleted")
    parser.add_argument("--before", required=True, help="first day that is not frozen: 2026-01-01")
    parser.add_argument("--account", help="id of the one account; unset: every account")
    parser.epilog = f"Exit status: 0 frozen, 1 an account could not be. {ENVIRONMENT}"


def _add_install(command: Callable[..., Any]) -> None:
    parser = command(
        "install", run_install, "put tables and triggers of the rollup beside a ledger"
    )
    _add_plan(parser)
    marks = Marks()
    parser.add_argument("--ledger", default=marks.ledger, help="the table that holds the entries")
    parser.add_argument("--account", default=marks.account, help="its column of the account's id")
    parser.add_argument("--at", default=marks.at, help="its column of the entry's instant")
    parser.add_argument(
        "--no-triggers", action="store_true", help="make none: the writer inserts its own marks"
    )
    parser.add_argument(
        "--distributed",
        action="store_true",
        help="on Citus: distribute our tables by account, beside the ledger's; makes no triggers",
    )


def _add_plan(parser: Any) -> None:
    plan = Plan()
    parser.add_argument("--print", action="store_true", help="print the SQL and change nothing")
    parser.add_argument("--reader", default=plan.reader, help="PostgreSQL role of the page")
    parser.add_argument("--aggregator", default=plan.aggregator, help="PostgreSQL role of `rollup`")
    parser.add_argument("--observer", default=plan.observer, help="PostgreSQL role of `run`")
