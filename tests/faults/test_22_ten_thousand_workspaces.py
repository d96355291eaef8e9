"""Fault 22: an account has 10,000 workspaces.

The chart shows the largest and the rest as one row, a table comes 1,000 rows at a time, and no
answer is larger than 300 kB before compression; the sums hold every one.
"""

from __future__ import annotations

import pytest

from dashboard.ids import Id
from tests.conftest import NOW
from tests.faults import invariants
from tests.faults.answers import said
from tests.ledger_builder import LedgerBuilder
from tests.live_page import fed_page
from tests.page_client import total_of

MANY = 10_000
LARGEST = 300_000  # bytes of an answer
LONG_NAME = "Litigation and arbitration, matters of the second instance"
VIEWS = (
    {},
    {"workspaces": "all"},
    invariants.EVERY_TABLE,
    {"tables": "workspace:9501"},
    {"workspaces": "all", "compare": "1", "range": "30d"},
    {"prints": True},
)
OPENS = ("day:2026-11-22", "rest:workspaces", "kind:team", "reason:premium_chat")


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    rows = LedgerBuilder()
    rows.account("acme")
    for number in range(MANY):
        rows.workspace(f"w{number}", f"{LONG_NAME} {number}")
        rows.use(NOW, 1 + number % 7, workspace=f"w{number}")
    with fed_page(f"sqlite:///{tmp_path_factory.mktemp('crowd')}/ledger.sqlite", rows) as page:
        yield page


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_no_answer_is_larger_than_300_kb(crowded, view):
    asked = {"range": "90d", "account": "acme", "theme": "light", **view}
    assert len(crowded.client.post(asked).data) < LARGEST


@pytest.mark.parametrize("opens", OPENS)
def test_nothing_that_opens_is_either(crowded, opens):
    asked = {"open": opens, "only": "", "range": "90d", "account": "acme"}
    body = crowded.client.body(asked, Id.SHEET_ASK)
    address = f"{crowded.client.prefix}/_dash-update-component"
    answer = crowded.client.client.post(address, json=body)
    assert 200 == answer.status_code
    assert len(answer.data) < LARGEST


def test_every_one_is_counted(crowded):
    shown = crowded.show("90d", tables="workspace:9501")
    assert f"{sum(1 + number % 7 for number in range(MANY)):,} credits" == total_of(shown)
    assert "Rows 9,001–10,000 of 10,000" in said(shown, "workspace-details")
    invariants.sums_are_the_ledgers(crowded.ledger)
    invariants.panels_agree(crowded.show("90d", **invariants.EVERY_TABLE))
