"""A snapshot is refused with one sentence or read without changing a byte."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import text

from data import rollup, snapshot
from data.access import snapshot_scope
from data.engine import connect, create_tables, read_transaction
from data.errors import UsageError
from data.frames import total
from data.periods import Period
from data.queries import load_account, usage_by_day
from data.reconciled import Reconciled, load
from data.schema import ledger as ledger_tables
from tests.ledger_builder import micro

SCOPE = snapshot_scope("acme")
NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))


@pytest.fixture
def made(tmp_path, builder):
    """A snapshot with one account, ten credits in November and a grant after them."""
    builder.account()
    builder.use("2026-11-10T12:00Z", 10)
    builder.entry("2026-11-12T09:14Z", 100, "grant")
    return save(builder, tmp_path / "snap shot#1.sqlite")


def save(builder, path):
    engine = connect(str(path))
    create_tables(engine, ledger_tables)
    builder.save(engine)
    engine.dispose()
    return path


def digest(folder):
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.iterdir()
        if path.is_file()
    }


def november(path, cache):
    opened = snapshot.open_snapshot(path)
    engine = snapshot.open_cache(opened, cache)
    snapshot.build_account(engine, SCOPE)
    with read_transaction(engine) as connection:
        return total(usage_by_day(connection, SCOPE, NOVEMBER)["net"])


def test_it_is_read_through_a_cache_and_its_folder_stays_as_it_was(made, tmp_path):
    before = digest(made.parent)
    assert micro(10) == november(made, tmp_path / "cache")
    assert before == digest(made.parent)


def test_the_last_entry_of_any_kind_and_account_is_its_moment(made):
    opened = snapshot.open_snapshot(made)
    assert dt.datetime(2026, 11, 12, 9, 14, tzinfo=dt.UTC) == opened.last_entry


def test_a_read_only_file_in_a_read_only_folder_is_read(made, tmp_path):
    cache = tmp_path / "cache"
    made.chmod(0o400)
    assert micro(10) == november(made, cache)


def test_the_cache_is_private_and_a_second_look_finds_it(made, tmp_path):
    cache = tmp_path / "cache"
    november(made, cache)
    assert 0o700 == cache.stat().st_mode & 0o777
    files = sorted(path.name for path in cache.glob("*.sqlite"))
    assert micro(10) == november(made, cache)
    assert files == sorted(path.name for path in cache.glob("*.sqlite"))


def test_a_changed_snapshot_is_seen_and_its_old_cache_thrown_away(made, tmp_path):
    cache = tmp_path / "cache"
    november(made, cache)
    opened = snapshot.open_snapshot(made)
    old = {path.name for path in cache.glob("*.sqlite")}
    with closing(sqlite3.connect(made)) as connection, connection:
        connection.execute("UPDATE entries SET amount_micro = 3000000 WHERE kind = 'usage'")
    assert not opened.unchanged()
    assert micro(3) == november(made, cache)
    assert not old & {path.name for path in cache.glob("*.sqlite")}


def test_a_zone_changed_in_place_rolls_the_account_up_anew(made, tmp_path):
    opened = snapshot.open_snapshot(made)
    engine = snapshot.open_cache(opened, tmp_path / "cache")
    snapshot.build_account(engine, SCOPE)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE rollup_state SET timezone = 'Asia/Tokyo'")
        connection.exec_driver_sql("UPDATE rollup_by_reason SET used_micro = 1")
    snapshot.build_account(engine, SCOPE)
    with read_transaction(engine) as connection:
        assert micro(10) == total(usage_by_day(connection, SCOPE, NOVEMBER)["net"])


def test_optional_tables_and_columns_may_be_missing(made, tmp_path):
    with closing(sqlite3.connect(made)) as connection, connection:
        connection.executescript(
            "DROP TABLE members; DROP TABLE reasons;"
            "ALTER TABLE accounts DROP COLUMN balance_micro;"
            "ALTER TABLE entries DROP COLUMN reverses_id;"
        )
    assert micro(10) == november(made, tmp_path / "cache")
    engine = snapshot.open_cache(snapshot.open_snapshot(made), tmp_path / "cache")
    with read_transaction(engine) as connection:
        account = load_account(connection, SCOPE)
    assert "Enhanced OCR" == account.taxonomy.label("enhanced_ocr")


def test_a_snapshot_that_holds_a_rollup_of_its_own_does_not_shadow_the_cache(made, tmp_path):
    with closing(sqlite3.connect(made)) as connection, connection:
        connection.execute("CREATE TABLE rollup_by_reason (account_id TEXT, day TEXT)")
    assert micro(10) == november(made, tmp_path / "cache")


def test_the_snapshot_cannot_be_written_through_its_connection(made, tmp_path):
    engine = snapshot.open_cache(snapshot.open_snapshot(made), tmp_path / "cache")
    with engine.connect() as connection, pytest.raises(Exception, match="readonly"):
        connection.exec_driver_sql("UPDATE accounts SET name = 'changed'")


# --- refusals ---------------------------------------------------------------------------------


def refusal(path):
    with pytest.raises(UsageError) as refused:
        snapshot.open_snapshot(path)
    assert "\n" not in refused.value.sentence
    assert str(path.parent) in refused.value.sentence
    return refused.value.code


def test_many_readers_at_once_never_close_each_others_connections(made, tmp_path):
    """Twelve threads all hold one at the same moment, and each of them can still ask."""
    engine = snapshot.open_cache(snapshot.open_snapshot(made), tmp_path / "cache")
    together = threading.Barrier(12, timeout=20)

    def ask(_):
        with read_transaction(engine) as connection:
            together.wait()
            return connection.execute(text("SELECT 1")).scalar_one()

    with ThreadPoolExecutor(12) as threads:
        assert [1] * 12 == list(threads.map(ask, range(12)))
    engine.dispose()


def test_a_missing_file_is_refused_and_not_made(tmp_path):
    path = tmp_path / "none.sqlite"
    assert "snapshot.missing" == refusal(path)
    assert not path.exists()


def test_a_folder_an_empty_file_and_text_are_refused(tmp_path):
    empty, text = tmp_path / "empty.sqlite", tmp_path / "text.sqlite"
    empty.touch()
    text.write_text("occurred_at,account,credits\n" * 20)
    codes = [refusal(tmp_path), refusal(empty), refusal(text)]
    assert ["snapshot.not_a_file", "snapshot.empty", "snapshot.not_sqlite"] == codes


def test_a_file_cut_short_is_refused(made):
    content = made.read_bytes()
    made.write_bytes(content[: len(content) // 2])
    assert "snapshot.truncated" == refusal(made)
    made.write_bytes(content[:50])
    assert "snapshot.truncated" == refusal(made)


def test_a_damaged_page_is_refused(made):
    content = bytearray(made.read_bytes())
    page = int.from_bytes(content[16:18], "big")
    for number in range(1, len(content) // page):
        content[number * page : number * page + 64] = b"\xff" * 64
    made.write_bytes(content)
    assert "snapshot.damaged" == refusal(made)


def test_a_non_empty_log_beside_it_is_refused_and_an_empty_one_is_not(made):
    log = made.with_name(made.name + "-wal")
    log.touch()
    assert snapshot.open_snapshot(made).last_entry
    log.write_bytes(b"entries")
    assert "snapshot.wal" == refusal(made)


def test_an_older_ledger_names_what_it_lacks(made):
    with closing(sqlite3.connect(made)) as connection, connection:
        connection.execute("ALTER TABLE accounts RENAME COLUMN timezone TO tz")
    with pytest.raises(UsageError, match=r"has no column accounts\.timezone"):
        snapshot.open_snapshot(made)
    with closing(sqlite3.connect(made)) as connection, connection:
        connection.execute("DROP TABLE workspaces")
        connection.execute("ALTER TABLE accounts RENAME COLUMN tz TO timezone")
    with pytest.raises(UsageError, match="has no table workspaces"):
        snapshot.open_snapshot(made)


def test_a_cache_folder_open_to_others_is_refused(made, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o755)
    with pytest.raises(UsageError, match="chmod 700") as refused:
        snapshot.open_cache(snapshot.open_snapshot(made), cache)
    assert "cache.mode" == refused.value.code


def test_a_cache_that_cannot_be_made_is_refused(made, tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(UsageError) as refused:
        snapshot.open_cache(snapshot.open_snapshot(made), blocked / "cache")
    assert "cache.unwritable" == refused.value.code


def compared(path, cache):
    opened = snapshot.open_snapshot(path)
    engine = snapshot.open_cache(opened, cache)
    snapshot.build_account(engine, SCOPE)
    with read_transaction(engine) as connection:
        return load(connection, SCOPE)


def test_opening_an_account_compares_its_charts_with_the_ledger(made, tmp_path):
    """A snapshot is of one moment, which is not kept twice."""
    assert Reconciled(micro(10), None, 0, 0) == compared(made, tmp_path / "cache")


@pytest.mark.parametrize("lost", ["by_reason", "by_workspace"])
def test_a_chart_that_lacks_entries_does_not_match(made, tmp_path, monkeypatch, lost):
    real = rollup.store_days

    def some_lost(connection, *arguments):
        rows = real(connection, *arguments)
        connection.exec_driver_sql(f"DELETE FROM rollup_{lost}")
        return rows

    monkeypatch.setattr(rollup, "store_days", some_lost)
    found = compared(made, tmp_path / "cache")
    assert Reconciled(micro(10), None, micro(10), 0) == found
    assert not found.matches
