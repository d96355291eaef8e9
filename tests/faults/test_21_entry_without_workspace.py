"""Fault 21: entries name no workspace.

They are the row `No workspace`, and `Unassigned` in Team vs. personal; every total counts them.
"""

from __future__ import annotations

from tests.faults import invariants
from tests.faults.answers import said
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of


def test_they_are_a_row_of_their_own_and_counted(live):
    assert "Unassigned" not in said(live.show(**invariants.EVERY_TABLE), "team-details")
    rows = LedgerBuilder()
    rows.use("2026-11-21T09:00Z", 80, account="acme", id="nowhere")
    rows.save(live.ledger)
    live.roll_up()
    shown = live.show(**invariants.EVERY_TABLE)
    assert "200 credits" == total_of(shown)
    assert "No workspace" in said(shown, "workspace-details")
    assert "Unassigned 80 40%" in said(shown, "team-details")
    invariants.hold(live)
