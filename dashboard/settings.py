"""What can be set from outside: one table of names, defaults and meanings, read once at the start.

Nothing else in the project reads the environment, and nothing here changes after the start.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import UsageError

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
OF_THE_TESTS = {"CREDITS_REAL_DATA"}  # read by tests/conftest.py alone


@dataclass(frozen=True)
class Setting:
    """One environment variable; `read` turns its text into a value or raises ValueError."""

    name: str
    default: str
    help: str
    read: Callable[[str], Any] = str

    @property
    def field(self) -> str:
        """Its name in `Settings`."""
        return self.name.removeprefix("CREDITS_").lower()


@dataclass(frozen=True)
class Settings:
    """All settings of one process; an empty text means that it is not set."""

    database_url: str
    prefix: str
    cache_dir: Path
    log_level: str
    identity_issuer: str
    identity_audience: str
    identity_jwks: str

    @property
    def identity_given(self) -> tuple[str, ...]:
        """Names of the identity settings that are set."""
        return tuple(name for name in IDENTITY if getattr(self, _field(name)))

    @property
    def identity_missing(self) -> tuple[str, ...]:
        """Names of the identity settings that are not set; production needs all of them."""
        return tuple(name for name in IDENTITY if not getattr(self, _field(name)))


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`; UsageError for a bad value or for a name that does not exist."""
    _refuse_unknown(environ)
    values = {setting.field: _value(setting, environ) for setting in SETTINGS}
    return Settings(**values)


def _value(setting: Setting, environ: Mapping[str, str]) -> Any:
    text = environ.get(setting.name, "").strip() or setting.default
    try:
        return setting.read(text)
    except ValueError as error:
        raise UsageError(
            "settings.value", f"{setting.name} is {text!r}, but it {error}."
        ) from error


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = [setting.name for setting in SETTINGS]
    for name in sorted(environ):
        if name.startswith("CREDITS_") and name not in OF_THE_TESTS and name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0)[0]
            raise UsageError(
                "settings.unknown", f"There is no setting {name}. Did you mean {nearest}?"
            )


def _field(name: str) -> str:
    return next(setting.field for setting in SETTINGS if setting.name == name)


def _prefix(text: str) -> str:
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*/?", text) or "/.." in text:
        raise ValueError("must be a path such as /app/account/credits")
    return "/" + text.strip("/")


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _level(text: str) -> str:
    if text.upper() not in LEVELS:
        raise ValueError(f"must be one of {', '.join(LEVELS)}")
    return text.upper()


def _key_set(text: str) -> str:
    if "://" in text and not text.startswith("https://"):
        raise ValueError("must be a file or an https:// address")
    return text


SETTINGS = (
    Setting(
        "CREDITS_DATABASE_URL",
        "",
        "Where the ledger is, for the server: `postgresql://…` or `sqlite:///…`.",
    ),
    Setting(
        "CREDITS_PREFIX",
        "/app/account/credits",
        "Path of the page on its host, with or without a closing slash.",
        _prefix,
    ),
    Setting(
        "CREDITS_CACHE_DIR",
        "~/.cache/credits-page",
        "Folder for what `run` and `report` compute from a snapshot; only its owner can read it.",
        _folder,
    ),
    Setting(
        "CREDITS_LOG_LEVEL",
        "INFO",
        "How much is logged to standard error: `DEBUG`, `INFO`, `WARNING` or `ERROR`.",
        _level,
    ),
    Setting(
        "CREDITS_IDENTITY_ISSUER",
        "",
        "Who signs the viewer's identity: the `iss` that an assertion must carry.",
    ),
    Setting(
        "CREDITS_IDENTITY_AUDIENCE",
        "",
        "For whom it is signed: the `aud` that an assertion must carry.",
    ),
    Setting(
        "CREDITS_IDENTITY_JWKS",
        "",
        "The signer's public keys (JWKS): a file or an `https://` address.",
        _key_set,
    ),
)
IDENTITY = tuple(s.name for s in SETTINGS if s.name.startswith("CREDITS_IDENTITY_"))
