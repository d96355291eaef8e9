"""Behind nginx, by the configuration that is shipped: who is believed, and what passes."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from dashboard.ids import Id
from tests.deployment import ASK, PATH, Deployment, free_port, nginx, send, serving
from tests.issuer import HEADER, SigningKey

pytestmark = [pytest.mark.proxy, pytest.mark.slow]

UPDATE = f"{PATH}/_dash-update-component"
JSON = {"Content-Type": "application/json"}
ACME = {"Cookie": "session=of-acme"}
ZETA = {"Cookie": "session=of-zeta"}
MINE, OTHERS = "Kestrel contracts", "Wombat drafts"
SLOW = 12  # more than the threads of gunicorn's processes together


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Visitor:
    """A client of nginx, or of gunicorn past it, that may send any header."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment

    def send(self, method, path, headers=(), body=None, *, past_nginx=False) -> Answer:
        connection = self._connection(past_nginx)
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items() if isinstance(headers, dict) else headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def get(self, path, headers=(), **how) -> Answer:
        return self.send("GET", path, headers, **how)

    def figures(self, headers=(), **how) -> Answer:
        """The answer to what an open page asks."""
        listed = list(headers.items() if isinstance(headers, dict) else headers)
        return self.send("POST", UPDATE, [*JSON.items(), *listed], self.question, **how)

    @property
    def question(self) -> bytes:
        """As the page sends it; its outputs are listed in what the page was told."""
        told = json.loads(self.get(f"{PATH}/_dash-dependencies", ACME).body)
        (view,) = (
            one
            for one in told
            if not one["clientside_function"] and [Id.VIEW] == [of["id"] for of in one["inputs"]]
        )
        parts = [part.rsplit(".", 1) for part in view["output"].strip(".").split("...")]
        body = {
            "output": view["output"],
            "outputs": [{"id": id_, "property": prop} for id_, prop in parts],
            "inputs": [{"id": Id.VIEW, "property": "data", "value": {"range": "7d"}}],
            "changedPropIds": [f"{Id.VIEW}.data"],
            "state": [],
        }
        return json.dumps(body).encode()

    def _connection(self, past_nginx: bool) -> http.client.HTTPConnection:
        there = self.deployment
        if past_nginx:
            return http.client.HTTPConnection("127.0.0.1", there.page, timeout=30)
        return http.client.HTTPSConnection("127.0.0.1", there.port, timeout=30, context=there.trust)


@pytest.fixture
def visitor(deployment) -> Visitor:
    return Visitor(deployment)


# --- the page and its addresses ---------------------------------------------------------------


def test_the_page_is_found_with_and_without_its_slash_and_never_redirected(visitor):
    answers = [visitor.get(path, ACME) for path in (PATH, f"{PATH}/", f"{PATH}/?range=7d")]
    assert [200] * 3 == [answer.status for answer in answers]
    assert [None] * 3 == [answer.headers["Location"] for answer in answers]
    for script in re.findall(r'src="([^"]+)"', answers[0].text):
        found = visitor.get(script, ACME)
        assert (200, True) == (found.status, "immutable" in found.headers["Cache-Control"])
    for answer in answers:
        assert f":{visitor.deployment.page}" not in answer.text
        assert "http://" not in answer.text


@pytest.mark.parametrize("path", [f"{PATH}-old", "/", "/healthz", "/readyz", "/_dash-layout"])
def test_every_other_address_is_the_products(visitor, path):
    assert "the product" == visitor.get(path, ACME).text


@pytest.mark.parametrize("path", [f"{PATH}//", f"{PATH}/nowhere", f"{PATH}/%2e%2e/%2e%2e/x%00"])
def test_an_address_that_is_nothing_is_refused_without_a_redirect(visitor, path):
    answer = visitor.get(path, ACME)
    assert answer.status in {400, 404}
    assert answer.headers["Location"] is None


# --- who is believed --------------------------------------------------------------------------


def test_each_session_sees_its_own_account(visitor):
    for session, word, other in ((ACME, MINE, OTHERS), (ZETA, OTHERS, MINE)):
        answer = visitor.figures(session)
        assert (200, "no-store") == (answer.status, answer.headers["Cache-Control"])
        assert word in answer.text
        assert other not in answer.text


def test_a_download_comes_through_and_is_of_the_sessions_account(visitor):
    for method in ("HEAD", "GET"):
        answer = visitor.send(method, f"{PATH}/export/entries.csv?account=zeta&range=7d", ACME)
        assert (200, "no-store") == (answer.status, answer.headers["Cache-Control"])
        assert "attachment" in answer.headers["Content-Disposition"]
    assert 7 == answer.text.count(MINE)
    assert OTHERS not in answer.text


@pytest.mark.parametrize(
    "name", [HEADER, HEADER.lower(), "X_Credit_Assertion", "x_credit-assertion"]
)
def test_an_assertion_that_a_browser_sends_is_overwritten(visitor, name):
    """Though it is a good one: of a person of the other account."""
    stolen = visitor.deployment.product.assertion("of-zeta")
    answer = visitor.figures([*ACME.items(), (name, stolen), (name, stolen)])
    assert (True, False) == (MINE in answer.text, OTHERS in answer.text)


@pytest.mark.parametrize("name", [HEADER, "X_Credit_Assertion"])
def test_an_assertion_without_a_session_opens_nothing(visitor, name):
    stolen = visitor.deployment.product.assertion("of-zeta")
    assert 401 == visitor.figures({name: stolen}).status
    assert 401 == visitor.get(f"{PATH}/", {name: stolen}).status


def test_past_nginx_a_header_with_an_underscore_is_none(visitor):
    mine, stolen = map(visitor.deployment.product.assertion, ("of-acme", "of-zeta"))
    assert 401 == visitor.get(f"{PATH}/", {"X_Credit_Assertion": stolen}, past_nginx=True).status
    both = [("X_Credit_Assertion", stolen), (HEADER, mine), ("X_Credit_Assertion", stolen)]
    assert MINE in visitor.figures(both, past_nginx=True).text


def test_past_nginx_one_good_assertion_opens_the_page_and_nothing_else_does(visitor):
    """Two headers of one name come joined by gunicorn, and are refused even where both are good."""
    issuer, sign = visitor.deployment.product.issuer, visitor.deployment.product.assertion
    good, other = (HEADER, sign("of-acme")), (HEADER, sign("of-zeta"))
    forged = SigningKey.make(issuer.key.kid).sign(issuer.claims("acme"))
    assert 200 == visitor.get(f"{PATH}/", [good], past_nginx=True).status
    for headers in (
        [],
        [(HEADER, forged)],
        [(HEADER, issuer.sign("acme", iat=1, exp=2))],
        [good, good],
        [good, other],
        [(HEADER, ""), good],
        [("Authorization", f"Bearer {good[1]}")],
    ):
        answer = visitor.get(f"{PATH}/", headers, past_nginx=True)
        assert (401, b"") == (answer.status, answer.body), headers
    probes = [visitor.get(path, past_nginx=True) for path in ("/healthz", "/readyz")]
    assert [(200, "ok\n"), (200, "ready\n")] == [(probe.status, probe.text) for probe in probes]


def test_where_the_product_signs_is_reached_by_nginx_alone(visitor):
    assert 404 == visitor.get(ASK, ACME).status


def test_who_signed_out_is_told_by_401_and_a_person_who_opens_the_page_signs_in(visitor):
    assert 401 == visitor.figures().status
    opened = visitor.get(f"{PATH}/", {"Sec-Fetch-Mode": "navigate"})
    assert (302, f"/sign-in?next={PATH}") == (opened.status, opened.headers["Location"])


# --- what passes ------------------------------------------------------------------------------


@pytest.fixture
def mirror(deployment, tmp_path) -> Iterator[Visitor]:
    """A client of another nginx, in front of a page that answers with what it was sent."""
    for made in deployment.folder.glob("app.example.com.*"):
        shutil.copy(made, tmp_path)

    def reflect(request: Any) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0))).decode()
        told = {"line": request.requestline, "headers": request.headers.items(), "body": body}
        send(request, 200, {}, json.dumps(told).encode())

    port = free_port()
    with (
        serving(deployment.product.answer) as product,
        serving(reflect) as page,
        nginx(port, product, page, tmp_path),
    ):
        yield Visitor(replace(deployment, folder=tmp_path, port=port, page=page))


def test_the_page_gets_seven_headers_and_none_that_a_browser_wrote_itself(mirror):
    sent = {
        **ACME,
        **JSON,
        HEADER: "mine",
        "X_Credit_Assertion": "mine",
        "Authorization": "Bearer mine",
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Proto": "mine",
        "Forwarded": "for=mine",
        "Remote-User": "mine",
        "Script_Name": "/mine",
        "SCRIPT-NAME": "/mine",
        "X-Request-ID": "mine",
        "X-HTTP-Method-Override": "mine",
        "Connection": "close, X-Credit-Assertion",
        "Accept-Encoding": "br",
        "If-None-Match": '"tag"',
    }
    told = json.loads(mirror.send("POST", f"{UPDATE}?a=%2e", sent, b"[]").body)
    assert (f"POST {UPDATE}?a=%2e HTTP/1.1", "[]") == (told["line"], told["body"])
    assert "mine" not in str(told)
    names = [name for name, _value in told["headers"]]
    assert sorted(names) == [
        *("Accept-Encoding", "Content-Length", "Content-Type", "Host", "If-None-Match"),
        *("X-Credit-Assertion", "X-Request-ID"),
    ]


def test_a_request_without_a_name_for_it_is_given_one_and_no_header_is_empty(mirror):
    told = json.loads(mirror.get(f"{PATH}/", ACME).body)
    headers = dict(told["headers"])
    assert headers.keys() == {"Host", HEADER, "X-Request-ID"}
    assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-ID"])
    assert all(headers.values())


@pytest.mark.parametrize("proto", ["http", "https", "ftp"])
def test_where_tls_ends_is_not_the_pages_concern(visitor, proto):
    """No header about scheme or host changes a byte, through nginx or past it."""
    told = {"X-Forwarded-Proto": proto, "X-Forwarded-Host": "evil.example", "X-Forwarded-Ssl": "on"}
    mine = {HEADER: visitor.deployment.product.assertion("of-acme")}
    for who, past in ((ACME, False), (mine, True)):
        plain = visitor.get(f"{PATH}/", who, past_nginx=past)
        asked = visitor.get(f"{PATH}/", who | told, past_nginx=past)
        assert without_token(plain.text) == without_token(asked.text)
        assert 200 == asked.status


def without_token(text: str) -> str:
    return re.sub(r'"end_id":"[^"]*"', "", text)


def test_an_assertion_of_a_hundred_workspaces_passes(visitor):
    listed = [f"workspace-{number:03d}-{'x' * 36}" for number in range(99)]
    sessions = visitor.deployment.product.sessions
    sessions["long"] = {"account": "acme", "role": "member", "workspaces": [*listed, "w1"]}
    assert 7_000 < len(visitor.deployment.product.assertion("long") or "") <= 8_192
    assert MINE in visitor.figures({"Cookie": "session=long"}).text


def test_twenty_kilobytes_of_cookies_are_the_products_and_one_such_line_is_refused(visitor):
    crumbs = [("Cookie", f"crumb{number}={'x' * 6_600}") for number in range(3)]
    assert 200 == visitor.get(f"{PATH}/", [*crumbs, *ACME.items()]).status
    assert 400 == visitor.get(f"{PATH}/", {"Cookie": f"crumb={'x' * 20_000}"}).status


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (f"{PATH}/?{'x' * 4_100}", {}, 414),
        (f"{PATH}/", {"Cookie": "x" * 20_000}, 431),
        (f"{PATH}/", {HEADER: "x" * 9_300}, 431),
        (f"{PATH}/", {f"X-{number}": "x" for number in range(60)}, 431),
    ],
    ids=["address", "20 kB", "assertion", "60 headers"],
)
def test_past_nginx_gunicorn_refuses_what_is_too_long(visitor, path, headers, status):
    assert status == visitor.get(path, headers, past_nginx=True).status


@pytest.mark.parametrize("past_nginx", [False, True])
def test_a_megabyte_is_refused(visitor, past_nginx):
    mine = {HEADER: visitor.deployment.product.assertion("of-acme")}
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it need not read it all
        answer = visitor.send(
            "POST",
            UPDATE,
            JSON | (mine if past_nginx else ACME),
            b" " * 2**20,
            past_nginx=past_nginx,
        )
        assert 413 == answer.status
    assert MINE in visitor.figures(ACME).text


def test_slow_clients_hold_no_thread_of_the_page(visitor):
    with contextlib.ExitStack() as stack:
        for number in range(SLOW):
            stack.enter_context(slow(visitor.deployment, in_body=number % 2 == 0))
        assert MINE in visitor.figures(ACME).text


@contextlib.contextmanager
def slow(deployment: Deployment, *, in_body: bool) -> Iterator[Any]:
    """A client that stops in the middle of what it sends."""
    length = "Content-Length: 500\r\n\r\n{" if in_body else "Accept: x"
    sent = f"POST {UPDATE} HTTP/1.1\r\nHost: x\r\nCookie: session=of-acme\r\n{length}"
    with (
        socket.create_connection(("127.0.0.1", deployment.port), 30) as plain,
        deployment.trust.wrap_socket(plain, server_hostname="app.example.com") as secure,
    ):
        secure.sendall(sent.encode())
        yield secure


def test_no_log_holds_an_assertion_or_a_session(visitor):
    visitor.figures(ACME)
    signed = visitor.deployment.product.assertion("of-acme") or ""
    visitor.get(f"{PATH}/", {HEADER: signed + "x"}, past_nginx=True)
    for name in ("gunicorn.log", "access.log", "error.log"):
        assert not {signed[:30], "of-acme"} & set(
            re.findall(r"[\w.-]+", visitor.deployment.said(name))
        )
        assert "eyJ" not in visitor.deployment.said(name)
