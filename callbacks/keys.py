"""The signer's public keys: read from where they are published, and again when they change.

Never a secret: a set with a private or a symmetric key in it is refused as a whole, since whoever
can read such a set could sign. What cannot be read leaves the keys as they were.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import IO, Any, Protocol
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, RSAKey

from data.errors import UsageError

log = logging.getLogger(__name__)

UNKNOWN_AGAIN = dt.timedelta(seconds=30)  # an unknown kid makes the set be read at most this often
LONGEST_KEPT = 600  # seconds; the set behind an address is asked for again, as a key may be revoked
LARGEST_SET = 256 * 1024
PATIENCE = 3  # seconds
SMALLEST_RSA = 2048  # bits
LONGEST_KID = 200

# (kty, crv) of a key to the `alg` of what it signs; RFC 9864 renamed EdDSA to the curve's own name.
ALGORITHMS: Mapping[tuple[str, str | None], frozenset[str]] = MappingProxyType(
    {
        ("EC", "P-256"): frozenset({"ES256"}),
        ("RSA", None): frozenset({"RS256"}),
        ("OKP", "Ed25519"): frozenset({"Ed25519", "EdDSA"}),
    }
)
SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

Clock = Callable[[], dt.datetime]


class KeySetError(ValueError):
    """A set of keys that cannot be used; the message holds nothing of a key."""


@dataclass(frozen=True)
class SigningKey:
    """A public key and the `alg` values that it may be used with."""

    key: Key
    algorithms: frozenset[str]


Keys = Mapping[str, SigningKey]
NO_KEYS: Keys = MappingProxyType({})


# --- a set ----------------------------------------------------------------------------------


def parse_keys(raw: bytes) -> Keys:
    """The keys of a JWKS by `kid`; what is for another use or of another kind is left out."""
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise KeySetError("it is no JSON") from error
    listed = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise KeySetError('it is no {"keys": [{…}, …]}')
    found: dict[str, SigningKey] = {}
    for one in listed:
        _refuse_secret(one)
        if (key := _signing_key(one)) is None:
            continue
        if one["kid"] in found:
            raise KeySetError("two of its keys have one kid")
        found[one["kid"]] = key
    if not found:
        raise KeySetError("no key in it has a kid and is for ES256, RS256 or Ed25519")
    return MappingProxyType(found)


def _refuse_secret(jwk: Mapping[str, Any]) -> None:
    if jwk.get("kty") == "oct":
        raise KeySetError("it holds a symmetric key")
    if SECRET_MEMBERS & jwk.keys():
        raise KeySetError("it holds a private key")


def _signing_key(jwk: Mapping[str, Any]) -> SigningKey | None:
    algorithms = _algorithms(jwk)
    kid = jwk.get("kid")
    if not algorithms or not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID:
        return None
    members = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
    try:
        key = JWKRegistry.import_key(members)
    except (JoseError, ValueError, TypeError) as error:
        raise KeySetError(f"one of its keys is broken: {type(error).__name__}") from error
    if isinstance(key, RSAKey) and key.raw_value.key_size < SMALLEST_RSA:
        raise KeySetError(f"one of its RSA keys has less than {SMALLEST_RSA} bits")
    return SigningKey(key, algorithms)


def _algorithms(jwk: Mapping[str, Any]) -> frozenset[str]:
    kty, crv = jwk.get("kty"), jwk.get("crv")
    if not isinstance(kty, str) or not isinstance(crv, str | None):
        return frozenset()
    known = ALGORITHMS.get((kty, crv), frozenset())
    named, operations = jwk.get("alg"), jwk.get("key_ops", ["verify"])
    for_signing = jwk.get("use", "sig") == "sig" and operations == ["verify"]
    return known if for_signing and (named is None or named in list(known)) else frozenset()


# --- where a set is -------------------------------------------------------------------------


class Place(Protocol):
    """Where a set is published."""

    def stamp(self, now: dt.datetime) -> object:
        """Something that differs as soon as the set should be read again."""

    def read(self) -> bytes:
        """The set as it is now; OSError where it cannot be had."""


@dataclass(frozen=True)
class KeyFile:
    """A file, read again when it is another one than before."""

    path: Path

    def stamp(self, now: dt.datetime) -> object:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def read(self) -> bytes:
        return self.path.read_bytes()


@dataclass(frozen=True)
class KeyAddress:
    """An address, asked again after LONGEST_KEPT; redirects lead nowhere."""

    url: str

    def stamp(self, now: dt.datetime) -> object:
        return int(now.timestamp()) // LONGEST_KEPT

    def read(self) -> bytes:
        asked = Request(self.url, headers={"Accept": "application/json"})  # noqa: S310 - settings
        with self._opener.open(asked, timeout=PATIENCE) as answer:
            content: bytes = answer.read(LARGEST_SET + 1)
        if len(content) > LARGEST_SET:
            raise KeySetError(f"it has more than {LARGEST_SET:,} bytes")
        return content

    @property
    def _opener(self) -> OpenerDirector:
        """A proxy of the environment is for what leaves the machine, which http:// does not."""
        direct = [] if self.url.startswith("https://") else [ProxyHandler({})]
        return build_opener(NoRedirect, *direct)


class NoRedirect(HTTPRedirectHandler):
    """A redirect could leave TLS, or lead to a stranger's keys: it is an error like any other."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - urllib's own
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


# --- the keys in use ------------------------------------------------------------------------


class PublishedKeys:
    """The keys of a place, by kid; any number of threads may ask."""

    def __init__(self, place: Place, clock: Clock) -> None:
        """Read them; what cannot be read is logged, and read again with the first unknown kid."""
        self._place, self._clock, self._lock = place, clock, Lock()
        self._keys: Keys = NO_KEYS
        self._load()

    def check(self) -> None:
        """KeySetError while there is not one key; they are looked for now and then."""
        if not self._keys and self.find("") is None and not self._keys:
            raise KeySetError("no key of CREDITS_IDENTITY_JWKS could be read yet")

    def find(self, kid: str) -> SigningKey | None:
        """The key of that kid as it is published now."""
        now = self._clock()
        # Whoever finds the lock taken goes on with the keys that there are.
        if self._place.stamp(now) != self._stamp and self._lock.acquire(blocking=False):
            try:
                self._load()
            finally:
                self._lock.release()
        found = self._keys.get(kid)
        return found or self._find_again(kid, now)

    def _find_again(self, kid: str, now: dt.datetime) -> SigningKey | None:
        """Whoever comes while the set is read waits for it: after a rotation all come at once.

        It may have changed once more since that reading began.
        """
        with self._lock:
            changed = self._place.stamp(now) != self._stamp
            if kid not in self._keys and (changed or now - self._read_at >= UNKNOWN_AGAIN):
                self._load()
            return self._keys.get(kid)

    def _load(self) -> None:
        # The stamp is older than what is read: a change in between is seen the next time.
        self._read_at = self._clock()
        self._stamp = self._place.stamp(self._read_at)
        try:
            self._keys = parse_keys(self._place.read())
        except (OSError, KeySetError) as error:
            log.error(  # noqa: TRY400 - what is broken is the set, not the program
                "the keys of CREDITS_IDENTITY_JWKS cannot be used, %d stay as they were: %s",
                len(self._keys),
                error,
            )


def published_keys(place: str, clock: Clock) -> PublishedKeys:
    """The keys at what CREDITS_IDENTITY_JWKS names; UsageError for a file that has none.

    A server starts while an address does not answer: its keys are looked for until they come.
    """
    if "://" in place:
        return PublishedKeys(KeyAddress(place), clock)
    file = KeyFile(Path(place).expanduser())
    try:
        parse_keys(file.read())
    except (OSError, KeySetError) as error:
        raise UsageError(
            "identity.keys", f"CREDITS_IDENTITY_JWKS is {place}, which cannot be used: {error}."
        ) from error
    return PublishedKeys(file, clock)
