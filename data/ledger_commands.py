"""The commands of who makes or looks over a ledger: import, check, demo.

What they say and the clock they go by are handed in; nothing here knows the page.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data import check, demo, importers
from data.errors import UsageError
from data.rollup_commands import Settings, Terminal

NOW_HELP = "take this ISO 8601 time as now"


def instant(text: str | None, zone: dt.tzinfo | ZoneInfo) -> dt.datetime | None:
    """An ISO 8601 stamp as an instant; without an offset it is in `zone`."""
    if text is None:
        return None
    try:
        stamp = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            "now.text", f"{text!r} is not an ISO 8601 time such as 2026-11-22T11:29Z."
        ) from error
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=zone)


# --- the commands ---------------------------------------------------------------------------


def run_import(terminal: Terminal, options: argparse.Namespace, _settings: Settings) -> int:
    """Import files into a ledger."""
    with importers.progress_bar(sys.stderr) as progress:
        result = importers.import_files(
            options.files,
            options.db,
            map_name=options.map,
            accounts_file=options.accounts,
            again=options.again,
            progress=progress,
        )
    terminal.say(importers.describe(result))
    return 0


def run_check(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
    """Say whether a ledger is what the page needs."""
    url = options.db or settings.database_url
    if not url:
        raise UsageError("db.missing", "Give --db, or set CREDITS_DATABASE_URL.")
    found = check.check(url, instant(options.now, dt.UTC) or terminal.clock())
    terminal.say(check.describe(found))
    return found.exit_code


def run_demo(terminal: Terminal, options: argparse.Namespace, _settings: Settings) -> int:
    """Make the demo ledger."""
    now = instant(options.now, dt.UTC) or terminal.clock()
    result = demo.make_demo(options.db, seed=options.seed, now=now)
    terminal.say(
        f"{result.path}: {len(result.accounts)} accounts, {result.workspaces} workspaces, "
        f"{result.entries:,} entries up to {now:%Y-%m-%d %H:%M} {now:%Z}."
    )
    return 0


# --- their options --------------------------------------------------------------------------


def add_commands(commands: Any, command: Callable[..., Any], terminal: Terminal) -> None:
    """Add the commands to a parser; `command` makes the parser of one."""

    def made(name: str, does: Callable[..., int], about: str) -> Any:
        return command(commands, name, partial(does, terminal), about)

    _add_import(made)
    _add_check(made)
    _add_demo(made)


def _add_import(command: Callable[..., Any]) -> None:
    parser = command("import", run_import, "import usage files into a SQLite ledger")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV, plain or .gz")
    parser.add_argument("--db", required=True, help="path of the ledger; made when missing")
    parser.add_argument("--map", help="a MAP.toml, or the bare name of a shipped map")
    parser.add_argument("--accounts", type=Path, help="a TOML file of plans, zones and allowances")
    parser.add_argument("--again", action="store_true", help="import a file that was imported")


def _add_check(command: Callable[..., Any]) -> None:
    parser = command("check", run_check, "say whether a ledger is what the page needs")
    parser.add_argument("--db", help="path or URL of the ledger; unset: CREDITS_DATABASE_URL")
    parser.add_argument("--now", help=f"{NOW_HELP} (without offset: UTC), not the clock's")
    parser.epilog = (
        "Exit status: 0 clean, 1 something looks wrong, 2 unusable. "
        "Environment: CREDITS_DATABASE_URL."
    )


def _add_demo(command: Callable[..., Any]) -> None:
    parser = command("demo", run_demo, "make a believable ledger to look at")
    parser.add_argument("--db", type=Path, default=Path("var/demo.sqlite"), help="file to make")
    parser.add_argument("--seed", type=int, default=1, help="the same seed and now: the same rows")
    parser.add_argument("--now", help=f"{NOW_HELP} (without offset: UTC), not the clock's")
