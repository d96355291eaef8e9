"""Every entry of some days once, in order, page by page, summing to the oracle."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from data import schema
from data.access import snapshot_scope
from data.engine import insert_rows, read_transaction
from data.entries import Filter, Listing, Some
from data.entry_stream import stream_entries, sum_of_entries
from data.periods import DAY, Period
from tests.conftest import NOW
from tests.ledger_builder import micro

SCOPE = snapshot_scope("acme")
NOVEMBER = Listing(Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1)), ZoneInfo("Asia/Kathmandu"))
OCR = Listing(NOVEMBER.period, NOVEMBER.zone, Filter(reasons=Some(("enhanced_ocr",))))
MANY = 8
AT_ONCE = 5


@pytest.fixture
def kept(ledger, builder):
    """More entries of one instant than a page holds, two refunds, and what is not asked for."""
    builder.account("acme", timezone="Asia/Kathmandu")
    for _ in range(MANY):
        builder.use("2026-11-05T10:00Z", "0.000001", workspace="w1")
    first = builder.use("2026-10-05T10:00Z", 9, "enhanced_ocr")
    late = builder.use("2026-11-30T18:14:59.999999Z", 5, "enhanced_ocr")  # 23:59:59.999999 there
    builder.refund("2026-11-20T10:00Z", 2, of=first, id="of-october")
    builder.refund("2026-11-30T18:14:59.999999Z", 1, of=late, id="of-november")
    builder.entry("2026-11-06T10:00Z", 1000, "grant")
    builder.use("2026-11-30T18:15Z", 7, "enhanced_ocr")  # the first of December there
    builder.use("2026-11-06T10:00Z", 7, account="zeta")
    builder.save(ledger)
    with read_transaction(ledger) as connection:
        yield connection


def test_all_entries_of_the_days_once_and_in_order_of_time(kept):
    found = list(stream_entries(kept, SCOPE, NOVEMBER, at_once=AT_ONCE))
    assert MANY + 3 == len({entry.id for entry in found}) == len(found)
    assert sorted(found, key=lambda entry: entry.occurred_at) == found
    assert MANY + micro(5 - 2 - 1) == sum(entry.net for entry in found)


def test_they_are_counted_and_summed_without_being_read(kept):
    assert (MANY + 3, MANY + micro(2)) == sum_of_entries(kept, SCOPE, NOVEMBER)
    assert (3, micro(2)) == sum_of_entries(kept, SCOPE, OCR)


def test_a_filter_leaves_its_own(kept):
    found = list(stream_entries(kept, SCOPE, OCR))
    assert [micro(-2), micro(5), micro(-1)] == sorted(
        (entry.net for entry in found), key=lambda net: [micro(-2), micro(5), micro(-1)].index(net)
    )


def test_a_refund_says_when_what_it_takes_back_was_used(kept):
    found = {entry.id: entry for entry in stream_entries(kept, SCOPE, OCR, reversals=True)}
    at = {id_: found[id_].reversed_at for id_ in ("of-october", "of-november")}
    assert {
        "of-october": dt.datetime(2026, 10, 5, 10, tzinfo=dt.UTC),
        "of-november": dt.datetime(2026, 11, 30, 18, 14, 59, 999999, dt.UTC),
    } == at


@pytest.fixture
def sent(kept):
    """What is asked of the database meanwhile, with its parameters."""
    found = []
    listen = ("before_cursor_execute", lambda *call: found.append(call[2:4]))
    event.listen(kept, *listen)
    yield found
    event.remove(kept, *listen)


def test_no_page_is_read_before_it_is_wanted(kept, sent):
    """Whatever the days hold, one page is in memory."""
    found = stream_entries(kept, SCOPE, NOVEMBER, at_once=AT_ONCE)
    next(found)
    before = len(sent)
    assert AT_ONCE - 1 == len([next(found) for _ in range(AT_ONCE - 1)])
    assert before == len(sent)
    next(found)
    assert before + 1 == len(sent)
    assert MANY + 2 - AT_ONCE == len(list(found))


def test_a_statement_looks_at_little_more_than_its_page(sqlite_ledger):
    """Though its LIMIT were not known where the rows are looked for."""
    times = (NOW - dt.timedelta(minutes=10 * number) for number in range(40 * 24 * 6))
    rows = [("acme", str(at), at, "usage", "own", *[None] * 3, 1, None) for at in times]
    with sqlite_ledger.begin() as connection:
        insert_rows(connection, schema.entries, rows)
    listing, asked = Listing(Period(NOW.date() - DAY * 60, NOW.date() + DAY), ZoneInfo("UTC")), []
    with read_transaction(sqlite_ledger) as connection:
        event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
        assert len(rows) == len(list(stream_entries(connection, SCOPE, listing, at_once=100)))
        without_limit = [(text, (*bound[:-2], len(rows), 0)) for text, bound in asked]
        found = [connection.exec_driver_sql(*one).all() for one in without_limit]
    assert len(rows) < sum(map(len, found)) < 3 * len(rows)
