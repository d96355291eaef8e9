"""Is an assertion one that the host signed, for us, and now? A viewer comes out, or a refusal.

Every claim is checked here, by type and by value: the library is asked for the signature alone.
Nothing is read from a request, and a refusal's reason holds no part of the assertion.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, get_args

from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry, deserialize_compact

from callbacks.keys import SigningKey
from data.access import Role, Viewer

LONGEST = 8_192  # bytes
LONGEST_LIFE = 600  # seconds from iat to exp
LEEWAY = 30  # seconds that two clocks may differ
LONGEST_TEXT = 200  # characters of an id or a plan
MOST_WORKSPACES = 100
LAST_SECOND = 2**40  # no clock gets there, and no arithmetic suffers

COMPACT = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}")
HEADER = frozenset({"alg", "kid", "typ"})  # anything more would ask to be obeyed: crit, jku, jwk …
CLAIMS = ("iss", "aud", "sub", "account", "plan", "role", "workspaces", "iat", "exp")


class RefusedError(Exception):
    """An assertion that names nobody; the message is for the log, never for the answer."""


class KeysByKid(Protocol):
    """Where keys are found."""

    def find(self, kid: str) -> SigningKey | None:
        """The key of that kid, as it is published now."""


@dataclass(frozen=True)
class Expected:
    """Who must have signed, and for whom."""

    issuer: str
    audience: str


class Signatures(JWSRegistry):
    """The library's algorithms; EdDSA is what Ed25519 was called before RFC 9864."""

    def get_alg(self, name: str) -> Any:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


SIGNATURES = Signatures(algorithms=["ES256", "RS256", "Ed25519"])


def viewer_of(text: str, keys: KeysByKid, expected: Expected, now: dt.datetime) -> Viewer:
    """The viewer whom an assertion names; RefusedError for anything but a perfect one."""
    _check_form(text)
    header = _object(text.split(".")[0], "header")
    key = _key(header, keys)
    try:
        signed = deserialize_compact(text, key.key, registry=SIGNATURES)
    except (JoseError, ValueError, TypeError) as error:
        raise RefusedError(f"its signature is not good: {type(error).__name__}") from error
    claims = _json(signed.payload or b"", "claims")
    _check_issue(claims, expected)
    _check_times(claims, now.timestamp())
    return _viewer(claims)


# --- the form -------------------------------------------------------------------------------


def _check_form(text: str) -> None:
    if len(text) > LONGEST:
        _refuse(f"it has more than {LONGEST:,} bytes")
    if "," in text:
        _refuse("it has a comma: two headers were joined")
    if not COMPACT.fullmatch(text):
        _refuse("it is no signed JWT of three parts")


def _key(header: Mapping[str, Any], keys: KeysByKid) -> SigningKey:
    if header.keys() - HEADER:
        _refuse("its header has more than alg, kid and typ")
    if header.get("typ", "JWT") != "JWT":
        _refuse("its typ is not JWT")
    alg, kid = header.get("alg"), header.get("kid")
    if not isinstance(alg, str) or not isinstance(kid, str) or not kid:
        _refuse("its header lacks alg or kid")
    key = keys.find(kid)
    if key is None:
        _refuse("its kid is not among the published keys")
    if alg not in key.algorithms:
        _refuse("its alg is not that of its key")
    return key


def _object(part: str, name: str) -> Mapping[str, Any]:
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), b"-_", validate=True)
    except ValueError as error:
        raise RefusedError(f"its {name} is no base64url") from error
    return _json(raw, name)


def _json(raw: bytes, name: str) -> Mapping[str, Any]:
    """An object in the strict sense: UTF-8, no name twice (whoever reads first or last), no NaN."""
    try:
        found = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"its {name} are no JSON: {type(error).__name__}") from error
    if not isinstance(found, dict):
        _refuse(f"its {name} are no JSON object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _refuse("it has a name twice")
    return found


def _refuse_constant(_name: str) -> NoReturn:
    _refuse("it has a number that is none")


# --- the claims -----------------------------------------------------------------------------


def _check_issue(claims: Mapping[str, Any], expected: Expected) -> None:
    for name in CLAIMS:
        if name not in claims:
            _refuse(f"it has no {name}")
    if claims["iss"] != expected.issuer:
        _refuse("its iss is not CREDITS_IDENTITY_ISSUER")
    if claims["aud"] != expected.audience:
        _refuse("its aud is not CREDITS_IDENTITY_AUDIENCE, as one text")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    if not 0 < expires - issued <= LONGEST_LIFE:
        _refuse(f"it does not live between 1 and {LONGEST_LIFE} seconds")
    if issued > now + LEEWAY:
        _refuse("its iat is in the future: do both clocks agree?")
    if expires <= now - LEEWAY:
        _refuse("it has expired")
    if "nbf" in claims and _seconds(claims, "nbf") > now + LEEWAY:
        _refuse("its nbf is in the future")


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims[name]
    if type(value) is not int or not 0 <= value <= LAST_SECOND:  # True is an int, too
        _refuse(f"its {name} is no whole number of seconds")
    return value


def _viewer(claims: Mapping[str, Any]) -> Viewer:
    plan, role, listed = claims["plan"], claims["role"], claims["workspaces"]
    if role not in get_args(Role):
        _refuse(f"its role is none of {', '.join(get_args(Role))}")
    return Viewer(
        account_id=_text(claims["account"], "account"),
        subject=_text(claims["sub"], "sub"),
        role=role,
        workspaces=None if listed is None else _workspaces(listed),
        plan=None if plan is None else _text(plan, "plan"),
    )


def _workspaces(listed: object) -> frozenset[str]:
    if not isinstance(listed, list) or len(listed) > MOST_WORKSPACES:
        _refuse(f"its workspaces are neither null nor at most {MOST_WORKSPACES} ids")
    return frozenset(_text(one, "workspaces") for one in listed)


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT or not value.isprintable():
        _refuse(f"its {name} is no text of 1 to {LONGEST_TEXT} printable characters")
    return value


def _refuse(reason: str) -> NoReturn:
    raise RefusedError(reason)
