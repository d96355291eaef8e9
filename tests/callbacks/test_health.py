"""The two probes: alive whatever happens, ready only while the page could answer."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from callbacks.health import Readiness, answer_probes
from data import schema
from data.engine import create_tables
from data.install import Plan, install
from tests.conftest import NOW
from tests.signed_page import signed_page


def probed(page):
    client = page.stranger.client
    answers = [client.get(f"/{name}") for name in ("healthz", "readyz")]
    assert {"text/plain"} == {answer.mimetype for answer in answers}
    return [(answer.status_code, answer.text) for answer in answers]


READY = [(200, "ok\n"), (200, "ready\n")]
NOT_READY = [(200, "ok\n"), (503, "no\n")]


@pytest.mark.parametrize("prefix", ["/app/account/credits", "/"])
def test_ready_as_soon_as_the_rollup_is_installed(
    sqlite_alone, sqlite_url, tmp_path, caplog, prefix
):
    """The probes stand at the root, beside any prefix; why not is said in the log alone."""
    with signed_page(sqlite_alone, sqlite_url, tmp_path, CREDITS_PREFIX=prefix) as page:
        assert NOT_READY == probed(page)
        assert "not ready: This ledger has no rollup: run" in caplog.text
        install(sqlite_alone, Plan())
        page.now += dt.timedelta(seconds=1)
        assert READY == probed(page)


@pytest.mark.postgres
def test_a_server_starts_without_its_database_and_is_ready_when_that_is_back(
    postgres_database, postgres_url, tmp_path
):
    name = postgres_database.url.database
    away = postgres_url.replace(name, f"{name}_away")
    create_tables(postgres_database, schema.ledger)
    install(postgres_database, Plan())
    with signed_page(postgres_database, away, tmp_path) as page:
        assert NOT_READY == probed(page)
        assert {"failed": True} == page.of().show()["steps"]["data"]
    with signed_page(postgres_database, postgres_url, tmp_path) as page:
        assert READY == probed(page)


def test_without_a_key_nobody_could_be_let_in(sqlite_alone, sqlite_url, tmp_path):
    """An address that does not answer yet is asked again; nothing else would be of use."""
    install(sqlite_alone, Plan())
    address = {"CREDITS_IDENTITY_JWKS": "http://127.0.0.1:1/jwks"}
    with signed_page(sqlite_alone, sqlite_url, tmp_path, **address) as page:
        assert NOT_READY == probed(page)
        assert 401 == page.of().post({"range": "month"}).status_code


def test_who_probes_in_a_loop_asks_the_database_once_a_second():
    asked, now = [], [NOW]
    server = Flask("small", static_folder=None)
    answer_probes(server, Readiness(lambda: now[0], lambda: asked.append(now[0])))
    client = server.test_client()
    for _ in range(20):
        assert 200 == client.get("/readyz").status_code
    assert [NOW] == asked
    now[0] += dt.timedelta(seconds=1)
    client.get("/readyz")
    assert 2 == len(asked)
