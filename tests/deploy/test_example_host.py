"""The example of a product's side that docs/deploy.md shows: the page takes what it signs."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import pytest

from callbacks.assertion import Expected, RefusedError, viewer_of
from callbacks.keys import published_keys
from data.access import Viewer
from tests.deployment import ASK, PATH, ROOT, utc_now
from tests.issuer import HEADER

ISSUED_BY, FOR = "https://app.example.com", "credits"


@pytest.fixture
def host(tmp_path, monkeypatch) -> Any:
    """The example as a module, with a key that it made."""
    monkeypatch.setenv("SIGNING_KEY", str(tmp_path / "private-key.json"))
    monkeypatch.setenv("CREDITS_IDENTITY_ISSUER", ISSUED_BY)
    monkeypatch.setenv("CREDITS_IDENTITY_AUDIENCE", FOR)
    spec = importlib.util.spec_from_file_location("host", ROOT / "docs" / "examples" / "host.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make_key(tmp_path)
    return module


def viewer(tmp_path, text: str) -> Viewer:
    """Whom the page takes the bearer for."""
    keys = published_keys(str(tmp_path / "jwks.json"), utc_now)
    return viewer_of(text, keys, Expected(ISSUED_BY, FOR), utc_now())


def test_the_page_takes_what_the_example_signs(host, tmp_path):
    member = Viewer("acme", "user-1", "member", frozenset({"w1", "w2"}))
    assert member == viewer(tmp_path, host.sign("user-1", "acme", "member", ["w1", "w2"]))
    signed = host.sign("user-2", "acme", "owner")
    assert Viewer("acme", "user-2", "owner", None) == viewer(tmp_path, signed)
    with pytest.raises(RefusedError):
        viewer(tmp_path, signed[:-2])


def test_its_address_signs_for_a_session_and_for_nobody_else(host, tmp_path):
    browser = host.app.test_client()
    assert (401, None) == answered(browser.get(ASK))
    assert f"Location: {PATH}" in str(browser.get("/sign-in?account=acme").headers)
    status, text = answered(browser.get(ASK))
    assert (204, "acme") == (status, viewer(tmp_path, text or "").account_id)


def answered(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get(HEADER)


def test_the_private_key_is_its_owners_and_the_published_one_is_public(host, tmp_path):
    assert 0o600 == (tmp_path / "private-key.json").stat().st_mode & 0o777
    (key,) = json.loads((tmp_path / "jwks.json").read_text())["keys"]
    assert "d" not in key
