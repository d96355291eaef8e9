"""Ledgers with the rollup installed beside them, as in production."""

from __future__ import annotations

import datetime as dt

import pytest

from data import schema
from data.aggregator import Aggregator
from data.engine import Engine, create_tables
from data.install import Plan, install
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder


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


@pytest.fixture
def twelve_days(fed: Engine, builder: LedgerBuilder) -> Engine:
    """One account with an entry of one credit on each of twelve days up to today, rolled up."""
    builder.account(timezone="Europe/Berlin")
    for days in range(12):
        builder.use(NOW - days * dt.timedelta(days=1), 1)
    builder.save(fed)
    Aggregator(fed, "test", lambda: NOW).run_once()
    return fed
