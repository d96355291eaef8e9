"""Where each millisecond of a range change goes: the server's CPU and the page's main thread.

    python benchmarks/flame.py [--changes 40]

Two tables, widest first. The server's is Python's own profiler over CPU time, by package; that
slows Python down and leaves SQLite as it is, so the shares of our own code are upper bounds. The
page's is Chromium's sampling profiler, by script; what is native (styles, layout, painting) stands
in one line, since no script is at work then.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from app import create_app
from benchmarks.browser import RANGES, change, chromium, load, settle, thread_time
from benchmarks.served import ACCOUNT, ROOT, ledger, machine, served
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.settings import read_settings
from data.live_ledger import LiveLedger
from data.reader import Limits, connect_reader
from tests.conftest import NOW
from tests.page_client import PageClient

OURS = ("data", "dashboard", "layouts", "callbacks")
PACKAGE = re.compile(r"site-packages/([\w-]+)")
DATABASE = re.compile(r"sqlite3\.(Cursor|Connection)|psycopg")
PARTS = (  # of the page's libraries, by the first words of each
    ("plotly-loader", "Says where Plotly is"),
    ("React", "@license React"),
    ("dash-bootstrap-components", "dash_bootstrap_components.min.js.LICENSE"),
    ("Dash's renderer", "dash_renderer.min.js.LICENSE"),
    ("Dash's components", "dash_core_components.js.LICENSE"),
)
NAMES = {"plotly-basic": "Plotly", "page": "our scripts", "early": "our scripts"}
NATIVE = {"(program)": "styles, layout, painting", "(garbage collector)": "garbage collector"}


def table(title: str, whole: float, parts: Counter[str]) -> None:
    """Parts with their milliseconds, share and a bar."""
    print(f"\n{title}: {whole:.1f} ms")
    total = sum(parts.values())
    for name, part in parts.most_common():
        share = part / total
        if share >= 0.005:
            print(f"  {name:28}{whole * share:8.1f} ms{share:7.1%}  {'#' * round(60 * share)}")


# --- the server -----------------------------------------------------------------------------


def place(function: tuple[str, int, str]) -> str:
    """The package that a function of the profile belongs to."""
    file, _line, name = function
    if DATABASE.search(name):
        return "SQLite at work"
    found = PACKAGE.search(file)
    if found:
        return found[1]
    ours = Path(file).is_relative_to(ROOT) and Path(file).relative_to(ROOT).parts[0]
    if ours in OURS:
        return f"{ours}/"
    return next((word for word in ("brotli", "orjson", "json") if word in name), "Python itself")


def server(changes: int) -> None:
    """One process, asked in turn for each range."""
    engine = connect_reader(f"sqlite:///{ledger()}", Limits())
    source = LiveLedger(engine, lambda: NOW)
    services = Services(source, OpenAccess(ACCOUNT))
    page = PageClient(create_app(read_settings({}), services, guard_loopback))
    asked = [RANGES[number % len(RANGES)] for number in range(changes)]
    for range_ in asked:
        page.show(range_)
    start = time.process_time()
    for range_ in asked:
        page.show(range_)
    plain = 1_000 * (time.process_time() - start) / changes
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for range_ in asked:
        page.show(range_)
    profile.disable()
    parts: Counter[str] = Counter()
    for function, (_calls, _, own, _all, _callers) in pstats.Stats(profile).stats.items():
        parts[place(function)] += own
    table("CPU of the server's process, one range change", plain, parts)
    engine.dispose()


# --- the page -------------------------------------------------------------------------------


def starts_of(text: str) -> list[tuple[int, str]]:
    """The line on which each part of the libraries begins."""
    lines = text.split("\n")
    found = [(next(i for i, line in enumerate(lines) if words in line), name)
             for name, words in PARTS]  # fmt: skip
    return sorted(found)


def script(frame: dict[str, Any], starts: list[tuple[int, str]]) -> str:
    """Whose code a frame is."""
    file = frame["url"].rsplit("/", 1)[-1].split(".")[0]
    if file == "dash-renderer-and-components":
        return next(name for line, name in reversed(starts) if line <= frame["lineNumber"])
    if not file:
        return NATIVE.get(frame["functionName"], "the browser for scripts")
    return NAMES.get(file, "the benchmark")


def shares(profile: dict[str, Any], starts: list[tuple[int, str]]) -> Counter[str]:
    """Samples by whose code they found at work."""
    frames = {node["id"]: node["callFrame"] for node in profile["nodes"]}
    parts: Counter[str] = Counter()
    for sample, passed in zip(profile["samples"], profile["timeDeltas"], strict=True):
        if frames[sample]["functionName"] != "(idle)":
            parts[script(frames[sample], starts)] += passed
    del parts["the benchmark"]
    return parts


def page(changes: int) -> None:
    """A cold load, then range changes."""
    with served("page", ledger()) as where, chromium(slow=False) as driver:
        tell = driver.execute_cdp_cmd
        tell("Profiler.enable", {})
        tell("Profiler.start", {})
        driver.get(where.address)
        load(driver)
        cold, thread = tell("Profiler.stop", {})["profile"], thread_time(driver)
        address = driver.execute_script("return document.querySelector('script[data-plotly]').src")
        text = driver.execute_async_script(
            "fetch(arguments[0]).then((found) => found.text()).then(arguments[1])", address
        )
        starts = starts_of(text)
        table("The page's main thread, cold load", thread, shares(cold, starts))
        for range_ in RANGES * 2:
            change(driver, where, range_)
        settle(driver)
        tell("Profiler.start", {})
        before = thread_time(driver)
        for number in range(changes):
            change(driver, where, RANGES[number % len(RANGES)])
        thread = (thread_time(driver) - before) / changes
        table("The page's main thread, one range change", thread,
              shares(tell("Profiler.stop", {})["profile"], starts))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=40)
    options = parser.parse_args()
    print(machine())
    server(options.changes)
    page(options.changes)


if __name__ == "__main__":
    main()
