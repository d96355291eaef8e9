"""The app serves every file of the page: with all other hosts out of reach, nothing is missing."""

from __future__ import annotations

import json
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from selenium import webdriver

from dashboard.panels import PANELS
from tests.browser.conftest import pytest_setup_options
from tests.browser.page import Page

ONLY_THE_APP = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
FONT = "return [...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"


@pytest.fixture
def alone(quiet_site):
    """A browser that reaches no host but the app, and notes each request."""
    options = pytest_setup_options()
    options.add_argument(ONLY_THE_APP)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    with webdriver.Chrome(options=options) as driver:
        yield Page(SimpleNamespace(driver=driver), quiet_site)


def events(page) -> list[dict]:
    """What Chromium noted of the network since the last look."""
    log = page.driver.get_log("performance")
    return [json.loads(entry["message"])["message"] for entry in log]


def addresses(noted, method, part) -> list[str]:
    found = [event["params"][part]["url"] for event in noted if event["method"] == method]
    return [address for address in found if not address.startswith(("data:", "chrome:"))]


def test_nothing_is_asked_of_another_host_and_nothing_fails(alone):
    """From the first look through a long range to a table and the date fields."""
    alone.open()
    alone.until(lambda: alone.drawn == len(PANELS))
    alone.pick("90d")
    alone.shows("25 Aug – 22 Nov 2026 · 90 days")
    alone.open("?range=7d&table=daily")
    alone.pick("custom")
    noted = events(alone)
    own = {f"127.0.0.1:{urlsplit(alone.site.url).port}"}
    asked = addresses(noted, "Network.requestWillBeSent", "request")
    assert own == {urlsplit(address).netloc for address in asked}
    answered = [e["params"]["response"] for e in noted if e["method"] == "Network.responseReceived"]
    assert {200} == {int(answer["status"]) for answer in answered if "http" in answer["url"]}
    failed = [event["params"] for event in noted if event["method"] == "Network.loadingFailed"]
    assert [] == [event["errorText"] for event in failed if not event.get("canceled")]
    assert [] == alone.driver.get_log("browser")
    kinds = {event["params"]["type"] for event in noted if event["method"].endswith("Received")
             and "type" in event["params"]}  # fmt: skip
    assert {"Document", "Script", "Stylesheet", "Font"} <= kinds
    assert "Inter Variable" in {family.strip('"') for family in alone.run(FONT)}
    names = [urlsplit(address).path.rsplit("/", 1)[-1].split(".")[0] for address in asked]
    assert {"early", "page", "inter-latin", "plotly-basic"} <= set(names)
