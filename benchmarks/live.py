"""What open pages cost while nothing changes: the look that each sends now and then; prints.

    python benchmarks/live.py [--pages 1000] [--looks 3000] [--database sqlite|postgresql]

Gunicorn serves the page of production with one worker. Each page is of an account of its own and
looks with an assertion of its own, over a kept connection; the processor time is that of
gunicorn's processes. A PostgreSQL server is started for it and removed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil

from app import create_production
from benchmarks.rollup import database
from dashboard.settings import read_settings
from data import schema
from data.aggregator import Aggregator, rebuild_account
from data.engine import Engine, create_tables
from data.install import Plan, install
from data.live_ledger import LiveLedger
from data.reader import Limits, connect_reader
from tests.deployment import PATH, ROOT, free_port, utc_now
from tests.issuer import Issuer
from tests.ledger_builder import LedgerBuilder
from tests.page_client import PageClient

PAUSES = (60, 2)  # seconds between two looks of a page: the default, and the shortest
UPDATE = f"{PATH}/_dash-update-component"


def make(engine: Engine, pages: int) -> None:
    """An account for each page, with a month of use, rolled up."""
    rows, now = LedgerBuilder(), utc_now()
    for number in range(pages):
        rows.account(f"account-{number}")
        rows.workspace("w1", "Contracts")
        for day in range(30):
            rows.use(now - dt.timedelta(days=day), 5, "enhanced_ocr", workspace="w1")
    create_tables(engine, schema.ledger)
    install(engine, Plan())
    rows.save(engine)
    for number in range(pages):
        rebuild_account(engine, f"account-{number}")
    Aggregator(engine, "benchmark", utc_now).run_once()


class Looks:
    """The requests of open pages, as a browser sends them."""

    def __init__(self, url: str, issuer: Issuer, port: int) -> None:
        """The bodies are made by the page itself, in this process."""
        reader = connect_reader(url, Limits())
        ledger = LiveLedger(reader, utc_now)
        settings = read_settings(issuer.settings)
        self._page = PageClient(create_production(settings, ledger, utc_now))
        self._issuer, self._port = issuer, port
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def send(self, view: object, account: str) -> tuple[int, bytes]:
        """One view, answered."""
        self._issuer.now = utc_now()
        headers = {"Content-Type": "application/json", **self._issuer.header(account)}
        self._connection.request("POST", UPDATE, json.dumps(self._page.body(view)), headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def look_of(self, account: str) -> dict[str, object]:
        """What a page that was opened looks for."""
        status, body = self.send({"range": "month", "theme": "light"}, account)
        assert status == 200, body
        steps = json.loads(body)["response"]["steps"]["data"]
        assert "account" in steps, body
        known = {name: steps[name] for name in ("account", "scope", "version")}
        return {"range": "month", "theme": "light", "known": {**known, "today": steps["max"]}}


def seconds_of(server: psutil.Process) -> float:
    """The processor time of a process and its children."""
    times = [process.cpu_times() for process in (server, *server.children())]
    return sum(time.user + time.system for time in times)


def wait_for(port: int) -> None:
    """Until it answers."""
    for _ in range(200):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("gunicorn did not start")


def measure(url: str, pages: int, looks: int) -> None:
    """Open each page once, then let them look in turn."""
    with tempfile.TemporaryDirectory() as folder:
        issuer, port = Issuer(Path(folder) / "jwks.json"), free_port()
        env = {**os.environ, **issuer.settings, "CREDITS_DATABASE_URL": url}
        command = [sys.executable, "-m", "gunicorn", "--workers", "1", "--threads", "4",
                   "--bind", f"127.0.0.1:{port}", "app:create_server()"]  # fmt: skip
        server = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            sent = Looks(url, issuer, port)
            accounts = [f"account-{number}" for number in range(pages)]
            known = {account: sent.look_of(account) for account in accounts}
            process, size = psutil.Process(server.pid), 0
            before = seconds_of(process)
            for number in range(looks):
                account = accounts[number % pages]
                status, body = sent.send(known[account], account)
                assert status == 200, body
                size = max(size, len(body))
            cost = (seconds_of(process) - before) / looks
        finally:
            server.terminate()
            server.wait()
    print(f"  {1_000 * cost:.2f} ms of processor time a look, {size} bytes", flush=True)
    for pause in PAUSES:
        print(f"  {pages:,} pages at {pause} s: {100 * cost * pages / pause:.1f}% of one core")


def main() -> None:
    """Each database in turn."""
    parser = argparse.ArgumentParser(description="What open pages cost while nothing changes.")
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--looks", type=int, default=3_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    for name in options.database or ["sqlite", "postgresql"]:
        print(f"{name}, {options.pages:,} pages", flush=True)
        with database(name) as (engine, _server):
            make(engine, options.pages)
            measure(engine.url.render_as_string(hide_password=False), options.pages, options.looks)


if __name__ == "__main__":
    main()
