"""Freshness in words: green, amber, delayed; and a snapshot's own moment."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from dashboard import freshness
from data.freshness import Freshness

NOW = dt.datetime(2026, 11, 22, 14, 12, tzinfo=dt.UTC)
UTC = ZoneInfo("UTC")


def seen(age: dt.timedelta) -> Freshness:
    return Freshness(watermark=NOW - age, heartbeat=NOW, now=NOW)


@pytest.mark.parametrize(
    ("age", "state", "label"),
    [
        (dt.timedelta(seconds=30), "fresh", "Updated just now"),
        (dt.timedelta(minutes=3), "fresh", "Updated 3 min ago"),
        (dt.timedelta(minutes=15), "fresh", "Updated 15 min ago"),
        (dt.timedelta(minutes=15, seconds=1), "late", "Updated 15 min ago"),
        (dt.timedelta(minutes=24), "late", "Updated 24 min ago"),
        (dt.timedelta(minutes=60), "late", "Updated 1 h ago"),
        (dt.timedelta(hours=2, minutes=46), "delayed", "Updated 2 h 46 min ago"),
        (-dt.timedelta(minutes=5), "fresh", "Updated just now"),
    ],
)
def test_state_and_label(age, state, label):
    assert freshness.state(seen(age)) == state
    assert freshness.label(seen(age), UTC) == label


def test_only_delayed_usage_has_a_strip():
    strip = freshness.delay(seen(dt.timedelta(hours=2, minutes=46)), UTC)
    assert strip == (
        "Usage is delayed.",
        "Charts are complete up to 22 Nov, 11:26. Your balance in the ledger is current.",
    )
    assert freshness.delay(seen(dt.timedelta(minutes=24)), UTC) is None


def test_the_exact_time_is_on_the_accounts_clock():
    late = seen(dt.timedelta(hours=2, minutes=46))
    assert freshness.exact(late, ZoneInfo("Asia/Kathmandu")) == "22 Nov 2026, 17:11"


def test_a_snapshot_is_its_own_moment():
    snapshot = Freshness(NOW, None, dt.datetime(2026, 11, 12, 9, 14, tzinfo=dt.UTC))
    assert freshness.state(snapshot) == "snapshot"
    assert freshness.label(snapshot, UTC) == "Snapshot of 12 Nov 2026, 09:14"
    assert freshness.delay(snapshot, UTC) is None


def test_nothing_rolled_up_yet():
    never = Freshness(None, NOW, NOW)
    assert freshness.state(never) == "unknown"
    assert freshness.label(never, UTC) == "Not updated yet"
    assert freshness.exact(never, UTC) is None
