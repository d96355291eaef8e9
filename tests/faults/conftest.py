"""Ledgers in use with their page, to be broken, and a PostgreSQL that may be stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live_page import fed_page
from tests.postgres_server import PostgresMissingError, PostgresServer

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What breaks a whole page is not part of `make check`; each part has tests of its own."""
    for item in items:
        if item.path.parent == HERE and item.path.name != "test_table.py":
            item.add_marker(pytest.mark.slow)


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
