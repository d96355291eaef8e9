"""The demo ledger served as `run` serves it, and Chromium before it; its console stays clean."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from dash.testing.browser import Browser
from selenium.webdriver import ChromeOptions

from app import create_app
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.settings import read_settings
from data.demo import make_demo
from data.open_snapshot import OpenSnapshot
from tests.browser.page import Page, Site
from tests.conftest import NOW

ACCOUNTS = ("acme-legal", "blue-finch", "himal-law")  # a usual one, a new one, one far from UTC
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--lang=en-US",
    "--window-size=1440,1100",
)
# dash[testing] pins selenium 4.2 and urllib3 1.26, which warn of each other's age
OF_OLD_SELENIUM = "ignore:HTTPResponse.getheader:DeprecationWarning"


# A wait that ran out on a busy machine is tried once more, and said so; a wrong word or number
# never is.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.filterwarnings(OF_OLD_SELENIUM))
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutException"]))


def pytest_setup_options() -> ChromeOptions:
    """How dash[testing] starts Chromium: without a screen, a sandbox or a call home."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or shutil.which("chromedriver") is None:
        pytest.fail("no Chromium: tools/system_packages.sh installs it", pytrace=False)
    options = ChromeOptions()
    options.binary_location = chromium
    for switch in SWITCHES:
        options.add_argument(switch)
    return options


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The path of a demo ledger that ends at NOW."""
    path = tmp_path_factory.mktemp("browser") / "demo.sqlite"
    make_demo(path, now=NOW, only=ACCOUNTS)
    return path


@pytest.fixture(scope="session")
def site(demo) -> Iterator[Site]:
    """The demo ledger, served once for all browser tests of this process."""
    services = Services(OpenSnapshot(demo, demo.parent / "cache", None), OpenAccess("acme-legal"))
    with Site(create_app(read_settings({}), services, guard_loopback)) as site:
        yield site


def start_browser(folder: Path) -> Browser:
    return Browser("Chrome", options=[pytest_setup_options()], download_path=str(folder))


@pytest.fixture(scope="session")
def browser(tmp_path_factory) -> Iterator[Browser]:
    """The browser that most tests share, one after the other: starting one takes seconds."""
    with start_browser(tmp_path_factory.mktemp("downloads")) as browser:
        yield browser


@pytest.fixture
def quiet_site(site) -> Site:
    """The site as no test has touched it."""
    site.views.clear()
    site.sheets.clear()
    site.broken = None
    site.gate.set()
    return site


@pytest.fixture
def page(browser, quiet_site) -> Iterator[Page]:
    """The shared browser without a past; no console error may be left at the end."""
    page = Page(browser, quiet_site)
    page.forget()
    yield page
    assert [] == browser.get_logs()


@pytest.fixture
def open_page(quiet_site, tmp_path) -> Iterator[Callable[[], Page]]:
    """Starts a browser of its own at each call; no console error may be left at the end."""
    with ExitStack() as stack:
        pages: list[Page] = []

        def start() -> Page:
            pages.append(Page(stack.enter_context(start_browser(tmp_path)), quiet_site))
            return pages[-1]

        yield start
        assert [] == [log for page in pages for log in page.browser.get_logs()]


@pytest.fixture
def at_width(page):
    """Sets the window's width; the next test has the usual one again."""

    def resize(width: int, scale: int = 1, height: int = 900, *, phone: bool = False) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone}
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    return resize
