"""The page as it is shipped, over a small ledger in use that ends today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from data import schema
from data.aggregator import Aggregator
from data.engine import connect, create_tables
from data.install import Plan, install
from tests.deployment import Deployment, deployed, utc_now
from tests.ledger_builder import LedgerBuilder


@pytest.fixture(scope="session")
def ledger_in_use(tmp_path_factory) -> str:
    """The URL of a ledger of two accounts, rolled up a moment ago."""
    url = f"sqlite:///{tmp_path_factory.mktemp('deployed') / 'ledger.sqlite'}"
    engine = connect(url)
    create_tables(engine, schema.ledger)
    install(engine, Plan())
    rows = LedgerBuilder()
    for account, place in (("acme", "Kestrel contracts"), ("zeta", "Wombat drafts")):
        rows.account(account)
        rows.workspace("w1", place)
        for days in range(20):
            rows.use(utc_now() - days * dt.timedelta(days=1), 5, workspace="w1")
    rows.save(engine)
    Aggregator(engine, "test", utc_now).run_once()
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def deployment(ledger_in_use) -> Iterator[Deployment]:
    """nginx, gunicorn and the product, with a session for each account."""
    with deployed(ledger_in_use) as site:
        site.product.sessions["of-acme"] = {"account": "acme"}
        site.product.sessions["of-zeta"] = {"account": "zeta"}
        yield site
