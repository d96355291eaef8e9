"""Fault 13: no aggregator has run for a while.

The numbers stay, with `Updated … ago`, and after an hour with a banner that says up to when they
are complete. The operator sees it in `check`, in the metrics, or on the page.
"""

from __future__ import annotations

import datetime as dt

from tests.faults import invariants
from tests.faults.answers import said
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of

MINUTE = dt.timedelta(minutes=1)


def test_a_dead_aggregator_delays_and_the_numbers_stay(live):
    live.now += 166 * MINUTE
    shown = live.show()
    assert "Updated 2 h 46 min ago" == said(shown, "freshness")
    assert "Charts are complete up to 22 Nov, 11:29." in said(shown, "delay")
    assert "120 credits" == total_of(shown)


def test_what_came_meanwhile_is_counted_once_it_is_back(live):
    rows = LedgerBuilder()
    rows.use("2026-11-22T11:40Z", 23, account="acme", id="meanwhile")
    rows.save(live.ledger)
    live.now += 166 * MINUTE
    assert "120 credits" == total_of(live.show())
    live.roll_up()
    shown = live.show()
    assert ("143 credits", "Updated just now") == (total_of(shown), said(shown, "freshness"))
    assert "" == said(shown, "delay")
    invariants.hold(live)
