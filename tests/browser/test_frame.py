"""The page inside a page of a host: shown where its origin is allowed, refused anywhere else."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app import create_app
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.ids import Id
from dashboard.panels import PANELS
from dashboard.settings import read_settings
from data.open_snapshot import OpenSnapshot
from tests.browser.page import Page, Site

ACCENT = "getComputedStyle(document.documentElement).getPropertyValue('--accent')"


class Host:
    """Another origin, with one page that frames an address."""

    def __init__(self) -> None:
        server = Flask("host", static_folder=None)
        self.framed = ""
        server.add_url_rule(
            "/",
            "page",
            lambda: f'<link rel="icon" href="data:,"><iframe src="{self.framed}" width="900">',
        )
        self._server = make_server("127.0.0.1", 0, server, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Host:
        self._thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as host:
        yield host


@pytest.fixture
def framed(browser, demo, host, tmp_path):
    """Opens the host's page around ours, with settings, and steps into the frame."""
    sites: list[Site] = []

    def open_inside(**env: str) -> Page:
        services = Services(
            OpenSnapshot(demo, demo.parent / "cache", None), OpenAccess("acme-legal")
        )
        sites.append(Site(create_app(read_settings(env), services, guard_loopback)))
        page = Page(browser, sites[0])
        page.forget()
        host.framed = f"{page.site.url}?range=7d"
        page.driver.get(host.origin)
        page.driver.switch_to.frame(0)
        return page

    yield open_inside
    browser.driver.switch_to.default_content()
    for site in sites:
        site.__exit__()


def test_a_host_whose_origin_is_allowed_shows_the_page_in_its_own(framed, host):
    page = framed(CREDITS_FRAME_ANCESTORS=f"https://elsewhere.example {host.origin}")
    page.until(lambda: page.is_settled and page.drawn == len(PANELS))
    assert "16 – 22 Nov 2026 · 7 days" == page.dates
    page.pick("30d")
    page.shows("24 Oct – 22 Nov 2026 · 30 days")
    assert [] == page.browser.get_logs()


@pytest.mark.parametrize("env", [{}, {"CREDITS_FRAME_ANCESTORS": "https://elsewhere.example"}])
def test_any_other_page_cannot_frame_it(framed, env):
    page = framed(**env)
    logs = page.until(page.browser.get_logs)
    assert "frame-ancestors" in logs[0]["message"]
    assert not page.run(f"return document.getElementById('{Id.MAIN}')")


def test_its_links_leave_the_frame(framed, host):
    """The ledger replaces the host's page, not the inside of its frame."""
    page = framed(CREDITS_FRAME_ANCESTORS=host.origin, CREDITS_LEDGER_URL=f"{host.origin}/?ledger")
    page.until(lambda: page.is_settled)
    page.driver.find_element("link text", "Ledger").click()
    page.driver.switch_to.default_content()
    page.until(lambda: page.driver.current_url == f"{host.origin}/?ledger")
    page.browser.get_logs()


def test_the_hosts_colours_are_those_of_page_and_figures(browser, demo, tmp_path):
    """Each theme has its own; a press of the theme button changes both."""
    colours = tmp_path / "tokens.toml"
    colours.write_text('[light]\naccent = "#6A1B9A"\n[dark]\naccent = "#C9A6FF"\n', "utf-8")
    services = Services(OpenSnapshot(demo, demo.parent / "cache", None), OpenAccess("acme-legal"))
    settings = read_settings({"CREDITS_TOKENS": str(colours)})
    with Site(create_app(settings, services, guard_loopback)) as site:
        page = Page(browser, site)
        page.forget()
        for theme, accent in (("light", "#6A1B9A"), ("dark", "#C9A6FF")):
            features = [{"name": "prefers-color-scheme", "value": theme}]
            page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
            page.open()
            page.until(lambda: page.drawn == len(PANELS))
            assert accent == page.run(f"return {ACCENT}").strip()
            bars = "return document.querySelector('#daily-graph .js-plotly-plot')._fullData"
            colours_used = page.run(f"{bars}.map(trace => JSON.stringify(trace.marker.color))")
            assert any(accent in used for used in colours_used if used)
    assert [] == browser.get_logs()
