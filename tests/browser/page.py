"""The page as a person meets it in a real Chromium: what is shown, pressed, typed and asked for.

It knows the page's ids, and never how the page works inside.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from dash import Dash
from dash.testing.browser import Browser
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.ui import Select
from selenium.webdriver.support.wait import WebDriverWait

from callbacks.serving import listen
from dashboard.ids import Act, Id, Part, part_id
from dashboard.panels import PANELS

PATH = "/app/account/credits"
UPDATE = "_dash-update-component"
PATIENCE = 10  # seconds until a test gives up waiting

EVERY_WORD = """
  return Array.from(document.querySelectorAll('#toolbar, #grid')).map(root => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const words = [];
    while (walker.nextNode()) words.push(walker.currentNode.data);
    return words;
  }).flat();
"""


@dataclass
class Site:
    """The app as `run` serves it; it remembers which views were asked for, and can be broken."""

    app: Dash
    views: list[dict[str, Any]] = field(default_factory=list)
    sheets: list[dict[str, Any]] = field(default_factory=list)
    broken: tuple[str, list[tuple[str, str]]] | None = None
    gate: threading.Event = field(default_factory=threading.Event)  # cleared: answers wait

    def __post_init__(self) -> None:
        self.gate.set()
        self._inner = self.app.server.wsgi_app
        self.app.server.wsgi_app = self._answer  # type: ignore[method-assign]
        self._server = listen(self.app.server, 0)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}{PATH}"

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if UPDATE not in environ["PATH_INFO"]:
            return self._inner(environ, start)
        if self.broken is not None:
            start(*self.broken)
            return [b""]
        noted = self._noted(environ)
        self.gate.wait(PATIENCE)
        return self._inner(noted, start)

    def _noted(self, environ: dict[str, Any]) -> dict[str, Any]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        (asked,) = json.loads(body)["inputs"]
        {Id.VIEW: self.views, Id.SHEET_ASK: self.sheets}.get(asked["id"], []).append(asked["value"])
        return environ | {"wsgi.input": _Again(body)}


class _Again:
    """A request's body, read once by the test and once by the app."""

    def __init__(self, body: bytes) -> None:
        self._rest = body

    def read(self, size: int = -1) -> bytes:
        end = len(self._rest) if size < 0 else size
        taken, self._rest = self._rest[:end], self._rest[end:]
        return taken


@dataclass(frozen=True)
class Page:
    """One browser on the site."""

    browser: Browser
    site: Site

    @property
    def driver(self) -> Any:
        return self.browser.driver

    def forget(self) -> None:
        """Leave the site, with nothing kept and nothing emulated, the console read."""
        self.driver.get("about:blank")
        tell = self.driver.execute_cdp_cmd
        origin = self.site.url.removesuffix(PATH)
        tell("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        tell("Emulation.setEmulatedMedia", {"features": []})
        tell("Emulation.clearDeviceMetricsOverride", {})
        self.browser.get_logs()

    def go(self, query: str = "") -> None:
        """Go there, and wait for nothing."""
        self.driver.get(self.site.url + query)

    def open(self, query: str = "") -> None:
        """Go there, and wait for the first answer."""
        self.go(query)
        self.until(lambda: self.is_settled)

    def until(self, holds: Callable[[], Any]) -> Any:
        """Wait until something holds; the test fails when it never does."""
        return WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(lambda _: holds())

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    # --- what is shown --------------------------------------------------------------------

    @property
    def is_settled(self) -> bool:
        """Whether the page shows the answer to what was asked last."""
        main = "document.getElementById(arguments[0])"
        script = f"return {main} && {main}.getAttribute('aria-busy')"
        return self.run(script, Id.MAIN) == "false"

    @property
    def query(self) -> str:
        return self.driver.current_url.removeprefix(self.site.url)

    def text(self, name: str) -> str:
        return self.run("return document.getElementById(arguments[0]).innerText.trim()", name)

    @property
    def dates(self) -> str:
        return self.text(Id.DATES)

    @property
    def total(self) -> str:
        """What the first cell of the findings says."""
        return self.run(
            "return document.querySelector('#findings .amount b').innerText + ' credits'"
        )

    @property
    def chosen(self) -> str | None:
        """The radio that is marked."""
        return self.run(
            "const e = document.querySelector(arguments[0]); return e && e.value",
            f"#{Id.RANGE} input:checked",
        )

    @property
    def focus(self) -> str:
        """Id of the element that has the focus."""
        return self.run("return document.activeElement.id")

    @property
    def words(self) -> list[str]:
        """Every text of toolbar and panels, in the drawings too, in page order."""
        self.until(lambda: self.drawn == len(PANELS))
        return [word.strip() for word in self.run(EVERY_WORD) if word.strip()]

    @property
    def drawn(self) -> int:
        """How many panels have a drawing with marks in it."""
        graphs = ", ".join(f"#{part_id(p.key, Part.GRAPH)}" for p in PANELS)
        return self.run(
            "return Array.from(document.querySelectorAll(arguments[0])).filter(graph =>"
            " graph.querySelector('svg .trace, svg .slice')).length",
            graphs,
        )

    def is_shown(self, name: str) -> bool:
        return self.run("return !document.getElementById(arguments[0]).hidden", name)

    # --- what a person does ---------------------------------------------------------------

    def press(self, act: Act) -> None:
        buttons = self.driver.find_elements("css selector", f"[data-act={act}]")
        next(button for button in buttons if button.is_displayed()).click()

    def pick(self, choice: str) -> None:
        """Press one of the picker's segments."""
        self.radio(choice).click()

    def radio(self, choice: str) -> Any:
        return self.driver.find_element("css selector", f'#{Id.RANGE} input[value="{choice}"]')

    def type(self, *keys: str) -> None:
        """Type to whatever has the focus."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def fill(self, name: Id, day: str) -> None:
        """Type a day, 2026-11-03, into a date field: month, day and year in American order."""
        year, month, number = day.split("-")
        self.driver.find_element("id", name).send_keys(f"{month}{number}{year}")

    def switch_account(self, name: str) -> None:
        Select(self.driver.find_element("id", Id.ACCOUNTS)).select_by_visible_text(name)

    def shows(self, dates: str) -> None:
        """Wait until the range beside the picker reads so and the page is settled."""
        self.until(lambda: self.is_settled and self.dates == dates)

    def asked(self, since: int = 0) -> list[str]:
        """The ranges that were asked of the server, from request number `since` on."""
        return [view["range"] for view in self.site.views[since:]]
