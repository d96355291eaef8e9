"""Connections: which URLs are understood, and that one answer sees one moment."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from data import schema
from data.column_types import to_micros
from data.engine import connect, create_tables, database_url, day_index, read_transaction
from data.errors import UsageError
from data.periods import DAY, Period, segments
from tests.ledger_builder import LedgerBuilder, clear
from tests.strategies import HARD_DAYS, instants_near

AT = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)


def one_entry(engine, number=1):
    rows = LedgerBuilder()
    rows.use(AT, 1, account="acme", id=f"e{number}")
    rows.save(engine)


def count(connection):
    return connection.execute(select(func.count()).select_from(schema.entries)).scalar()


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("ledger.sqlite", f"sqlite:///{Path.cwd()}/ledger.sqlite"),
        ("/tmp/a b.sqlite", "sqlite:////tmp/a b.sqlite"),
        ("sqlite:///x.sqlite", "sqlite:///x.sqlite"),
        ("postgresql://u:p@h:5432/d", "postgresql+psycopg://u:p@h:5432/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("postgres://h/d", "postgresql+psycopg://h/d"),
    ],
)
def test_a_path_is_a_sqlite_file_and_postgresql_means_psycopg(given_text, expected):
    assert expected == database_url(given_text)


@pytest.mark.parametrize("bad", ["mysql://h/d", "http://h", "://", "postgresql+asyncpg://h/d"])
def test_another_database_is_refused_in_one_sentence(bad):
    with pytest.raises(UsageError) as caught:
        database_url(bad)
    assert "db.url" == caught.value.code
    assert "\n" not in caught.value.sentence


def test_create_tables_leaves_what_is_there(ledger):
    one_entry(ledger)
    create_tables(ledger, schema.ledger)
    with ledger.connect() as connection:
        assert 1 == count(connection)


def test_all_reads_of_a_read_transaction_see_the_same_moment(ledger):
    if ledger.dialect.name == "sqlite":
        with ledger.connect() as connection:
            # The default journal makes the writer wait for the reader instead; the reader's
            # moment is what is tested.
            connection.connection.execute("PRAGMA journal_mode = WAL")
    one_entry(ledger, 1)
    with read_transaction(ledger) as connection:
        assert 1 == count(connection)
        one_entry(ledger, 2)
        assert 1 == count(connection)
    with read_transaction(ledger) as connection:
        assert 2 == count(connection)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO members VALUES ('a', 'm', 'M')",
        "DELETE FROM entries",
        "CREATE TABLE another (id int)",
    ],
)
def test_postgres_refuses_every_write_in_a_read_transaction(postgres_ledger, statement):
    with (
        pytest.raises(DBAPIError, match="read-only transaction"),
        read_transaction(postgres_ledger) as connection,
    ):
        connection.execute(text(statement))


def test_a_connection_used_for_reading_can_write_afterwards(ledger):
    with read_transaction(ledger) as connection:
        assert 0 == count(connection)
    one_entry(ledger)
    with read_transaction(ledger) as connection:
        assert 1 == count(connection)


def test_a_transaction_that_fails_leaves_nothing(ledger):
    rows = LedgerBuilder()
    rows.use(AT, 1, id="same")
    rows.use(AT, 1, id="same")
    with pytest.raises(DBAPIError):
        rows.save(ledger)
    with read_transaction(ledger) as connection:
        assert 0 == count(connection)
        assert [] == connection.execute(select(schema.accounts)).all()


@given(data=st.data(), zone=st.sampled_from(sorted(HARD_DAYS)))
def test_the_database_finds_the_local_day_of_every_instant(ledger, data, zone):
    """Against `astimezone`, row by row, around clock changes."""
    focus = data.draw(st.sampled_from(HARD_DAYS[zone]))
    moments = data.draw(st.lists(instants_near(zone, focus), max_size=20, unique=True))
    rows = LedgerBuilder()
    for number, at in enumerate(moments):
        rows.use(at, 1, id=f"{number}")
    clear(ledger)
    rows.save(ledger)
    period = Period(focus - DAY * 3, focus + DAY * 4)
    expected = {
        str(number): at.astimezone(ZoneInfo(zone)).date()
        for number, at in enumerate(moments)
        if at.astimezone(ZoneInfo(zone)).date() in period
    }
    found = {}
    column = schema.entries.c.occurred_at
    with read_transaction(ledger) as connection:
        for segment in segments(period, ZoneInfo(zone)):
            index = day_index(ledger.dialect.name, column, segment.midnight)
            statement = select(schema.entries.c.id, index).where(
                column >= segment.start, column < segment.end
            )
            for row in connection.execute(statement):
                assert row[0] not in found
                found[row[0]] = segment.first_day + DAY * int(row[1])
    assert expected == found


def test_an_instant_is_microseconds_in_sqlites_own_column(sqlite_ledger):
    one_entry(sqlite_ledger)
    with sqlite_ledger.connect() as connection:
        found = connection.execute(
            text("SELECT occurred_at, typeof(occurred_at) FROM entries")
        ).one()
    assert (to_micros(AT), "integer") == tuple(found)


@pytest.mark.postgres
def test_an_instant_does_not_depend_on_the_servers_time_zone(postgres_ledger):
    with postgres_ledger.begin() as connection:
        connection.execute(text("SET TIME ZONE 'Pacific/Chatham'"))
        connection.execute(
            schema.entries.insert().values(
                account_id="a", id="e", occurred_at=AT, kind="usage", reason="r", amount_micro=1
            )
        )
        found = connection.execute(select(schema.entries.c.occurred_at)).scalar()
    assert AT == found
    assert dt.UTC == found.tzinfo


def test_a_sqlite_file_is_made_on_first_use_only(tmp_path):
    engine = connect(str(tmp_path / "new.sqlite"))
    assert not (tmp_path / "new.sqlite").exists()
    assert [] == inspect(engine).get_table_names()
    engine.dispose()
