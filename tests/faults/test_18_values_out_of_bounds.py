"""Fault 18: a writer offers NULL, text, a fraction, or more than an entry may hold.

The ledger's tables refuse it, so the writer is told and no reader ever sees it; the figures stay.
(Every column and value: tests/data/test_schema.py.) Over a host's own tables `check` names such
rows.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from data import schema
from tests.faults import invariants
from tests.page_client import total_of

BAD = {
    "NULL": "NULL",
    "text": "'12abc'",
    "a fraction": "'1.5'",
    "more than an entry holds": str(schema.MAX_ENTRY_MICRO + 1),
    "beyond 64 bits": str(2**63),
    "less than nothing": "-1",
}


@pytest.mark.parametrize("amount", BAD.values(), ids=BAD)
def test_the_table_refuses_it_and_the_figures_stay(live, amount):
    before = live.show()
    at = "1795341600000000" if live.ledger.dialect.name == "sqlite" else "'2026-11-22 10:00Z'"
    columns = "account_id, id, occurred_at, kind, reason, amount_micro"
    entry = f"'acme', 'bad', {at}, 'usage', 'premium_chat', {amount}"
    with pytest.raises(DBAPIError), live.ledger.begin() as connection:
        connection.execute(text(f"INSERT INTO entries ({columns}) VALUES ({entry})"))
    assert 0 == live.roll_up().entries
    assert before == live.show()
    with live.ledger.begin() as connection:  # but for its amount it is a good one
        entry = entry.replace(f", {amount}", ", 23000000")
        connection.execute(text(f"INSERT INTO entries ({columns}) VALUES ({entry})"))
    assert 1 == live.roll_up().entries
    assert "143 credits" == total_of(live.show())


def test_the_invariants_hold(live):
    for amount in BAD.values():
        with pytest.raises(DBAPIError), live.ledger.begin() as connection:
            connection.execute(text(f"UPDATE entries SET amount_micro = {amount}"))
    live.roll_up()
    invariants.hold(live)
