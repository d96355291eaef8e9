"""Static files: compressed once, kept for ever under their fingerprint, never a file unlisted."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from callbacks.static_files import StaticFiles, answer, files_below, joined
from tests.callbacks.small_app import PREFIX, client, small_app

SCRIPT = b"window.total = 0;\n" * 100
FONT = bytes(range(256)) * 8
STYLE = b"""
@font-face { src: url("fonts/inter.woff2") format("woff2"); }
.a { background: url(data:image/png;base64,AAAA); }
.b { mask: url('icon.svg'); }
.c { fill: url(#pattern); }
"""
FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "public, no-cache"
CHUNK = f"{PREFIX}/_dash-component-suites/dash/dcc/async-graph.js"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assets = tmp_path / "assets"
    (assets / "fonts").mkdir(parents=True)
    (assets / "page.js").write_bytes(SCRIPT)
    (assets / "page.css").write_bytes(STYLE)
    (assets / "icon.svg").write_text("<svg/>")
    (assets / "fonts" / "inter.woff2").write_bytes(FONT)
    (assets / "notes.txt").write_text("not for browsers")
    (tmp_path / "secret.js").write_text("outside")
    return assets


@pytest.fixture
def files(folder: Path) -> StaticFiles:
    return files_below(folder, "/static/")


@pytest.fixture
def browser(files: StaticFiles) -> FlaskClient:
    server = Flask("tests", static_folder=None)
    server.url_map.merge_slashes = False
    server.add_url_rule("/static/<path:path>", "static", lambda path: answer(files, path))
    return server.test_client()


@pytest.fixture(scope="module")
def dash_browser() -> FlaskClient:
    return client(small_app())


def test_a_fingerprinted_file_is_kept_for_ever(browser, files):
    got = browser.get(files.address("page.js"))
    assert (got.status_code, got.data, got.headers["Cache-Control"]) == (200, SCRIPT, FOREVER)


def test_without_its_fingerprint_a_file_is_kept_but_asked_for(browser):
    got = browser.get("/static/page.js")
    assert (got.status_code, got.data, got.headers["Cache-Control"]) == (200, SCRIPT, ASK_FIRST)


def test_the_fingerprint_of_another_release_finds_the_file_but_is_not_kept(browser):
    """Two releases answer side by side while one replaces the other."""
    got = browser.get("/static/page.0123456789abcdef.js")
    assert (got.status_code, got.data, got.headers["Cache-Control"]) == (200, SCRIPT, ASK_FIRST)


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_a_file_that_has_not_changed_is_304_without_a_body(browser, accepted):
    headers = {"Accept-Encoding": accepted}
    tag = browser.get("/static/page.js", headers=headers).headers["ETag"]
    got = browser.get("/static/page.js", headers=headers | {"If-None-Match": tag})
    assert (got.status_code, got.data) == (304, b"")
    assert got.headers["Cache-Control"] == ASK_FIRST


def test_a_file_that_changed_is_sent_again(browser):
    got = browser.get("/static/page.js", headers={"If-None-Match": '"0123456789abcdef"'})
    assert (got.status_code, got.data) == (200, SCRIPT)


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("*;q=0", None, bytes),
        ("", None, bytes),
    ],
)
def test_text_is_sent_as_the_browser_takes_it(browser, accepted, encoding, decode):
    got = browser.get("/static/page.js", headers={"Accept-Encoding": accepted})
    assert (got.headers.get("Content-Encoding"), decode(got.data)) == (encoding, SCRIPT)
    assert got.headers["Vary"] == "Accept-Encoding"
    assert int(got.headers["Content-Length"]) == len(got.data)


def test_each_encoding_has_its_own_tag(browser):
    tags = {
        browser.get("/static/page.js", headers={"Accept-Encoding": one}).headers["ETag"]
        for one in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


def test_a_font_is_compressed_already_and_sent_as_it_is(browser):
    got = browser.get("/static/fonts/inter.woff2", headers={"Accept-Encoding": "br, gzip"})
    assert (got.data, got.headers.get("Content-Encoding")) == (FONT, None)
    assert got.content_type == "font/woff2"


def test_compressing_happens_once(files):
    file = files.file("page.js")
    assert file.brotli is files.file("page.js").brotli
    assert file.gzip is files.file("page.js").gzip


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("page.js", "text/javascript; charset=utf-8"),
        ("page.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_a_browser_is_told_the_kind(browser, name, content_type):
    got = browser.get(f"/static/{name}")
    assert got.content_type == content_type


def test_a_stylesheet_names_its_files_by_their_fingerprints(browser, files):
    text = browser.get(files.address("page.css")).text
    assert f'url("{files.address("fonts/inter.woff2")}")' in text
    assert f'url("{files.address("icon.svg")}")' in text
    assert "url(data:image/png;base64,AAAA)" in text
    assert "url(#pattern)" in text


def test_a_fingerprint_changes_with_the_content(folder, files):
    before = files.address("page.js")
    (folder / "page.js").write_bytes(SCRIPT + b" ")
    assert files.address("page.js") == before, "a running server keeps what it read"
    assert files_below(folder, "/static/").address("page.js") != before


def test_a_new_font_gives_its_stylesheet_a_new_address(folder, files):
    before = files.address("page.css")
    (folder / "fonts" / "inter.woff2").write_bytes(FONT + b"1")
    assert files_below(folder, "/static/").address("page.css") != before


@pytest.mark.parametrize(
    "path",
    [
        "missing.js",
        "notes.txt",
        "../secret.js",
        "..%2fsecret.js",
        "%2e%2e/secret.js",
        "fonts/../../secret.js",
        "fonts/..%5c..%5csecret.js",
        "//etc/passwd",
        "/etc/passwd",
        "page.js/",
        "page.js%00",
        "fonts",
        "fonts/",
        ".",
    ],
)
def test_nothing_but_a_listed_file_is_found(browser, path):
    assert browser.get(f"/static/{path}").status_code == 404


def test_a_chunk_that_dash_asks_for_without_a_fingerprint_is_revalidated(dash_browser):
    headers = {"Accept-Encoding": "br"}
    first = dash_browser.get(CHUNK, headers=headers)
    again = dash_browser.get(CHUNK, headers=headers | {"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, first.headers["Cache-Control"]) == (200, ASK_FIRST)
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "plotly/package_data/plotly.min.js",
        "dash/dash_table/bundle.js",
        "dash/dash-renderer/build/dash_renderer.min.js.map",
        "dash/dash.py",
        "dash/../flask/app.py",
        "flask/app.py",
        "os/os.py",
        "dash/dcc/../../dash.py",
    ],
)
def test_of_the_component_packages_only_the_scripts_in_use_are_served(dash_browser, path):
    """The full Plotly bundle (4.7 MB) and the source maps least of all."""
    assert dash_browser.get(f"{PREFIX}/_dash-component-suites/{path}").status_code == 404


def test_joined_scripts_stand_one_after_the_other():
    assert joined([b"a()", b"// b\nb()"]) == b"a()\n;\n// b\nb()\n;\n"


@pytest.mark.parametrize("opening", [b"", b"/*! licence */\n", b"// one\n/* two\n */ "])
def test_a_strict_script_makes_no_other_strict(opening):
    strict = opening + b'"use strict";c()'
    assert joined([b"a()", strict]) == b"a()\n;\n(function () {%s\n}).call(window);\n" % strict
