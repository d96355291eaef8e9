"""Ledgers in use with their page, to be broken, and a PostgreSQL that may be stopped."""

from __future__ import annotations

import pytest

from tests.live_page import fed_page
from tests.postgres_server import PostgresMissingError, PostgresServer


@pytest.fixture
def live(database_url, two_accounts):
    """Two accounts in use, rolled up at NOW, once in each dialect."""
    with fed_page(database_url, two_accounts) as page:
        yield page


@pytest.fixture
def live_sqlite(sqlite_url, two_accounts):
    """As `live`, SQLite alone."""
    with fed_page(sqlite_url, two_accounts) as page:
        yield page


@pytest.fixture
def live_postgres(postgres_url, two_accounts):
    """As `live`, PostgreSQL alone; mark the test `postgres`."""
    with fed_page(postgres_url, two_accounts) as page:
        yield page


@pytest.fixture
def own_server():
    """A PostgreSQL of the test's own, so that its end is nobody else's."""
    server = PostgresServer.prepare()
    try:
        server.start()
        yield server
    except PostgresMissingError as error:
        pytest.fail(str(error), pytrace=False)
    finally:
        server.discard()
