"""What can be set from outside: one table of names, defaults and meanings, read once at the start.

Nothing else in the project reads the environment, and nothing here changes after the start.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from data.errors import UsageError

Network = IPv4Network | IPv6Network

LONGEST_NAME = 60
LAST_PORT = 65_535
SWITCH = {"on": True, "off": False}
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
    statement_timeout: float
    connections: int
    refresh_seconds: int
    exports: bool
    members: bool
    credit_price: tuple[Decimal, str] | None
    prefix: str
    cache_dir: Path
    log_level: str
    metrics_port: int | None
    identity_issuer: str
    identity_audience: str
    identity_jwks: str
    trusted_peers: tuple[Network, ...]
    product_name: str
    account_url: str
    ledger_url: str
    help_url: str
    sign_in_url: str
    plans_url: str
    bundle_url: str
    plan_catalogue: Path | None
    frame_ancestors: tuple[str, ...]
    tokens: Path | None

    @property
    def identity_given(self) -> tuple[str, ...]:
        """Names of the identity settings that are set."""
        return tuple(name for name in IDENTITY if getattr(self, _field(name)))

    @property
    def production_missing(self) -> tuple[str, ...]:
        """Names of the settings that are not set and that production cannot do without."""
        needed = (*IDENTITY, "CREDITS_DATABASE_URL")
        return tuple(name for name in needed if not getattr(self, _field(name)))


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`; UsageError for a bad value or for a name that does not exist."""
    _refuse_unknown(environ)
    values = {setting.field: _value(setting, environ) for setting in SETTINGS}
    return Settings(**values)


def read_production(environ: Mapping[str, str]) -> Settings:
    """The settings of a server for a product's readers; UsageError where one is missing."""
    settings = read_settings(environ)
    if settings.production_missing:
        raise UsageError(
            "settings.missing",
            f"Set {', '.join(settings.production_missing)}: without them nobody could be told from "
            "anybody. To look at a snapshot on this machine, use `python app.py run`.",
        )
    return settings


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


def _port(text: str) -> int | None:
    if text and not (text.isdecimal() and int(text) <= LAST_PORT):
        raise ValueError(f"must be a port, 0 to {LAST_PORT}")
    return int(text) if text else None


def _key_set(text: str) -> str:
    secure = re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])(?=[:/])", text)
    if "://" in text and not secure:
        raise ValueError("must be a file or an https:// address (http:// on this machine alone)")
    return text


def _networks(text: str) -> tuple[Network, ...]:
    """Of addresses that may connect; one with bits beyond its prefix is likely a slip."""
    try:
        return tuple(ip_network(one) for one in text.replace(",", " ").split())
    except ValueError as error:
        raise ValueError("must be networks such as 10.0.3.0/24 or ::1, with blanks between") from (
            error
        )


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME or not text.isprintable():
        raise ValueError(f"must be a name of at most {LONGEST_NAME} characters")
    return text


def _address(text: str) -> str:
    """Of the host's own page; nothing that a browser would run, nothing that follows no scheme."""
    if text and not re.fullmatch(r"(https?://[^/?#\\]|/(?![/\\]))[!-~]*", text):
        raise ValueError("must be an https:// address or a path such as /app/account")
    return text


def _origins(text: str) -> tuple[str, ...]:
    """Only whole origins: a wildcard or a path would let in more than it seems to."""
    origins = tuple(text.replace(",", " ").split())
    for origin in origins:
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", origin):
            raise ValueError("must be origins such as https://app.example.com, with blanks between")
    return origins


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", text) or not float(text):
        raise ValueError("must be seconds such as 5 or 0.5")
    return float(text)


def _connections(text: str) -> int:
    return _whole(text, 1, 100)


def _refresh(text: str) -> int:
    return _whole(text, 2, 86_400)


def _switch(text: str) -> bool:
    if text.lower() not in SWITCH:
        raise ValueError("must be on or off")
    return SWITCH[text.lower()]


def _price(text: str) -> tuple[Decimal, str] | None:
    if text and not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})? [A-Z]{3}", text):
        raise ValueError("must be a price and a currency such as 0.01 USD")
    amount, _, currency = text.partition(" ")
    return (Decimal(amount), currency) if text else None


def _whole(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
        raise ValueError(f"must be a whole number from {least} to {most}")
    return int(text)


def _file(text: str) -> Path | None:
    return _folder(text) if text else None


SETTINGS = (
    Setting(
        "CREDITS_DATABASE_URL",
        "",
        "Where the ledger is, for the server: `postgresql://…` or `sqlite:///…`.",
    ),
    Setting(
        "CREDITS_STATEMENT_TIMEOUT",
        "5",
        "Seconds that one statement of the page may take on PostgreSQL; a chart that needs longer "
        "fails alone.",
        _seconds,
    ),
    Setting(
        "CREDITS_CONNECTIONS",
        "8",
        "How many connections one process of the page opens to its database at most.",
        _connections,
    ),
    Setting(
        "CREDITS_REFRESH_SECONDS",
        "60",
        "How often an open page looks for new figures while it is visible; at least 2.",
        _refresh,
    ),
    Setting(
        "CREDITS_EXPORTS",
        "on",
        "Whether a reader can take entries and figures away as files, and programs by HTTP: `on` "
        "or `off`.",
        _switch,
    ),
    Setting(
        "CREDITS_MEMBERS",
        "off",
        "Whether use is told by member too: `on` or `off`. Owners and admins then see who used "
        "what in a workspace, anyone else their own part.",
        _switch,
    ),
    Setting(
        "CREDITS_CREDIT_PRICE",
        "",
        "What one credit costs, such as `0.01 USD`: the FOCUS file then has costs in money.",
        _price,
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
        "CREDITS_METRICS_PORT",
        "",
        "Where `rollup` answers Prometheus; not set: nowhere, `0`: any free port.",
        _port,
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
    Setting(
        "CREDITS_TRUSTED_PEERS",
        "",
        "Networks from which the server takes connections, with blanks between: the proxy's. "
        "Unset: any, as the assertion alone says who looks.",
        _networks,
    ),
    Setting(
        "CREDITS_PRODUCT_NAME",
        "",
        "The product that the page stands in; the document is then called `Credits · NAME`.",
        _name,
    ),
    Setting(
        "CREDITS_ACCOUNT_URL",
        "",
        "The host's account page: `Account` leads there. A path, or an `https://` address.",
        _address,
    ),
    Setting(
        "CREDITS_LEDGER_URL",
        "",
        "The host's ledger: `Ledger` stands beside `Usage` when this is set.",
        _address,
    ),
    Setting(
        "CREDITS_HELP_URL",
        "",
        "Where it says how credits work: a new account gets a link to it.",
        _address,
    ),
    Setting(
        "CREDITS_SIGN_IN_URL",
        "",
        "Where `Sign in` leads who is signed out; unset, the page is loaded again.",
        _address,
    ),
    Setting(
        "CREDITS_PLANS_URL",
        "",
        "Where plans are compared and changed: advice gets the button `Compare plans`.",
        _address,
    ),
    Setting(
        "CREDITS_BUNDLE_URL",
        "",
        "Where a credit bundle is bought: advice gets the button `Add a bundle`.",
        _address,
    ),
    Setting(
        "CREDITS_PLAN_CATALOGUE",
        "",
        "A TOML file of the host's plans and prices: the page says which would have been cheapest.",
        _file,
    ),
    Setting(
        "CREDITS_FRAME_ANCESTORS",
        "",
        "Other origins that may show the page in a frame, with blanks between; "
        "its own origin always may.",
        _origins,
    ),
    Setting(
        "CREDITS_TOKENS",
        "",
        "A TOML file of the host's own colours, for light and dark.",
        _file,
    ),
)
IDENTITY = tuple(s.name for s in SETTINGS if s.name.startswith("CREDITS_IDENTITY_"))
