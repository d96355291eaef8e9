"""What the aggregator's passes did: one line of the log each, and numbers for Prometheus.

Counts what it is told and serves it; never reads the ledger and never shares a registry.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from data.errors import UsageError

log = logging.getLogger(__name__)

PASS_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)


@dataclass(frozen=True)
class Refreshed:
    """What one account's transaction did: how many marks it took, whether all days were made."""

    marks: int = 0
    built: bool = False
    refused: int = 0  # marks of frozen days


@dataclass
class Tally:
    """What one pass did so far."""

    accounts: int = 0
    entries: int = 0  # changes of entries, each of them a mark
    built: int = 0
    refused: int = 0  # changes of frozen days, which stay as they are
    failed: int = 0
    mended: int = 0
    took: dt.timedelta = dt.timedelta(0)
    waiting: int = 0  # marks, when the pass was over
    lag: dt.timedelta = dt.timedelta(0)

    def add(self, done: Refreshed) -> None:
        """Count one account."""
        self.accounts += 1
        self.entries += done.marks
        self.built += done.built
        self.refused += done.refused

    def __str__(self) -> str:
        return (
            f"pass accounts={self.accounts} entries={self.entries} built={self.built} "
            f"refused={self.refused} failed={self.failed} mended={self.mended} "
            f"ms={1000 * self.took.total_seconds():.0f} waiting={self.waiting} "
            f"lag={self.lag.total_seconds():.1f}s"
        )


class Metrics:
    """The passes of one aggregator in Prometheus' words."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._lag = self._gauge("lag_seconds", "Age of the oldest change that waits, or 0.")
        self._waiting = self._gauge("dirty_rows", "Changes that wait, after the last pass.")
        self._beat = self._gauge("heartbeat_timestamp_seconds", "When this one last was at work.")
        self._passes = Histogram(
            "credits_rollup_pass_duration_seconds",
            "How long each pass took.",
            buckets=PASS_SECONDS,
            registry=self.registry,
        )
        self._broken = self._counter("broken_passes", "Passes cut short, as by a lost database.")
        self._counted = {
            "accounts": self._counter("accounts", "Accounts that were brought up to date."),
            "entries": self._counter("entries", "Changes of entries that were taken in."),
            "built": self._counter("built", "Accounts of which every day was made."),
            "refused": self._counter("refused", "Changes of frozen days, which were not taken."),
            "failed": self._counter("failures", "Accounts that failed and were put back."),
            "mended": self._counter("mended", "Days that differed from the ledger; expected 0."),
        }

    def passed(self, tally: Tally) -> None:
        """Count a pass that came to its end."""
        for name, counter in self._counted.items():
            counter.inc(getattr(tally, name))
        self._passes.observe(tally.took.total_seconds())
        self._waiting.set(tally.waiting)
        self._lag.set(tally.lag.total_seconds())

    def broke(self) -> None:
        """Count a pass that did not."""
        self._broken.inc()

    def beat(self, now: dt.datetime) -> None:
        """Note that the aggregator is at work."""
        self._beat.set(now.timestamp())

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(f"credits_rollup_{name}", about, registry=self.registry)

    def _counter(self, name: str, about: str) -> Counter:
        return Counter(f"credits_rollup_{name}", about, registry=self.registry)


@contextmanager
def served(metrics: Metrics, address: str, port: int | None) -> Iterator[None]:
    """Answer Prometheus for as long as the block runs; None: nobody asks, 0: any free port."""
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, address, metrics.registry)
    except (OSError, OverflowError) as error:
        raise UsageError(
            "metrics.port", f"Metrics cannot be served at {address}, port {port}: {error}."
        ) from error
    log.info("metrics at http://%s:%d/metrics", *server.server_address[:2])
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
