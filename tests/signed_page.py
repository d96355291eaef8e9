"""The page of production over a ledger in use: whoever asks does so with an assertion of a host.

Time stands still at NOW unless a test moves it, for the page and for the host that signs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dash import Dash
from sqlalchemy import Engine

from app import create_production
from dashboard.settings import read_settings
from data.aggregator import Aggregator
from data.live_ledger import LiveLedger
from data.reader import Limits, connect_reader
from tests.conftest import NOW
from tests.issuer import Issuer
from tests.page_client import PageClient


@dataclass
class SignedPage:
    """One ledger, the page of production over it, and the host in front."""

    ledger: Engine
    reader: Engine
    issuer: Issuer
    env: dict[str, str] = field(default_factory=dict)
    now: dt.datetime = NOW
    app: Dash = field(init=False)

    def __post_init__(self) -> None:
        settings = read_settings(self.issuer.settings | self.env)
        ledger = LiveLedger(self.reader, lambda: self.now)
        self.app = create_production(settings, ledger, lambda: self.now)

    def roll_up(self) -> None:
        """One pass of the aggregator, at the page's time."""
        Aggregator(self.ledger, "test", lambda: self.now).run_once()

    def of(self, account: str = "acme", **claims: Any) -> PageClient:
        """The browser of a viewer: an owner of `account`, but for the changes of its claims."""
        return PageClient(self.app, headers=self.issuer.header(account, **claims))

    @property
    def stranger(self) -> PageClient:
        """A browser for which no host signs."""
        return PageClient(self.app)


@contextmanager
def signed_page(
    ledger: Engine, url: str, folder: Path, limits: Limits | None = None, **env: str
) -> Iterator[SignedPage]:
    """The page over the ledger at `url`; the host publishes its keys in `folder`."""
    reader = connect_reader(url, limits or Limits(), walled=True)
    yield SignedPage(ledger, reader, Issuer(folder / "jwks.json"), env)
    reader.dispose()
