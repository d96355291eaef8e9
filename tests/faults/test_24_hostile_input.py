"""Fault 24: hostile ranges, ids, JSON and addresses are 4xx or a state; never a 500 or a leak.

Two accounts of one ledger share every id, and each has a word in all of its names: it must stand
in no answer about the other.
"""

from __future__ import annotations

import gzip
import io
import json
import logging
import uuid
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from app import create_app
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.settings import read_settings
from data import schema
from data.engine import connect, create_tables
from data.install import Plan, install
from data.open_snapshot import OpenSnapshot
from tests import signed_page as pages
from tests.conftest import NOW
from tests.examples import examples
from tests.hostile import JSON, VALUES, bodies, readings, requests, server_callbacks, valid_body
from tests.ledger_builder import LedgerBuilder
from tests.page_client import PageClient

WORDS = {"acme": "Kestrel", "zeta": "Wombat"}  # in each name of the account
HIDDEN = "Linnet"  # in the names of another person's workspace, and of a team's not listed
FIRST = "acme"
DECODED = {None: bytes, "br": brotli.decompress, "gzip": gzip.decompress}


def two_accounts_alike() -> LedgerBuilder:
    rows = LedgerBuilder()
    for account, word in WORDS.items():
        rows.account(account, anchor_day=3, balance=40)
        rows.period("2026-11-03", "2026-12-03", 100)
        rows.workspace("w1", f"{word} contracts")
        rows.workspace("w2", f"{word} {HIDDEN}", kind="personal", owner="m1")
        rows.workspace("w3", f"{word} {HIDDEN} team")
        rows.workspace(f"{account[0]}1", f"{word} {HIDDEN} alone")
        rows.member("m1", f"{word} {HIDDEN}, the owner")
        rows.reason("teleport", f"{word} teleport")
        rows.reason("contract_review", f"{word} review", parent="workflow_run")
        for day in range(1, 23):
            at = f"2026-11-{day:02d}T09:00Z"
            rows.use(at, 5, "workflow_run", workflow_type="contract_review", workspace="w1")
            rows.use(at, 1, "teleport", workspace="w2", member="m1")
            rows.use(at, 2, "teleport", workspace="w3", member="m1")
            rows.use(at, 2, "teleport", workspace=f"{account[0]}1")
        for _ in range(60):
            rows.use("2026-11-12T10:00Z", 7, "enhanced_ocr", workspace="w1")
    return rows


@dataclass(frozen=True)
class Target:
    """A page to attack, and what its answers may say."""

    page: PageClient
    is_signed: bool

    def account_of(self, asked: Any) -> str:
        """Whose figures a value asks for: anybody's in snapshot mode, else the viewer's own."""
        named = asked.get("account") if isinstance(asked, dict) else None
        chosen = isinstance(named, str) and named in WORDS and not self.is_signed
        return str(named) if chosen else FIRST

    def forbidden(self, asked: Any) -> list[bytes]:
        """What no answer to it may hold."""
        own = self.account_of(asked)
        others = [word for account, word in WORDS.items() if account != own]
        return [word.encode() for word in (*others, *[HIDDEN] * self.is_signed, "Traceback")]

    def send(self, raw: bytes) -> Any:
        address, headers = f"{self.page.prefix}/_dash-update-component", self.page.headers
        return self.page.client.post(address, data=raw, content_type=JSON, headers=headers)


@pytest.fixture(scope="module")
def snapshot_page(tmp_path_factory):
    """The page of `run`: whoever reaches it may see both accounts, one at a time."""
    folder = tmp_path_factory.mktemp("hostile")
    engine = connect(str(folder / "ledger.sqlite"))
    create_tables(engine, schema.ledger)
    two_accounts_alike().save(engine)
    engine.dispose()
    opened = OpenSnapshot(folder / "ledger.sqlite", folder / "cache", NOW)
    app = create_app(read_settings({}), Services(opened, OpenAccess(FIRST)), guard_loopback)
    return Target(PageClient(app), is_signed=False)


@pytest.fixture(scope="module")
def signed_page(postgres_server, tmp_path_factory):
    """The page of production, as its own database user; a member of acme sees one workspace."""
    user = f"page_{uuid.uuid4().hex}"
    with postgres_server.fresh_database() as url:
        engine = connect(url)
        create_tables(engine, schema.ledger)
        install(engine, Plan())
        two_accounts_alike().save(engine)
        postgres_server.execute(f"CREATE ROLE {user} LOGIN IN ROLE credits_reader")
        reached = make_url(url).set(username=user).render_as_string()
        with pages.signed_page(engine, reached, tmp_path_factory.mktemp("keys")) as production:
            production.roll_up()
            page = production.of(FIRST, role="member", workspaces=["w1"])
            yield Target(page, is_signed=True)
        engine.dispose()
    postgres_server.execute(f"DROP ROLE {user}")


@pytest.fixture(params=["snapshot", pytest.param("signed", marks=pytest.mark.postgres)])
def target(request) -> Target:
    found: Target = request.getfixturevalue(f"{request.param}_page")
    return found


def test_what_the_page_sends_is_answered_with_names_of_the_account_asked_for(target, caplog):
    """Else the fuzz below would try nothing; it tries every callback that the server answers."""
    named, app = {}, target.page.app
    for output in server_callbacks(app):
        store = app.callback_map[output]["inputs"][0]["id"]
        for value in VALUES[store]:
            answer = target.send(json.dumps(valid_body(app, output, value)).encode())
            assert 200 == answer.status_code, answer.text
            assert [] == [word for word in target.forbidden(value) if word in answer.data]
            named[store] = named.get(store, False) or WORDS[FIRST] in answer.text
    assert named == dict.fromkeys(VALUES, True)
    assert [] == [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.slow
@examples(1_500)
@given(data=st.data())
def test_no_body_whatever_is_an_error_or_shows_another_account(target, caplog, data):
    caplog.set_level(logging.ERROR)
    body, raw = data.draw(bodies(target.page.app))
    answer = target.send(raw)
    assert answer.status_code in {200, 204, 400, 413}
    assert [] == caplog.messages
    assert answer.mimetype in {"application/json", "text/plain"} or not answer.data
    asked = body["inputs"][0]["value"] if answer.status_code == 200 else None
    assert [] == [word for word in target.forbidden(asked) if word in answer.data]
    if answer.status_code == 200:
        json.loads(answer.data)
    else:
        assert WORDS[FIRST].encode() not in answer.data


@pytest.mark.slow
@examples(400)
@given(data=st.data())
def test_no_address_or_header_whatever_is_an_error_or_shows_a_name(target, caplog, data):
    caplog.set_level(logging.ERROR)
    method, environ = data.draw(requests(target.page.prefix))
    answer = target.page.client.open(
        "/", method=method, headers=target.page.headers, environ_overrides=environ
    )
    assert answer.status_code in {200, 206, 304, 400, 401, 403, 404, 405, 413, 416}
    assert [] == caplog.messages
    text = DECODED[answer.content_encoding](answer.data) if answer.data else b""
    assert [] == [word for word in (*WORDS.values(), "Traceback") if word.encode() in text]
    assert not {"Set-Cookie", "Location"} & set(answer.headers.keys())


@pytest.mark.slow
@examples(150)
@given(data=st.data())
def test_no_query_of_a_file_or_a_program_is_an_error_or_shows_another_account(target, caplog, data):
    caplog.set_level(logging.ERROR)
    path, query = data.draw(readings(target.page.prefix))
    answer = target.page.client.get(path, query_string=query, headers=target.page.headers)
    assert answer.status_code in {200, 400, 404, 422}
    assert [] == caplog.messages
    named = parse_qs(query, errors="replace").get("account", [""])[0]
    text = unzipped(answer.data) if answer.data.startswith(b"PK") else answer.data
    assert [] == [word for word in target.forbidden({"account": named}) if word in text]


def unzipped(workbook: bytes) -> bytes:
    """The texts of a file of Excel."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as opened:
        return b"".join(opened.read(name) for name in opened.namelist())
