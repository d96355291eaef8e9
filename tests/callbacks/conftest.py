"""A page over a small snapshot, asked as a browser asks."""

from __future__ import annotations

import pytest

from app import create_app
from callbacks.access import OpenAccess
from callbacks.loopback import guard_loopback
from callbacks.services import Services
from dashboard.settings import read_settings
from data.access import snapshot_scope
from data.engine import connect, create_tables
from data.open_snapshot import OpenSnapshot
from data.schema import ledger as ledger_tables
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder
from tests.page_client import PageClient

FIRST_LOOK = 60  # seconds


@pytest.fixture
def snapshot_file(tmp_path):
    """Writes built rows into a snapshot and returns its path."""

    def write(rows: LedgerBuilder):
        path = tmp_path / "snapshot.sqlite"
        engine = connect(str(path))
        create_tables(engine, ledger_tables)
        rows.save(engine)
        engine.dispose()
        return path

    return write


@pytest.fixture
def sqlite_alone(sqlite_url):
    """An engine on a ledger in SQLite in which nothing of ours is installed yet."""
    engine = connect(sqlite_url)
    create_tables(engine, ledger_tables)
    yield engine
    engine.dispose()


@pytest.fixture
def page(snapshot_file, tmp_path):
    """Serves built rows and returns the client of their page."""

    def serve(
        rows: LedgerBuilder,
        *,
        first_account=None,
        prefix="/app/account/credits",
        source=None,
        **env,
    ):
        opened = OpenSnapshot(snapshot_file(rows), tmp_path / "cache", NOW)
        for account, _name in opened.accounts():  # or a busy machine would answer "Preparing"
            opened.preparing(snapshot_scope(account), FIRST_LOOK)
        settings = read_settings({"CREDITS_PREFIX": prefix, **env})
        access = OpenAccess(first_account, settings.members)
        services = Services(source(opened) if source else opened, access)
        app = create_app(settings, services, guard_loopback)
        return PageClient(app, prefix.rstrip("/"), opened)

    return serve
