"""Fault 14: an entry is dated later than now.

Dated later today it counts today; on a later day it is counted on its own day and shown in no range
before that. `check` counts such entries and names the last.
"""

from __future__ import annotations

import datetime as dt

import pytest

import app
from tests.conftest import NOW
from tests.faults import invariants
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of

RANGES = ("month", "7d", "90d", "2026-11-20..2026-11-30", "2026-11-25..2026-11-25")


@pytest.fixture
def ahead(live):
    rows = LedgerBuilder()
    rows.use("2026-11-22T23:59Z", 23, account="acme", id="tonight")
    rows.use("2026-11-25T10:00Z", 1_000, account="acme", id="ahead", workspace="w1")
    rows.save(live.ledger)
    live.roll_up()
    return live


def test_it_is_shown_on_its_day_and_never_before(ahead):
    assert "143 credits" == total_of(ahead.show())
    for range_ in RANGES:
        assert "1,0" not in str(ahead.show(range_, **invariants.EVERY_TABLE))
    ahead.now += dt.timedelta(days=3)
    assert "1,143 credits" == total_of(ahead.show())
    assert "1,000 credits" == total_of(ahead.show("2026-11-25..2026-11-25"))


def test_the_invariants_hold_before_and_on_its_day(ahead):
    invariants.hold(ahead)
    ahead.now += dt.timedelta(days=3)
    invariants.hold(ahead)


def test_check_says_so(ahead, database_url, capsys):
    app.main(["check", "--db", database_url, "--now", NOW.isoformat()])
    printed = capsys.readouterr().out
    assert "entries.future (2): Entries are dated after now" in printed
    assert "The latest is of 2026-11-25 10:00:00 UTC." in printed
