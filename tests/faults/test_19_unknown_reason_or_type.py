"""Fault 19: the host charges for a reason or a workflow type that the page has never heard of.

It stands as a row of its own under its own text, last and grey, and is counted everywhere; past
four, the smallest fold into `Other reasons` in the chart, never in the table.
"""

from __future__ import annotations

from tests.faults import invariants
from tests.faults.answers import said
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of

UNKNOWN = ("teleport", "<b>time</b> travel", "überholen", "zzz", "premium_chat2")


def test_it_is_named_counted_and_never_markup(live):
    rows = LedgerBuilder()
    for number, reason in enumerate(UNKNOWN):
        rows.use("2026-11-21T09:00Z", 10 + number, reason, account="acme", id=f"u{number}")
    rows.use("2026-11-21T09:00Z", 3, "workflow_run", workflow_type="yodel", account="acme", id="y")
    rows.use("2026-11-21T09:00Z", 2, "workflow_run", account="acme", id="untyped")
    rows.save(live.ledger)
    live.roll_up()
    shown = live.show(**invariants.EVERY_TABLE)
    assert f"{120 + 60 + 5} credits" == total_of(shown)
    table = said(shown, "reason-details")
    for name in (*UNKNOWN, "yodel"):
        assert name.casefold() in table.casefold()
    chart = live.show()
    assert "Other reasons" in said(chart, "reason-details")
    for trace in chart["reason-graph"]["figure"]["data"]:
        assert "<b>time" not in f"{trace['hovertext']} {trace.get('name')} {trace.get('text')}"
    invariants.hold(live)
