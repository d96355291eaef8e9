"""The page's connections: they cannot write, and nothing they wait for holds them up for long."""

from __future__ import annotations

import socket
import time
from contextlib import closing

import pytest
from sqlalchemy import exc, make_url, select, text
from sqlalchemy.exc import OperationalError

from data.engine import lost_connection, read_transaction
from data.errors import UsageError
from data.reader import Limits, connect_reader
from tests.postgres_server import ROLE


@pytest.fixture
def reader(ledger, database_url):
    engine = connect_reader(database_url, Limits(statement=0.2, connections=2, queue=0.1))
    yield engine
    engine.dispose()


@pytest.fixture
def reader_of():
    engines = []

    def make(url, **limits):
        engines.append(connect_reader(url, Limits(**limits)))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


def one(connection, query="SELECT 1"):
    return connection.execute(text(query)).scalar_one()


def test_an_answer_that_finds_no_free_connection_is_an_error_soon(reader):
    """Two are in use; the third reader is told within its patience, and later finds one."""
    with read_transaction(reader) as one_of, read_transaction(reader) as other:
        assert [1, 1] == [one(one_of), one(other)]
        with pytest.raises(exc.TimeoutError), read_transaction(reader):
            pass
    with read_transaction(reader) as connection:
        assert 1 == one(connection)


@pytest.mark.postgres
def test_a_slow_statement_is_cut_off_and_the_limit_ends_with_its_transaction(
    postgres_url, reader_of
):
    reader = reader_of(postgres_url, statement=0.1, connections=1)
    slow = pytest.raises(OperationalError, match="statement timeout")
    with slow, read_transaction(reader) as connection:
        one(connection, "SELECT pg_sleep(20)")
    with read_transaction(reader) as connection:
        assert "100ms" == one(connection, "SHOW statement_timeout")
        process = one(connection, "SELECT pg_backend_pid()")
    with closing(reader.raw_connection()) as raw, raw.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_setting('statement_timeout')")
        assert (process, "0") == cursor.fetchone()


@pytest.mark.postgres
def test_no_statement_is_prepared_on_the_server_however_often_it_runs(postgres_url, reader_of):
    reader = reader_of(postgres_url)
    with read_transaction(reader) as connection:
        for _ in range(20):
            connection.execute(select(text("1")))
        assert 0 == one(connection, "SELECT count(*) FROM pg_prepared_statements")


@pytest.mark.postgres
def test_of_several_hosts_the_one_that_answers_is_used(postgres_server, postgres_url, reader_of):
    database = make_url(postgres_url).database
    hosts = f"host=/nowhere:5432&host={postgres_server.directory}:5432"
    with read_transaction(reader_of(f"postgresql://{ROLE}@/{database}?{hosts}")) as connection:
        assert database == one(connection, "SELECT current_database()")


def test_a_server_that_takes_the_connection_and_says_nothing_is_given_up(reader_of):
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        reader = reader_of(f"postgresql://page@127.0.0.1:{silent.getsockname()[1]}/app")
        begun = time.monotonic()
        with pytest.raises(OperationalError) as given_up, reader.connect():
            pass
        assert 1.5 < time.monotonic() - begun < 5
    assert lost_connection(given_up.value)


def test_a_sqlite_file_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(UsageError) as refused:
        connect_reader(str(tmp_path / "none.sqlite"), Limits())
    assert "snapshot.missing" == refused.value.code
    assert [] == list(tmp_path.iterdir())
