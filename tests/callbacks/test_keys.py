"""Keys as a host publishes them: what a set must be, and when it is read again."""

from __future__ import annotations

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from callbacks.keys import KeySetError, PublishedKeys, parse_keys, published_keys
from data.errors import UsageError
from tests.conftest import NOW
from tests.issuer import Issuer, SigningKey

EC, ED = SigningKey.make("ec"), SigningKey.make("ed", "Ed25519")
SECOND = dt.timedelta(seconds=1)


def as_set(*jwks):
    return json.dumps({"keys": jwks}).encode()


# --- a set ------------------------------------------------------------------------------------


def test_each_key_signs_with_its_own_algorithm_alone():
    found = parse_keys(as_set(EC.jwk, ED.jwk, SigningKey.make("rsa", "RS256").jwk))
    assert {
        "ec": {"ES256"},
        "ed": {"Ed25519", "EdDSA"},
        "rsa": {"RS256"},
    } == {kid: set(key.algorithms) for kid, key in found.items()}


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"},
        {"alg": "ES512"},
        {"alg": ["ES256"]},
        {"key_ops": ["encrypt"]},
        {"key_ops": 7},
        {"kty": "AKP"},
        {"kty": ["EC"]},
        {"crv": "P-384"},
        {"crv": {}},
        {"kid": None},
        {"kid": ""},
        {"kid": 7},
        {"kid": "k" * 201},
    ],
    ids=str,
)
def test_a_key_that_is_not_for_this_is_left_out(change):
    assert ["ed"] == list(parse_keys(as_set(EC.jwk | change, ED.jwk)))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", '{"keys"'),
        (b'{"keys": {}}', '{"keys"'),
        (b'{"keys": ["k"]}', '{"keys"'),
        (b'{"keys": []}', "no key"),
        (as_set(EC.jwk | {"use": "enc"}), "no key"),
        (as_set(ED.jwk, {"kty": "oct", "k": "c2VjcmV0", "kid": "x"}), "symmetric"),
        (as_set(ED.jwk, EC.jwk | {"d": "c2VjcmV0"}), "private"),
        (as_set(ED.jwk, {"kty": "RSA", "use": "enc", "p": "AQ"}), "private"),
        (as_set(EC.jwk, ED.jwk | {"kid": "ec"}), "one kid"),
        (as_set(EC.jwk | {"x": "AAAA"}), "broken"),
        (as_set(EC.jwk | {"x": 7}), "broken"),
        (as_set({name: EC.jwk[name] for name in ("kid", "kty", "crv", "x")}), "broken"),
        (as_set(ED.jwk | {"x": "AAAA"}), "broken"),
    ],
    ids=range(16),
)
def test_a_set_that_nobody_should_publish_is_refused_whole(raw, reason):
    with pytest.raises(KeySetError, match=reason) as refused:
        parse_keys(raw)
    assert "c2VjcmV0" not in str(refused.value)


def test_a_short_rsa_key_is_refused():
    with pytest.warns(UserWarning, match="2048"), pytest.raises(KeySetError, match="2048 bits"):
        parse_keys(as_set(SigningKey("s", "RS256", rsa.generate_private_key(65537, 1024)).jwk))


# --- a file -----------------------------------------------------------------------------------


@pytest.fixture
def issuer(tmp_path):
    return Issuer(tmp_path / "jwks.json", keys=[EC])


def keys_of(issuer):
    return published_keys(str(issuer.jwks), lambda: issuer.now)


def test_a_changed_file_is_read_with_the_next_question(issuer):
    keys = keys_of(issuer)
    assert (True, False) == (keys.find("ec") is not None, keys.find("ed") is not None)
    issuer.keys = [ED]
    issuer.publish()
    assert (False, True) == (keys.find("ec") is not None, keys.find("ed") is not None)


@pytest.mark.parametrize("content", ["", "{", '{"keys": []}', None])
def test_a_broken_or_missing_file_keeps_the_keys_and_is_logged_once(issuer, content, caplog):
    keys = keys_of(issuer)
    if content is None:
        issuer.jwks.unlink()
    else:
        issuer.jwks.write_text(content)
    assert all(keys.find("ec") for _ in range(5))
    assert 1 == len(caplog.records)
    assert "1 stay as they were" in caplog.text
    issuer.keys = [ED]
    issuer.publish()
    assert keys.find("ed")
    assert not keys.find("ec")


@pytest.mark.parametrize("content", [None, "{", '{"keys": [{"kty": "oct", "k": "eA"}]}'])
def test_a_server_does_not_start_with_a_file_that_has_no_key(tmp_path, content):
    path = tmp_path / "jwks.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError) as refused:
        published_keys(str(path), lambda: NOW)
    assert "identity.keys" == refused.value.code


# --- an address -------------------------------------------------------------------------------


class Published(BaseHTTPRequestHandler):
    """Answers what the server holds, and counts."""

    def do_GET(self):
        self.server.asked += 1
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def host():
    """A host that publishes at an address of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Published) as server:
        server.asked, server.answer, server.now = 0, (200, {}, as_set(EC.jwk)), NOW
        server.url = f"http://127.0.0.1:{server.server_port}/jwks"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_address_is_asked_at_the_start_and_every_ten_minutes(host):
    """So that a key which was taken away is believed no longer than that."""
    keys = published_keys(host.url, lambda: host.now)
    assert all(keys.find("ec") for _ in range(20))
    assert 1 == host.asked
    host.answer = 200, {}, as_set(ED.jwk)
    host.now += 600 * SECOND
    assert not keys.find("ec")
    assert 2 == host.asked


def test_an_unknown_kid_asks_at_most_once_in_30_seconds(host):
    keys = published_keys(host.url, lambda: host.now)
    host.answer = 200, {}, as_set(EC.jwk, ED.jwk)
    host.now += 29 * SECOND
    assert [None] * 5 == [keys.find(f"unknown-{number}") for number in range(5)]
    assert 1 == host.asked
    host.now += SECOND
    assert keys.find("ed")
    assert [None] * 5 == [keys.find(f"unknown-{number}") for number in range(5)]
    assert 2 == host.asked


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b""),
        (200, {}, b"<html>"),
        (200, {}, as_set(ED.jwk) + b" " * 300_000),
        (302, {"Location": "/elsewhere"}, b""),
    ],
    ids=["500", "html", "large", "redirect"],
)
def test_an_answer_that_is_no_set_keeps_the_keys(host, answer, caplog):
    keys = published_keys(host.url, lambda: host.now)
    host.answer = answer
    host.now += 31 * SECOND
    assert not keys.find("ed")
    assert keys.find("ec")
    assert 2 == host.asked
    assert "1 stay as they were" in caplog.text


def test_a_host_that_is_away_at_the_start_is_asked_until_it_is_there(host, caplog):
    host.answer = 503, {}, b""
    keys = published_keys(host.url, lambda: host.now)
    with pytest.raises(KeySetError):
        keys.check()
    host.answer = 200, {}, as_set(EC.jwk)
    host.now += 30 * SECOND
    keys.check()
    assert keys.find("ec")
    assert "0 stay as they were" in caplog.text


def test_all_who_come_with_a_new_key_wait_for_the_one_question(host):
    """After a rotation every thread has an unknown kid, and none is turned away."""
    keys = published_keys(host.url, lambda: host.now)
    host.answer = 200, {}, as_set(ED.jwk)
    host.now += 30 * SECOND
    found = []
    threads = [threading.Thread(target=lambda: found.append(keys.find("ed"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 16 == len([key for key in found if key])
    assert 2 == host.asked


class Slow:
    """A place that changes once more while it is read."""

    def __init__(self):
        self.content = [as_set(EC.jwk)]
        self.asked, self.goes_on = threading.Event(), threading.Event()
        self.goes_on.set()

    def stamp(self, _now):
        return len(self.content)

    def read(self):
        content = self.content[-1]
        self.asked.set()
        self.goes_on.wait(60)
        return content


def test_a_set_that_changes_while_it_is_read_is_read_again():
    """Whoever waited for the first reading would be turned away with a good key."""
    place, found = Slow(), []
    keys = PublishedKeys(place, lambda: NOW)
    place.content.append(b"half a fi")
    place.asked.clear()
    place.goes_on.clear()
    first = threading.Thread(target=lambda: keys.find("ec"))
    first.start()
    assert place.asked.wait(60)
    place.content.append(as_set(EC.jwk, ED.jwk))
    second = threading.Thread(target=lambda: found.append(keys.find("ed")))
    second.start()
    place.goes_on.set()
    first.join()
    second.join()
    assert found[0] is not None
