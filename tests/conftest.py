"""What all tests share: one now, databases of both dialects, the place of the real ledgers."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from data import schema
from data.engine import Engine, connect, create_tables
from tests.examples import USUAL
from tests.ledger_builder import LedgerBuilder
from tests.postgres_server import PostgresMissingError, PostgresServer

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)

# The one place where the real ledgers are looked for; CREDITS_REAL_DATA overrides it.
REAL_DATA = Path(__file__).parents[2] / "shared" / "data"

# The same examples in every run. A fixture's database serves all examples of a test, which
# empties it itself; `--hypothesis-profile explore` looks further, `quick` is for `make check`.
settings.register_profile(
    "credits",
    derandomize=True,
    deadline=None,
    max_examples=USUAL,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile(
    "explore", settings.get_profile("credits"), derandomize=False, max_examples=25 * USUAL
)
settings.register_profile("quick", settings.get_profile("credits"), max_examples=USUAL // 8)
settings.load_profile("credits")

SERVER = pytest.StashKey[PostgresServer]()
DIALECTS = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


# Fixtures that serve a whole page, or a ledger in use: a test with one is left to `make test`.
WHOLE = {"page", "live", "served", "signed", "sqlite_alone"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what `make check` has no time for."""
    for item in items:
        if WHOLE.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("slow")


# --- one PostgreSQL a run: the first process of pytest makes its place and removes it ---------


def pytest_configure(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", None)
    if worker is None:
        config.stash[SERVER] = PostgresServer.prepare()
    else:
        config.stash[SERVER] = PostgresServer(Path(worker["postgres_directory"]))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the server is, or will be."""
    node.workerinput["postgres_directory"] = str(node.config.stash[SERVER].directory)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.stash[SERVER].discard()


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> PostgresServer:
    """The running server; the test fails where PostgreSQL is not installed."""
    server = request.config.stash[SERVER]
    try:
        server.start()
    except PostgresMissingError as error:
        pytest.fail(str(error), pytrace=False)
    return server


# --- databases ----------------------------------------------------------------------------


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty PostgreSQL database; mark the test `postgres`."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Engine]:
    """An engine on an empty PostgreSQL database; mark the test `postgres`."""
    engine = connect(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, once in each dialect."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database, once in each dialect."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(database: Engine) -> Engine:
    """An engine on a database with the empty tables of ledger and rollup, in each dialect."""
    create_tables(database, schema.ledger)
    create_tables(database, schema.rollup)
    return database


@pytest.fixture
def sqlite_ledger(sqlite_url: str) -> Iterator[Engine]:
    """As `ledger`, SQLite alone."""
    engine = connect(sqlite_url)
    create_tables(engine, schema.ledger)
    create_tables(engine, schema.rollup)
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_ledger(postgres_database: Engine) -> Engine:
    """As `ledger`, PostgreSQL alone; mark the test `postgres`."""
    create_tables(postgres_database, schema.ledger)
    create_tables(postgres_database, schema.rollup)
    return postgres_database


@pytest.fixture
def builder() -> LedgerBuilder:
    """An empty builder of ledger rows."""
    return LedgerBuilder()


@pytest.fixture
def two_accounts() -> LedgerBuilder:
    """Acme with a team's month behind it, and Zeta with one entry of its own."""
    rows = LedgerBuilder()
    rows.account("acme", name="Acme", anchor_day=3)
    rows.period("2026-11-03", "2026-12-03", 100)
    rows.workspace("w1", "Contracts")
    rows.workspace("w2", "Drafts", kind="personal", owner="m1")
    for day in range(1, 23):
        rows.use(f"2026-11-{day:02d}T09:00Z", 5, "enhanced_ocr", workspace="w1")
        rows.use(f"2026-11-{day:02d}T10:00Z", 1, workspace="w2")
    rows.account("zeta", name="Zeta", timezone="Asia/Kathmandu")
    rows.workspace("z1", "Zeta's own")
    rows.use("2026-11-20T09:00Z", 7, workspace="z1")
    return rows


# --- real ledgers -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real ledgers; the test is skipped, and says so, where it is absent."""
    folder = Path(os.environ.get("CREDITS_REAL_DATA", REAL_DATA))
    if not folder.is_dir():
        pytest.skip(
            f"no real ledgers in {folder}: set CREDITS_REAL_DATA to the folder that has them"
        )
    return folder
