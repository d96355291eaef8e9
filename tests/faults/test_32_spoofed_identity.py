"""Fault 32: somebody pretends to be somebody else, in every way known, also while keys change."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

from data import schema
from data.engine import connect, create_tables
from data.install import Plan, install
from data.reader import Limits
from tests.conftest import NOW
from tests.issuer import HEADER, SigningKey, base64url, joined
from tests.ledger_builder import LedgerBuilder
from tests.page_client import PageClient
from tests.signed_page import SignedPage, signed_page

PREFIX = "/app/account/credits"
ISSUED = int(NOW.timestamp())
EC, RSA, ED = (SigningKey.make(alg, alg) for alg in ("ES256", "RS256", "Ed25519"))
STRANGER = SigningKey.make("ES256")  # has the name of a published key, and is another
GENEROUS = Limits(connections=50, queue=60)


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Iterator[SignedPage]:
    """Acme and Zeta behind a host that publishes a key of each kind, and signs with ES256."""
    folder = tmp_path_factory.mktemp("spoofed")
    rows = LedgerBuilder()
    for account, workspace in (("acme", "Contracts"), ("zeta", "Zebras")):
        rows.account(account, name=account.title())
        rows.workspace(f"{account}-1", workspace)
        for day in range(1, 23):
            at = f"2026-11-{day:02d}T09:00Z"
            rows.use(at, 5 + day % 3, account=account, workspace=f"{account}-1")
    url = str(folder / "ledger.sqlite")
    ledger = connect(url)
    create_tables(ledger, schema.ledger)
    install(ledger, Plan())
    rows.save(ledger)
    with signed_page(ledger, url, folder, GENEROUS) as served:
        served.issuer.keys = [RSA, ED, EC]
        served.issuer.publish()
        served.roll_up()
        yield served
    ledger.dispose()


def asks(client: PageClient, **environ: str) -> Iterator[Any]:
    """Answers to what reaches an account: the document, Dash's own routes, a callback, a file."""
    for path in ("", "/", "/_dash-layout", "/_dash-dependencies", "/export/entries.csv", "/x"):
        yield client.client.get(
            client.prefix + path, headers=client.headers, environ_overrides=environ
        )
    yield client.post({"range": "month"})


def is_refused(client: PageClient, **environ: str) -> bool:
    return all((401, b"") == (got.status_code, got.data) for got in asks(client, **environ))


# --- 43 kinds of bad token --------------------------------------------------------------------


def good(**changes: Any) -> dict[str, Any]:
    """The claims of a good assertion for Acme, but for the changes; ... leaves one out."""
    usual = {
        "iss": "https://host.example", "aud": "credits", "sub": "user-1", "account": "acme",
        "plan": None, "role": "owner", "workspaces": None, "iat": ISSUED, "exp": ISSUED + 600,
    }  # fmt: skip
    return {name: value for name, value in (usual | changes).items() if value is not ...}


def claiming(*changes: dict[str, Any]) -> list[str]:
    return [EC.sign(good(**change)) for change in changes]


def each(name: str, values: list[Any]) -> list[str]:
    return claiming(*({name: value} for value in values))


def headed(*changes: dict[str, Any]) -> list[str]:
    return [EC.sign(good(), **change) for change in changes]


def raw(header: Any, claims: Any, key: SigningKey = EC) -> str:
    """A token of segments as they are, with a good signature."""
    signed = joined(header, claims)
    return f"{signed}.{base64url(key.signature(signed.encode()))}"


def with_secret(alg: str, secret: bytes) -> str:
    signed = joined({"alg": alg, "kid": "RS256", "typ": "JWT"}, good())
    return f"{signed}.{base64url(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def resigned(alg: str, signature: Callable[[bytes], bytes], kid: str = "ES256") -> str:
    signed = joined({"alg": alg, "kid": kid, "typ": "JWT"}, good())
    return f"{signed}.{base64url(signature(signed.encode()))}"


def altered(**changes: Any) -> str:
    """Other claims under the signature of the good ones."""
    head, _, signature = EC.sign(good()).split(".")
    return f"{head}.{base64url(json.dumps(good(**changes)).encode())}.{signature}"


GOOD = EC.sign(good())
HEAD, CLAIMS, SIGNATURE = GOOD.split(".")
HEADER_OF_EC = {"alg": "ES256", "kid": "ES256", "typ": "JWT"}
PUBLIC = RSA.private.public_key()
PEM, DER = (
    PUBLIC.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    for encoding in (serialization.Encoding.PEM, serialization.Encoding.DER)
)
PKCS1, PSS = padding.PKCS1v15(), padding.PSS(padding.MGF1(hashes.SHA256()), 32)
STRANGERS_JWK = STRANGER.jwk
CLAIM_NAMES = tuple(good())

BAD: dict[str, list[str]] = {
    # the form
    "nothing": ["", " "],
    "no token": ["null", "owner", "acme", "{}", "0", ".", "..", "...", "a.b", "a.b.c"],
    "parts that are missing": [HEAD, f"{HEAD}.{CLAIMS}", f"{HEAD}..{SIGNATURE}", f".{CLAIMS}.x"],
    "parts too many": [f"{GOOD}.", f"{GOOD}.{SIGNATURE}", f"{GOOD}.a.b", f".{GOOD}"],
    "a scheme before it": [f"Bearer {GOOD}", f"JWT {GOOD}", f'"{GOOD}"', f"X={GOOD}"],
    "two that were joined": [f"{GOOD},{GOOD}", f"{GOOD}, {GOOD}", f"{GOOD},", f",{GOOD}"],
    "white space in it": [f"{HEAD} .{CLAIMS}.{SIGNATURE}", f"{GOOD}\t", f"{HEAD}.\x0b{CLAIMS}.x"],
    "letters beyond ASCII": [f"{GOOD}ä", GOOD.replace(".", "\u3002".encode().decode("latin-1"))],
    "longer than 8,192 bytes": [EC.sign(good(more="x" * 6_000)), "a" * 9_000],
    "no base64url": [f"{HEAD}=.{CLAIMS}.{SIGNATURE}", f"{HEAD}.{CLAIMS}.+/{SIGNATURE}"],
    "bits left over in the signature": [f"{HEAD}.{CLAIMS}.{SIGNATURE[:-1]}{last}" for last in "BR"],
    "JSON in place of a compact token": [
        json.dumps({"protected": HEAD, "payload": CLAIMS, "signature": SIGNATURE})
    ],
    "a header that is no object": [
        raw(one, good()) for one in ("[]", "7", '"ES256"', "{", b"\xff")
    ],
    "claims that are no object": [raw(HEADER_OF_EC, one) for one in ("[]", "null", '"a"', b"\xff")],
    "a name twice": [
        raw('{"alg":"none","alg":"ES256","kid":"ES256"}', good()),
        raw(HEADER_OF_EC, json.dumps(good())[:-1] + ', "account": "zeta"}'),
        raw(HEADER_OF_EC, '{"role": "member", ' + json.dumps(good())[1:]),
    ],
    "nested without end": [raw(HEADER_OF_EC, "[" * 3_000), raw('{"alg":' * 60, good())],
    # the algorithm
    "no algorithm": [
        f"{joined({'alg': alg, 'kid': 'ES256'}, good())}.{end}"
        for alg in ("none", "None", "NONE", "nOnE", "")
        for end in ("", "AA", SIGNATURE)
    ],
    "alg left out, or no text": headed({"alg": None}, {"alg": ["ES256"]}, {"alg": 7}, {"alg": {}}),
    "a secret made of a public key": [
        with_secret(alg, secret) for alg in ("HS256", "HS384") for secret in (PEM, DER, b"")
    ],
    "an algorithm that is not taken": [
        resigned("PS256", lambda m: RSA.private.sign(m, PSS, hashes.SHA256()), "RS256"),
        resigned("RS512", lambda m: RSA.private.sign(m, PKCS1, hashes.SHA512()), "RS256"),
        *headed({"alg": "ES384"}, {"alg": "ES256K"}, {"alg": "Ed448"}, {"alg": "es256"}),
    ],
    "the algorithm of another key": [
        *headed({"alg": "RS256"}, {"alg": "Ed25519"}, {"kid": "RS256"}, {"kid": "Ed25519"}),
        ED.sign(good(), alg="ES256"),
        RSA.sign(good(), alg="EdDSA"),
    ],
    # the key
    "no kid, or no text": headed({"kid": None}, {"kid": ""}, {"kid": 7}, {"kid": ["ES256"]}),
    "a kid that is not published": headed(
        {"kid": "es256"}, {"kid": "../../dev/null"}, {"kid": "' or 1=1"}, {"kid": "x" * 300}
    ),
    "a key in the header": [
        STRANGER.sign(good(), jwk=STRANGERS_JWK),
        STRANGER.sign(good(), x5c=["MIIB"]),
        *headed({"jwk": EC.jwk}),
    ],
    "an address of keys in the header": [
        STRANGER.sign(good(), jku="https://evil.example/jwks"),
        *headed({"jku": "https://host.example/jwks"}, {"x5u": "https://host.example/x"}),
    ],
    "what must be understood": headed(
        {"crit": ["exp"], "exp": 1}, {"crit": []}, {"b64": False, "crit": ["b64"]}, {"b64": True}
    ),
    "another type": headed({"typ": "at+jwt"}, {"typ": "JOSE"}, {"typ": 7}, {"cty": "JWT"}),
    # the signature
    "another's signature": [STRANGER.sign(good())],
    "claims altered after signing": [
        altered(account="zeta"),
        altered(role="admin"),
        altered(exp=ISSUED + 601),
    ],
    "a signature of zeros": [resigned("ES256", lambda _: bytes(64))],
    "a signature cut, stretched or in DER": [
        resigned("ES256", lambda m: EC.signature(m)[:-1]),
        resigned("ES256", lambda m: EC.signature(m) + b"\0"),
        resigned("ES256", lambda m: EC.private.sign(m, ec.ECDSA(hashes.SHA256()))),
    ],
    # whom it is from and for
    "another issuer": each(
        "iss", ["https://evil.example", "https://host.example/", "", 7, None, []]
    ),
    "another audience": each("aud", ["other", "Credits", "credits ", "", 7, None]),
    "several audiences": each("aud", [["credits"], ["credits", "other"], {"credits": 1}]),
    "a claim left out": claiming(*({name: ...} for name in CLAIM_NAMES)),
    # when
    "expired": claiming(
        {"iat": ISSUED - 630, "exp": ISSUED - 30}, {"iat": 0, "exp": 600}, {"iat": 1, "exp": 1}
    ),
    "not yet": claiming({"iat": ISSUED + 31}, {"nbf": ISSUED + 31}, {"nbf": "now"}),
    "good for too long, or for no time": each(
        "exp", [ISSUED + 601, 2**63, 2**600, ISSUED, ISSUED - 1]
    ),
    "a time of another type": [
        *each("exp", [str(ISSUED + 600), ISSUED + 60.5, True, None, [ISSUED + 600], {}]),
        *each("iat", [str(ISSUED), float(ISSUED), False, None, -1]),
        *(
            raw(HEADER_OF_EC, json.dumps(good()).replace(str(ISSUED + 600), text))
            for text in ("NaN", "Infinity", "1e400", "-1")
        ),
    ],
    # who
    "a role that there is none of": each(
        "role", ["root", "Owner", "owner ", "", None, 7, ["owner"]]
    ),
    "an account that is no id": each(
        "account", ["", None, 7, True, ["acme"], "a\0b", "x\n", "x" * 201]
    ),
    "a user who is no id": each("sub", ["", None, 7, ["user-1"], "\x1b[0m", "x" * 201, "\ud800"]),
    "workspaces that are no ids": [
        *each("workspaces", ["w1", 7, {}, [7], [None], [["w1"]], [""], ["x" * 201], True]),
        *each("workspaces", [[f"w{number}" for number in range(101)]]),
        *each("plan", [7, [], "", "x" * 201]),
    ],
}


def test_there_are_43_kinds_of_bad_token():
    assert 43 == len(BAD)
    assert 150 < sum(len(tokens) for tokens in BAD.values())


def test_the_tokens_that_these_were_made_from_are_good(page):
    for key in (EC, RSA, ED):
        client = PageClient(page.app, headers={HEADER: key.sign(good())})
        answers = [got.status_code for got in asks(client)]
        assert [200] * 5 + [404, 200] == answers, key.alg


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_token_reaches_nothing_and_no_log_repeats_it(page, kind, caplog):
    for number, token in enumerate(BAD[kind]):
        assert is_refused(PageClient(page.app, headers={HEADER: token})), (kind, number)
        assert [part for part in token.split(".") if len(part) > 20 and part in caplog.text] == []
    assert 7 * len(BAD[kind]) == caplog.text.count("refused ")


# --- 9 headers that nobody signed -------------------------------------------------------------

UNSIGNED = {
    "the user of a proxy": {"X-Forwarded-User": "user-1", "X-Forwarded-Email": "a@host.example"},
    "an address of a proxy": {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
    "a host of a proxy": {"X-Forwarded-Host": "host.example", "X-Forwarded-Proto": "https"},
    "the server's user": {"Remote-User": "user-1", "X-Remote-User": "user-1"},
    "an auth request's user": {"X-Auth-Request-User": "user-1", "X-Auth-Request-Groups": "owner"},
    "an account by name": {"X-Account-Id": "zeta", "X-Credit-Account": "zeta", "X-Role": "owner"},
    "a token elsewhere": {"Authorization": f"Bearer {EC.sign(good(account='zeta'))}"},
    "a cookie": {"Cookie": f"{HEADER}={EC.sign(good(account='zeta'))}; session=zeta"},
    "another path": {"X-Original-URL": "/healthz", "X-Rewrite-URL": "/healthz"},
}


def test_there_are_9_unsigned_headers():
    assert 9 == len(UNSIGNED)


@pytest.mark.parametrize("kind", UNSIGNED)
def test_an_unsigned_header_lets_nobody_in_and_changes_no_answer(page, kind):
    """REMOTE_USER of the WSGI environment, too, which a server in front may set."""
    assert is_refused(PageClient(page.app, headers=UNSIGNED[kind]), REMOTE_USER="user-1")
    view = {"range": "month", "account": "zeta"}
    plain = page.of("acme").post(view)
    answer = page.of("acme").post(view, **UNSIGNED[kind])
    assert (200, plain.data) == (answer.status_code, answer.data)
    assert b"Zebras" not in answer.data


# --- keys change under load -------------------------------------------------------------------


def test_keys_change_under_load_and_nobody_is_turned_away(page, tmp_path):
    """Eight browsers ask on while the host takes ten new keys into use, one after another.

    Now and then the file is broken: what was known stays. A key that was taken away is no key.
    """
    rounds, statuses = 10, []
    with signed_page(page.ledger, str(page.ledger.url.database), tmp_path, GENEROUS) as served:
        host, first = served.issuer, served.issuer.sign()
        barrier = threading.Barrier(9, timeout=60)

        def browse_once() -> None:
            client = served.of()
            statuses.append(client.client.get(client.prefix, headers=client.headers).status_code)

        def browse() -> None:
            for _ in range(rounds):
                barrier.wait()
                for _ in range(3):
                    browse_once()
                barrier.wait()

        threads = [threading.Thread(target=browse) for _ in range(8)]
        for thread in threads:
            thread.start()
        for number in range(rounds):
            barrier.wait()
            new = SigningKey.make(f"key-{number + 2}", ("ES256", "Ed25519")[number % 2])
            host.jwks.write_text("{", "utf-8")
            host.publish(new.jwk)  # beside the one that signs,
            host.keys.append(new)  # which it replaces,
            host.keys[:-2] = []  # and the one before that goes
            host.publish()
            browse_once()  # a file that is broken before anybody read it would tell nobody
            barrier.wait()
        for thread in threads:
            thread.join()
        assert [200] * ((8 * 3 + 1) * rounds) == statuses
        assert is_refused(PageClient(served.app, headers={HEADER: first}))


# --- two accounts at once ---------------------------------------------------------------------


def test_50_threads_of_two_accounts_never_see_each_other(page):
    """Each answer is to the byte the one that its viewer gets alone."""
    views = ({"range": "month", "account": "acme"}, {"range": "7d", "account": "zeta"})
    alone = {
        (account, number): page.of(account).post(view).data
        for account in ("acme", "zeta")
        for number, view in enumerate(views)
    }
    assert 4 == len(set(alone.values()))
    assert (True, False) == tuple(b"Zebras" in alone[account, 0] for account in ("zeta", "acme"))
    started, mixed, asked = threading.Barrier(50, timeout=60), [], []

    def browse(turn: int) -> None:
        clients = {account: page.of(account) for account in ("acme", "zeta")}
        started.wait()
        for account, number in list(alone) if turn % 2 else list(reversed(alone)):
            got = clients[account].post(views[number])
            asked.append(got.status_code)
            if got.data != alone[account, number]:
                mixed.append((turn, account, number))

    threads = [threading.Thread(target=browse, args=(turn,)) for turn in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [200] * 200 == asked
    assert [] == mixed
