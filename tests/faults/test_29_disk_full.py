"""Fault 29: the disk is full where the page keeps what it computes of a snapshot.

`report` says in one line which folder needs room, with status 2. On the page of `run` it is told
with a reference that the log has; once there is room, the next look is whole.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys

import pytest

from data import schema
from data.engine import connect, create_tables
from data.open_snapshot import OpenSnapshot
from tests.command_line import refusal_of
from tests.conftest import NOW
from tests.faults import invariants
from tests.faults.answers import reference_of_failure
from tests.faults.media import page, run_full, run_limited
from tests.ledger_builder import LedgerBuilder
from tests.live_page import page_over
from tests.page_client import total_of

KILOBYTES = 64
LARGE = 6_000  # entries, whose sums take more than that


@pytest.fixture
def large(tmp_path):
    rows = LedgerBuilder()
    rows.account("acme")
    for number in range(300):
        rows.workspace(f"w{number}")
    for number in range(LARGE):
        rows.use(NOW - dt.timedelta(days=number % 90), 1, workspace=f"w{number % 300}")
    path = tmp_path / "ledger.sqlite"
    engine = connect(str(path))
    create_tables(engine, schema.ledger)
    rows.save(engine)
    engine.dispose()
    return path


@pytest.fixture
def cache(tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    return folder


@pytest.mark.parametrize("kind", ["full", "limited"])
def test_report_says_which_folder_needs_room(large, cache, kind):
    command = page("report", "--db", str(large), "--account", "acme")
    env = {"CREDITS_CACHE_DIR": str(cache)}
    if kind == "full":
        done = run_full(cache, KILOBYTES, *command, **env)
    else:
        done = run_limited(KILOBYTES, *command, **env)
    assert "cache.unwritable" == refusal_of(done.returncode, done.stdout, done.stderr)[1]
    assert done.stderr.startswith(f"{cache} cannot hold the snapshot's cache (")


def test_the_page_says_so_and_is_whole_once_there_is_room(large, cache, tmp_path):
    """In a process of its own, since a limit is a process's."""
    command = (sys.executable, "-m", "tests.faults.test_29_disk_full", str(large), str(cache))
    done = run_limited(10_000, *command)
    assert 0 == done.returncode, done.stderr
    found = json.loads(done.stdout)
    assert f"reference={found['reference']}" in done.stderr
    assert "cannot hold the snapshot's cache" in done.stderr
    assert f"{LARGE:,} credits" == found["total"]


def look_before_and_after_there_is_room(path, folder):
    most, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    client = page_over(OpenSnapshot(path, folder, NOW))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * KILOBYTES, most))
    reference = reference_of_failure(client.show("90d"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    shown = client.show("90d", **invariants.EVERY_TABLE)
    invariants.panels_agree(shown)
    print(json.dumps({"reference": reference, "total": total_of(shown)}))


if __name__ == "__main__":
    from pathlib import Path

    look_before_and_after_there_is_room(Path(sys.argv[1]), Path(sys.argv[2]))
