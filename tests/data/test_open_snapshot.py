"""A snapshot held open follows its file, prepares accounts once, and knows its moment."""

from __future__ import annotations

import datetime as dt
import os
import shutil

import pytest

from data import snapshot
from data.access import snapshot_scope
from data.engine import connect, create_tables
from data.errors import PreparingError, UsageError
from data.frames import total
from data.open_snapshot import OpenSnapshot
from data.periods import Period
from data.queries import usage_by_day
from data.schema import ledger as ledger_tables
from tests.ledger_builder import LedgerBuilder, micro

SCOPE = snapshot_scope("acme")
NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
LAST = dt.datetime(2026, 11, 12, 9, 14, tzinfo=dt.UTC)
FOREVER = 60.0


def write(path, used=10):
    rows = LedgerBuilder()
    rows.account(name="Acme")
    rows.use(LAST, used)
    fresh = path.with_name("fresh.sqlite")
    engine = connect(str(fresh))
    create_tables(engine, ledger_tables)
    rows.save(engine)
    engine.dispose()
    fresh.replace(path)
    return path


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "snapshot.sqlite")


def november(opened):
    with opened.reading(SCOPE) as (connection, _):
        return total(usage_by_day(connection, SCOPE, NOVEMBER)["net"])


def test_an_account_is_prepared_once_and_then_read(path, tmp_path):
    opened = OpenSnapshot(path, tmp_path / "cache")
    assert [("acme", "Acme")] == opened.accounts()
    assert opened.preparing(SCOPE, FOREVER) is None
    assert opened.preparing(SCOPE, 0) is None
    assert micro(10) == november(opened)


def test_an_impatient_reader_is_told_how_far_it_is(path, tmp_path, monkeypatch):
    """The build waits at a gate, so the reader comes back empty-handed and then does not."""
    import threading

    gate, real = threading.Event(), snapshot.build_account

    def gated(engine, scope, progress):
        progress(0.25)
        assert gate.wait(FOREVER)
        real(engine, scope, progress)

    monkeypatch.setattr(snapshot, "build_account", gated)
    opened = OpenSnapshot(path, tmp_path / "cache")
    parts = {opened.preparing(SCOPE, 0.01) for _ in range(3)}
    assert parts <= {0.0, 0.25}
    gate.set()
    assert opened.preparing(SCOPE, FOREVER) is None


def test_a_build_that_fails_says_so_and_is_tried_again(path, tmp_path, monkeypatch):
    real = snapshot.build_account

    def broken(*_arguments):
        raise OSError("disk full")

    monkeypatch.setattr(snapshot, "build_account", broken)
    opened = OpenSnapshot(path, tmp_path / "cache")
    with pytest.raises(OSError, match="disk full"):
        opened.preparing(SCOPE, FOREVER)
    monkeypatch.setattr(snapshot, "build_account", real)
    assert opened.preparing(SCOPE, FOREVER) is None


def test_another_file_in_its_place_is_opened(path, tmp_path):
    opened = OpenSnapshot(path, tmp_path / "cache")
    opened.preparing(SCOPE, FOREVER)
    write(path, used=7)
    assert opened.preparing(SCOPE, FOREVER) is None
    assert micro(7) == november(opened)


def test_a_file_that_is_gone_is_an_error_and_comes_back(path, tmp_path):
    opened = OpenSnapshot(path, tmp_path / "cache")
    away = tmp_path / "away.sqlite"
    shutil.move(path, away)
    with pytest.raises(UsageError) as gone:
        opened.accounts()
    assert "snapshot.missing" == gone.value.code
    shutil.move(away, path)
    assert [("acme", "Acme")] == opened.accounts()


def test_a_file_exchanged_between_preparing_and_reading_is_never_read_as_empty(
    path, tmp_path, monkeypatch
):
    opened = OpenSnapshot(path, tmp_path / "cache")
    opened.preparing(SCOPE, FOREVER)
    write(path, used=7)
    with monkeypatch.context() as patched:
        patched.setattr(opened, "preparing", lambda _scope: None)
        with pytest.raises(PreparingError):
            november(opened)
    assert micro(7) == november(opened)


def test_a_file_exchanged_while_it_is_read_spoils_the_reading(path, tmp_path):
    opened = OpenSnapshot(path, tmp_path / "cache")
    opened.preparing(SCOPE, FOREVER)
    with pytest.raises(PreparingError), opened.reading(SCOPE):
        write(path, used=7)


def test_now_is_the_last_entry_unless_told_otherwise(path, tmp_path):
    opened = OpenSnapshot(path, tmp_path / "cache")
    opened.preparing(SCOPE, FOREVER)
    with opened.reading(SCOPE) as (_, seen):
        assert (LAST, LAST, True) == (seen.now, seen.watermark, seen.is_snapshot)
    later = LAST + dt.timedelta(days=3)
    with OpenSnapshot(path, tmp_path / "cache", later).reading(SCOPE) as (_, seen):
        assert (later, LAST) == (seen.now, seen.watermark)


def test_a_ledger_without_entries_is_at_its_files_time(tmp_path):
    path = tmp_path / "empty.sqlite"
    engine = connect(str(path))
    create_tables(engine, ledger_tables)
    engine.dispose()
    os.utime(path, (LAST.timestamp(), LAST.timestamp()))
    with OpenSnapshot(path, tmp_path / "cache").reading(SCOPE) as (_, seen):
        assert (LAST, None) == (seen.now, seen.watermark)
