"""Cold load, reload and range change in Chromium, beside the floor and a naive page; prints only.

    python benchmarks/browser.py [--rounds 3] [--slow-rounds 1] [--page page --page floor]

Each round starts a browser without a past for each page, one page after the other. The slow line
has 1.6 Mbit/s and 150 ms, the slow device a quarter of this one's speed. A chart is painted when
the frame after its drawing is. CPU is that of the page's main thread and of the server's process,
which a busy machine changes less than what a clock says.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from benchmarks.served import COMMANDS, Served, ledger, machine, served

RANGES = ("90d", "7d", "30d", "month")
CYCLES = {"page": 3, "floor": 3, "naive": 1}  # of the ranges, a round; seconds a change for naive
PATIENCE = 120  # seconds
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000,
        "uploadThroughput": 93_750}  # fmt: skip
SWITCHES = ("--headless=new", "--no-sandbox", "--disable-background-networking",
            "--window-size=1440,1100")  # fmt: skip

# Runs before the page's own scripts: when its heading and its five charts were seen.
WATCH = """
const seen = (window.seen = {});
function drawn() {
  const marks = Array.from(document.querySelectorAll(".js-plotly-plot"), (chart) =>
    chart.querySelector("svg .trace, svg .slice"));
  return marks.filter(Boolean).length >= 5 && marks.every((mark) => mark.checkVisibility());
}
function look() {
  const heading = seen.shell ? null : document.querySelector("h1");
  if (heading && heading.checkVisibility()) {
    seen.shell = performance.now();
  }
  if (drawn()) {
    requestAnimationFrame(() => { seen.painted = performance.now(); });
  } else {
    requestAnimationFrame(look);
  }
}
requestAnimationFrame(look);
"""
# Presses a range and waits until each chart was drawn anew and the next frame stands.
CHANGE = """
const [range, done] = arguments;
const charts = Array.from(document.querySelectorAll(".js-plotly-plot"));
const waiting = new Set(charts);
const start = performance.now();
let last = start;
charts.forEach((chart) => chart.once("plotly_afterplot", () => {
  waiting.delete(chart);
  last = performance.now();
}));
function look() {
  const busy = document.querySelector("[aria-busy=true]") !== null;
  if (waiting.size === 0 && !busy) {
    done(performance.now() - start);
  } else if (!busy && last > start && performance.now() - last > 2000) {
    done(last - start); // a chart that was the same was not drawn
  } else {
    requestAnimationFrame(look);
  }
}
document.querySelector(`[data-range="${range}"], #range input[value="${range}"]`).click();
requestAnimationFrame(look);
"""


@contextmanager
def chromium(*, slow: bool) -> Iterator[Any]:
    """A browser without a past."""
    options = webdriver.ChromeOptions()
    for switch in SWITCHES:
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    with webdriver.Chrome(options=options) as driver:
        driver.set_script_timeout(PATIENCE)
        tell = driver.execute_cdp_cmd
        tell("Network.enable", {})
        tell("Performance.enable", {"timeDomain": "threadTicks"})
        tell("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        if slow:
            tell("Network.emulateNetworkConditions", SLOW)
            tell("Emulation.setCPUThrottlingRate", {"rate": 4})
        yield driver


def traffic(driver: Any) -> tuple[int, float]:
    """Requests and kilobytes that came over the network since the last look."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    done = [m["params"] for m in messages if m["method"] == "Network.loadingFinished"]
    ids = {one["requestId"] for one in done if one["encodedDataLength"]}
    return len(ids), sum(one["encodedDataLength"] for one in done) / 1_000


def thread_time(driver: Any) -> float:
    """Milliseconds that the page's main thread has worked."""
    metrics = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return 1_000 * next(m["value"] for m in metrics if m["name"] == "TaskDuration")


def load(driver: Any) -> dict[str, float]:
    """What a load took that was just begun."""
    painted = "return window.seen && window.seen.painted"
    WebDriverWait(driver, PATIENCE, poll_frequency=0.05).until(lambda d: d.execute_script(painted))
    seen = driver.execute_script("return window.seen")
    settle(driver)
    requests, kilobytes = traffic(driver)
    return {"shell ms": seen["shell"], "painted ms": seen["painted"], "kB": kilobytes,
            "requests": requests, "thread ms": thread_time(driver)}  # fmt: skip


def settle(driver: Any) -> None:
    """Wait until the page is idle, so that nothing of it is counted to what comes next."""
    driver.execute_async_script("requestIdleCallback(() => requestIdleCallback(arguments[0]))")


def change(driver: Any, page: Served, range_: str) -> dict[str, float]:
    """What one range change took."""
    thread, cpu = thread_time(driver), page.cpu()
    took = driver.execute_async_script(CHANGE, range_)
    settle(driver)
    return {"changed ms": took, "thread ms": thread_time(driver) - thread,
            "server CPU ms": page.cpu() - cpu}  # fmt: skip


def look(page: Served, *, slow: bool) -> dict[str, list[dict[str, float]]]:
    """One browser's life before one page: cold, reload, changes."""
    with chromium(slow=slow) as driver:
        traffic(driver)
        driver.get(page.address)
        cold = load(driver)
        driver.refresh()
        again = load(driver)
        cycles = 1 if slow else CYCLES[page.name]
        changes = [change(driver, page, range_) for _ in range(cycles)
                   for range_ in RANGES]  # fmt: skip
        requests, kilobytes = traffic(driver)
    answers = {"kB": kilobytes / len(changes), "requests": requests / len(changes)}
    return {"cold": [cold], "reload": [again], "change": [one | answers for one in changes]}


def table(title: str, found: dict[str, list[dict[str, float]]]) -> None:
    """Medians of each page, and how many times the floor's they are."""
    columns = list(next(iter(found.values()))[0])
    print(f"\n{title:10}" + "".join(f"{column:>22}" for column in columns))
    medians = {name: [statistics.median(row[column] for row in rows) if "CPU" not in column
                      else statistics.mean(row[column] for row in rows) for column in columns]
               for name, rows in found.items()}  # fmt: skip
    for name, values in medians.items():
        floor = medians.get("floor", values)
        cells = (f"{value:12.1f} ({value / least:5.2f}×)" if least else f"{value:12.1f}" + " " * 9
                 for value, least in zip(values, floor, strict=True))  # fmt: skip
        print(f"{name:10}" + "".join(f"{cell:>22}" for cell in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slow-rounds", type=int, default=1)
    parser.add_argument("--page", action="append", choices=list(COMMANDS))
    options = parser.parse_args()
    path = ledger()
    print(machine())
    with ExitStack() as stack:
        pages = [stack.enter_context(served(name, path)) for name in options.page or COMMANDS]
        for slow, rounds in ((False, options.rounds), (True, options.slow_rounds)):
            found = {step: {page.name: [] for page in pages}
                     for step in ("cold", "reload", "change")}  # fmt: skip
            for _ in range(rounds):
                for page in pages:
                    for step, rows in look(page, slow=slow).items():
                        found[step][page.name] += rows
            if rounds:
                print(f"\n{'slow line and device' if slow else 'no throttling'}, {rounds} rounds")
                for step, rows in found.items():
                    table(step, rows)


if __name__ == "__main__":
    main()
