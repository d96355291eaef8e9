"""The Credits page put together: settings, ledger, server, and the command line.

The only module that knows all others. Importing it does nothing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dash import Dash
from flask import Flask
from tqdm import tqdm

from callbacks import issuer, register
from callbacks.access import OpenAccess, SignedAccess
from callbacks.answers import complete_answers
from callbacks.assertion import Expected
from callbacks.document import Dress, make_dash, warm
from callbacks.health import PROBES, Readiness, answer_probes
from callbacks.identity import Identity, current_viewer
from callbacks.keys import published_keys
from callbacks.loopback import guard_loopback
from callbacks.request_checks import check_requests
from callbacks.services import Services
from callbacks.serving import HOST, listen
from callbacks.static_files import QUICK, SMALL
from dashboard.host import CreditPrice, Host
from dashboard.ids import Id
from dashboard.panels import PANELS
from dashboard.plan_catalogue import read_catalogue
from dashboard.report import FORMATS, Report, report
from dashboard.settings import SETTINGS, Settings, read_production, read_settings
from dashboard.tokens import read_themes, stylesheet
from dashboard.view import Reading
from data import ledger_commands, rollup_commands
from data.access import snapshot_scope
from data.engine import Connection
from data.errors import UsageError
from data.freshness import Freshness
from data.ledger_commands import NOW_HELP, instant
from data.live_ledger import LiveLedger
from data.opening import Opener
from data.queries import load_account
from data.reader import Limits, connect_reader
from layouts.page import page

PORT = 8050
UNUSABLE = 2


# --- the server -----------------------------------------------------------------------------


def create_app(
    settings: Settings, services: Services, guard: Callable[[Flask], None], quality: int = QUICK
) -> Dash:
    """The page at `settings.prefix`; `guard` stands before every route, Dash's own included.

    `quality` is of the files' compression, which is done here, once.
    """
    server = Flask("credits", static_folder=None)
    guard(server)
    complete_answers(server, settings.frame_ancestors)
    host = host_of(settings)
    dress = Dress(settings.product_name, stylesheet(host.themes))
    app = make_dash(server, settings.prefix, quality=quality, dress=dress)
    app.layout = page(
        PANELS,
        host,
        switches_accounts=services.access.switches_accounts,
        refresh_seconds=settings.refresh_seconds,
    )
    register(app, services, host)
    check_requests(app)
    warm(app, Id.VIEW)
    return app


def host_of(settings: Settings) -> Host:
    """The host's addresses, plans and colours; UsageError for a file that cannot be used."""
    return Host(
        ledger=settings.ledger_url,
        account=settings.account_url,
        help=settings.help_url,
        sign_in=settings.sign_in_url,
        plans=settings.plans_url,
        bundle=settings.bundle_url,
        catalogue=read_catalogue(settings.plan_catalogue),
        themes=read_themes(settings.tokens),
        exports=settings.exports,
        product=settings.product_name,
        price=CreditPrice(*settings.credit_price) if settings.credit_price else None,
    )


def create_server() -> Flask:
    """The WSGI server of production, `gunicorn "app:create_server()"`, also while its database is

    away; UsageError for one that lacks what a ledger must hold.
    """
    settings = read_production(os.environ)
    start_logging(settings)
    reader = connect_reader(settings.database_url, limits_of(settings), walled=True)
    ledger = LiveLedger(reader, clock)
    ledger.refuse_misshapen()
    server: Flask = create_production(settings, ledger, clock).server
    return server


def create_production(
    settings: Settings, ledger: LiveLedger, clock: Callable[[], dt.datetime]
) -> Dash:
    """The page of the viewer whom each request's assertion names, and the two probes."""
    keys = published_keys(settings.identity_jwks, clock)
    expected = Expected(settings.identity_issuer, settings.identity_audience)
    identity = Identity(keys, expected, clock, settings.trusted_peers, PROBES)
    readiness = Readiness(clock, keys.check, ledger.check)

    def guard(server: Flask) -> None:
        identity.guard(server)
        answer_probes(server, readiness)

    access = SignedAccess(current_viewer, settings.members)
    return create_app(settings, Services(ledger, access), guard, SMALL)


# --- the commands ---------------------------------------------------------------------------


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Serve a ledger to this machine's browser."""
    if settings.identity_given:
        raise UsageError(
            "run.production",
            f"{', '.join(settings.identity_given)} is set, which is for production: `run` shows "
            "every account to whoever reaches it. Unset it, or start create_server().",
        )
    opening = replace(opener(options, settings), now=instant(options.now, dt.UTC))
    with opening.open(options.db) as opened:
        with opened.place.explained():
            accounts = [id_ for id_, _ in opened.source.accounts(options.account or "")]
        if options.account and options.account not in accounts:
            raise opened.unknown(options.account)
        services = Services(opened.source, OpenAccess(options.account, settings.members))
        app = create_app(settings, services, guard_loopback)
        server = listen(app.server, options.port)
        if server.port != options.port:
            say(f"Port {options.port} is taken; using {server.port}.")
        say(f"Credits page of {opened.place}: http://{HOST}:{server.port}{settings.prefix}")
        say(opened.note)
        say("Press Ctrl-C to stop.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()
    return 0


def run_report(options: argparse.Namespace, settings: Settings) -> int:
    """Print what the panels show."""
    scope = snapshot_scope(options.account)

    def made(connection: Connection, seen: Freshness) -> Report:
        account = load_account(connection, scope)
        if account is None:
            raise opened.unknown(options.account)
        now = instant(options.now, account.zone) or seen.now
        return report(Reading(connection, scope, replace(seen, now=now)), options.range)

    opening = opener(options, settings).open(options.db)
    with opening as opened, Progress("Preparing") as progress:
        found = opened.ask(scope, progress.move_to, made)
    sys.stdout.write(FORMATS[options.format](found))
    return 0


def opener(options: argparse.Namespace, settings: Settings) -> Opener:
    """How --db is read."""
    return Opener(settings.cache_dir, limits_of(settings), clock, live=options.live)


def limits_of(settings: Settings) -> Limits:
    """How long and how widely the page may use its database."""
    return Limits(settings.statement_timeout, connections=settings.connections)


# --- what the commands share ----------------------------------------------------------------


class Progress:
    """A progress bar on a terminal's standard error, from the second second on."""

    def __init__(self, what: str) -> None:
        self._bar = tqdm(
            total=100, desc=what, unit="%", delay=1, leave=False, file=sys.stderr, disable=None
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.close()

    def move_to(self, part: float) -> None:
        """Show that `part`, 0 to 1, is done."""
        self._bar.update(round(100 * part) - self._bar.n)


def clock() -> dt.datetime:
    """The one clock of the project."""
    return dt.datetime.now(dt.UTC)


def start_logging(settings: Settings) -> None:
    """Send the log to standard error."""
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)


def say(text: str) -> None:
    """One answer to the person at the terminal."""
    print(text, flush=True)  # noqa: T201 - the command line's own voice


# --- the command line -----------------------------------------------------------------------

RANGES = "7d, 30d, 90d, month, month@2026-10-03 or 2026-03-01..2026-03-15"


def make_parser() -> argparse.ArgumentParser:
    """Every command with its options; each says its defaults and environment names."""
    parser = argparse.ArgumentParser(
        prog="python app.py",
        description="A credit usage dashboard over a credit ledger.",
        epilog="Environment: " + ", ".join(setting.name for setting in SETTINGS) + ".",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_run(commands)
    _add_report(commands)
    terminal = rollup_commands.Terminal(say, Progress, clock)
    for room in (ledger_commands, issuer, rollup_commands):
        room.add_commands(commands, _command, terminal)
    return parser


def _command(commands: Any, name: str, does: Callable[..., int], about: str) -> Any:
    parser = commands.add_parser(
        name,
        help=about,
        description=about[:1].upper() + about[1:] + ".",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.set_defaults(does=does)
    return parser


def _add_run(commands: Any) -> None:
    parser = _command(commands, "run", run, "show a ledger's page in this machine's browser")
    _add_ledger(parser)
    parser.add_argument("--account", help="id of the account that is shown first")
    parser.add_argument("--now", help=f"{NOW_HELP} (without offset: UTC), not the last entry's")
    parser.add_argument("--port", type=int, default=PORT, help="port; taken: the next free one")
    parser.epilog = "Environment: CREDITS_PREFIX, CREDITS_CACHE_DIR, CREDITS_LOG_LEVEL."


def _add_report(commands: Any) -> None:
    parser = _command(commands, "report", run_report, "print what the five panels show")
    _add_ledger(parser)
    parser.add_argument("--account", required=True, help="id of the account")
    parser.add_argument("--range", default="month", help=RANGES)
    parser.add_argument("--now", help=f"{NOW_HELP} (without offset: the account's zone)")
    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="of the output")
    parser.epilog = "Environment: CREDITS_CACHE_DIR, CREDITS_LOG_LEVEL."


def _add_ledger(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--db", required=True, help="path or URL of a ledger; it is only read")
    parser.add_argument(
        "--live", action="store_true", help="read the rollup installed in it, whatever its age"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a bad input is one sentence on standard error and status 2."""
    options = make_parser().parse_args(arguments)
    try:
        settings = read_settings(os.environ)
        start_logging(settings)
        status: int = options.does(options, settings)
    except UsageError as error:
        print(f"{error.sentence} [{error.code}]", file=sys.stderr)  # noqa: T201
        return UNUSABLE
    return status


if __name__ == "__main__":
    sys.exit(main())
