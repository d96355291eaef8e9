"""A ledger in use as the page reads it: one moment, an account that waits, a database that goes."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import delete, insert, make_url, update
from sqlalchemy.exc import DBAPIError

from data import schema
from data.access import AccessDeniedError, snapshot_scope
from data.aggregator import Aggregator
from data.engine import create_tables, read_transaction
from data.errors import PreparingError, UsageError
from data.frames import total
from data.install import Plan, install
from data.live_ledger import LiveLedger
from data.periods import Period
from data.queries import MOST_LISTED, list_accounts, load_account, usage_by_day
from data.reader import Limits, connect_reader
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder, micro

ACME, MINUTE = snapshot_scope("acme"), dt.timedelta(minutes=1)
NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))


def rows(credits=3):
    made = LedgerBuilder()
    made.account("acme", name="Acme", timezone="Europe/Berlin")
    made.use("2026-11-21T23:30Z", credits, workspace="w1")
    return made


def roll_up(engine, now=NOW):
    Aggregator(engine, "test", lambda: now).run_once()


@pytest.fixture
def live(fed, database_url):
    """The ledger, three minutes after its aggregator was heard of, as docs/rollup.md keeps it."""
    if fed.dialect.name == "sqlite":
        with closing(sqlite3.connect(make_url(database_url).database)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    reader = connect_reader(database_url, Limits())
    yield LiveLedger(reader, lambda: NOW + 3 * MINUTE)
    reader.dispose()


def used(live):
    with live.reading(ACME) as (connection, _):
        return total(usage_by_day(connection, ACME, NOVEMBER)["net"])


def change(engine, statement):
    with engine.begin() as connection:
        connection.execute(statement)


def test_what_the_aggregator_made_is_read_and_how_far_it_reaches(fed, live):
    rows().save(fed)
    roll_up(fed)
    assert [("acme", "Acme")] == live.accounts()
    with live.reading(ACME) as (_, seen):
        assert (NOW, NOW, 3 * MINUTE, 1) == (seen.watermark, seen.heartbeat, seen.age, seen.version)
    assert micro(3) == used(live)
    standing = live.standing(ACME)
    assert ("Europe/Berlin", seen) == (standing.timezone, standing.freshness)


def test_an_account_that_waits_for_the_aggregator_is_prepared_and_never_empty(fed, live):
    rows().save(fed)
    with pytest.raises(PreparingError) as waits, live.reading(ACME):
        pass
    assert waits.value.part is None
    assert live.standing(ACME) is None
    roll_up(fed)
    assert micro(3) == used(live)


def test_an_account_that_the_ledger_does_not_list_is_not_waited_for(fed, live):
    rows().save(fed)
    with pytest.raises(AccessDeniedError), live.reading(snapshot_scope("nobody")):
        pytest.fail("nobody was read")


def test_all_reads_of_one_answer_see_one_moment(fed, live):
    """What is rolled up meanwhile is in the next answer, its version too."""
    rows().save(fed)
    roll_up(fed)
    with live.reading(ACME) as (connection, seen):
        later = LedgerBuilder()
        later.use("2026-11-22T09:00Z", 5, account="acme", id="later")
        later.save(fed)
        roll_up(fed)
        assert micro(3) == total(usage_by_day(connection, ACME, NOVEMBER)["net"])
    assert micro(8) == used(live)
    with live.reading(ACME) as (_, after):
        assert seen.version + 1 == after.version


def test_a_change_of_zone_counts_once_the_days_are_made_anew(fed, live):
    """Half past eleven in the night of UTC is the next day in Berlin, and the day before is not."""
    rows().save(fed)
    roll_up(fed)
    change(fed, update(schema.accounts).values(timezone="America/New_York"))

    def told():
        with live.reading(ACME) as (connection, _):
            account = load_account(connection, ACME)
            return account.timezone, account.first_day

    assert ("Europe/Berlin", dt.date(2026, 11, 22)) == told()
    roll_up(fed)
    assert ("America/New_York", dt.date(2026, 11, 21)) == told()


@pytest.mark.parametrize("name", ["members", "reasons"])
def test_a_ledger_may_lack_what_is_optional(database, database_url, name):
    create_tables(database, schema.ledger)
    rows().save(database)
    with database.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {name}")
    install(database, Plan())
    roll_up(database)
    reader = connect_reader(database_url, Limits())
    assert micro(3) == used(LiveLedger(reader, lambda: NOW))
    with LiveLedger(reader, lambda: NOW).reading(ACME) as (connection, _):
        assert "premium_chat" in load_account(connection, ACME).taxonomy.labels
    reader.dispose()


def test_a_ledger_that_lacks_a_column_is_named_in_one_sentence(fed, live):
    change(fed, delete(schema.accounts))
    with fed.begin() as connection:
        if fed.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP VIEW public_scoped.workspaces")
        connection.exec_driver_sql("ALTER TABLE workspaces DROP COLUMN owner_member_id")
    with pytest.raises(UsageError) as refused:
        live.accounts()
    assert "schema.column_missing" == refused.value.code
    assert "workspaces.owner_member_id" in refused.value.sentence


def test_a_source_is_made_while_its_database_is_away_and_reads_once_it_is_there(fed, live):
    rows().save(fed)
    roll_up(fed)
    with fed.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE accounts RENAME TO away")
    with pytest.raises((DBAPIError, UsageError)):
        live.accounts()
    with fed.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO accounts")
    assert [("acme", "Acme")] == live.accounts()


def test_a_change_that_waits_is_how_far_the_charts_reach(fed, live):
    rows().save(fed)
    roll_up(fed)
    mark = {"account_id": "acme", "at": NOW, "marked": NOW - 20 * MINUTE}
    change(fed, insert(schema.dirty).values(**mark))
    assert 23 * MINUTE == live.standing(ACME).freshness.age


def test_of_many_accounts_some_are_listed_and_any_is_found(fed, live):
    """A name that is in no answer is not lost: it is shown when it is asked for."""
    made = LedgerBuilder()
    for number in range(MOST_LISTED + 2):
        made.account(f"a{number:04d}", name=f"N{9_999 - number}")
    made.save(fed)
    listed = live.accounts()
    assert (MOST_LISTED, ("a0499", "N9500")) == (len(listed), listed[0])
    found = live.accounts("a0501", "nobody", "a0000", "")
    assert [("a0501", "N9498"), *listed] == found


@pytest.mark.postgres
def test_what_is_no_id_of_the_hosts_type_is_no_account(postgres_database, postgres_url):
    with postgres_database.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE accounts AS SELECT gen_random_uuid() AS id, 'N' AS name "
            f"FROM generate_series(1, {MOST_LISTED})"
        )
    with read_transaction(postgres_database) as connection:
        assert MOST_LISTED == len(list_accounts(connection, "acme", "'; drop table x"))
