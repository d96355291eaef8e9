"""What every answer carries: its security policy, no guessing, no keeping of data, compressed."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Flask, Response, jsonify
from flask.testing import FlaskClient

from callbacks.answers import HEADERS, LEAST_BYTES, NOTHING, POLICY, complete_answers
from callbacks.request_checks import LARGEST_BODY
from tests.page_client import PageClient

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
    ("origins", "who"),
    [((), SELF), (("https://a.example", "http://b:1"), f"{SELF} https://a.example http://b:1")],
)
def test_a_page_says_who_may_show_it_in_a_frame(origins, who):
    """The host's origins beside its own; an answer that is no page is shown in none."""
    server = Flask("tests", static_folder=None)
    complete_answers(server, origins)
    server.add_url_rule("/page", "page", lambda: "<p>")
    server.add_url_rule("/json", "json", lambda: jsonify([1]))
    browser = server.test_client()
    for path in ("/page", "/nowhere"):
        assert who in policy(browser.get(path))
    assert policy(browser.get("/json")) == ["default-src 'none'", "frame-ancestors 'none'"]


def policy(answer: Any) -> list[str]:
    """What the one security policy of an answer says, part by part."""
    (text,) = answer.headers.getlist("Content-Security-Policy")
    return text.split("; ")


def test_a_policy_that_is_there_already_is_kept():
    server = Flask("tests", static_folder=None)
    complete_answers(server)
    strict = {"Content-Security-Policy": "default-src 'none'"}
    server.add_url_rule(
        "/page", "page", lambda: Response("<p>", headers=strict, mimetype="text/html")
    )
    assert policy(server.test_client().get("/page")) == ["default-src 'none'"]


# --- the page itself: every kind of answer ------------------------------------------------------


def kinds(page: PageClient) -> dict[str, Any]:
    """One answer of each kind, by a name that opens with its status."""
    browser, at = page.client, page.prefix
    document = browser.get(f"{at}/")
    script = re.findall(r'<script src="([^"]+)"', document.text)[0]
    tag = browser.get(script).headers["ETag"]
    update = f"{at}/_dash-update-component"
    posted = page.body({"range": "7d", "account": "acme"})
    nothing = page.body(None)
    usage = f"{at}/api/v1/usage?range=7d"
    figures = browser.get(usage)
    version = figures.headers["ETag"]
    return {
        "200 document": document,
        "200 document, bare": browser.get(at),
        "200 script": browser.get(script),
        "200 script, unversioned": browser.get(f"{at}/assets/credits.js"),
        "200 font": browser.get(f"{at}/assets/vendor/inter-latin.woff2"),
        "200 picture": browser.get(f"{at}/assets/favicon.svg"),
        "200 layout": browser.get(f"{at}/_dash-layout"),
        "200 dependencies": browser.get(f"{at}/_dash-dependencies"),
        "200 figures": browser.post(update, json=posted),
        "200 file": whole(browser.get(f"{at}/export/entries.csv?range=7d")),
        "200 workbook": whole(browser.get(f"{at}/export/charts.xlsx?range=7d")),
        "200 figures for programs": figures,
        "200 options": browser.options(at),
        "200 head": browser.head(f"{at}/"),
        "204 nothing": browser.post(update, json=nothing),
        "304 script": browser.get(script, headers={"If-None-Match": tag}),
        "304 figures for programs": browser.get(usage, headers={"If-None-Match": version}),
        "400 no such range": browser.get(f"{at}/export/entries.csv?range=x"),
        "400 misshapen": browser.post(update, json=[]),
        "403 not for strangers": browser.get(f"{at}/", headers={"X-Forwarded-For": "192.0.2.1"}),
        "404 nowhere": browser.get(f"{at}/nowhere"),
        "405 method": browser.delete(update),
        "413 too large": browser.post(update, data=b" " * (LARGEST_BODY + 1)),
    }


def whole(answer: Any) -> Any:
    """A file that was read to its end, so that others may be made."""
    answer.get_data()
    answer.close()
    return answer


def test_every_answer_of_the_page_says_what_a_browser_may_do_with_it(page, two_accounts):
    for kind, answer in kinds(page(two_accounts)).items():
        assert kind.startswith(str(answer.status_code)), kind
        wrong = {name: answer.headers.getlist(name) for name in HEADERS} | {"kind": kind}
        assert wrong == {name: [value] for name, value in HEADERS.items()} | {"kind": kind}
        assert "default-src 'none'" in policy(answer), kind
        assert "Set-Cookie" not in answer.headers, kind
        assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & {
            *answer.headers.keys()
        }


def test_only_files_may_be_kept_and_those_named_by_content_for_ever(page, two_accounts):
    kept = {k: a.headers["Cache-Control"] for k, a in kinds(page(two_accounts)).items()}
    assert {k: v for k, v in kept.items() if v != "no-store"} == {
        "200 script": "public, max-age=31536000, immutable",
        "304 script": "public, max-age=31536000, immutable",
        "200 script, unversioned": "public, no-cache",
        "200 font": "public, no-cache",
        "200 picture": "public, no-cache",
    }


def test_no_script_runs_but_files_of_the_app(page, two_accounts):
    found = policy(page(two_accounts).client.get("/app/account/credits/"))
    assert [part for part in found if part.startswith("script-src")] == ["script-src 'self'"]
    assert "unsafe-eval" not in str(found)
    assert "img-src 'self' data: blob:" in found


def test_the_document_on_security_says_what_is_sent(page, two_accounts):
    text = (Path(__file__).parents[2] / "docs" / "security.md").read_text("utf-8")
    document = page(two_accounts).client.get("/app/account/credits/")
    rows = HEADERS | {"": "; ".join(policy(document)), POLICY: NOTHING}
    assert [value for value in rows.values() if f"`{value}" not in text] == []


def test_a_body_above_the_limit_is_refused_wherever_it_is_sent(page, two_accounts):
    browser, body = page(two_accounts).client, b" " * (LARGEST_BODY + 1)
    for path in ("/", "/nowhere", "/app/account/credits/_dash-layout"):
        for method in ("GET", "POST", "PUT", "OPTIONS"):
            assert 413 == browser.open(path, method=method, data=body).status_code
