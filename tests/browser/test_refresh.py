"""An open page on a ledger in use: what another process writes shows by itself, moving nothing."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app import clock, create_app
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.ids import Id
from dashboard.panels import PANELS
from dashboard.settings import read_settings
from data import schema
from data.engine import connect, create_tables
from data.install import Plan, install
from data.live_ledger import LiveLedger
from data.reader import Limits, connect_reader
from tests.browser.page import Page, Site
from tests.ledger_builder import LedgerBuilder
from tests.postgres_server import ROLE

ROOT = Path(__file__).parents[2]
PROMISE = 5  # seconds from the writer's commit to the page; a busy machine is given five times that
HIDE = """
  const [hidden] = arguments;
  Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
  document.dispatchEvent(new Event('visibilitychange'));
"""
TABLE = "#daily-details .table-area"  # longer than its place, and so reached by keyboard
SCROLL = f"""
  window.scrollTo({{top: 333, behavior: 'instant'}});
  document.querySelector('{TABLE}').scrollTo({{top: 20, behavior: 'instant'}});
"""
STATE = f"""
  return [document.activeElement.className, window.scrollY,
    document.querySelector('{TABLE}').scrollTop,
    document.getElementById('{Id.STATUS}').textContent];
"""

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def ledger(postgres_url) -> Iterator[str]:
    """The URL of a ledger of some days, with its rollup in a process of its own."""
    engine = connect(postgres_url)
    create_tables(engine, schema.ledger)
    install(engine, Plan())
    rows, now = LedgerBuilder(), clock()
    rows.account("acme", name="Acme")
    for days in range(40):
        rows.use(now - dt.timedelta(days=days, minutes=1), 100, workspace=f"w{days % 3}")
    rows.save(engine)
    engine.dispose()
    command = [sys.executable, "app.py", "rollup", "--db", postgres_url, "--every", "1s"]
    rollup = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    yield postgres_url
    rollup.send_signal(signal.SIGTERM)
    rollup.communicate(timeout=20)


@pytest.fixture
def live_page(browser, ledger) -> Iterator[Page]:
    """The page over that ledger, looking every two seconds."""
    reader = connect_reader(ledger, Limits())
    services = Services(LiveLedger(reader, clock), OpenAccess("acme"))
    settings = read_settings({"CREDITS_REFRESH_SECONDS": "2"})
    with Site(create_app(settings, services, guard_loopback)) as site:
        page = Page(browser, site)
        page.forget()
        page.go("?range=30d&table=daily")
        within(30, lambda: page.is_settled and page.is_shown(Id.GRID))
        page.until(lambda: page.drawn == len(PANELS) - 1)
        assert "3,000 credits" == page.total
        yield page
        page.forget()
    reader.dispose()


def write(url, credits, name):
    """An entry of this moment, by the database's own client."""
    place = make_url(url)
    statement = (
        "INSERT INTO entries (account_id, id, occurred_at, kind, reason, workspace_id, "
        f"amount_micro) VALUES ('acme', '{name}', now(), 'usage', 'premium_chat', 'w1', "
        f"{credits} * 1000000::bigint)"
    )
    command = ["psql", "-q", "-h", place.query["host"], "-U", ROLE, "-c", statement, place.database]
    subprocess.run(command, check=True, timeout=20, env=os.environ | {"PGCONNECT_TIMEOUT": "5"})


def within(seconds, holds):
    """Wait until something holds; how long it took."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds
    return time.monotonic() - begun


def test_an_entry_of_another_process_shows_and_moves_nothing(live_page, ledger):
    page = live_page
    page.run(f"document.querySelector('{TABLE}').focus(); {SCROLL}")
    before, asked = page.run(STATE), len(page.site.views)
    assert ["table-area table-data", 333, 20] == before[:3]
    write(ledger, 23, "new")
    took = within(5 * PROMISE, lambda: page.total == "3,023 credits")
    print(f"an entry showed after {took:.1f} s")
    assert before == page.run(STATE)
    looks = [view["known"] for view in page.site.views[asked:]]
    assert {"acme"} == {known["account"] for known in looks}
    assert "Updated just now" == page.text(Id.FRESHNESS)
    assert [] == page.browser.get_logs()


def test_while_hidden_it_asks_nothing_and_on_return_at_once(live_page, ledger):
    page = live_page
    within(5 * PROMISE, lambda: page.site.views[-1].get("known"))
    page.run(HIDE, "hidden")
    within(10, lambda: page.is_settled)
    asked = len(page.site.views)
    write(ledger, 5, "unseen")
    page.driver.set_script_timeout(20)
    page.driver.execute_async_script("window.setTimeout(arguments[0], 4500)")
    assert len(page.site.views) - asked <= 1  # one may have been on its way
    assert "3,000 credits" == page.total
    page.run(HIDE, "")
    within(5 * PROMISE, lambda: page.total == "3,005 credits")


def test_a_lost_connection_is_told_with_the_figures_kept_and_asked_for_no_more(live_page):
    page = live_page
    page.site.broken = ("503 BROKEN", [])
    within(5 * PROMISE, lambda: page.is_shown(Id.STRIP_LOST))
    assert "3,000 credits" == page.total
    assert "Connection lost. Showing figures from" in " ".join(page.text(Id.STRIP_LOST).split())
    page.site.broken, asked = None, len(page.site.views)
    page.driver.set_script_timeout(20)
    page.driver.execute_async_script("window.setTimeout(arguments[0], 3000)")
    assert asked == len(page.site.views)
    page.press("retry")
    within(5 * PROMISE, lambda: not page.is_shown(Id.STRIP_LOST))
    page.browser.get_logs()
