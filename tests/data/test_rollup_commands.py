"""The commands of who runs the rollup, as a person meets them, on both databases."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select, text, update

import app
from data import schema
from data.engine import create_tables
from data.errors import UsageError
from data.rollup_commands import duration
from tests.rolled import counted, stored

ROOT = Path(app.__file__).parent
ENTRY = {"kind": "usage", "reason": "teleport", "amount_micro": 1_000_000}
NOON = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
BETTER = insert(schema.entries).values(account_id="acme", id="n", occurred_at=NOON, **ENTRY)


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CREDITS_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def made(database, builder):
    """A ledger of two accounts, nothing installed."""
    create_tables(database, schema.ledger)
    for name in ("acme", "bolt"):
        builder.account(name)
        builder.use(NOON, 2)
    builder.save(database)
    return database


@pytest.fixture
def do(made, database_url, capsys):
    """Run a command on the ledger; its status and what it printed."""

    def run(name, *arguments):
        status = app.main([name, "--db", database_url, *arguments])
        return status, capsys.readouterr().out.strip()

    return run


def run(engine, statement):
    with engine.begin() as connection:
        connection.execute(statement)


def test_install_rollup_verify_and_uninstall(made, do):
    assert 0 == do("install")[0]
    assert 1 == do("verify")[0]
    assert 0 == do("rollup", "--once")[0]
    assert counted(made) == stored(made)
    expected = "2 accounts: 0 differences, 0 not built, 0 days wait for the rollup."
    assert (0, expected) == do("verify")
    assert 0 == do("uninstall")[0]
    assert set(schema.ledger.tables) == set(inspect(made).get_table_names())


def test_verify_names_the_differences_with_status_1(made, do):
    do("install")
    do("rollup", "--once")
    run(made, update(schema.rollup_by_reason).values(used_micro=1).where(
        schema.rollup_by_reason.c.account_id == "bolt"))  # fmt: skip
    status, said = do("verify")
    assert 1 == status
    assert said.splitlines()[0] == (
        "bolt 2026-11-01 by reason: ledger 2.000000, rollup 0.000001 credits (1 rows differ)"
    )


def test_rebuild_makes_one_account_or_all_anew(made, do):
    do("install")
    assert (0, "Rebuilt 1 accounts.") == do("rebuild", "--account", "acme")
    assert {"acme"} == set(stored(made))
    run(made, update(schema.rollup_by_reason).values(used_micro=1))
    assert (0, "Rebuilt 2 accounts.") == do("rebuild")
    assert counted(made) == stored(made)


def test_print_shows_the_sql_and_changes_nothing(made, do):
    status, said = do("install", "--print")
    assert 0 == status
    assert said.startswith("BEGIN;\n")
    assert "TRIGGER rollup_mark" in said
    assert set(schema.ledger.tables) == set(inspect(made).get_table_names())
    do("install")
    assert "DROP TABLE IF EXISTS dirty" in do("uninstall", "--print")[1]
    assert "dirty" in inspect(made).get_table_names()


def test_install_on_the_table_behind_a_view(made, do):
    run(made, text("ALTER TABLE entries RENAME TO moves"))
    run(made, text("CREATE VIEW entries AS SELECT * FROM moves"))
    assert 0 == do("install", "--ledger", "moves")[0]
    do("rollup", "--once")
    run(made, text("DELETE FROM moves WHERE account_id = 'bolt'"))
    do("rollup", "--once")
    assert {"acme"} == set(stored(made))
    assert counted(made) == stored(made)


def test_without_triggers_the_writer_marks(made, do):
    do("install", "--no-triggers")
    do("rollup", "--once")
    run(made, BETTER)
    do("rollup", "--once")
    assert counted(made) != stored(made)
    run(made, insert(schema.dirty).values(account_id="acme", at=NOON))
    do("rollup", "--once")
    assert counted(made) == stored(made)


def test_an_account_that_fails_is_an_exit_status(made, do):
    run(made, update(schema.accounts).values(timezone="Mars/Phobos"))
    do("install")
    assert 1 == do("rollup", "--once")[0]


def test_a_ledger_is_pruned_after_its_days_were_frozen(made, do):
    do("install")
    frozen = "2 accounts are frozen before 2026-11-02: "
    assert (0, f"{frozen}entries before 2026-11-02T00:00:00Z may be deleted.") == do(
        "freeze", "--before", "2026-11-02"
    )
    before = stored(made)
    run(made, schema.entries.delete())
    assert 0 == do("rollup", "--once")[0]
    assert 0 == do("rebuild")[0]
    assert 0 == do("verify")[0]
    assert before == stored(made)
    assert {"acme", "bolt"} == set(before)


def test_an_account_that_cannot_be_frozen_is_named(made, do):
    do("install")
    run(made, update(schema.accounts).where(schema.accounts.c.id == "acme")
        .values(timezone="Mars/Phobos"))  # fmt: skip
    status, said = do("freeze", "--before", "2026-11-02")
    assert 1 == status
    assert [
        "acme cannot be rolled up and is not frozen: 'Mars/Phobos' is not an IANA time zone",
        "1 accounts are frozen before 2026-11-02, 1 are not: delete no entries yet.",
    ] == said.splitlines()
    assert 0 == do("freeze", "--before", "2026-11-02", "--account", "bolt")[0]


def test_frozen_days_are_not_uninstalled_by_the_way(made, do, database_url, capsys):
    do("install")
    do("freeze", "--before", "2026-11-02", "--account", "bolt")
    assert 2 == app.main(["uninstall", "--db", database_url])
    assert "[uninstall.frozen]" in capsys.readouterr().err
    assert {"bolt"} == set(stored(made))
    assert "DROP TABLE" in do("uninstall", "--print")[1]


REFUSED = [
    (("rollup", "--once"), "rollup.not_installed"),
    (("rebuild",), "rollup.not_installed"),
    (("verify",), "rollup.not_installed"),
    (("rollup", "--every", "soon"), "rollup.every"),
    (("freeze", "--before", "2026-01-01"), "rollup.not_installed"),
    (("freeze", "--before", "2099-01-01"), "freeze.before"),
    (("freeze", "--before", "soon"), "freeze.before"),
    (("install", "--ledger", "moves"), "install.ledger"),
]


@pytest.mark.parametrize(("arguments", "code"), REFUSED)
def test_refused_in_one_sentence(made, database_url, capsys, arguments, code):
    assert 2 == app.main([*arguments, "--db", database_url])
    said = capsys.readouterr().err
    assert said.endswith(f"[{code}]\n")
    assert 1 == said.count("\n")


@pytest.mark.parametrize("command", ["rollup", "rebuild", "verify", "install", "uninstall"])
def test_a_ledger_is_never_made_here(tmp_path, capsys, command):
    assert 2 == app.main([command, "--db", str(tmp_path / "none.sqlite")])
    assert [] == list(tmp_path.iterdir())
    assert 2 == app.main([command])
    assert "[db.missing]" in capsys.readouterr().err


@pytest.mark.postgres
def test_a_database_that_does_not_answer_is_one_sentence_without_the_password(tmp_path, capsys):
    assert 2 == app.main(["verify", "--db", f"postgresql://me:secret@/none?host={tmp_path}"])
    said = capsys.readouterr().err
    assert "[db.unreachable]" in said
    assert "secret" not in said


def test_an_unknown_account_is_refused(made, do, database_url, capsys):
    do("install")
    assert 2 == app.main(["rebuild", "--db", database_url, "--account", "nobody"])
    assert "[account.unknown]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("15s", 15), ("1.5m", 90), ("2h", 7200)]
)
def test_a_pause_is_read(text, seconds):
    assert seconds == duration(text).total_seconds()


@pytest.mark.parametrize("text", ["", "15", "0s", "-1s", "1d", "1e3s", "99999999s"])
def test_no_pause_is_refused(text):
    with pytest.raises(UsageError):
        duration(text)


def test_a_changed_entry_is_followed_by_its_version(made, do):
    do("install")
    do("rollup", "--once")
    run(made, BETTER)
    do("rollup", "--once")
    with made.connect() as connection:
        versions = connection.execute(
            select(schema.rollup_state.c.account_id, schema.rollup_state.c.version)
        ).all()
    assert {("acme", 2), ("bolt", 1)} == {tuple(row) for row in versions}


@pytest.mark.slow
def test_rollup_runs_until_it_is_told_to_stop(made, do, database_url):
    """SIGTERM ends it after the account in hand, with status 0 and its passes in the log."""
    do("install")
    metrics = ("--metrics-port", "0")
    with subprocess.Popen(
        [sys.executable, "app.py", "rollup", "--db", database_url, "--every", "20ms", *metrics],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        place = re.search(r"metrics at (http://127\.0\.0\.1:\d+/\S+)", process.stderr.readline())
        assert "pass accounts=2 entries=0 built=2 refused=0" in process.stderr.readline()
        run(made, BETTER)
        while "entries=1" not in process.stderr.readline():
            pass
        with urllib.request.urlopen(place[1], timeout=5) as response:
            assert "credits_rollup_entries_total 1.0\n" in response.read().decode()
        process.send_signal(signal.SIGTERM)
        assert "Traceback" not in process.stderr.read()
    assert 0 == process.returncode
    assert counted(made) == stored(made)
