"""Fault 24: hostile ranges, ids, JSON and addresses are 4xx or a state; never a 500 or a leak.

Two accounts of one ledger share every id, and each has a word in all of its names: it must stand
in no answer about the other.
"""

from __future__ import annotations

import gzip
import json
import logging
from typing import Any

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.settings import read_settings
from data import schema
from data.engine import connect, create_tables
from data.open_snapshot import OpenSnapshot
from tests.conftest import NOW
from tests.examples import examples
from tests.hostile import JSON, VALUES, bodies, requests, server_callbacks, valid_body
from tests.ledger_builder import LedgerBuilder
from tests.page_client import PageClient

WORDS = {"acme": "Kestrel", "zeta": "Wombat"}
FIRST = "acme"
DECODED = {None: bytes, "br": brotli.decompress, "gzip": gzip.decompress}


def two_accounts_alike() -> LedgerBuilder:
    rows = LedgerBuilder()
    for account, word in WORDS.items():
        rows.account(account, anchor_day=3, balance=40)
        rows.period("2026-11-03", "2026-12-03", 100)
        rows.workspace("w1", f"{word} contracts")
        rows.workspace("w2", f"{word}'s own", kind="personal", owner="m1")
        rows.member("m1", f"{word} the owner")
        rows.reason("teleport", f"{word} teleport")
        rows.reason("contract_review", f"{word} review", parent="workflow_run")
        for day in range(1, 23):
            at = f"2026-11-{day:02d}T09:00Z"
            rows.use(at, 5, "workflow_run", workflow_type="contract_review", workspace="w1")
            rows.use(at, 1, "teleport", workspace="w2", member="m1")
        for _ in range(60):
            rows.use("2026-11-12T10:00Z", 7, "enhanced_ocr", workspace="w1")
    return rows


@pytest.fixture(scope="module")
def snapshot_page(tmp_path_factory):
    """The page of `run`: whoever reaches it may see both accounts, one at a time."""
    folder = tmp_path_factory.mktemp("hostile")
    engine = connect(str(folder / "ledger.sqlite"))
    create_tables(engine, schema.ledger)
    two_accounts_alike().save(engine)
    engine.dispose()
    opened = OpenSnapshot(folder / "ledger.sqlite", folder / "cache", NOW)
    return PageClient(
        create_app(read_settings({}), Services(opened, OpenAccess(FIRST)), guard_loopback),
        opened=opened,
    )


@pytest.fixture(params=["snapshot"])
def page(request) -> PageClient:
    client: PageClient = request.getfixturevalue(f"{request.param}_page")
    return client


def send(page: PageClient, raw: bytes) -> Any:
    address = f"{page.prefix}/_dash-update-component"
    return page.client.post(address, data=raw, content_type=JSON)


def account_of(body: Any) -> str:
    """Whose figures a body asks for, when it is answered at all."""
    asked = body["inputs"][0]["value"]
    named = asked.get("account") if isinstance(asked, dict) else None
    return named if isinstance(named, str) and named in WORDS else FIRST


def test_what_the_page_sends_is_answered_with_names_of_the_account_asked_for(page, caplog):
    """Else the fuzz below would try nothing; it tries every callback that the server answers."""
    named = {}
    for output in server_callbacks(page.app):
        store = page.app.callback_map[output]["inputs"][0]["id"]
        for value in VALUES[store]:
            body = valid_body(page.app, output, value)
            answer = send(page, json.dumps(body).encode())
            assert 200 == answer.status_code, answer.text
            named[store] = named.get(store, False) or WORDS[account_of(body)] in answer.text
    assert named == dict.fromkeys(VALUES, True)
    assert [] == [record for record in caplog.records if record.levelno >= logging.ERROR]


@examples(2_500)
@given(data=st.data())
def test_no_body_whatever_is_an_error_or_shows_another_account(page, caplog, data):
    caplog.set_level(logging.ERROR)
    body, raw = data.draw(bodies(page.app))
    answer = send(page, raw)
    assert answer.status_code in {200, 204, 400, 413}
    assert [] == caplog.messages
    assert "Traceback" not in answer.text
    if answer.status_code == 200:
        json.loads(answer.data)
        others = [word for account, word in WORDS.items() if account != account_of(body)]
        assert [] == [word for word in others if word in answer.text]
    else:
        assert [] == [word for word in WORDS.values() if word in answer.text]


@examples(500)
@given(data=st.data())
def test_no_address_or_header_whatever_is_an_error_or_shows_a_name(page, caplog, data):
    caplog.set_level(logging.ERROR)
    method, environ = data.draw(requests(page.prefix))
    answer = page.client.open("/", method=method, environ_overrides=environ)
    assert answer.status_code in {200, 206, 304, 400, 403, 404, 405, 413, 416}
    assert [] == caplog.messages
    text = DECODED[answer.content_encoding](answer.data)
    assert [] == [word for word in (*WORDS.values(), "Traceback") if word.encode() in text]
    assert "Set-Cookie" not in answer.headers
    assert "Location" not in answer.headers
