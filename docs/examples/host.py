"""A product's side of the Credits page: who asks, signed.

sign() is all that a product needs. The rest stands in for its sessions, to try the page on one
machine: there, a cookie is believed.
"""

import json
import os
import sys
import time
from pathlib import Path

from flask import Flask, Response, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey

app = Flask("product")


def make_key(folder: Path) -> None:
    """A private key for the product alone, and the public one for the page."""
    key = ECKey.generate_key("P-256", auto_kid=True)
    public = {**key.as_dict(private=False), "use": "sig", "alg": "ES256"}
    (folder / "jwks.json").write_text(json.dumps({"keys": [public]}))
    (folder / "private-key.json").touch(0o600)
    (folder / "private-key.json").write_text(json.dumps(key.as_dict(private=True)))


def sign(user: str, account: str, role: str, workspaces: list[str] | None = None) -> str:
    """Who asks, for the next minute. A member sees the workspaces listed; None is all of them."""
    key = ECKey.import_key(json.loads(Path(os.environ["SIGNING_KEY"]).read_text()))
    now = int(time.time())
    claims = {
        "iss": os.environ["CREDITS_IDENTITY_ISSUER"],
        "aud": os.environ["CREDITS_IDENTITY_AUDIENCE"],
        "sub": user,
        "account": account,
        "plan": None,
        "role": role,
        "workspaces": workspaces,
        "iat": now,
        "exp": now + 60,
    }
    return jwt.encode({"alg": "ES256", "kid": key.kid, "typ": "JWT"}, claims, key)


@app.get("/internal/credits-assertion")
def who_asks() -> Response:
    """What nginx asks before each request for the page."""
    account = request.cookies.get("account")  # a product looks into its session
    if account is None:
        return Response(status=401)
    return Response(status=204, headers={"X-Credit-Assertion": sign("user-1", account, "owner")})


@app.get("/sign-in")
def sign_in() -> Response:
    """Who says so is the owner of that account: never outside of one machine."""
    answer = redirect("/app/account/credits")
    answer.set_cookie("account", request.args.get("account", "acme-legal"), httponly=True)
    return answer


if __name__ == "__main__":
    make_key(Path(sys.argv[1]))
