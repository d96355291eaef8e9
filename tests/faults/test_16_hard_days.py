"""Fault 16: clocks change: an hour missing or twice, no midnight, a day that never was.

Each entry is counted once, on the local day that its instant has in the account's zone; a day that
the zone skipped (Apia, 30 December 2011) is no day of the page.
"""

from __future__ import annotations

import datetime as dt

import pytest

from data.access import snapshot_scope
from data.engine import read_transaction
from data.periods import Period
from data.queries import usage_by_day
from tests import oracle
from tests.faults import invariants
from tests.ledger_builder import LedgerBuilder
from tests.live_page import fed_page
from tests.page_client import total_of
from tests.strategies import HARD_DAYS

STEP = dt.timedelta(minutes=30)
AROUND = dt.timedelta(days=1)


def around(day):
    """Every half hour from the day before to the day after, whatever the zone."""
    at = dt.datetime.combine(day, dt.time(), dt.UTC) - 2 * AROUND
    while at < dt.datetime.combine(day, dt.time(), dt.UTC) + 3 * AROUND:
        yield at
        at += STEP


def ledger_of_hard_days():
    """An account for each zone and each of its days, named after both."""
    rows = LedgerBuilder()
    for zone, days in HARD_DAYS.items():
        for day in days:
            account = rows.account(f"{zone} {day}", timezone=zone)
            rows.workspace("w", f"Team of {account}")
            for number, at in enumerate(around(day)):
                rows.use(at, 1 + number, workspace="w", id=f"e{number}")
    return rows


@pytest.fixture
def hard(database_url):
    rows = ledger_of_hard_days()
    with fed_page(database_url, rows) as page:
        yield page, rows


def test_each_entry_is_counted_on_its_own_local_day(hard):
    page, rows = hard
    for account in rows.accounts:
        day = dt.date.fromisoformat(account["id"].split()[1])
        first, last = day - AROUND, day + AROUND
        expected = oracle.consumed(rows.entries, account["id"], account["timezone"], first, last)
        with read_transaction(page.reader) as connection:
            scope = snapshot_scope(account["id"])
            found = usage_by_day(connection, scope, Period(first, last + AROUND))
        counted = dict(zip(found["day"], found["net"], strict=True))
        assert {d: a.net for d, a in expected.by_day.items() if a.net} == {
            d: net for d, net in counted.items() if net
        }
    invariants.sums_are_the_ledgers(page.ledger)


def test_a_day_that_never_was_has_nothing_and_its_neighbours_all(sqlite_url):
    """29 and 31 December 2011 in Apia, with the 30th between them."""
    rows = LedgerBuilder()
    rows.account("apia", timezone="Pacific/Apia")
    for at in around(dt.date(2011, 12, 30)):
        rows.use(at, 1)
    with fed_page(sqlite_url, rows) as page:
        page.now = dt.datetime(2012, 1, 5, tzinfo=dt.UTC)
        page.roll_up()
        assert "96 credits" == total_of(page.show("2011-12-29..2011-12-31"))
        assert "0 credits" == total_of(page.show("2011-12-30..2011-12-30"))
        invariants.hold(page)
