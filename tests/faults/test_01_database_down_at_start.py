"""Fault 1: the database is down when the server starts.

The server starts. A reader is told that usage did not load, with a reference that the log has;
`/healthz` is ok, so that nobody restarts the process, and `/readyz` is 503, so that no traffic is
sent to it. Once the database is up, the page answers without a restart.
"""

from __future__ import annotations

import datetime as dt

import pytest

from app import create_server
from data.errors import UsageError
from tests.faults import invariants
from tests.faults.answers import reference_of_failure
from tests.issuer import Issuer
from tests.live_page import fed_page
from tests.page_client import total_of
from tests.signed_page import signed_page

pytestmark = pytest.mark.postgres


def probed(server):
    return [server.test_client().get(path).status_code for path in ("/healthz", "/readyz")]


def test_the_page_says_so_and_answers_once_the_database_is_up(
    own_server, two_accounts, tmp_path, caplog
):
    url = own_server.url("postgres")
    with fed_page(url, two_accounts) as page:
        own_server.execute("CHECKPOINT")
        own_server.stop()
        with signed_page(page.ledger, url, tmp_path) as signed:
            assert [200, 503] == probed(signed.app.server)
            assert f"reference={reference_of_failure(signed.of().show())}" in caplog.text
            own_server.start()
            signed.now += dt.timedelta(seconds=1)
            assert [200, 200] == probed(signed.app.server)
            assert "120 credits" == total_of(signed.of().show())
        invariants.hold(page)


def test_the_server_of_production_starts_without_it(own_server, tmp_path, monkeypatch, caplog):
    own_server.stop()
    env = Issuer(tmp_path / "jwks.json").settings
    env["CREDITS_DATABASE_URL"] = own_server.url("postgres")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert [200, 503] == probed(create_server())
    assert "started without the database" in caplog.text
    own_server.start()
    with pytest.raises(UsageError) as refused:
        create_server()
    assert "schema.table_missing" == refused.value.code
