"""Take the README's pictures of the page: the demo ledger at one fixed moment, headless Chromium.

Writes docs/images/ and nothing else that stays.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "images"
NOW = "2026-11-22T11:29Z"
WIDTH = 1440
VIEWS = {  # file: width, theme
    "credits-page.png": (1440, "light"),
    "credits-page-dark.png": (1440, "dark"),
    "credits-page-phone.png": (360, "light"),
}
HOST = {  # what a product would set, so that its links and buttons are seen
    "CREDITS_ACCOUNT_URL": "/app/account",
    "CREDITS_LEDGER_URL": "/app/account/ledger",
    "CREDITS_PLANS_URL": "/app/account/plans",
    "CREDITS_BUNDLE_URL": "/app/account/bundles",
}
PATIENCE = 30  # seconds
DRAWN = """
const charts = [...document.querySelectorAll(".js-plotly-plot")];
return charts.length > 0 && charts.every((chart) => chart.checkVisibility())
  && charts.every((chart) => chart.querySelector("svg .trace, svg .slice"))
  && document.fonts.status === "loaded" && !document.querySelector("[aria-busy=true]");
"""


def main() -> None:
    """Make the ledger, serve it, photograph it."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = str(Path(folder) / "demo.sqlite")
        command("demo", "--db", ledger, "--now", NOW)
        with served(ledger, folder) as address, chromium() as browser:
            PICTURES.mkdir(parents=True, exist_ok=True)
            for name, (width, theme) in VIEWS.items():
                show(browser, address, width, theme)
                (PICTURES / name).write_bytes(whole_page(browser))
                print(f"Wrote docs/images/{name}")  # noqa: T201


def show(browser: webdriver.Chrome, address: str, width: int, theme: str) -> None:
    """Open the page anew at a width and in the system's theme, and wait for its drawings."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": theme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get(address)
    WebDriverWait(browser, PATIENCE).until(lambda it: it.execute_script(DRAWN))


def command(*words: str) -> None:
    """Run one command of app.py to its end."""
    subprocess.run([sys.executable, "app.py", *words], cwd=ROOT, check=True)  # noqa: S603


@contextmanager
def served(ledger: str, folder: str) -> Iterator[str]:
    """The address of the page of `ledger`, as long as this lasts."""
    server = subprocess.Popen(  # noqa: S603
        [sys.executable, "app.py", "run", "--db", ledger, "--now", NOW],
        cwd=ROOT,
        env=os.environ | HOST | {"CREDITS_CACHE_DIR": f"{folder}/cache"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        yield next(found[0] for line in server.stdout if (found := re.search(r"http://\S+", line)))
    finally:
        server.terminate()
        server.wait()


@contextmanager
def chromium() -> Iterator[webdriver.Chrome]:
    """A browser without a window, at the width of the design's pictures."""
    options = webdriver.ChromeOptions()
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-background-networking",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
        f"--window-size={WIDTH},900",
    ):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options)
    try:
        yield browser
    finally:
        browser.quit()


def whole_page(browser: webdriver.Chrome) -> bytes:
    """A PNG of everything, also of what lies below the window."""
    shot = browser.execute_cdp_cmd(
        "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True}
    )
    return base64.b64decode(shot["data"])


if __name__ == "__main__":
    main()
