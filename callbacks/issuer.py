"""The command `assertion`: signs who looks, with a key of its own, to try production on a machine.

Never for production: its issuer and audience are its own, and it refuses where others are set.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol, get_args

from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import serialize_compact

from callbacks.assertion import LONGEST_LIFE
from callbacks.identity import HEADER
from data.access import Role, Viewer
from data.errors import UsageError
from data.rollup_commands import Terminal

ISSUER, AUDIENCE = "https://issuer.invalid", "credits-on-this-machine"
PRIVATE, PUBLIC = "private-key.json", "jwks.json"


class Settings(Protocol):
    """What the command reads of the process's settings."""

    @property
    def identity_given(self) -> tuple[str, ...]:
        """Names of the identity settings that are set."""


# --- keys and claims ------------------------------------------------------------------------


def signing_key(folder: Path) -> ECKey:
    """The private key in a folder; made there, with its JWKS beside it, where it is missing."""
    path = folder / PRIVATE
    if not path.exists():
        _make_key(folder)
    try:
        return ECKey.import_key(json.loads(path.read_text("utf-8")))
    except (JoseError, ValueError, TypeError) as error:
        raise UsageError(
            "assertion.key", f"{path} holds no key: delete it, and another one is made."
        ) from error


def _make_key(folder: Path) -> None:
    """Another key has another name, so that servers which know the old one ask for it."""
    key = ECKey.generate_key("P-256", auto_kid=True)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    public = {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "ES256"}]}
    (folder / PUBLIC).write_text(json.dumps(public, indent=2) + "\n", "utf-8")
    with open(folder / PRIVATE, "w", encoding="utf-8", opener=_for_the_owner) as file:
        json.dump(key.as_dict(private=True), file)


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def claims_of(viewer: Viewer, now: dt.datetime, life: int) -> dict[str, Any]:
    """What an assertion says of a viewer, from now on for `life` seconds."""
    issued = int(now.timestamp())
    listed = None if viewer.workspaces is None else sorted(viewer.workspaces)
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": viewer.subject,
        "account": viewer.account_id,
        "plan": viewer.plan,
        "role": viewer.role,
        "workspaces": listed,
        "iat": issued,
        "exp": issued + life,
    }


def sign(key: ECKey, claims: dict[str, Any]) -> str:
    """The claims as a signed JWT."""
    header = {"alg": "ES256", "kid": key.kid, "typ": "JWT"}
    return serialize_compact(header, json.dumps(claims), key, algorithms=["ES256"])


# --- the command ----------------------------------------------------------------------------


def run_assertion(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
    """Print an assertion, a line of curl with one, or the settings of a server that takes it."""
    if settings.identity_given:
        raise UsageError(
            "assertion.production",
            f"{', '.join(settings.identity_given)} is set: this command signs for a server on "
            "this machine alone. Unset it, and give --settings to see what such a server needs.",
        )
    key = signing_key(options.keys)
    if options.settings:
        terminal.say(_settings(options.keys))
        return 0
    if not options.account:
        raise UsageError("assertion.account", "Give --account, the id of the account to look at.")
    listed = None if options.workspaces is None else _ids(options.workspaces)
    viewer = Viewer(options.account, options.sub, options.role, listed, options.plan)
    token = sign(key, claims_of(viewer, terminal.clock(), _life(options.ttl)))
    terminal.say(_curl(token, options.curl) if options.curl else token)
    return 0


def _settings(folder: Path) -> str:
    values = {"ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "JWKS": str((folder / PUBLIC).absolute())}
    lines = (f"CREDITS_IDENTITY_{name}={shlex.quote(value)}" for name, value in values.items())
    return "\n".join(lines)


def _curl(token: str, url: str) -> str:
    return f"curl --header {shlex.quote(f'{HEADER}: {token}')} {shlex.quote(url)}"


def _ids(text: str) -> frozenset[str]:
    return frozenset(one for one in text.split(",") if one)


def _life(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,2}", text) or int(text) > LONGEST_LIFE:
        raise UsageError("assertion.ttl", f"--ttl is whole seconds, 1 to {LONGEST_LIFE}.")
    return int(text)


def add_commands(commands: Any, command: Callable[..., Any], terminal: Terminal) -> None:
    """Add the command to a parser; `command` makes the parser of one."""
    does = partial(run_assertion, terminal)
    parser = command(commands, "assertion", does, "sign who looks, to try production here")
    parser.add_argument("--account", help="id of the account to look at")
    parser.add_argument("--sub", default="developer", help="id of the user")
    parser.add_argument("--role", default="owner", choices=get_args(Role), help="in the account")
    parser.add_argument(
        "--workspaces", help="ids with commas between that a member sees, '' for none; unset: all"
    )
    parser.add_argument("--plan", help="what the host calls the account's plan")
    parser.add_argument("--ttl", default=str(LONGEST_LIFE), help="seconds that it is good for")
    parser.add_argument("--keys", type=Path, default=Path("var/identity"), help="folder of its key")
    parser.add_argument("--curl", metavar="URL", help="print a curl command that asks this address")
    parser.add_argument("--settings", action="store_true", help="print a server's settings instead")
