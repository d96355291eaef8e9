"""The page as `deploy/` ships it, in a browser: by https through nginx, until the session ends."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from sqlalchemy import insert

from dashboard.ids import Id
from dashboard.panels import PANELS
from data import schema
from data.aggregator import Aggregator
from data.engine import connect
from tests.browser.conftest import pytest_setup_options
from tests.browser.page import Page
from tests.deployment import Deployment, deployed, ledger_in_use, utc_now
from tests.ledger_builder import LedgerBuilder

SETTINGS = {"CREDITS_REFRESH_SECONDS": "2", "CREDITS_SIGN_IN_URL": "/sign-in"}

pytestmark = [pytest.mark.proxy, pytest.mark.slow]


@pytest.fixture
def ledger(tmp_path) -> str:
    """The URL of a ledger in use."""
    return ledger_in_use(tmp_path)


@pytest.fixture
def behind(ledger) -> Iterator[tuple[Page, Deployment]]:
    """A browser that signed in, and what it is in front of."""
    options = pytest_setup_options()
    options.add_argument("--ignore-certificate-errors")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with deployed(ledger, **SETTINGS) as site, webdriver.Chrome(options=options) as driver:
        site.product.sessions["mine"] = {"account": "acme"}
        parts = urlsplit(site.url)
        driver.get(f"{parts.scheme}://{parts.netloc}/")
        driver.add_cookie({"name": "session", "value": "mine", "httpOnly": True, "secure": True})
        yield Page(SimpleNamespace(driver=driver), SimpleNamespace(url=site.url)), site


def use(ledger: str, credits: int) -> None:
    """An entry of now, rolled up."""
    rows, engine = LedgerBuilder(), connect(ledger)
    rows.use(utc_now(), credits, account="acme", id="later")
    with engine.begin() as connection:
        connection.execute(insert(schema.entries).values(**rows.entries[0]))
    Aggregator(engine, "test", utc_now).run_once()
    engine.dispose()


def test_an_open_page_renews_itself_until_the_session_ends(behind, ledger):
    page, site = behind
    page.open("?range=7d")
    page.until(lambda: page.drawn == len(PANELS))
    assert "35 credits" == page.total
    use(ledger, 7)
    page.until(lambda: page.total == "42 credits")
    assert [] == page.driver.get_log("browser")
    site.product.sessions.clear()
    page.until(lambda: page.is_shown(Id.STRIP_SIGNED_OUT))
    assert "You're signed out. Sign in" == " ".join(page.text(Id.STRIP_SIGNED_OUT).split())
    assert "42 credits" == page.total
    page.go()
    page.until(lambda: page.driver.current_url.endswith("/sign-in?next=/app/account/credits"))
