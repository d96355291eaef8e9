"""Each state of the page in a real browser, reached by breaking the real thing; its words asserted.

The ledger is small and belongs to these tests; every server is their own and may be broken.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask, Response, request

import app
from app import create_app
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.ids import Act, Id, Part, part_id
from dashboard.panels import PANELS
from dashboard.settings import read_settings
from dashboard.theme import LIGHT
from data.engine import connect, create_tables
from data.open_snapshot import OpenSnapshot
from data.schema import ledger as ledger_tables
from tests.browser.page import UPDATE, Page, Site
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder
from tests.running_source import RunningSource

NO_PERMISSION = (
    "You can't see credit usage for this account "
    "Account owners and billing admins can. Ask one of them for access."
)
MONTH = "1 – 22 Nov 2026 · 22 days"
GAP = "?range=2026-10-05..2026-10-08"
TABLES = ("rollup_by_workspace", "rollup_by_reason")
HEIGHTS = "return Array.from(document.querySelectorAll('.panel')).map(card => card.offsetHeight)"
STYLE = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
COUNT_WORDS = """
  window.told = [];
  const line = document.getElementById(arguments[0]);
  new MutationObserver(() => line.textContent && window.told.push(line.textContent))
    .observe(line, {childList: true, characterData: true, subtree: true});
"""
LINKS = """
  return Array.from(document.querySelectorAll('a')).filter(a => a.checkVisibility())
    .map(a => [a.textContent, a.getAttribute('href')]);
"""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory) -> Path:
    """An account with a gap in October, and one that used nothing yet."""
    rows = LedgerBuilder()
    rows.account("acme", name="Acme", anchor_day=1)
    rows.workspace("w1", "Contracts")
    rows.workspace("w2", "Drafts", kind="personal", owner="m1")
    for day in (1, 2, 20, 21):
        rows.use(f"2026-10-{day:02d}T09:00Z", 5, workspace="w1")
    for day in range(1, 23):
        rows.use(f"2026-11-{day:02d}T09:00Z", 5, "enhanced_ocr", workspace="w1")
        rows.use(f"2026-11-{day:02d}T10:00Z", 1, workspace="w2")
    rows.account("new", name="New", anchor_day=1)
    path = tmp_path_factory.mktemp("states") / "ledger.sqlite"
    engine = connect(str(path))
    create_tables(engine, ledger_tables)
    rows.save(engine)
    engine.dispose()
    return path


@dataclass
class Breakable:
    """One server with its page; `refusal` is what a hook answers to each update."""

    page: Page
    opened: OpenSnapshot
    refusal: list[Response] = field(default_factory=list)

    def rename(self, *tables: str, back: bool = False) -> None:
        """Take tables of the rollup away, so that the real queries raise; or bring them back."""
        with self.opened._engine.begin() as connection:
            for table in tables:
                names = (f"away_{table}", table) if back else (table, f"away_{table}")
                connection.exec_driver_sql("ALTER TABLE {} RENAME TO {}".format(*names))

    def forgive(self, *statuses: int) -> None:
        """Chromium itself reports failed requests; any other message is one too many."""
        messages = [log["message"] for log in self.page.browser.get_logs()]
        expected = tuple(f"status of {status}" for status in statuses)
        assert [] == [text for text in messages if not any(one in text for one in expected)]


@pytest.fixture
def serve(browser, ledger, tmp_path) -> Iterator[Callable[..., Breakable]]:
    """Serves the ledger with settings of a host, and opens nothing yet."""
    with ExitStack() as stack:

        def start(source=lambda opened: opened, **env: str) -> Breakable:
            opened = OpenSnapshot(ledger, tmp_path / "cache", NOW)
            refusal: list[Response] = []
            services = Services(source(opened), OpenAccess("acme"))
            dash = create_app(read_settings(env), services, hooked(refusal))
            page = Page(browser, stack.enter_context(Site(dash)))
            page.forget()
            return Breakable(page, opened, refusal)

        yield start
        assert [] == browser.get_logs()


def hooked(refusal: list[Response]) -> Callable[[Flask], None]:
    """The guard of a host: it refuses updates as soon as there is a refusal."""

    def guard(server: Flask) -> None:
        guard_loopback(server)

        @server.before_request
        def refuse() -> Response | None:
            return refusal[0] if refusal and UPDATE in request.path else None

    return guard


def words(page: Page, name: str) -> str:
    return " ".join(page.text(name).split())


def state(page: Page, key: str) -> str:
    return words(page, part_id(key, Part.STATE))


def drawn(page: Page) -> None:
    page.until(lambda: page.is_settled and page.drawn == len(PANELS))


# --- waiting ------------------------------------------------------------------------------


def test_the_first_load_shows_titles_at_once_and_grey_marks_after_300_ms(serve):
    page = serve().page
    page.site.gate.clear()
    page.go()
    page.until(lambda: page.run("return document.querySelectorAll('.skeleton').length"))
    assert "true" == page.run(f"return document.getElementById('{Id.MAIN}').ariaBusy")
    assert ("appear", "0.3s") == tuple(
        page.run(STYLE, f"#{part_id('daily', Part.STATE)} .skeleton", name)
        for name in ("animationName", "animationDelay")
    )
    assert "Which days stand out?" == page.text(part_id("daily", Part.TITLE))
    page.site.gate.set()
    drawn(page)
    assert "false" == page.run(f"return document.getElementById('{Id.MAIN}').ariaBusy")


def test_a_new_range_makes_no_card_jump(serve):
    """Half as strong from 300 ms on, then replaced; no card changes its height meanwhile."""
    page = serve().page
    page.open()
    drawn(page)
    before = page.run(HEIGHTS)
    page.site.gate.clear()
    page.pick("7d")
    chart = f"#{part_id('daily', Part.CHART)}"
    assert "0.3s" == page.run(STYLE, chart, "transitionDelay")
    page.until(lambda: page.run(STYLE, chart, "opacity") == "0.5")
    assert before == page.run(HEIGHTS)
    page.site.gate.set()
    page.shows("16 – 22 Nov 2026 · 7 days")
    drawn(page)
    assert before == page.run(HEIGHTS)


# --- nothing to draw ----------------------------------------------------------------------


def test_an_empty_range_says_so_and_leads_back_to_this_month(serve):
    page = serve().page
    page.open(GAP)
    for key in ("reason", "workspace", "team"):
        assert (
            "No credits used in this range Nothing was used on 5–8 Oct. Show this billing month"
        ) == state(page, key)
    page.until(lambda: page.drawn == 2)
    page.press(Act.MONTH)
    page.shows(MONTH)
    drawn(page)
    assert "What are credits spent on?" == page.run("return document.activeElement.innerText")


@pytest.mark.parametrize(
    ("env", "links"), [({}, []), ({"CREDITS_HELP_URL": "/help"}, [["How credits work", "/help"]])]
)
def test_a_new_account_says_what_will_show_up(serve, env, links):
    page = serve(**env).page
    page.open("?account=new")
    said = (
        "No usage yet Credits spent on premium-model chats, workflow runs, Enhanced OCR and "
        "Compose renders show up here within a few minutes."
    )
    for panel in PANELS:
        assert state(page, panel.key).startswith(said)
    assert links * len(PANELS) == page.run(LINKS)


# --- failures -----------------------------------------------------------------------------


def test_charts_that_failed_say_so_alone_and_try_again(serve, caplog):
    """The reference is in the log; the focus of who pressed Try again stays in that card."""
    broken = serve()
    page = broken.page
    page.open()
    drawn(page)
    broken.rename("rollup_by_workspace")
    page.press(Act.REFRESH)
    page.until(lambda: page.is_settled and state(page, "workspace"))
    # Team shares the query of Workspace; a day that stands out cannot be explained without it
    for key, logged in (("workspace",) * 2, ("team", "workspace"), ("daily",) * 2):
        found = re.fullmatch(
            "This chart didn't load The other charts are up to date. Reference ([0-9A-Z]{6}). "
            "Try again",
            state(page, key),
        )
        assert found
        assert f"reference={found[1]} panel={logged}" in caplog.text
    assert ["", ""] == [state(page, key) for key in ("reason", "monthly")]
    broken.rename("rollup_by_workspace", back=True)
    page.press(Act.RETRY)
    drawn(page)
    assert "" == state(page, "workspace")
    page.until(lambda: page.focus == part_id("daily", Part.TITLE))


def test_when_all_charts_failed_it_is_said_once(serve, caplog):
    broken = serve()
    page = broken.page
    page.open()
    drawn(page)
    broken.rename(*TABLES)
    page.press(Act.REFRESH)
    page.until(lambda: page.is_settled and words(page, Id.PAGE_STATE))
    found = re.fullmatch(
        "Credit usage didn't load Your balance in the ledger isn't affected. "
        "Reference ([0-9A-Z]{6}). Try again",
        words(page, Id.PAGE_STATE),
    )
    assert found
    assert not page.driver.find_element("id", Id.EXPORT).is_displayed()
    assert f"reference={found[1]}" in caplog.text
    assert "Credit usage didn't load" == page.text(Id.STATUS)
    assert not page.is_shown(Id.TOOLBAR)
    assert not page.is_shown(Id.GRID)
    broken.rename(*TABLES, back=True)
    page.press(Act.RETRY)
    drawn(page)
    assert "" == words(page, Id.PAGE_STATE)
    page.until(lambda: "Credits" == page.run("return document.activeElement.innerText"))


def test_a_stopped_server_is_a_lost_connection_until_it_is_back(browser, ledger, tmp_path):
    """The process is killed; figures stay, with the time they came."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = started(ledger, tmp_path, port)
    page = Page(browser, Elsewhere(port))
    try:
        page.forget()
        page.open()
        page.until(lambda: page.drawn == len(PANELS))
        since = {page.run("return new Date().toTimeString().slice(0, 5)")}
    finally:
        process.kill()
        process.communicate()
    page.pick("7d")
    page.until(lambda: page.is_shown(Id.STRIP_LOST))
    since.add(page.run("return new Date().toTimeString().slice(0, 5)"))
    said = {f"Connection lost. Showing figures from {time}. Try again" for time in since}
    assert words(page, Id.STRIP_LOST) in said
    assert (MONTH, len(PANELS)) == (page.dates, page.drawn)
    process = started(ledger, tmp_path, port)
    try:
        page.press(Act.RETRY)
        page.shows("16 – 22 Nov 2026 · 7 days")
        assert not page.is_shown(Id.STRIP_LOST)
    finally:
        process.kill()
        process.communicate()
    logs = [log["message"] for log in browser.get_logs()]
    assert [] == [text for text in logs if "ERR_CONNECTION_REFUSED" not in text]


@dataclass(frozen=True)
class Elsewhere:
    """A server of another process."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/app/account/credits"


def started(ledger: Path, folder: Path, port: int) -> subprocess.Popen[str]:
    """`run` as a person starts it, once it listens at just that port."""
    process = subprocess.Popen(
        [sys.executable, "app.py", "run", "--db", str(ledger), "--port", str(port),
         "--now", NOW.isoformat(), "--account", "acme"],
        cwd=Path(app.__file__).parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=os.environ | {"CREDITS_CACHE_DIR": str(folder / "cache")},
    )  # fmt: skip
    assert process.stdout is not None
    assert f":{port}/" in process.stdout.readline()
    return process


# --- who may look -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "links"),
    [
        ({}, []),
        (
            {"CREDITS_ACCOUNT_URL": "/app/account"},
            [["Account", "/app/account"], ["Back to account", "/app/account"]],
        ),
    ],
)
def test_a_host_that_answers_403_shows_no_permission_and_no_figures(serve, env, links):
    broken = serve(**env)
    page = broken.page
    page.open()
    drawn(page)
    broken.refusal.append(Response("no", status=403))
    page.pick("7d")
    page.until(lambda: page.is_shown(Id.NO_PERMISSION))
    assert words(page, Id.NO_PERMISSION).startswith(NO_PERMISSION)
    assert links == page.run(LINKS)
    assert not page.is_shown(Id.TOOLBAR)
    assert not page.is_shown(Id.GRID)
    assert not page.driver.find_element("id", Id.EXPORT).is_displayed()
    assert not page.is_shown(Id.STRIP_LOST)
    page.until(lambda: page.text(Id.STATUS) == NO_PERMISSION.partition(" Account")[0])
    broken.refusal.clear()
    page.press(Act.REFRESH)
    page.shows("16 – 22 Nov 2026 · 7 days")
    drawn(page)
    assert not page.is_shown(Id.NO_PERMISSION)
    broken.forgive(403)


def test_a_first_request_that_is_forbidden_shows_no_permission(serve):
    broken = serve()
    broken.refusal.append(Response("no", status=403))
    broken.page.open()
    broken.page.until(lambda: broken.page.is_shown(Id.NO_PERMISSION))
    assert not broken.page.is_shown(Id.GRID)
    broken.forgive(403)


@pytest.mark.parametrize(
    "refusal",
    [
        Response("who?", status=401),
        Response(status=302, headers={"Location": "https://login.invalid/"}),
        Response("<form>Sign in</form>", mimetype="text/html"),
    ],
    ids=["401", "redirect", "form"],
)
def test_signed_out_offers_the_hosts_sign_in_and_keeps_the_figures(serve, refusal):
    broken = serve(CREDITS_SIGN_IN_URL="https://login.invalid/sign-in")
    page = broken.page
    page.open()
    drawn(page)
    broken.refusal.append(refusal)
    page.pick("7d")
    page.until(lambda: page.is_shown(Id.STRIP_SIGNED_OUT))
    assert "You're signed out. Sign in" == words(page, Id.STRIP_SIGNED_OUT)
    assert [["Sign in", "https://login.invalid/sign-in"]] == page.run(LINKS)
    assert (MONTH, len(PANELS)) == (page.dates, page.drawn)
    broken.refusal.clear()
    page.press(Act.REFRESH)
    page.shows("16 – 22 Nov 2026 · 7 days")
    assert not page.is_shown(Id.STRIP_SIGNED_OUT)
    broken.forgive(401)


# --- how far the charts reach -------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "label", "token"),
    [
        (3, "Updated 3 min ago", "ok_text"),
        (24, "Updated 24 min ago", "warn_text"),
        (166, "Updated 2 h 46 min ago", "warn_text"),
    ],
)
def test_freshness_is_a_coloured_mark_with_the_exact_time(serve, minutes, label, token):
    behind = dt.timedelta(minutes=minutes)
    page = serve(lambda opened: RunningSource(opened, NOW, behind)).page
    page.open()
    assert label == page.text(Id.FRESHNESS)
    colour = LIGHT.colour(token)
    channels = ", ".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    assert f"rgb({channels})" == page.run(STYLE, f"#{Id.FRESHNESS} .icon", "backgroundColor")
    exact = page.driver.find_element("id", Id.FRESHNESS).get_attribute("title")
    assert f"{NOW - behind:22 Nov 2026, %H:%M}" == exact


def test_delayed_usage_is_a_strip_over_the_toolbar(serve):
    page = serve(lambda opened: RunningSource(opened, NOW, dt.timedelta(minutes=166))).page
    page.open()
    assert (
        "Usage is delayed. Charts are complete up to 22 Nov, 08:43. "
        "Your balance in the ledger is current."
    ) == words(page, Id.DELAY)
    strip, toolbar = (page.driver.find_element("id", name) for name in (Id.DELAY, Id.TOOLBAR))
    assert strip.rect["y"] + strip.rect["height"] <= toolbar.rect["y"]


def test_a_snapshot_says_its_moment(serve):
    page = serve().page
    page.open()
    assert "Snapshot of 22 Nov 2026, 11:29" == page.text(Id.FRESHNESS)
    assert "" == words(page, Id.DELAY)


# --- the head -----------------------------------------------------------------------------


def test_refresh_asks_once_more_and_says_so_each_time(serve):
    page = serve().page
    page.open()
    drawn(page)
    page.run(COUNT_WORDS, Id.STATUS)
    for number in (2, 3):
        page.press(Act.REFRESH)
        page.until(lambda told=number - 1: page.run("return window.told.length") == told)
        assert ["month"] * number == page.asked()
    told = page.run("return window.told")
    said = "Refreshed. Showing 1–22 Nov 2026: 132 credits, up 560% on 1–22 Oct."
    assert [said] * 2 == [" ".join(words.split()) for words in told]
    assert "Refresh" == page.run("return document.activeElement.ariaLabel")
    page.pick("7d")
    page.until(lambda: page.text(Id.STATUS).startswith("Showing 16–22"))


def test_the_head_leads_to_the_ledger_and_the_account_of_the_host(serve):
    env = {"CREDITS_LEDGER_URL": "/ledger", "CREDITS_ACCOUNT_URL": "/account"}
    page = serve(CREDITS_PRODUCT_NAME="Acme & <Co>", **env).page
    page.open()
    ledger = [["Ledger", "/ledger"], ["See the ledger", "/ledger"]]
    assert [["Account", "/account"], *ledger] == page.run(LINKS)
    assert "Credits · Acme & <Co>" == page.driver.title
