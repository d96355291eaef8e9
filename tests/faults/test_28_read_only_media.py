"""Fault 28: the ledger lies on read-only media.

A snapshot is read as ever, also one that was last used in write-ahead mode; a command that has to
write says so in one line, with status 2. Nothing is made beside the ledger.
"""

from __future__ import annotations

import json

import pytest

from data import schema
from data.aggregator import Aggregator
from data.engine import connect, create_tables
from data.install import Plan, install
from tests.command_line import refusal_of
from tests.conftest import NOW
from tests.faults.media import page, run_read_only

REPORT = ("report", "--account", "acme", "--format", "json")


@pytest.fixture
def disc(tmp_path, two_accounts):
    """A folder with a ledger that was in use, in write-ahead mode, and is used no more."""
    folder = tmp_path / "disc"
    folder.mkdir()
    ledger = connect(str(folder / "ledger.sqlite"))
    with ledger.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql("BEGIN")
    create_tables(ledger, schema.ledger)
    install(ledger, Plan())
    two_accounts.save(ledger)
    Aggregator(ledger, "test", lambda: NOW).run_once()
    ledger.dispose()
    return folder


@pytest.fixture
def on_disc(disc, tmp_path):
    before = {path.name: path.read_bytes() for path in disc.iterdir()}

    def run(*command, cache=tmp_path / "cache"):
        db = ("--db", str(disc / "ledger.sqlite"))
        return run_read_only(disc, *page(*command, *db), CREDITS_CACHE_DIR=str(cache))

    yield run
    assert before == {path.name: path.read_bytes() for path in disc.iterdir()}


def test_a_snapshot_is_read(on_disc):
    done = on_disc(*REPORT)
    assert (0, "") == (done.returncode, done.stderr)
    assert "120" == json.loads(done.stdout)["total"]


def test_what_has_to_write_says_so_in_one_line(on_disc, disc):
    refusals = {
        ("rollup", "--once"): "db.unwritable",
        ("demo",): "demo.path",
        (*REPORT, "--live"): "snapshot.unreadable",
    }
    for command, code in refusals.items():
        done = on_disc(*command)
        assert code == refusal_of(done.returncode, done.stdout, done.stderr)[1], command
    done = on_disc(*REPORT, cache=disc / "cache")
    assert "cache.unwritable" == refusal_of(done.returncode, done.stdout, done.stderr)[1]
