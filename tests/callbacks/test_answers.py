"""What every answer that is no static file carries: no keeping, no guessing, compressed."""

from __future__ import annotations

import gzip

import brotli
import pytest
from flask import Flask, Response, jsonify
from flask.testing import FlaskClient

from callbacks.answers import LEAST_BYTES, complete_answers

SELF = "frame-ancestors 'self'"
NUMBERS = list(range(1_000))
TEXT = "[" + ",".join(map(str, NUMBERS)) + "]\n"


@pytest.fixture
def browser() -> FlaskClient:
    server = Flask("tests", static_folder=None)
    complete_answers(server)
    server.add_url_rule("/large", "large", lambda: jsonify(NUMBERS))
    server.add_url_rule("/small", "small", lambda: jsonify([1]))
    server.add_url_rule("/csv", "csv", lambda: Response(TEXT, mimetype="text/csv"))
    server.add_url_rule("/stream", "stream", lambda: Response(iter([TEXT]), mimetype="text/html"))
    server.add_url_rule("/kept", "kept", kept)
    server.add_url_rule("/broken", "broken", lambda: 1 / 0)
    return server.test_client()


def kept() -> Response:
    answer = Response(TEXT, mimetype="text/html")
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer


@pytest.mark.parametrize("path", ["/large", "/small", "/csv", "/stream", "/broken", "/nowhere"])
def test_an_answer_is_never_kept_and_never_guessed(browser, path):
    answer = browser.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("", None, bytes),
    ],
)
def test_a_large_answer_is_compressed_as_the_browser_takes_it(browser, accepted, encoding, decode):
    answer = browser.get("/large", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert decode(answer.data).decode() == browser.get("/large").text
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/small", "/csv", "/stream", "/kept"])
def test_what_is_small_streamed_kept_or_no_page_is_left_as_it_is(browser, path):
    plain = browser.get(path).data
    answer = browser.get(path, headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in answer.headers
    assert answer.data == plain


def test_an_answer_that_says_how_long_it_may_be_kept_keeps_its_word(browser):
    assert browser.get("/kept").headers["Cache-Control"] == "public, max-age=60"


def test_the_least_size_is_exact():
    server = Flask("tests", static_folder=None)
    complete_answers(server)
    server.add_url_rule("/<int:size>", "sized", lambda size: "x" * size)
    asked = {"Accept-Encoding": "br"}
    below = server.test_client().get(f"/{LEAST_BYTES - 1}", headers=asked)
    at = server.test_client().get(f"/{LEAST_BYTES}", headers=asked)
    assert "Content-Encoding" not in below.headers
    assert at.headers["Content-Encoding"] == "br"


@pytest.mark.parametrize(
    ("origins", "policy"),
    [((), SELF), (("https://a.example", "http://b:1"), f"{SELF} https://a.example http://b:1")],
)
def test_a_page_says_who_may_show_it_in_a_frame(origins, policy):
    """The host's origins beside its own; an answer that is no page cannot be framed to any use."""
    server = Flask("tests", static_folder=None)
    complete_answers(server, origins)
    server.add_url_rule("/page", "page", lambda: "<p>")
    server.add_url_rule("/json", "json", lambda: jsonify([1]))
    browser = server.test_client()
    for path in ("/page", "/nowhere"):
        assert browser.get(path).headers.getlist("Content-Security-Policy") == [policy]
    assert "Content-Security-Policy" not in browser.get("/json").headers


def test_a_policy_that_is_there_already_is_kept_beside_it():
    server = Flask("tests", static_folder=None)
    complete_answers(server)
    strict = {"Content-Security-Policy": "default-src 'none'"}
    server.add_url_rule(
        "/page", "page", lambda: Response("<p>", headers=strict, mimetype="text/html")
    )
    found = server.test_client().get("/page").headers.getlist("Content-Security-Policy")
    assert found == ["default-src 'none'", SELF]
