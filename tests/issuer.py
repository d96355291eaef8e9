"""A host's side of identity, for tests: keys, the JWKS file that publishes them, any assertion.

It signs whatever it is told to, wrong claims and headers too, and shares no code with the checks.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.conftest import NOW

ISSUER, AUDIENCE = "https://host.example", "credits"
HEADER = "X-Credit-Assertion"

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def joined(*parts: Any) -> str:
    """Parts as the segments of a token: bytes and texts as they are, the rest as JSON."""
    return ".".join(
        base64url(
            part
            if isinstance(part, bytes)
            else (part if isinstance(part, str) else json.dumps(part)).encode()
        )
        for part in parts
    )


@dataclass(frozen=True)
class SigningKey:
    """A private key under a name; `alg` is what it signs with."""

    kid: str
    alg: str
    private: Private

    @classmethod
    def make(cls, kid: str = "key-1", alg: str = "ES256") -> SigningKey:
        """A new key for ES256, RS256, Ed25519 or EdDSA."""
        if alg == "ES256":
            return cls(kid, alg, ec.generate_private_key(ec.SECP256R1()))
        if alg == "RS256":
            return cls(kid, alg, rsa.generate_private_key(65537, 2048))
        return cls(kid, alg, ed25519.Ed25519PrivateKey.generate())

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key as a JWKS lists it."""
        return {"kid": self.kid, "use": "sig", "alg": self.alg, **self._members}

    @property
    def _members(self) -> dict[str, str]:
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            point = self.private.public_key().public_numbers()
            x, y = (base64url(number.to_bytes(32, "big")) for number in (point.x, point.y))
            return {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        if isinstance(self.private, rsa.RSAPrivateKey):
            numbers = self.private.public_key().public_numbers()
            n, e = (
                base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))
                for number in (numbers.n, numbers.e)
            )
            return {"kty": "RSA", "n": n, "e": e}
        raw = self.private.public_key().public_bytes_raw()
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(raw)}

    def signature(self, signed: bytes) -> bytes:
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            pair = decode_dss_signature(self.private.sign(signed, ec.ECDSA(hashes.SHA256())))
            return b"".join(number.to_bytes(32, "big") for number in pair)
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(signed)

    def sign(self, claims: Any, **header: Any) -> str:
        """A token of these claims; a header's member that is None is left out."""
        named = {"alg": self.alg, "kid": self.kid, "typ": "JWT"} | header
        signed = joined({name: value for name, value in named.items() if value is not None}, claims)
        return f"{signed}.{base64url(self.signature(signed.encode()))}"


@dataclass
class Issuer:
    """A host that signs with the last of its keys and publishes all of them in a file."""

    jwks: Path
    now: dt.datetime = NOW
    keys: list[SigningKey] = field(default_factory=lambda: [SigningKey.make()])

    def __post_init__(self) -> None:
        self.publish()

    @property
    def key(self) -> SigningKey:
        """The key that signs."""
        return self.keys[-1]

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a server that takes these assertions."""
        return {
            "CREDITS_IDENTITY_ISSUER": ISSUER,
            "CREDITS_IDENTITY_AUDIENCE": AUDIENCE,
            "CREDITS_IDENTITY_JWKS": str(self.jwks),
        }

    def publish(self, *more: dict[str, Any]) -> None:
        """Write the file as a careful host does: whole, under another name, then renamed."""
        new = self.jwks.with_suffix(".new")
        new.write_text(json.dumps({"keys": [*(key.jwk for key in self.keys), *more]}), "utf-8")
        new.replace(self.jwks)

    def claims(self, account: str = "acme", **changes: Any) -> dict[str, Any]:
        """Good claims of an owner, but for the changes; one that is ... is left out."""
        issued = int(self.now.timestamp())
        usual = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "user-1",
            "account": account,
            "plan": None,
            "role": "owner",
            "workspaces": None,
            "iat": issued,
            "exp": issued + 600,
        }
        return {name: value for name, value in (usual | changes).items() if value is not ...}

    def sign(self, account: str = "acme", **changes: Any) -> str:
        """A good assertion, but for the changes of its claims."""
        return self.key.sign(self.claims(account, **changes))

    def header(self, account: str = "acme", **changes: Any) -> dict[str, str]:
        """The request header with that assertion."""
        return {HEADER: self.sign(account, **changes)}
