"""Production answers whom the host's signature names, and nobody else, whatever the route."""

from __future__ import annotations

import datetime as dt
import logging
import re

import pytest
from flask import Flask, g

from callbacks.assertion import Expected
from callbacks.identity import Identity, is_inside
from callbacks.keys import published_keys
from dashboard.settings import read_settings
from data import schema
from data.engine import create_tables
from data.install import Plan, install
from tests.conftest import NOW
from tests.issuer import AUDIENCE, HEADER, ISSUER, Issuer, SigningKey
from tests.signed_page import signed_page

PREFIX = "/app/account/credits"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return Issuer(tmp_path_factory.mktemp("host") / "jwks.json")


def server_with(issuer, peers="", keys=None):
    """A server of one route, which says who asks."""
    server = Flask("small", static_folder=None)
    settings = read_settings({"CREDITS_TRUSTED_PEERS": peers})
    published = keys or published_keys(str(issuer.jwks), lambda: issuer.now)
    expected = Expected(ISSUER, AUDIENCE)
    Identity(published, expected, lambda: issuer.now, settings.trusted_peers).guard(server)
    server.add_url_rule("/", "index", lambda: f"{g.viewer.subject} of {g.viewer.account_id}")
    return server.test_client()


def test_the_viewer_is_the_one_that_the_assertion_names(issuer):
    answer = server_with(issuer).get("/", headers=issuer.header("acme", sub="anna"))
    assert (200, "anna of acme") == (answer.status_code, answer.text)


@pytest.mark.parametrize("alg", ["ES256", "RS256", "Ed25519", "EdDSA"])
def test_each_algorithm_identifies(tmp_path, alg):
    signs = Issuer(tmp_path / "jwks.json", keys=[SigningKey.make(alg=alg)])
    assert 200 == server_with(signs).get("/", headers=signs.header()).status_code


def test_who_is_refused_gets_nothing_and_the_log_has_the_reason_but_no_assertion(issuer, caplog):
    token = issuer.sign(role="root")
    answer = server_with(issuer).get("/?secret=1", headers={HEADER: token})
    assert (401, b"") == (answer.status_code, answer.data)
    (line,) = (record.getMessage() for record in caplog.records)
    assert "refused GET '/': its role is none of owner, admin, billing, member" == line
    assert [part for part in (*token.split("."), "secret") if part in caplog.text] == []


def test_a_time_within_the_leeway_of_two_clocks_is_good(issuer):
    """30 seconds, both ways; a second more is not."""
    client, issued = server_with(issuer), int(NOW.timestamp())
    for iat, exp, status in (
        (issued + 30, issued + 60, 200),
        (issued + 31, issued + 60, 401),
        (issued - 100, issued - 29, 200),
        (issued - 100, issued - 30, 401),
        (issued, issued + 600, 200),
        (issued, issued + 601, 401),
    ):
        assert status == client.get("/", headers=issuer.header(iat=iat, exp=exp)).status_code


@pytest.mark.parametrize(
    ("peer", "status"),
    [
        ("10.0.3.7", 200),
        ("::ffff:10.0.3.7", 200),
        ("2001:db8::1", 200),
        ("10.0.4.7", 401),
        ("127.0.0.1", 401),
        ("", 401),
    ],
)
def test_a_peer_outside_the_trusted_networks_is_refused_whatever_it_forwards(issuer, peer, status):
    """The second belt: the socket's own address, never one that a header claims."""
    claimed = {"X-Forwarded-For": "10.0.3.7", "Forwarded": "for=10.0.3.7", "X-Real-IP": "10.0.3.7"}
    answer = server_with(issuer, peers="10.0.3.0/24, 2001:db8::/64").get(
        "/", headers=issuer.header() | claimed, environ_overrides={"REMOTE_ADDR": peer}
    )
    assert status == answer.status_code


def test_a_trusted_peer_still_needs_an_assertion(issuer):
    client = server_with(issuer, peers="127.0.0.1")
    assert (401, 200) == (
        client.get("/").status_code,
        client.get("/", headers=issuer.header()).status_code,
    )


def test_no_name_is_an_address():
    assert not is_inside("localhost", read_settings({"CREDITS_TRUSTED_PEERS": "::1"}).trusted_peers)


# --- the page ---------------------------------------------------------------------------------


@pytest.fixture
def signed(sqlite_url, sqlite_alone, two_accounts, tmp_path):
    """Two accounts, rolled up at NOW, behind a host that signs."""
    install(sqlite_alone, Plan())
    two_accounts.save(sqlite_alone)
    with signed_page(sqlite_alone, sqlite_url, tmp_path) as page:
        page.roll_up()
        yield page


def addresses(app):
    """One address for each rule of the server, and some that have none."""
    with app.server.test_request_context():
        for rule in app.server.url_map.iter_rules():
            given = dict.fromkeys(rule.arguments, "x.js")
            yield app.server.url_map.bind("").build(rule.endpoint, given)
    yield from ("/", "/nothing", f"{PREFIX}/_mcp", f"{PREFIX}//", "//healthz", "/healthz/")


def test_no_route_but_the_probes_answers_a_stranger(signed):
    """Dash's own routes too, whatever the method; the document and the scripts as well."""
    client = signed.stranger.client
    open_to_all = {"/healthz", "/readyz"}
    found = set(addresses(signed.app))
    assert open_to_all < found
    assert len(found) > 12
    for address in found - open_to_all:
        for method in ("GET", "POST", "HEAD", "OPTIONS", "PUT", "TRACE"):
            answer = client.open(address, method=method)
            assert (401, b"") == (answer.status_code, answer.data), (method, address)
            assert "no-store" == answer.headers["Cache-Control"]


def test_a_viewer_gets_the_document_and_its_files(signed):
    viewer = signed.of()
    page = viewer.client.get(PREFIX, headers=viewer.headers)
    assert 200 == page.status_code
    scripts = re.findall(r'src="([^"]+)"', page.text)
    assert len(scripts) > 1
    for script in scripts:
        assert 200 == viewer.client.get(script, headers=viewer.headers).status_code
        assert 401 == viewer.client.get(script).status_code


def test_the_shell_offers_no_other_account(signed):
    """Nothing of an account is in it, and the switcher of `run` is hidden."""
    viewer = signed.of()
    shell = viewer.client.get(f"{PREFIX}/_dash-layout", headers=viewer.headers).text
    assert "acme" not in shell.lower()
    assert '"className":"accounts","hidden":true' in shell.replace(" ", "")


def test_an_assertion_is_good_only_as_long_as_it_says(signed):
    viewer = signed.of()
    assert 200 == viewer.post({"range": "month"}).status_code
    signed.now += dt.timedelta(seconds=631)
    assert 401 == viewer.post({"range": "month"}).status_code
    signed.issuer.now = signed.now
    assert 200 == signed.of().post({"range": "month"}).status_code


def test_no_log_holds_an_assertion(signed, caplog):
    caplog.set_level(logging.DEBUG)
    viewer = signed.of()
    viewer.show()
    signed.of(role="member", workspaces=[]).post({"range": "month"})
    assert viewer.headers[HEADER].split(".")[2] not in caplog.text


@pytest.mark.postgres
def test_postgresql_serves_the_page_behind_the_same_wall(
    postgres_database, postgres_url, two_accounts, tmp_path
):
    create_tables(postgres_database, schema.ledger)
    install(postgres_database, Plan())
    two_accounts.save(postgres_database)
    with signed_page(postgres_database, postgres_url, tmp_path) as page:
        page.roll_up()
        assert "acme" == page.of("acme").show()["steps"]["data"]["account"]
        assert 401 == page.stranger.post({"range": "month"}).status_code
