"""Fault 25: the allowance is none, 0, unknown, or changed in mid-month.

None draws no line, 0 is a line at 0 and no percentage of it, unknown is a gap, and a change moves
the line at once; no figure of use depends on it.
"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, update

from data import schema
from tests.faults import invariants
from tests.faults.answers import said
from tests.page_client import total_of

PERIODS = schema.billing_periods
ALLOWANCES = {
    "none": {"allowance_kind": "none", "allowance_micro": None},
    "zero": {"allowance_kind": "number", "allowance_micro": 0},
    "unknown": {"allowance_kind": "unknown", "allowance_micro": None},
    "changed": {"allowance_kind": "number", "allowance_micro": 130_000_000},
}
SAID = {
    "none": "Your plan has no monthly allowance.",
    "zero": "Nov is heading for 180 of 0.",
    "unknown": "Unknown",
    "changed": "130",
}


@pytest.mark.parametrize("kind", ALLOWANCES)
def test_it_is_said_and_moves_no_figure(live, kind):
    before = live.show()
    live.write(update(PERIODS).values(**ALLOWANCES[kind]))
    shown = live.show()
    assert "120 credits" == total_of(shown)
    for name in ("daily-graph", "reason-graph", "workspace-graph", "team-graph"):
        assert before[name] == shown[name]
    assert before["monthly-graph"] != shown["monthly-graph"]
    assert SAID[kind] in said(live.show(**invariants.EVERY_TABLE), "monthly-details")
    assert "%" not in said(shown, "monthly-answer")
    for text in (said(shown, "month-card"), said(shown, "monthly-answer")):
        assert not re.search(r"\b(nan|inf)\b", text, re.IGNORECASE)
    invariants.hold(live)


def test_without_any_stored_month_it_is_unknown(live):
    live.write(delete(PERIODS))
    shown = live.show(**invariants.EVERY_TABLE)
    assert "120 credits" == total_of(shown)
    assert "Unknown" in said(shown, "monthly-details")
    invariants.hold(live)
