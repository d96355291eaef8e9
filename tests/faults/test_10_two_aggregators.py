"""Fault 10: two aggregators run over one ledger, by design or by mistake.

Nobody sees anything: each change is taken in by one of them, and nothing is counted twice.
"""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

from data.engine import connect
from tests import storm
from tests.conftest import NOW
from tests.faults import invariants
from tests.ledger_builder import LedgerBuilder
from tests.live_page import fed_page
from tests.rolled import stored

ACCOUNTS, ENTRIES = 8, 15


def rows(name):
    """The same accounts each time, and other entries."""
    made = LedgerBuilder()
    for number in range(ACCOUNTS):
        account = made.account(f"account-{number:02d}")
        made.workspace("w", f"Workspace of {account}")
        for entry in range(ENTRIES):
            at = NOW - dt.timedelta(days=entry, minutes=number)
            made.use(at, 1 + entry, workspace="w", id=f"{name}-{entry}")
    return made


def test_two_at_once_share_the_work_and_double_nothing(database_url):
    with fed_page(database_url, rows("first")) as page:
        before, more = stored(page.ledger), rows("second")
        for name in ("accounts", "workspaces"):
            getattr(more, name).clear()
        more.save(page.ledger)
        start = threading.Barrier(2)

        def work(name):
            engine = connect(database_url)
            aggregator = storm.aggregator(engine, name, lambda: NOW)
            start.wait()
            taken = sum(aggregator.run_once().entries for _ in range(3))
            engine.dispose()
            return taken

        with ThreadPoolExecutor(2) as both:
            assert ACCOUNTS * ENTRIES == sum(both.map(work, ("one", "other")))
        assert before != stored(page.ledger)
        invariants.hold(page)
