"""Files and servers that cannot be read: one sentence, and nothing is made."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from data.check import check, describe
from data.check.report import PROBLEMS, Weight
from data.errors import UsageError
from tests.data.check.ledgers import (
    DAY,
    NOW,
    codes,
    rows_of,
    sound,
    update,
)


def refused(url):
    with pytest.raises(UsageError) as caught:
        check(str(url), NOW)
    assert "\n" not in caught.value.sentence
    listed = {cells[0].strip("`") for cells in rows_of("## What check says")}
    assert caught.value.code in listed
    return caught.value.code


def test_a_missing_file_is_refused_and_not_made(tmp_path):
    assert "snapshot.missing" == refused(tmp_path / "none.sqlite")
    assert "snapshot.missing" == refused(f"sqlite:///{tmp_path}/none.sqlite")
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "snapshot.empty"), (b"account,credits\nacme,5\n" * 50, "snapshot.not_sqlite")],
)
def test_a_file_that_is_no_database_is_refused(tmp_path, content, code):
    path = tmp_path / "file.sqlite"
    path.write_bytes(content)
    assert code == refused(path)
    assert [path] == list(tmp_path.iterdir())


@pytest.fixture
def saved(sqlite_ledger, tmp_path):
    rows = sound()
    for number in range(3_000):
        rows.use(NOW - DAY * (number % 300), 1, id=f"n{number}")
    rows.save(sqlite_ledger)
    sqlite_ledger.dispose()
    return tmp_path / "ledger.sqlite"


def test_a_file_cut_short_is_refused(saved):
    saved.write_bytes(saved.read_bytes()[:-4096])
    assert "snapshot.truncated" == refused(saved)


def test_a_damaged_file_is_refused(saved):
    content = bytearray(saved.read_bytes())
    content[40_000:120_000] = b"\xa5" * 80_000
    saved.write_bytes(content)
    assert "snapshot.damaged" == refused(saved)


def test_a_file_is_not_changed_by_a_byte_and_nothing_is_made_beside_it(saved):
    before = saved.read_bytes()
    assert 0 == check(str(saved), NOW).exit_code
    assert before == saved.read_bytes()
    assert [saved] == list(saved.parent.iterdir())


def test_a_file_in_wal_format_that_nobody_has_open_is_read_without_making_its_companions(saved):
    with closing(sqlite3.connect(saved)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    assert [saved] == list(saved.parent.iterdir())
    assert 0 == check(str(saved), NOW).exit_code
    assert [saved] == list(saved.parent.iterdir())


def test_the_log_of_a_ledger_in_use_is_read_too(saved):
    with closing(sqlite3.connect(saved)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE accounts SET timezone = 'Nowhere/Nothing'")
        writer.commit()
        assert {"accounts.unknown_zone": 1} == codes(check(str(saved), NOW))


def durable(folder):
    """The bytes of every file but the shared memory, which belongs to no moment."""
    files = [path for path in folder.iterdir() if path.suffix != ".sqlite-shm"]
    return {path.name: path.read_bytes() for path in files}


def test_the_log_of_a_writer_that_was_killed_is_read_and_left_as_it_is(saved, tmp_path):
    """A connection that may write would move the log into the file when it closes."""
    left = tmp_path / "left"
    left.mkdir()
    with closing(sqlite3.connect(saved)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE accounts SET timezone = 'Nowhere/Nothing'")
        writer.commit()
        for name in ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"):
            (left / name).write_bytes((tmp_path / name).read_bytes())
    before = durable(left)
    assert {"accounts.unknown_zone": 1} == codes(check(str(left / "ledger.sqlite"), NOW))
    assert before == durable(left)


def test_a_log_that_was_copied_along_without_its_owner_is_refused(saved, tmp_path):
    with closing(sqlite3.connect(saved)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE accounts SET name = 'Other'")
        writer.commit()
        copy = tmp_path / "copy"
        copy.mkdir()
        for name in ("ledger.sqlite", "ledger.sqlite-wal"):
            (copy / name).write_bytes((tmp_path / name).read_bytes())
    assert "snapshot.wal" == refused(copy / "ledger.sqlite")


@pytest.mark.postgres
def test_a_server_that_is_not_there_is_one_sentence_without_the_password():
    with pytest.raises(UsageError) as caught:
        check("postgresql://reader:secret@127.0.0.1:1/app", NOW)
    assert "db.unreachable" == caught.value.code
    assert "secret" not in str(caught.value)
    assert "\n" not in caught.value.sentence


@pytest.mark.postgres
def test_a_role_that_may_not_read_is_one_sentence(postgres_ledger, postgres_server):
    update(
        postgres_ledger,
        "DO $$ BEGIN CREATE ROLE nobody_at_all LOGIN; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    )
    url = postgres_ledger.url.set(username="nobody_at_all").render_as_string(hide_password=False)
    assert "db.unreadable" == refused(url)


def test_a_url_of_another_kind_of_database_is_refused():
    assert "db.url" == refused("mysql://host/app")


@pytest.mark.postgres
def test_the_report_does_not_show_the_password(postgres_ledger):
    url = postgres_ledger.url.set(password="secret").render_as_string(hide_password=False)
    assert "secret" not in describe(check(url, NOW))


def test_only_a_note_keeps_the_status_of_a_clean_ledger():
    notes = {code for code, weight in PROBLEMS.items() if weight == Weight.NOTE}
    assert {"schema.index_unseen"} == notes
