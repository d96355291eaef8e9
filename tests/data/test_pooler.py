"""Behind PgBouncer in transaction mode: the page's answers, the aggregator, and the two roles."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import insert, make_url, select, text
from sqlalchemy.exc import ProgrammingError

import app
from data import schema
from data.engine import connect, create_tables, read_transaction, write_transaction
from data.install import Plan, install
from data.reader import Limits, connect_reader
from data.wall import ACCOUNT
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder
from tests.live_page import LivePage
from tests.pooler import PORT, PoolerMissingError, pooler
from tests.postgres_server import ROLE

USERS = {
    "credits_reader": "test_page",
    "credits_observer": "test_observer",
    "credits_aggregator": "test_rollup",
}

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def pooled(postgres_server):
    """The socket of a pooler that knows the owner, and the users of page and rollup."""
    for user in USERS.values():
        postgres_server.execute(f"CREATE ROLE {user} LOGIN")
    try:
        with pooler(postgres_server, (ROLE, *USERS.values())) as place:
            yield place
    except PoolerMissingError as error:
        pytest.fail(str(error), pytrace=False)
    finally:
        for user in USERS.values():
            postgres_server.execute(f"DROP ROLE {user}")


@pytest.fixture
def urls(pooled, postgres_url, postgres_server):
    """Of one ledger with a rollup, through the pooler, by user; each in the role of its task."""
    name = make_url(postgres_url).database
    engine = connect(f"postgresql://{ROLE}@/{name}?host={pooled}&port={PORT}")
    create_tables(engine, schema.ledger)
    install(engine, Plan())
    rows = LedgerBuilder()
    for account in ("acme", "bolt"):
        rows.account(account)
        rows.use("2026-11-20T09:00Z", {"acme": 3, "bolt": 5}[account], account=account)
    rows.save(engine)
    engine.dispose()
    for role, user in USERS.items():
        postgres_server.execute(f"GRANT {role} TO {user}", name)
    return {
        user: f"postgresql://{user}@/{name}?host={pooled}&port={PORT}" for user in USERS.values()
    }


@pytest.fixture
def page(urls):
    """The page as its own user, and writers as the user of the rollup."""
    ledger = connect(urls["test_rollup"])
    reader = connect_reader(urls["test_observer"], Limits())
    yield LivePage(ledger, reader)
    for engine in (ledger, reader):
        engine.dispose()


def total(shown):
    """Of what the page tells: `Showing 25 Aug – 22 Nov: 3 credits.`"""
    return re.search(r": (\d+ credits)", shown["status"]["children"])[1]


def test_the_aggregator_passes_and_the_page_answers(page):
    assert {"preparing": None} == page.show()["steps"]["data"]
    page.roll_up()
    shown = page.show("90d", "bolt", tables="daily,workspace")
    assert "5 credits" == total(shown)
    assert {"freshness", "delay"} == page.look(shown, "90d").keys()


def test_the_command_rolls_up(urls, page):
    assert 0 == app.main(["rollup", "--db", urls["test_rollup"], "--once"])
    assert 0 == app.main(["verify", "--db", urls["test_rollup"]])
    assert "3 credits" == total(page.show("90d", "acme"))


def test_many_readers_share_few_connections_and_never_see_each_others_account(page):
    page.roll_up()
    asked = ["acme", "bolt"] * 20

    def ask(account):
        return total(page.show("90d", account))

    with ThreadPoolExecutor(6) as readers:
        found = list(readers.map(ask, asked))
    assert ["3 credits", "5 credits"] * 20 == found


def test_a_setting_ends_with_its_transaction_though_its_connection_serves_others(page):
    with read_transaction(page.reader) as connection:
        assert "5s" == connection.execute(text("SHOW statement_timeout")).scalar()
        assert "on" == connection.execute(text("SHOW transaction_read_only")).scalar()
    with closing(page.reader.raw_connection()) as raw, raw.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert ("0",) == cursor.fetchone()
        cursor.execute("SELECT current_setting('transaction_read_only')")
        assert ("off",) == cursor.fetchone()


@pytest.fixture
def walled(urls, page):
    """The page's own user, who sees the account that a transaction names."""
    page.roll_up()
    engine = connect_reader(urls["test_page"], Limits(), walled=True)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("table", [schema.entries, schema.rollup_by_reason, schema.rollup_state])
def test_many_readers_of_one_connection_see_their_own_account_without_any_condition(walled, table):
    """And who names none sees none, though others named theirs on that connection before."""
    query, asked = select(table.c.account_id).distinct(), [{ACCOUNT: "acme"}, {ACCOUNT: "bolt"}, {}]

    def ask(named):
        with read_transaction(walled, **named) as connection:
            return list(connection.execute(query).scalars())

    with ThreadPoolExecutor(6) as readers:
        found = list(readers.map(ask, asked * 20))
    assert [["acme"], ["bolt"], []] * 20 == found


@pytest.mark.parametrize("table", [schema.accounts, schema.entries, schema.rollup_state])
def test_the_reader_may_write_nothing(page, urls, table):
    """Not even in a transaction that would let it: the role has no right to."""
    engine = connect(urls["test_page"])
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, write_transaction(engine) as connection:
        connection.execute(table.delete())
    engine.dispose()


def test_the_aggregator_may_not_write_the_ledger(page):
    entry = {"account_id": "acme", "id": "x", "occurred_at": NOW, "kind": "grant"}
    with pytest.raises(ProgrammingError, match="permission denied"):
        page.write(insert(schema.entries).values(**entry, amount_micro=1))
