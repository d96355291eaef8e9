"""Range changes a second, their latencies and the server's memory, by users at once; prints only.

    python benchmarks/server.py [--seconds 8] [--users 1 --users 8 --users 32] [--db URL]

gunicorn runs on this machine's loopback with the settings of deploy/, on the ledger of 2 million
entries (or of `--db`, which must hold the account `largest`). A user presses the next range as soon
as an answer is there. Every answer must be 200 with five figures. CPU is of all of the server's
processes: what one core could answer follows from it, whoever else is on the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil

from benchmarks.served import ACCOUNT, Served, ledger, machine
from callbacks.first_answer import DEPENDENCIES, UPDATE, request_of
from dashboard.panels import PANELS
from tests.deployment import PATH, free_port, gunicorn, utc_now
from tests.issuer import Issuer

RANGES = ("30d", "7d", "90d", "month")
MOST = 2_000  # changes at one number of users


@dataclass
class Load:
    """Users who press one range after the other until the time is over."""

    port: int
    headers: dict[str, str]
    request: dict[str, object]
    until: float = 0.0
    took: list[float] = field(default_factory=list)  # milliseconds

    def ask(self, connection: http.client.HTTPConnection, range_: str) -> bytes:
        """One change; anything but an answer with figures ends the benchmark."""
        view = {"range": range_, "theme": "light"}
        body = self.request | {"inputs": [{"id": "view", "property": "data", "value": view}]}
        connection.request("POST", f"{PATH}/{UPDATE}", json.dumps(body), self.headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {answer[:200]!r}")
        return answer

    def press(self, first: int) -> None:
        """One user, who begins with another range than the next."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        turn = first
        while time.perf_counter() < self.until and len(self.took) < MOST:
            start = time.perf_counter()
            self.ask(connection, RANGES[turn % len(RANGES)])
            self.took.append(1_000 * (time.perf_counter() - start))
            turn += 1
        connection.close()

    def run(self, users: int, seconds: float) -> float:
        """All of them at once; the seconds that it took."""
        self.took.clear()
        start = time.perf_counter()
        self.until = start + seconds
        threads = [threading.Thread(target=self.press, args=(user,)) for user in range(users)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - start


def workers(pid: int) -> list[Served]:
    """The processes of gunicorn that answer."""
    return [Served("worker", "", child.pid) for child in psutil.Process(pid).children()]


def make_load(port: int, issuer: Issuer) -> Load:
    """What Dash would send, read from the server as Dash reads it."""
    issuer.now = utc_now()
    headers = issuer.header(ACCOUNT) | {"Content-Type": "application/json",
                                        "Accept-Encoding": "br"}  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", f"{PATH}/{DEPENDENCIES}", headers=headers | {"Accept-Encoding": ""})
    request = request_of(json.loads(connection.getresponse().read()), "view")
    load = Load(port, headers, request)
    plain = Load(port, headers | {"Accept-Encoding": ""}, request)
    shown = json.loads(plain.ask(connection, "month"))["response"]
    if not all("figure" in shown[f"{panel.key}-graph"] for panel in PANELS):
        raise RuntimeError("the answer has no five figures")
    for range_ in RANGES * 8:  # every worker has seen every range
        load.ask(connection, range_)
    return load


def measure(load: Load, processes: list[Served], users: int, seconds: float) -> None:
    """One line of the table."""
    before = sum(one.cpu() for one in processes)
    took = load.run(users, seconds)
    cpu = (sum(one.cpu() for one in processes) - before) / len(load.took)
    cuts = statistics.quantiles(load.took, n=100)
    memory = statistics.mean(one.memory() for one in processes)
    print(f"{users:5}{len(load.took):10}{len(load.took) / took:12.1f}{cuts[49]:9.0f}{cuts[94]:9.0f}"
          f"{cuts[98]:9.0f}{cpu:10.1f}{1_000 / cpu:15.0f}{memory:13.0f}", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--users", type=int, action="append")
    parser.add_argument("--db", help="URL of a live ledger, in place of the benchmarks' own")
    options = parser.parse_args()
    url = options.db or f"sqlite:///{ledger()}"
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        issuer = Issuer(Path(folder) / "jwks.json")
        environ = issuer.settings | {"CREDITS_DATABASE_URL": url}
        port = free_port()
        with gunicorn(port, environ, Path(folder) / "gunicorn.log") as server:
            processes = workers(server.pid)
            memory = statistics.mean(one.memory() for one in processes)
            print(f"{len(processes)} workers, {memory:.0f} MB each at the start\n")
            load = make_load(port, issuer)
            print(f"{'users':>5}{'changes':>10}{'a second':>12}{'p50 ms':>9}{'p95 ms':>9}"
                  f"{'p99 ms':>9}{'CPU ms':>10}{'a core could':>15}{'worker MB':>13}")  # fmt: skip
            for users in options.users or (1, 8, 32):
                measure(load, processes, users, options.seconds)


if __name__ == "__main__":
    main()
