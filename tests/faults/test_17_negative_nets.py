"""Fault 17: refunds exceed the use of a day, a reason or a workspace.

Bars go below zero; a part of a whole never does: it is left out, and the panel says
`Refunds exceed use for …`. The totals count it.
"""

from __future__ import annotations

import pytest

from tests.faults import invariants
from tests.faults.answers import said
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of


@pytest.fixture
def refunded(live):
    """500 credits come back for a scan of last year in the one personal workspace."""
    rows = LedgerBuilder()
    at, where = "2025-10-02T09:00Z", {"account": "acme", "workspace": "w2"}
    scan = rows.use(at, 500, "compose_render", id="old", **where)
    rows.refund("2026-11-20T12:00Z", 500, of=scan, account="acme", id="back")
    rows.save(live.ledger)
    live.roll_up()
    return live


def values(shown, key):
    """What the parts of a panel are as large as."""
    return [
        value
        for trace in shown[f"{key}-graph"]["figure"]["data"]
        for value in trace.get("values", trace.get("x", []))
        if isinstance(value, int | float)
    ]


def test_no_part_is_below_zero_and_it_is_said(refunded):
    shown = refunded.show()
    assert "−380 credits" == total_of(shown)
    for key in ("reason", "team"):
        assert values(shown, key)
        assert min(values(shown, key)) >= 0
        assert "Refunds exceed use for" in said(shown, f"{key}-details")


def test_a_bar_is_below_zero(refunded):
    shown = refunded.show()
    assert -480 == min(values(shown, "workspace"))
    daily = shown["daily-graph"]["figure"]["data"]
    assert -494 == min(y for trace in daily for y in trace.get("y", []) if y is not None)


def test_the_invariants_hold(refunded):
    invariants.hold(refunded)
