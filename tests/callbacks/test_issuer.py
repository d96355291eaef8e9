"""The command `assertion`: what it signs is good here, and nowhere else."""

from __future__ import annotations

import os
import re
import shlex
import stat

import pytest

import app
from callbacks.assertion import Expected, viewer_of
from callbacks.issuer import AUDIENCE, ISSUER
from callbacks.keys import published_keys
from data.access import Viewer


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CREDITS_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def signed(capsys, tmp_path):
    """Runs the command and returns what it printed."""

    def run(*arguments):
        assert 0 == app.main(["assertion", "--keys", str(tmp_path / "identity"), *arguments])
        return capsys.readouterr().out.strip()

    return run


def read(token, folder):
    keys = published_keys(str(folder / "identity" / "jwks.json"), app.clock)
    return viewer_of(token, keys, Expected(ISSUER, AUDIENCE), app.clock())


def test_it_signs_who_looks(signed, tmp_path):
    assert Viewer("acme", "developer", "owner") == read(signed("--account", "acme"), tmp_path)
    token = signed(
        *("--account", "acme", "--sub", "anna", "--role", "member", "--workspaces", "w1,w2"),
        *("--plan", "team", "--ttl", "60"),
    )
    expected = Viewer("acme", "anna", "member", frozenset({"w1", "w2"}), "team")
    assert expected == read(token, tmp_path)
    none = signed("--account", "acme", "--role", "member", "--workspaces", "")
    assert frozenset() == read(none, tmp_path).workspaces


def test_the_key_is_made_once_and_only_its_owner_can_read_it(signed, tmp_path):
    tokens = [signed("--account", "acme") for _ in range(2)]
    assert 1 == len({token.split(".")[0] for token in tokens})
    private = tmp_path / "identity" / "private-key.json"
    assert 0o600 == stat.S_IMODE(private.stat().st_mode)
    assert '"d"' not in (tmp_path / "identity" / "jwks.json").read_text("utf-8")


def test_it_prints_a_curl_command_or_the_settings_of_a_server(signed, tmp_path):
    words = shlex.split(signed("--account", "acme", "--curl", "http://127.0.0.1:8051/x"))
    assert ["curl", "--header", "http://127.0.0.1:8051/x"] == [*words[:2], words[3]]
    assert "acme" == read(words[2].removeprefix("X-Credit-Assertion: "), tmp_path).account_id
    assert {
        "CREDITS_IDENTITY_ISSUER": ISSUER,
        "CREDITS_IDENTITY_AUDIENCE": AUDIENCE,
        "CREDITS_IDENTITY_JWKS": str(tmp_path / "identity" / "jwks.json"),
    } == dict(line.split("=", 1) for line in signed("--settings").splitlines())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "assertion.account"),
        (["--account", "acme", "--ttl", "601"], "assertion.ttl"),
        (["--account", "acme", "--ttl", "0"], "assertion.ttl"),
        (["--account", "acme", "--ttl", "1e2"], "assertion.ttl"),
    ],
)
def test_what_it_cannot_sign_is_one_sentence(capsys, tmp_path, arguments, code):
    assert 2 == app.main(["assertion", "--keys", str(tmp_path), *arguments])
    assert re.search(rf"\[{re.escape(code)}\]\n$", capsys.readouterr().err)


def test_it_refuses_beside_production_settings(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("CREDITS_IDENTITY_ISSUER", "https://host.example")
    assert 2 == app.main(["assertion", "--account", "acme", "--keys", str(tmp_path / "keys")])
    printed = capsys.readouterr()
    assert ("", True) == (printed.out, "[assertion.production]" in printed.err)
    assert not (tmp_path / "keys").exists()


def test_a_key_that_is_none_is_one_sentence(capsys, tmp_path):
    (tmp_path / "private-key.json").write_text("{}")
    assert 2 == app.main(["assertion", "--account", "acme", "--keys", str(tmp_path)])
    assert "[assertion.key]" in capsys.readouterr().err
