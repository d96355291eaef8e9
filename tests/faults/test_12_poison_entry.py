"""Fault 12: entries of one account that cannot be summed, since a day exceeds 64 bits.

Its readers see the figures up to then and, after an hour, `Usage is delayed`; every other account
goes on. The operator finds the account in the log and in `rollup_state.failures`; once the entries
are mended, the next try takes in everything.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select

from data import schema
from tests.conftest import NOW
from tests.faults import invariants
from tests.faults.answers import said
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of

HOUR = dt.timedelta(hours=1)
MANY = 9_300  # entries of 10^9 credits: more than 2^63 micro-credits


def failures(page):
    table = schema.rollup_state
    with page.ledger.connect() as connection:
        query = select(table.c.failures).where(table.c.account_id == "acme")
        return connection.execute(query).scalar_one()


def test_a_poisoned_account_waits_alone_and_recovers(live, caplog):
    rows = LedgerBuilder()
    for number in range(MANY):
        rows.use("2026-11-21T12:00Z", 10**9, account="acme", id=f"poison{number}")
    rows.use("2026-11-22T08:00Z", 23, account="acme", id="good")
    rows.use("2026-11-22T08:00Z", 5, account="zeta", id="other")
    rows.save(live.ledger)
    assert 1 == live.roll_up().failed
    assert "account acme failed" in caplog.text
    assert 1 == failures(live)
    assert "12 credits" == total_of(live.show("30d", "zeta"))
    with live.ledger.begin() as connection:
        connection.execute(schema.dirty.update().values(marked=NOW))
    live.now += 2 * HOUR
    assert 1 == live.roll_up().failed
    shown = live.show()
    assert "120 credits" == total_of(shown)
    assert said(shown, "delay").startswith("Usage is delayed. Charts are complete up to 22 Nov, 11")
    assert "" == said(live.show("30d", "zeta"), "delay")
    live.write(delete(schema.entries).where(schema.entries.c.id.like("poison%")))
    live.now += HOUR
    assert 0 == live.roll_up().failed
    assert 0 == failures(live)
    assert "143 credits" == total_of(live.show())
    invariants.hold(live)
