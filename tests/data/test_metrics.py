"""What Prometheus reads over HTTP while an aggregator works."""

from __future__ import annotations

import datetime as dt
import socket
import urllib.request
from contextlib import contextmanager
from threading import Event

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, update

from data import schema
from data.aggregator import Aggregator
from data.engine import connect
from data.errors import UsageError
from data.metrics import Metrics, Tally, served

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
LOOPBACK = "127.0.0.1"


@pytest.fixture
def scrape(caplog):
    """Serve metrics and read them: series -> value, without our prefix."""

    @contextmanager
    def scraping(metrics):
        with caplog.at_level("INFO", "data.metrics"), served(metrics, LOOPBACK, 0):
            place = caplog.messages[-1].removeprefix("metrics at ")
            yield lambda: read(place)

    return scraping


def read(place):
    with urllib.request.urlopen(place, timeout=5) as response:
        families = list(text_string_to_metric_families(response.read().decode()))
    assert all(family.documentation for family in families)
    return {
        sample.name.removeprefix("credits_rollup_"): sample.value
        for family in families
        for sample in family.samples
        if not sample.labels and not sample.name.endswith("_created")
    }


def test_a_pass_is_counted_and_what_still_waits_is_told(fed, builder, scrape):
    builder.account("acme")
    builder.use(NOW, 1)
    builder.account("lost", timezone="Mars/Phobos")
    builder.use(NOW, 1)
    builder.save(fed)
    mark = {"account_id": "lost", "at": NOW, "marked": NOW - 90 * SECOND}
    with fed.begin() as connection:
        connection.execute(insert(schema.dirty).values(**mark))
    times = iter([NOW, NOW])
    aggregator = Aggregator(fed, "test", lambda: next(times, NOW + 2 * SECOND))
    with scrape(aggregator.metrics) as seen:
        aggregator.run_once()
        assert {
            "lag_seconds": 92,
            "dirty_rows": 2,
            "heartbeat_timestamp_seconds": NOW.timestamp(),
            "pass_duration_seconds_count": 1,
            "pass_duration_seconds_sum": 2,
            "broken_passes_total": 0,
            "accounts_total": 1,
            "entries_total": 1,
            "built_total": 1,
            "refused_total": 0,
            "failures_total": 1,
            "mended_total": 0,
        } == seen()


def test_what_was_mended_is_counted_for_good_and_what_waits_falls_again(fed, builder, scrape):
    builder.account("acme")
    builder.use(NOW - dt.timedelta(days=1), 1)
    builder.save(fed)
    Aggregator(fed, "first", lambda: NOW).run_once()
    with fed.begin() as connection:
        connection.execute(update(schema.rollup_by_reason).values(used_micro=7))
    aggregator = Aggregator(fed, "test", lambda: NOW)
    with scrape(aggregator.metrics) as seen:
        aggregator.run_once()
        aggregator.run_once()
        found = seen()
    assert (1, 0, 0) == (found["mended_total"], found["dirty_rows"], found["lag_seconds"])
    assert 2 == found["pass_duration_seconds_count"]


@pytest.mark.postgres
def test_a_database_that_is_away_breaks_a_pass_and_stops_the_heart(tmp_path, scrape):
    stop, engine = Event(), connect(f"postgresql://nobody@/none?host={tmp_path}")

    def clock():
        stop.set()
        return NOW

    aggregator = Aggregator(engine, "test", clock, stop)
    with scrape(aggregator.metrics) as seen:
        aggregator.run_forever(SECOND)
        found = seen()
    assert (1, 0) == (found["broken_passes_total"], found["heartbeat_timestamp_seconds"])
    assert 0 == found["pass_duration_seconds_count"]


def test_two_aggregators_of_one_process_share_nothing(scrape):
    one, other = Metrics(), Metrics()
    one.passed(Tally(accounts=3))
    with scrape(other) as seen:
        assert 0 == seen()["accounts_total"]
    assert not any(name.startswith("credits") for name in REGISTRY._names_to_collectors)


def test_nothing_is_served_unless_it_is_asked_for_nor_afterwards(scrape, caplog):
    with caplog.at_level("INFO"), served(Metrics(), LOOPBACK, None):
        assert [] == caplog.messages
    with scrape(Metrics()) as seen:
        seen()
    with pytest.raises(OSError, match="refused"):
        seen()


def test_a_port_that_is_taken_or_does_not_exist_is_one_sentence():
    with socket.create_server((LOOPBACK, 0)) as taken:
        for port in (taken.getsockname()[1], 65_536):
            with pytest.raises(UsageError) as refused, served(Metrics(), LOOPBACK, port):
                pass
            assert "metrics.port" == refused.value.code
            assert f"{LOOPBACK}, port {port}: " in refused.value.sentence
