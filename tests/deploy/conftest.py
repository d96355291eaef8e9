"""The page as it is shipped, over a small ledger in use that ends today."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.deployment import Deployment, deployed, ledger_in_use


@pytest.fixture(scope="session")
def deployment(tmp_path_factory) -> Iterator[Deployment]:
    """nginx, gunicorn and the product, with a session for each account."""
    ledger = ledger_in_use(tmp_path_factory.mktemp("deployed"))
    with deployed(ledger) as site:
        site.product.sessions["of-acme"] = {"account": "acme"}
        site.product.sessions["of-zeta"] = {"account": "zeta"}
        yield site
