"""Fault 6: more readers at once than CREDITS_CONNECTIONS lets in.

Who finds no free connection within 2 seconds is answered 503, told as `Connection lost` over the
figures that the page has; nobody waits longer, and the database is never asked by more than the
setting says. The log has one warning for each.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from sqlalchemy import event

from dashboard.ids import Id
from data.reader import Limits
from tests.faults import invariants
from tests.live_page import fed_page
from tests.page_client import total_of

MONTH = {"range": "month", "account": "acme", "theme": "light"}
LIMITS = Limits(connections=2, queue=0.2)
READERS = 20


def test_readers_beyond_the_pool_are_503_soon_and_do_not_pile_up(
    database_url, two_accounts, caplog
):
    with fed_page(database_url, two_accounts, LIMITS) as page:
        opened = []
        event.listen(page.reader, "connect", lambda *_made: opened.append(1))
        with ExitStack() as held, ThreadPoolExecutor(READERS) as readers:
            for _ in range(LIMITS.connections):
                held.enter_context(page.reader.connect())
            begun = time.monotonic()
            answers = list(readers.map(lambda _: page.client.post(MONTH), range(READERS)))
            took = time.monotonic() - begun
        assert {503} == {answer.status_code for answer in answers}
        assert {"2"} == {answer.headers["Retry-After"] for answer in answers}
        assert took < 5 * LIMITS.queue * 2
        assert LIMITS.connections >= len(opened)
        assert READERS == caplog.text.count("the database is busy")
        assert "120 credits" == total_of(page.show())
        invariants.hold(page)


def test_what_is_opened_or_downloaded_meanwhile_is_503_too(sqlite_url, two_accounts):
    limits = Limits(connections=1, queue=0.1)
    with fed_page(sqlite_url, two_accounts, limits) as page, page.reader.connect():
        for store in (Id.SHEET_ASK, Id.SHEET_LATER):
            body = page.client.body({"open": "day:2026-11-20", "account": "acme"}, store)
            address = f"{page.client.prefix}/_dash-update-component"
            assert 503 == page.client.client.post(address, json=body).status_code
        download = page.client.client.get(f"{page.client.prefix}/export/entries.csv?account=acme")
        assert (503, "database.busy") == (download.status_code, download.json["error"]["code"])
