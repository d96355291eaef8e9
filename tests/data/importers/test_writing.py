"""All rows or none: what a failed import leaves behind, and what a second one does."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from data.engine import connect, create_tables
from data.errors import UsageError
from data.importers import import_files, writing
from data.schema import ledger

HEADER = "occurred_at,account,workspace,reason,credits"
GOOD = "2026-11-22,acme,legal,premium_chat,1"
BAD = "2026-11-22,other,new,premium_chat,one"


def digest(path):
    return path.read_bytes()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# --- nothing is left behind -----------------------------------------------------------------


@pytest.mark.parametrize("good_rows", [0, 3, 2_500])
def test_a_bad_last_row_leaves_no_file_where_there_was_none(take, tmp_path, good_rows):
    with pytest.raises(UsageError, match=f"line {good_rows + 2}"):
        take(HEADER, *[GOOD] * good_rows, BAD)
    assert names(tmp_path) == ["usage.csv"]


def test_a_bad_last_row_leaves_every_byte_of_a_ledger_as_it_was(take, db, tmp_path):
    take(HEADER, GOOD, name="first.csv")
    before = digest(db)
    with pytest.raises(UsageError):
        take(HEADER, GOOD, GOOD, BAD)
    assert before == digest(db)
    assert names(tmp_path) == ["first.csv", "ledger.sqlite", "usage.csv"]


def test_even_when_rows_had_reached_the_file_before_it(take, db, tmp_path, monkeypatch):
    """A small cache makes SQLite write uncommitted pages into the file, and take them back."""
    monkeypatch.setattr(writing, "CACHE_KIB", 100)
    take(HEADER, GOOD, name="first.csv")
    before, sizes = digest(db), []
    with pytest.raises(UsageError):
        take(HEADER, *[GOOD] * 5_000, BAD, progress=lambda *_: sizes.append(db.stat().st_size))
    assert max(sizes) > len(before)
    assert before == digest(db)
    assert names(tmp_path) == ["first.csv", "ledger.sqlite", "usage.csv"]


def test_a_bad_second_file_takes_the_first_one_back(db, write):
    paths = [write("a.csv", f"{HEADER}\n{GOOD}\n"), write("b.csv", f"{HEADER}\n{BAD}\n")]
    with pytest.raises(UsageError, match=r"b\.csv, line 2"):
        import_files(paths, str(db))
    assert not db.exists()


def test_an_interrupt_leaves_every_byte_of_a_ledger_as_it_was(take, db, write):
    take(HEADER, GOOD, name="first.csv")
    before = digest(db)

    def interrupt(_done, _expected):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(HEADER, GOOD, GOOD, progress=interrupt)
    assert before == digest(db)


def test_the_file_appears_only_when_it_is_whole(take, db):
    seen = []
    take(HEADER, GOOD, progress=lambda _done, _expected: seen.append(db.exists()))
    assert seen == [False]
    assert db.exists()


def test_a_new_ledger_has_every_table_index_and_constraint(take, db, tmp_path):
    take(HEADER, GOOD)
    other = tmp_path / "other.sqlite"
    engine = connect(str(other))
    create_tables(engine, ledger)
    engine.dispose()
    assert shape(other) == {k: v for k, v in shape(db).items() if k != "imported_files"}


def shape(path):
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return dict(found.fetchall())


def test_an_index_that_an_existing_ledger_has_stays(take, db):
    take(HEADER, GOOD, name="first.csv")
    before = shape(db)
    take(HEADER, GOOD, GOOD)
    assert before == shape(db)
    with closing(sqlite3.connect(db)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


# --- targets that cannot be written -----------------------------------------------------------


@pytest.mark.parametrize(
    ("database", "words"),
    [
        ("postgresql://localhost/credits", "An import writes a SQLite file"),
        ("sqlite://", "An import writes a SQLite file"),
        ("{folder}", "is a folder"),
        ("{folder}/none/ledger.sqlite", "There is no folder"),
        ("mysql://localhost/x", "is not supported"),
    ],
)
def test_a_target_that_is_no_sqlite_file_is_refused(write, tmp_path, database, words):
    path = write("usage.csv", f"{HEADER}\n{GOOD}\n")
    with pytest.raises(UsageError, match=words):
        import_files([path], database.format(folder=tmp_path))
    assert names(tmp_path) == ["usage.csv"]


def test_a_file_that_is_no_database_is_refused_and_stays(take, db):
    db.write_text("my notes\n" * 500)
    before = digest(db)
    with pytest.raises(UsageError, match="file is not a database"):
        take(HEADER, GOOD)
    assert before == digest(db)


def test_a_database_of_another_shape_is_refused_and_stays(take, db):
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("CREATE TABLE entries (id TEXT, amount REAL)")
        connection.commit()
    before = digest(db)
    with pytest.raises(UsageError, match="cannot take the entries"):
        take(HEADER, GOOD)
    assert before == digest(db)


def test_a_name_with_the_signs_of_a_url_is_a_name(write, tmp_path):
    database = tmp_path / "a?b#c%41.sqlite"
    import_files([write("usage.csv", f"{HEADER}\n{GOOD}\n")], str(database))
    assert names(tmp_path) == ["a?b#c%41.sqlite", "usage.csv"]


def test_a_sqlite_url_is_taken_too(write, db):
    import_files([write("usage.csv", f"{HEADER}\n{GOOD}\n")], f"sqlite:///{db}")
    assert db.exists()


# --- a second import --------------------------------------------------------------------------


def test_the_same_content_is_refused_under_any_name_and_packing(take, db, write):
    take(HEADER, GOOD)
    before = digest(db)
    with pytest.raises(UsageError, match=r"was imported before.*--again") as caught:
        take(HEADER, GOOD, name="other.csv")
    assert caught.value.code == "import.again"
    assert before == digest(db)


def test_the_same_file_twice_in_one_import_is_refused(db, write):
    path = write("usage.csv", f"{HEADER}\n{GOOD}\n")
    with pytest.raises(UsageError, match="imported before"):
        import_files([path, path], str(db))
    assert not db.exists()


def test_again_adds_the_rows_once_more_under_new_ids(take, rows):
    take(HEADER, GOOD, GOOD)
    take(HEADER, GOOD, GOOD, again=True)
    take(HEADER, GOOD, GOOD, again=True)
    assert rows("SELECT count(*), count(DISTINCT id), sum(amount_micro) FROM entries") == [
        (6, 6, 6_000_000)
    ]
    assert rows("SELECT copy, name, map, rows, entries FROM imported_files ORDER BY copy") == [
        (copy, "usage.csv", "own CSV", 2, 2) for copy in (1, 2, 3)
    ]


def test_again_is_no_trouble_for_a_file_that_is_new(take, rows):
    take(HEADER, GOOD, again=True)
    assert rows("SELECT copy FROM imported_files") == [(1,)]


def test_a_file_that_gave_no_entries_may_come_again(take, rows):
    take(HEADER)
    take(HEADER)
    assert rows("SELECT * FROM imported_files") == []


def test_rows_that_the_ledger_has_under_the_same_ids_are_refused(take, db):
    """The record of imports was lost, the entries were not: ids still tell."""
    take(HEADER, GOOD)
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("DELETE FROM imported_files")
        connection.commit()
    with pytest.raises(UsageError, match="cannot take the entries"):
        take(HEADER, GOOD)


def test_accounts_and_workspaces_of_the_ledger_stay_as_they_are(take, rows, db):
    take(HEADER, GOOD)
    with closing(sqlite3.connect(db)) as connection:
        connection.execute(
            "UPDATE accounts SET name = 'Acme', plan = 'Team', timezone = 'Asia/Tokyo'"
        )
        connection.execute("UPDATE workspaces SET name = 'Legal', kind = 'personal'")
        connection.commit()
    result = take(HEADER, GOOD, GOOD.replace("legal", "sales"))
    assert rows("SELECT name, plan, timezone FROM accounts") == [("Acme", "Team", "Asia/Tokyo")]
    assert rows("SELECT id, name, kind FROM workspaces ORDER BY id") == [
        ("legal", "Legal", "personal"),
        ("sales", "sales", "team"),
    ]
    assert (result.accounts_made, result.workspaces_made) == (0, 1)


@pytest.mark.slow  # the driver waits 5 seconds for the other one
def test_a_ledger_that_another_process_writes_is_refused_with_a_sentence(take, db):
    take(HEADER, GOOD)
    with closing(sqlite3.connect(db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UsageError, match="database is locked"):
            take(HEADER, GOOD, GOOD)
