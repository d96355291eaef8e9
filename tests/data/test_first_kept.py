"""The first entry that a ledger still has, however many of the counted days it has lost."""

from __future__ import annotations

import datetime as dt

import pytest

from data.access import snapshot_scope
from data.engine import read_transaction
from data.first_kept import first_kept

FIRST_DAY = dt.date(2020, 2, 29)
FOUND = [  # days after the first one begins in UTC
    *(-0.5, 0, 2.999_999, 3, 3.000_001, 10, 11, 26, 27, 500, 2042.999, 2043, 2500),
]


@pytest.mark.parametrize("days", FOUND)
def test_it_is_found_wherever_it_is(ledger, builder, days):
    """In a zone far east the first day begins half a day before it does in UTC."""
    at = dt.datetime.combine(FIRST_DAY, dt.time(), dt.UTC) + dt.timedelta(days=days)
    builder.account()
    builder.entry("2020-02-29T12:00Z", 9, "grant")
    builder.use(at, 1)
    builder.refund(at + dt.timedelta(microseconds=1), 1)
    builder.account("other")
    builder.use("2020-02-29T12:00Z", 1)
    builder.account("empty")
    builder.save(ledger)
    with read_transaction(ledger) as connection:
        assert at == first_kept(connection, snapshot_scope("acme"), FIRST_DAY)
        assert first_kept(connection, snapshot_scope("empty"), FIRST_DAY) is None
