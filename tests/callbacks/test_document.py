"""The document: one skeleton at any prefix, no other host, no version, every address by content."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from dash import html
from dash.exceptions import DuplicateIdError
from flask import Flask, Response

from callbacks.document import OWN_COLOURS, Dress, make_dash, warm
from callbacks.static_files import SMALL
from tests.callbacks.small_app import PREFIX, UPDATE, body, client, small_app

ADDRESS = re.compile(r'<(?:script|link) [^>]*?(?:src|href)="([^"]*)"')
FINGERPRINT = re.compile(r"\.[0-9a-f]{16}\.[a-z0-9]+$")
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
CHART_CHUNK = f"{PREFIX}/_dash-component-suites/dash/dcc/async-graph.js"
MOST_BYTES = 680_000


@pytest.fixture(scope="module")
def app():
    return small_app()


@pytest.fixture(scope="module")
def browser(app):
    return client(app)


def page(browser: Any, prefix: str = PREFIX) -> str:
    return browser.get(f"{prefix}/").text


def config(text: str) -> dict[str, Any]:
    """What Dash's renderer is told."""
    match = re.search(r'<script id="_dash-config" type="application/json">(.*?)</script>', text)
    assert match is not None
    return json.loads(match[1])


def addresses(text: str) -> list[str]:
    """Everything that the document makes a browser fetch, each once."""
    return list(dict.fromkeys(ADDRESS.findall(text)))


@pytest.mark.parametrize("prefix", ["/", "/credits", "/app/account/credits/", "/a/b.c/d-e/f_g"])
def test_the_page_is_found_with_and_without_its_closing_slash(prefix):
    browser = client(small_app(prefix))
    bare = prefix.rstrip("/")
    answers = [browser.get(path) for path in {bare or "/", f"{bare}/"}]
    assert {answer.status_code for answer in answers} == {200}
    for address in addresses(answers[0].text):
        assert address.startswith(f"{bare}/")
        assert browser.get(address).status_code == 200
    assert config(answers[0].text)["requests_pathname_prefix"] == f"{bare}/"


def test_the_page_answers_callbacks_below_its_prefix():
    browser = client(small_app("/credits"))
    answer = browser.post("/credits/_dash-update-component", json=body())
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path", ["nonsense", "range/7d", "_reload-hash", "_favicon.ico", "_mcp", "assets/", "assets"]
)
def test_an_address_below_the_page_that_is_nothing_is_404(browser, path):
    assert browser.get(f"{PREFIX}/{path}").status_code == 404


@pytest.mark.parametrize("path", [f"{PREFIX}//", f"/{PREFIX}/", f"{PREFIX}//assets/", "//host/"])
def test_no_address_is_redirected(browser, path):
    """Behind a proxy a redirect would name the host inside."""
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/app", "/app/account", "/_mcp", "/assets/credits.css"])
def test_nothing_is_answered_outside_the_prefix(browser, path):
    assert browser.get(path).status_code == 404


def test_variables_of_dash_in_the_environment_change_nothing(monkeypatch, browser):
    """Dash reads these behind its arguments' back; two of them together stop it altogether."""
    before = page(browser)
    for name, value in {
        "DASH_ROUTES_PATHNAME_PREFIX": "/elsewhere/",
        "DASH_REQUESTS_PATHNAME_PREFIX": "/elsewhere/",
        "DASH_URL_BASE_PATHNAME": "/elsewhere/",
        "DASH_APP_NAME": "elsewhere",
        "DASH_MCP_ENABLED": "true",
        "DASH_COMPRESS": "true",
        "DASH_ASSETS_EXTERNAL_PATH": "https://elsewhere.example/",
        "DASH_SUPPRESS_CALLBACK_EXCEPTIONS": "true",
        "DASH_DEBUG": "true",
        "DASH_UI": "true",
        "DASH_HOT_RELOAD": "true",
        "DASH_PROPS_CHECK": "true",
        "DASH_SERVE_DEV_BUNDLES": "true",
        "HOST": "0.0.0.0",
        "PORT": "1",
    }.items():
        monkeypatch.setenv(name, value)
    after = small_app()
    assert rules(after.server) == rules(small_app().server)
    assert without_token(page(client(after))) == without_token(before)


def rules(server: Flask) -> set[str]:
    return {str(rule) for rule in server.url_map.iter_rules()}


def without_token(text: str) -> str:
    """The document without the token that Dash signs anew for each page load."""
    return re.sub(r'"end_id":"[^"]*"', "", text)


def test_the_renderer_is_told_no_version(browser):
    text = page(browser)
    assert not [key for key in config(text) if "version" in key and key != "disable_version_check"]
    assert not re.search(r"3\.1\d\.\d|GCC|4\.4\.1", text)


def test_the_document_says_language_title_and_width(browser):
    text = page(browser)
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<title>Credits</title>" in text
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    assert "Dash" not in re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


def test_the_theme_comes_before_every_stylesheet(browser):
    """Else a dark page flashes light first."""
    text = page(browser)
    assert 0 < text.index("/early.") < text.index('rel="stylesheet"')
    assert browser.get(script(text, "early")).text.index("data-bs-theme") > 0


def test_every_address_carries_the_fingerprint_of_its_content(browser):
    text = page(browser)
    assert [a for a in addresses(text) if not FINGERPRINT.search(a)] == []
    kept = {browser.get(a).headers["Cache-Control"] for a in addresses(text)}
    assert kept == {"public, max-age=31536000, immutable"}


def test_plotly_is_our_bundle_preloaded_and_handed_to_the_loader(browser):
    text = page(browser)
    plotly = re.search(r'data-plotly="([^"]*)"', text)
    assert plotly is not None
    assert f'<link rel="preload" as="script" href="{plotly[1]}" fetchpriority="low">' in text
    assert "basic" in plotly[1]
    assert f'src="{plotly[1]}"' not in text, "it must not block the page"
    assert b"plotly.js (basic" in browser.get(plotly[1]).data


def script(text: str, name: str) -> str:
    """The address of a script that the document loads."""
    return next(a for a in addresses(text) if f"/{name}." in a and a.endswith(".js"))


def test_the_loader_comes_before_the_scripts_that_ask_for_plotly(browser):
    libraries = browser.get(script(page(browser), "dash-renderer-and-components")).text
    assert libraries.index("dataset.plotly") < libraries.index("react.production")


def test_the_chart_component_is_there_so_that_no_chunk_is_fetched_later(browser):
    libraries = browser.get(script(page(browser), "dash-renderer-and-components")).data
    assert browser.get(CHART_CHUNK).data in libraries


def test_nothing_unused_is_loaded(browser):
    """Neither tables, nor the whole Plotly, nor polyfills of browsers that cannot show the page."""
    text = page(browser)
    loaded = b"".join(browser.get(a).data for a in addresses(text) if a.endswith(".js"))
    assert b"dash_table" not in loaded.replace(b'"dash_table', b"")
    assert "plotly.min.js" not in text
    assert b"core-js" not in loaded
    assert b"regeneratorRuntime=" in loaded


def test_no_script_stands_in_the_document(app):
    """So that the security policy needs no exception; Dash writes string callbacks inline."""
    server_only = make_dash(Flask("tests", static_folder=None), PREFIX)
    server_only.layout = html.Div()
    warm(server_only, "view")
    text = page(client(server_only))
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>(.*?)</script>", text)
    assert inline == []
    assert addresses(text)[-1] == script(text, "page")
    assert not re.search(r"\son\w+=|javascript:", without_scripts(text))


def test_no_other_host_is_named(browser):
    """Neither in the document nor in a stylesheet; names of XML spaces are no requests."""
    text = page(browser)
    assert "//" not in re.sub(r"<!DOCTYPE html>", "", without_scripts(text))
    for address in addresses(text):
        if address.endswith(".css"):
            style = re.sub(r"/\*.*?\*/", "", browser.get(address).text, flags=re.DOTALL)
            assert re.findall(r"(?:@import|url\(['\"]?(?:https?:)?//)[^;)]*", style) == []


def without_scripts(text: str) -> str:
    return re.sub(r"<script[^>]*json.*?</script>", "", text)


@pytest.mark.slow
def test_a_cold_load_stays_light(capsys):
    """As production serves it: compressed with care, once, before the first visitor."""
    browser = client(small_app(quality=SMALL))
    text = page(browser)
    sizes = {a: len(browser.get(a, headers=BROWSER).data) for a in addresses(text)}
    sizes[f"{PREFIX}/"] = len(browser.get(f"{PREFIX}/", headers=BROWSER).data)
    total = sum(sizes.values())
    with capsys.disabled():
        print(f"\ncold page: {total:,} bytes in {len(sizes)} requests (at most {MOST_BYTES:,})")
    assert total <= MOST_BYTES


def test_answers_with_data_are_never_kept_and_never_guessed(browser):
    answers = [
        browser.get(f"{PREFIX}/"),
        browser.get(PREFIX),
        browser.get(f"{PREFIX}/_dash-layout"),
        browser.get(f"{PREFIX}/_dash-dependencies"),
        browser.post(UPDATE, json=body()),
        browser.post(UPDATE, json=[]),
        browser.get("/nowhere"),
    ]
    assert {a.headers["Cache-Control"] for a in answers} == {"no-store"}
    assert {a.headers["X-Content-Type-Options"] for a in answers} == {"nosniff"}


@pytest.mark.parametrize(("accepted", "encoding"), [("br", "br"), ("gzip", "gzip"), ("", None)])
def test_the_document_is_compressed_as_the_browser_takes_it(browser, accepted, encoding):
    answer = browser.get(f"{PREFIX}/", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_layout_of_a_few_bytes_is_not_compressed(browser):
    answer = browser.get(f"{PREFIX}/_dash-layout", headers=BROWSER)
    assert len(answer.data) < 1_000
    assert "Content-Encoding" not in answer.headers


def test_a_warmed_server_answers_dashs_own_scripts_first():
    """Unwarmed, seven of eight workers answered their first script with 500."""
    app = small_app()
    libraries = script(page(client(small_app())), "dash-renderer-and-components")
    assert client(app).get(libraries).status_code == 200


def test_warming_finds_what_the_first_request_would_fall_over():
    """Here two components of one id: said at the start, not to the first visitor."""
    app = make_dash(Flask("tests", static_folder=None), PREFIX)
    app.layout = html.Div([html.P(id="total"), html.P(id="total")])
    with pytest.raises(DuplicateIdError):
        warm(app, "view")


def test_warming_needs_no_identity():
    """The wall in front of all routes stays closed, and the app is warm behind it."""
    server = Flask("tests", static_folder=None)
    server.before_request(lambda: Response(status=401))
    app = make_dash(server, PREFIX)
    app.layout = html.Div()
    warm(app, "view")
    assert server.test_client().get(f"{PREFIX}/").status_code == 401


def test_two_apps_in_one_process_do_not_mix():
    one, other = small_app("/one"), small_app("/other")
    assert [a for a in addresses(page(client(one), "/one")) if not a.startswith("/one/")] == []
    assert client(other).get("/one/").status_code == 404


@pytest.mark.parametrize(
    ("product", "title"),
    [
        ("Acme", "Credits · Acme"),
        ("A & <b>", "Credits · A &amp; &lt;b&gt;"),
        ("{%scripts%}", "Credits · &#123;%scripts%}"),
    ],
)
def test_the_document_is_called_by_the_product_too(product, title):
    text = page(client(small_app(dress=Dress(product))))
    assert f"<title>{title}</title>" in text


def test_a_hosts_colours_are_one_more_stylesheet_after_the_pages_own():
    browser = client(small_app(dress=Dress(colours=":root {\n  --accent: #6A1B9A;\n}\n")))
    sheets = [a for a in addresses(page(browser)) if a.endswith(".css")]
    assert re.fullmatch(rf"{PREFIX}/assets/host\.[0-9a-f]{{16}}\.css", sheets[-1])
    answer = browser.get(sheets[-1])
    assert answer.text == ":root {\n  --accent: #6A1B9A;\n}\n"
    assert "immutable" in answer.headers["Cache-Control"]


def test_other_colours_have_another_address():
    sheets = [
        addresses(page(client(small_app(dress=Dress(colours=colours)))))
        for colours in (":root {}", ":root { }")
    ]
    assert len({a for found in sheets for a in found if "/host." in a}) == 2


def test_without_colours_of_a_host_there_is_no_such_stylesheet(browser):
    assert OWN_COLOURS.split(".")[0] not in page(browser)
    assert browser.get(f"{PREFIX}/assets/{OWN_COLOURS}").status_code == 404
