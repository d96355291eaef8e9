"""A page over a ledger in use, and what happens there: writers write, the aggregator passes.

Time stands still at NOW unless a test moves it; every pass is run by the test itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, Executable, event

from app import create_app
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services, Source
from dashboard.settings import read_settings
from data import schema
from data.aggregator import Aggregator
from data.engine import connect, create_tables
from data.install import Plan, install
from data.live_ledger import LiveLedger
from data.metrics import Tally
from data.reader import Limits, connect_reader
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder
from tests.page_client import PageClient


@dataclass
class LivePage:
    """One ledger, as its writers reach it and as the page reads it."""

    ledger: Engine
    reader: Engine
    now: dt.datetime = NOW
    client: PageClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = page_over(LiveLedger(self.reader, lambda: self.now))

    def write(self, *statements: Executable) -> None:
        """Commit what a host writes."""
        with self.ledger.begin() as connection:
            for statement in statements:
                connection.execute(statement)

    def roll_up(self) -> Tally:
        """One pass of the aggregator, at the page's time."""
        return Aggregator(self.ledger, "test", lambda: self.now).run_once()

    def show(self, range_: str = "month", account: str | None = None, **more: Any) -> Any:
        """What an answer changes on the page, by id and property."""
        return self.client.show(range_, account, **more)

    def look(self, shown: Any, range_: str = "month", **more: Any) -> Any:
        """What the page gets that shows this answer and looks whether anything changed."""
        steps = shown["steps"]["data"]
        known = {name: steps[name] for name in ("account", "scope", "version")}
        known["today"] = steps["max"]
        return self.client.show(range_, steps["account"], known=known, **more)

    @contextmanager
    def listening(self) -> Iterator[list[str]]:
        """The statements that the page sends meanwhile."""
        sent: list[str] = []

        def keep(_connection: Any, _cursor: Any, text: str, *_more: Any) -> None:
            sent.append(text)

        event.listen(self.reader, "before_cursor_execute", keep)
        yield sent
        event.remove(self.reader, "before_cursor_execute", keep)


def page_over(source: Source) -> PageClient:
    """The page of `run` over a ledger, however it is read."""
    return PageClient(create_app(read_settings({}), Services(source, OpenAccess()), guard_loopback))


@contextmanager
def live_page(ledger: Engine, url: str, limits: Limits | None = None) -> Iterator[LivePage]:
    """The page over the ledger at `url`."""
    reader = connect_reader(url, limits or Limits())
    yield LivePage(ledger, reader)
    reader.dispose()


@contextmanager
def fed_page(url: str, rows: LedgerBuilder, limits: Limits | None = None) -> Iterator[LivePage]:
    """The page over a ledger of these rows, made in the empty database at `url` and rolled up."""
    ledger = connect(url)
    create_tables(ledger, schema.ledger)
    install(ledger, Plan())
    rows.save(ledger)
    with live_page(ledger, url, limits) as page:
        page.roll_up()
        yield page
    ledger.dispose()
