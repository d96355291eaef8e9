"""Fault 15: the clocks of page, aggregator and writers are 5 minutes apart.

Nobody sees more than `Updated 5 min ago`: no age is below zero, an entry is counted at its own time
and on its own day, and none is lost.
"""

from __future__ import annotations

import datetime as dt

import pytest

from data.aggregator import Aggregator
from tests.faults import invariants
from tests.faults.answers import said
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of

OFF = dt.timedelta(minutes=5)
MIDNIGHT = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("off", "label"), [(OFF, "Updated just now"), (-OFF, "Updated 5 min ago")], ids=str
)
def test_the_aggregators_clock_is_off(live, off, label):
    live.now += dt.timedelta(minutes=10)
    rows = LedgerBuilder()
    rows.use(live.now, 23, account="acme", id="new")
    rows.save(live.ledger)
    Aggregator(live.ledger, "apart", lambda: live.now + off).run_once()
    shown = live.show()
    assert "143 credits" == total_of(shown)
    assert ("", label) == (said(shown, "delay"), said(shown, "freshness"))
    invariants.hold(live)


@pytest.mark.parametrize("off", [OFF, -OFF], ids=str)
def test_a_writers_clock_is_off_around_midnight(live, off):
    """Two minutes before midnight and two minutes after it: each entry is on the day it names."""
    for minutes in (-2, 2):
        live.now = MIDNIGHT + dt.timedelta(minutes=minutes)
        rows = LedgerBuilder()
        rows.use(live.now + off, 23, account="acme", id=f"at {minutes}")
        rows.save(live.ledger)
        live.roll_up()
    days = {"2026-11-22..2026-11-22": 6, "2026-11-23..2026-11-23": 0}
    for minutes in (-2, 2):
        day = (MIDNIGHT + dt.timedelta(minutes=minutes) + off).date()
        days[f"{day}..{day}"] += 23
    live.now = MIDNIGHT + dt.timedelta(minutes=10)
    for day, used in days.items():
        assert f"{used} credits" == total_of(live.show(day))
    assert "166 credits" == total_of(live.show())
    invariants.hold(live)
