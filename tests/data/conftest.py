"""Ledgers with the rollup installed beside them, as in production."""

from __future__ import annotations

import pytest

from data import schema
from data.engine import Engine, create_tables
from data.install import Plan, install


@pytest.fixture
def fed(database: Engine) -> Engine:
    """An engine on an empty ledger whose changes are marked, in each dialect."""
    create_tables(database, schema.ledger)
    install(database, Plan())
    return database


@pytest.fixture
def fed_postgres(postgres_database: Engine) -> Engine:
    """As `fed`, PostgreSQL alone; mark the test `postgres`."""
    create_tables(postgres_database, schema.ledger)
    install(postgres_database, Plan())
    return postgres_database
