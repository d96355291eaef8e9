"""Fault 7: the database's first host dies and a standby takes over.

With both hosts in CREDITS_DATABASE_URL the reader sees nothing: the page goes on with the standby.
The operator promotes it; `rollup` with `target_session_attrs=read-write` finds it, and what is
written there from then on is counted.
"""

from __future__ import annotations

import threading

import psycopg
import pytest

from data.reader import Limits, connect_reader
from tests.faults import invariants
from tests.ledger_builder import LedgerBuilder
from tests.live_page import LivePage, fed_page
from tests.page_client import total_of
from tests.postgres_server import ROLE, PostgresServer

pytestmark = pytest.mark.postgres


def ask(server, query):
    with psycopg.connect(host=str(server.directory), user=ROLE, dbname="postgres") as connection:
        return connection.execute(query).fetchone()[0]


@pytest.fixture
def standby(own_server):
    """A second server that follows the first one."""
    server = PostgresServer.prepare()
    try:
        server.follow(own_server)
        yield server
    finally:
        server.discard()


def caught_up(primary, standby):
    """Wait until the standby has all that the primary has."""
    primary.execute("CHECKPOINT")
    written, pause = ask(primary, "SELECT pg_current_wal_flush_lsn()"), threading.Event()
    for _ in range(400):
        if ask(standby, f"SELECT pg_last_wal_replay_lsn() >= '{written}'"):
            return
        pause.wait(0.05)
    raise AssertionError("the standby does not follow")


def test_the_page_goes_on_with_the_other_host_and_then_the_aggregator(
    own_server, standby, two_accounts, caplog
):
    hosts = f"host={own_server.directory}:5432&host={standby.directory}:5432"
    url = f"postgresql://{ROLE}@/postgres?{hosts}"
    with fed_page(f"{url}&target_session_attrs=read-write", two_accounts) as fed:
        page = LivePage(fed.ledger, connect_reader(url, Limits()))
        whole = page.show()
        caught_up(own_server, standby)
        own_server.stop("immediate")
        assert whole == page.show()
        assert [] == caplog.records
        standby.promote()
        rows = LedgerBuilder()
        rows.use("2026-11-22T10:00Z", 23, account="acme", id="after")
        rows.save(page.ledger)
        page.roll_up()
        assert "143 credits" == total_of(page.show())
        invariants.hold(page)
        page.reader.dispose()
