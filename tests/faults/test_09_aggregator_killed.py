"""Fault 9: aggregators are killed (`kill -9`) anywhere, again and again, while writers write.

Nobody sees more than a later `Updated …`: after a storm of writers and kills 0 entries are lost and
0 doubled, on both databases.
"""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from data import schema
from data.access import snapshot_scope
from data.engine import connect, create_tables, read_transaction
from data.install import Plan, install
from data.reconcile import reconcile
from data.reconciled import load
from data.verify import Verdict, verify
from tests import storm
from tests.postgres_server import PostgresServer
from tests.rolled import counted, stored

SECONDS = 15
SEED = 5

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def begin(url):
    engine = connect(url)
    create_tables(engine, schema.ledger)
    install(engine, Plan())
    storm.prepare(engine)
    return engine


def count(engine, damage):
    """The independent count, once the storm is over."""
    storm.drain(engine)
    right, found = counted(engine), stored(engine)
    with engine.connect() as connection:
        waiting = connection.execute(select(func.count()).select_from(schema.dirty)).scalar_one()
    assert right == found
    assert 0 == waiting
    assert Verdict(accounts=len(storm.ACCOUNTS)) == verify(engine)
    assert {name: consumed(tables) for name, tables in right.items()} == reconciled(engine)
    assert len(storm.ACCOUNTS) == len(found)
    assert damage.committed > 100
    assert damage.rolled_back > 10
    assert damage.kills > 20
    assert damage.refreshed > storm.ENOUGH


def reconciled(engine):
    """Account -> the total that a second look found to match, None where it did not."""
    now, found = dt.datetime.now(dt.UTC), {}
    for account in storm.ACCOUNTS:
        assert 0 == reconcile(engine, account, now)
        with read_transaction(engine) as connection:
            seen = load(connection, snapshot_scope(account))
        found[account] = seen.total_micro if seen.matches else None
    return found


def consumed(tables):
    return sum(amount.net for amount in tables["rollup_by_reason"].values())


def test_nothing_is_lost_or_doubled_on_sqlite(sqlite_url):
    engine = begin(sqlite_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql("BEGIN")
    count(engine, storm.blow(sqlite_url, SECONDS, SEED, writers=3, hold=0.02))
    engine.dispose()


@pytest.mark.postgres
def test_nothing_is_lost_or_doubled_on_postgres_though_it_crashes_once():
    """A server of its own, so that its crash is nobody else's."""
    server = PostgresServer.prepare()
    try:
        server.start()
        engine = begin(server.url("postgres"))

        def crash():
            server.stop("immediate")
            server.start()

        blown = storm.blow(
            server.url("postgres"), SECONDS, SEED, writers=6, hold=0.3, halfway=crash
        )
        count(engine, blown)
        engine.dispose()
    finally:
        server.discard()
