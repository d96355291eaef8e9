"""The page of production in one browser, while the host signs in one person after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from dashboard.ids import Act, Id
from dashboard.panels import PANELS
from data import schema
from data.engine import connect, create_tables
from data.install import Plan, install
from tests.browser.page import Page, Site
from tests.issuer import HEADER
from tests.ledger_builder import LedgerBuilder
from tests.signed_page import SignedPage, signed_page

IN_ENVIRON = "HTTP_" + HEADER.upper().replace("-", "_")


@dataclass
class Host:
    """What a proxy does: whatever the browser sends, each request says who is signed in."""

    signed: SignedPage
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        inner = self.signed.app.server.wsgi_app
        self.signed.app.server.wsgi_app = lambda environ, start: inner(
            {name: value for name, value in environ.items() if name != IN_ENVIRON} | self.headers,
            start,
        )

    def sign_in(self, account: str, **claims: object) -> None:
        self.headers = {IN_ENVIRON: self.signed.issuer.sign(account, **claims)}

    def sign_out(self) -> None:
        self.headers = {}


@pytest.fixture
def host(tmp_path) -> Iterator[Host]:
    """Acme uses Contracts and Zeta uses Zebras, both in production."""
    rows = LedgerBuilder()
    for account, name, used in (("acme", "Contracts", 5), ("zeta", "Zebras", 7)):
        rows.account(account, name=account.title(), anchor_day=1)
        rows.workspace(f"{account}-1", name)
        for day in range(1, 23):
            at = f"2026-11-{day:02d}T09:00Z"
            rows.use(at, used, account=account, workspace=f"{account}-1")
    url = str(tmp_path / "ledger.sqlite")
    ledger = connect(url)
    create_tables(ledger, schema.ledger)
    install(ledger, Plan())
    rows.save(ledger)
    with signed_page(ledger, url, tmp_path) as signed:
        signed.roll_up()
        yield Host(signed)
    ledger.dispose()


@pytest.fixture
def page(browser, host) -> Iterator[Page]:
    with Site(host.signed.app) as site:
        page = Page(browser, site)
        page.forget()
        yield page
        page.forget()


def drawn(page: Page, total: str) -> str:
    """Every word of the page, once it shows this total."""
    page.until(lambda: page.is_settled and page.drawn == len(PANELS) and page.total == total)
    return " ".join(page.words)


def test_the_page_shows_whoever_is_signed_in_and_keeps_nothing_of_the_one_before(page, host):
    host.sign_in("acme")
    page.open("?account=zeta")
    assert "Contracts" in drawn(page, "110 credits")
    assert not page.driver.find_element("id", Id.ACCOUNTS).is_displayed()
    assert "" == page.text(Id.NOTICE)

    host.sign_in("zeta", sub="user-2")
    page.press(Act.REFRESH)
    words = drawn(page, "154 credits")
    assert (True, False) == ("Zebras" in words, "Contracts" in page.driver.page_source)

    host.sign_in("zeta", sub="user-3", role="member", workspaces=[])
    page.pick("7d")
    page.until(lambda: page.is_shown(Id.NO_PERMISSION))
    assert not page.is_shown(Id.GRID)
    assert not page.is_shown(Id.MONTH)

    host.sign_out()
    page.press(Act.REFRESH)
    page.until(lambda: page.is_shown(Id.STRIP_SIGNED_OUT))

    host.sign_in("acme")
    page.press(Act.REFRESH)
    words = drawn(page, "35 credits")
    assert (True, False) == ("Contracts" in words, "Zebras" in page.driver.page_source)
    assert not page.is_shown(Id.NO_PERMISSION)
    assert not page.is_shown(Id.STRIP_SIGNED_OUT)
    messages = [log["message"] for log in page.browser.get_logs()]
    assert [] == [text for text in messages if "status of 40" not in text]
