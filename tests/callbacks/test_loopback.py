"""Snapshot mode answers this machine's own browser and nobody else."""

from __future__ import annotations

import pytest
from flask import Flask

from callbacks.loopback import guard_loopback, is_loopback


@pytest.fixture
def client():
    server = Flask(__name__)
    guard_loopback(server)
    server.add_url_rule("/", "index", lambda: "the page")
    return server.test_client()


def status(client, peer="127.0.0.1", host="127.0.0.1:8050", **headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    environ = {"REMOTE_ADDR": peer}
    return client.get("/", headers={"Host": host, **given}, environ_overrides=environ).status_code


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost:8050", "[::1]:8050", "127.9.9.9"])
def test_a_browser_of_this_machine_is_answered(client, host):
    assert 200 == status(client, host=host)
    assert 200 == status(client, host=host, Origin=f"http://{host}")


@pytest.mark.parametrize("peer", ["10.0.0.7", "192.168.1.2", "2001:db8::1", ""])
def test_another_machine_is_refused(client, peer):
    assert 403 == status(client, peer=peer)


@pytest.mark.parametrize(
    "host", ["credits.example", "127.0.0.1.nip.io", "localhost.example", "0.0.0.0", "10.0.0.7"]
)
def test_another_name_for_this_machine_is_refused(client, host):
    """A page elsewhere could make its own name lead here (DNS rebinding)."""
    assert 403 == status(client, host=host)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://[", "file://"])
def test_another_sites_script_is_refused(client, origin):
    assert 403 == status(client, Origin=origin)


@pytest.mark.parametrize(
    "name",
    ["X_Forwarded_For", "X_Forwarded_Host", "Forwarded", "Via", "X_Real_IP", "X_Credit_Assertion"],
)
def test_a_proxys_request_is_refused(client, name):
    assert 403 == status(client, **{name: "127.0.0.1"})


def test_the_refusal_says_what_to_do(client):
    answer = client.get("/", headers={"Host": "credits.example"})
    assert "open it on the same machine" in answer.text


def test_names_are_not_looked_up():
    assert not is_loopback("localhost.localdomain")
    assert not is_loopback("")
    assert is_loopback("::1")
