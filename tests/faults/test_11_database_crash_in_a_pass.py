"""Fault 11: the database crashes while the aggregator writes an account's days.

Meanwhile the page says that usage did not load. Once the database is back, the next pass takes in
what waits: the marks are deleted by the transaction that stores what they stand for, or not at all.
"""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from data.aggregator import Aggregator
from data.engine import lost_connection
from tests.conftest import NOW
from tests.faults import invariants
from tests.faults.answers import reference_of_failure
from tests.ledger_builder import LedgerBuilder
from tests.live_page import fed_page
from tests.page_client import total_of


@pytest.mark.postgres
def test_a_crash_within_a_pass_loses_and_doubles_nothing(own_server, two_accounts):
    with fed_page(own_server.url("postgres"), two_accounts) as page:
        rows = LedgerBuilder()
        rows.use("2026-11-22T08:00Z", 23, account="acme", id="late")
        rows.use("2026-11-19T08:00Z", 4, account="acme", id="later")
        rows.save(page.ledger)
        own_server.execute("CHECKPOINT")  # the tests' server does not wait for its disk
        crashes = []

        def crash(_connection, _cursor, statement, *_more):
            if statement.startswith("INSERT INTO rollup_by_workspace") and not crashes:
                own_server.stop("immediate")
                crashes.append(1)

        event.listen(page.ledger, "before_cursor_execute", crash)
        with pytest.raises(DBAPIError) as lost:
            page.roll_up()
        assert lost_connection(lost.value)
        assert [1] == crashes
        reference_of_failure(page.show())
        own_server.start()
        assert "120 credits" == total_of(page.show())
        assert 2 == invariants.waiting(page.ledger)
        page.roll_up()
        assert "147 credits" == total_of(page.show())
        invariants.hold(page)


@pytest.mark.postgres
def test_a_running_aggregator_waits_the_crash_out_and_goes_on(own_server, two_accounts, caplog):
    with fed_page(own_server.url("postgres"), two_accounts) as page:
        rows = LedgerBuilder()
        rows.use("2026-11-22T08:00Z", 23, account="acme", id="late")
        rows.save(page.ledger)
        own_server.execute("CHECKPOINT")
        own_server.stop("immediate")
        tries = []

        def clock():
            tries.append(1)
            if len(tries) == 3:
                own_server.start()
            return NOW

        class Stop:
            """Told to end once nothing waits."""

            def is_set(self):
                return own_server.running and not invariants.waiting(page.ledger)

            def wait(self, _seconds):
                return None

        Aggregator(page.ledger, "test", clock, Stop()).run_forever(dt.timedelta(0))
        assert [] == caplog.records
        assert "143 credits" == total_of(page.show())
        invariants.hold(page)
