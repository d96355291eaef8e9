"""What the page says about how far its charts reach; it computes no watermark, reads no clock."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from zoneinfo import ZoneInfo

from dashboard import words
from data.freshness import Freshness

State = Literal["fresh", "late", "delayed", "snapshot", "unknown"]

FRESH_FOR = dt.timedelta(minutes=15)
LATE_FOR = dt.timedelta(minutes=60)


def state(seen: Freshness) -> State:
    """Green dot, amber dot, or warning and strip; `unknown` before the first rollup."""
    if seen.is_snapshot:
        return "snapshot"
    if seen.age is None:
        return "unknown"
    if seen.age <= FRESH_FOR:
        return "fresh"
    return "late" if seen.age <= LATE_FOR else "delayed"


def label(seen: Freshness, zone: ZoneInfo) -> str:
    """`Updated 3 min ago`; on a snapshot its own moment: `Snapshot of 12 Nov 2026, 09:14`."""
    if seen.is_snapshot:
        return f"Snapshot of {words.moment(seen.now, zone)}"
    return "Not updated yet" if seen.age is None else f"Updated {words.age(seen.age)}"


def exact(seen: Freshness, zone: ZoneInfo) -> str | None:
    """The watermark itself, for the hover: `22 Nov 2026, 11:26`."""
    return words.moment(seen.watermark, zone) if seen.watermark else None


def delay(seen: Freshness, zone: ZoneInfo) -> tuple[str, str] | None:
    """The strip over the toolbar, its bold part first; None unless usage is delayed."""
    if state(seen) != "delayed" or seen.watermark is None:
        return None
    local = seen.watermark.astimezone(zone)
    upto = f"{words.day_and_month(local.date())}, {local:%H:%M}"
    return (
        "Usage is delayed.",
        f"Charts are complete up to {upto}. Your balance in the ledger is current.",
    )
