"""Requests that a hostile browser could send: what the page itself sends, changed in any place.

Bodies are made from the callbacks that an app has registered, so that a new one is tried too. It
never judges the answers.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from dash import Dash
from hypothesis import strategies as st

from dashboard.ids import Id

JSON = "application/json"
Body = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]
Place = tuple[Any, ...]

# What the page sends for each store of a server callback: every field, in forms that it has.
VIEWS = (
    {"range": "month", "account": None, "theme": "light", "n": 1},
    {"range": "90d", "account": "acme", "theme": "dark", "tables": "daily,workspace:1", "n": 2},
    {"range": "2026-11-03..2026-11-12", "account": "zeta", "workspaces": "all", "compare": "1"},
    {"range": "7d", "account": "acme", "prints": True, "refreshed": True, "toggled": "daily"},
    {
        "range": "7d",
        "known": {"account": "acme", "version": 1, "today": "2026-11-22", "scope": "0" * 16},
    },
)
OPENS = (
    *("day:2026-11-12", "days:2026-11-09..2026-11-15", "month:2026-11-03", "rest:workspaces"),
    *("reason:workflow_run", "type:contract_review", "workspace:w1", "kind:team", "rest:reasons"),
)
SHEETS = tuple({"open": opens, "only": "", "range": "month", "account": "acme"} for opens in OPENS)
PAGES = (
    {**SHEETS[0], "more": "1794000000000000,5000000,e1", "shown": 50},
    {**SHEETS[4], "only": "workspace:w1", "more": "1794000000000000,5000000,e1", "shown": 50},
)
VALUES: Mapping[str, tuple[Any, ...]] = {
    Id.VIEW: VIEWS,
    Id.SHEET_ASK: SHEETS + PAGES,
    Id.SHEET_LATER: SHEETS,
}

TEXTS = (
    "",
    "'; drop table entries; --",
    "' or '1'='1",
    "{{7*7}}",
    "${jndi:ldap://127.0.0.1/a}",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "__proto__",
    "../../../../etc/passwd",
    "%00%0d%0aSet-Cookie: a=b",
    "a\0b",
    "half \ud800",
    "\u202eright to left",
    "e\u0301" * 50,
    "😀" * 201,
    "٣d",
    "7d7d",
    "0d",
    "month@2026-11-03",
    "month@9999-12-31",
    "1976-01-01..2026-01-01",
    "2026-11-12..2026-11-03",
    "2026-02-30..2026-03-01",
    "0001-01-01..9999-12-31",
    "9999-12-31..9999-12-31",
    "day:0001-01-01",
    "day:9999-12-31",
    "days:0001-01-01..9999-12-31",
    "month:1900-01-01",
    "reason:' or 1=1 --",
    "workspace:z1",
    "workspace:\U0010ffff",
    "workspace:",
    "kind:unassigned",
    "daily:999999999,daily:0,daily:-1",
    ",".join(["daily"] * 5_000),
    "-999999999999999999,999999999999999999,",
    "999999999999999999,-1,e1",
    "zeta",
    "acme",
    "all",
    "x" * 10_000,
    "x" * 70_000,
)
NUMBERS = (
    *(0, -1, 1, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 10**400, 10**4_000, True, False),
    *(0.5, -0.0, 1e308, 5e-324, float("nan"), float("inf"), -float("inf")),
)
EMPTY = (None, [], {}, [[]], {"": None}, [{}] * 3)
LEAVES = st.sampled_from(TEXTS) | st.sampled_from(NUMBERS) | st.sampled_from(EMPTY)
DEPTHS = (1, 2, 14, 40, 20_000)


# --- valid bodies -----------------------------------------------------------------------------


def server_callbacks(app: Dash) -> list[str]:
    """The outputs that name the callbacks which the server answers."""
    return [name for name, one in app.callback_map.items() if "callback" in one]


def valid_body(app: Dash, output: str, value: Any) -> Body:
    """The request of one callback, as Dash's renderer sends it when its first input changed."""
    callback = app.callback_map[output]
    parts = [part.rsplit(".", 1) for part in output.strip(".").split("...")]
    outputs = [{"id": id_, "property": prop.split("@")[0]} for id_, prop in parts]
    inputs = [{**_named(one), "value": value} for one in callback["inputs"]]
    return {
        "output": output,
        "outputs": outputs if output.startswith("..") else outputs[0],
        "inputs": inputs,
        "changedPropIds": [f"{inputs[0]['id']}.{inputs[0]['property']}"],
        "parsedChangedPropsIds": [f"{inputs[0]['id']}.{inputs[0]['property']}"],
        "state": [{**_named(one), "value": None} for one in callback["state"]],
    }


def _named(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": item["id"], "property": item["property"]}


# --- changed ones -----------------------------------------------------------------------------


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """The way to every place inside a JSON value, its own first."""
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*at, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*at, number))


def found(value: Any, place: Place) -> Any:
    """What stands at a place."""
    for step in place:
        value = value[step]
    return value


def put(value: Any, place: Place, new: Any) -> Any:
    """`value` with something else at a place."""
    if not place:
        return new
    found(value, place[:-1])[place[-1]] = new
    return value


def drop(value: Any, place: Place) -> Any:
    """`value` without a place."""
    if not place:
        return None
    del found(value, place[:-1])[place[-1]]
    return value


def nested(value: Any, depth: int, key: str | None) -> str:
    """JSON of a value inside lists, or inside objects of one key; text, for json knows an end."""
    opening, closing = ("[", "]") if key is None else (f"{{{json.dumps(key)}:", "}")
    return opening * depth + json.dumps(value) + closing * depth


HOLE = "\ue000hole"  # where nested JSON goes once the rest is text


@st.composite
def bodies(draw: Draw, app: Dash) -> tuple[Any, bytes]:
    """A body as a value, and as the bytes that are sent; one to three places are not the page's."""
    output = draw(st.sampled_from(server_callbacks(app)))
    store = app.callback_map[output]["inputs"][0]["id"]
    body: Any = valid_body(app, output, copy.deepcopy(draw(_values(store))))
    hole = None
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        everywhere = list(places(body))
        inside = [place for place in everywhere if place[:3] == ("inputs", 0, "value")]
        place = draw(st.sampled_from(inside if inside and draw(MOSTLY) else everywhere))
        change = draw(st.sampled_from(("put", "put", "put", "swap", "drop", "add", "nest")))
        if change == "put":
            body = put(body, place, copy.deepcopy(draw(LEAVES)))
        elif change == "drop":
            body = drop(body, place)
        elif change == "swap":
            body = _swapped(body, place, draw(st.sampled_from(everywhere)))
        elif change == "add":
            body = _added(body, place, draw(st.sampled_from(TEXTS)), copy.deepcopy(draw(LEAVES)))
        elif hole is None:
            depth, key = draw(st.sampled_from(DEPTHS)), draw(st.sampled_from((None, "value")))
            hole = nested(found(body, place), depth, key)
            body = put(body, place, HOLE)
    text = json.dumps(body)
    if hole is not None:
        text = text.replace(json.dumps(HOLE), hole)
    return body, draw(_bytes(text.encode()))


MOSTLY = st.sampled_from((True, True, True, False))


def _values(store: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(VALUES.get(store, ({},)))


def _swapped(body: Any, one: Place, other: Place) -> Any:
    """Two places exchanged, where neither lies in the other."""
    if one == other[: len(one)] or other == one[: len(other)]:
        return body
    first, second = found(body, one), found(body, other)
    return put(put(body, one, second), other, first)


def _added(body: Any, place: Place, key: str, new: Any) -> Any:
    """One thing more in the list or object at a place, or a text that is longer."""
    there = found(body, place)
    if isinstance(there, dict):
        return put(body, place, {**there, key: new})
    if isinstance(there, list):
        return put(body, place, [*there, new])
    return put(body, place, f"{there}{key}")


def _bytes(whole: bytes) -> st.SearchStrategy[bytes]:
    """Most often as they are; sometimes cut, or with bytes that are no text."""
    cut = st.integers(0, len(whole)).map(lambda at: whole[:at])
    torn = st.integers(0, len(whole)).map(lambda at: whole[:at] + b"\xff\xfe" + whole[at:])
    return st.sampled_from(range(20)).flatmap(
        lambda which: cut if which == 0 else torn if which == 1 else st.just(whole)
    )


# --- addresses and headers ----------------------------------------------------------------------

PIECES = (
    *("/", "//", ".", "..", "%", "%2e%2e%2f", "\0", "\r\n", "\xff", "\xc0\xae", "?", "#", ";a=b"),
    *("_dash-layout", "_dash-dependencies", "_dash-component-suites", "_dash-update-component"),
    *(
        "_reload-hash",
        "_favicon.ico",
        "_mcp",
        "assets",
        "credits.js",
        "credits.0123456789abcdef.js",
    ),
    *("dash", "dash_renderer.min.js", "etc/passwd", "app.py", ".git/config", "healthz", "metrics"),
    *("export", "daily.csv", "é", "x" * 5_000, "{{7*7}}", "<img onerror>", "'; drop", "~", "\\"),
)
HEADERS = {
    "HTTP_HOST": ("127.0.0.1", "evil.example", "[::1", "127.0.0.1:99999", "a" * 300, "\xff", ""),
    "HTTP_ACCEPT_ENCODING": ("br", "gzip;q=x", "*", "br;q=" + "9" * 400, "\xff", ",,,;;"),
    "HTTP_IF_NONE_MATCH": ('W/"', "*", '"' * 300, "\xff"),
    "HTTP_IF_MODIFIED_SINCE": ("never", "Sun, 99 Foo 9999 99:99:99 GMT"),
    "HTTP_RANGE": ("bytes=0-0", "bytes=-1", "bytes=5-1,,", "lines=1-2"),
    "HTTP_IF_RANGE": ('"x"', "never"),
    "HTTP_COOKIE": ("a=b; " * 100, "\xff=\0", "=;=;"),
    "HTTP_AUTHORIZATION": ("Basic !!!", "Digest " + "a=" * 50, "Bearer x.y.z"),
    "HTTP_CACHE_CONTROL": ("max-age=x", ","),
    "HTTP_X_FORWARDED_HOST": ("evil.example",),
    "HTTP_X_CREDIT_ASSERTION": ("", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", ".." * 5_000, "\xff"),
    "HTTP_TRANSFER_ENCODING": ("chunked", "gzip"),
    "CONTENT_LENGTH": ("-1", "x", "9" * 30, "70000", ""),
    "CONTENT_TYPE": ("application/json; charset=utf-7", "application/json;" * 50, "\xff", "/"),
    "QUERY_STRING": ("range=' or 1=1 --", "view=print&" * 500, "%", "%ff%fe", "a[b]=c", "\xff"),
}
READ = (
    *("export/entries.csv", "export/charts.csv", "export/charts.json", "export/charts.xlsx"),
    *("export/workspace.csv", "api/v1/usage", "api/v1/usage", "api/v1/openapi.json"),
)
ASKED = ("range", "range", "account", "open", "only", "format", "more")  # in their queries
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "FOO")


@st.composite
def requests(draw: Draw, prefix: str) -> tuple[str, dict[str, str]]:
    """A method, and what a server hands over (WSGI) for an address and headers of any kind."""
    names = draw(st.lists(st.sampled_from(sorted(HEADERS)), max_size=3, unique=True))
    environ = {name: draw(st.sampled_from(HEADERS[name])) for name in names}
    start = draw(st.sampled_from((f"{prefix}/", prefix, "/", f"{prefix}/assets/")))
    path = start + "".join(draw(st.lists(st.sampled_from(PIECES), max_size=5)))
    return draw(st.sampled_from(METHODS)), {"PATH_INFO": path, **environ}


@st.composite
def readings(draw: Draw, prefix: str) -> tuple[str, str]:
    """The address of a file or of figures for programs, and a query of any kind."""
    names = draw(st.lists(st.sampled_from(ASKED), max_size=3))
    values = st.sampled_from(TEXTS) | st.sampled_from((*OPENS, "7d", "zeta", "csv", "json"))
    query = [(name, draw(values)) for name in names]
    return f"{prefix}/{draw(st.sampled_from(READ))}", urlencode(query, errors="surrogatepass")
