"""Fault 30: the ledger lacks a column, since a migration was forgotten or went too far.

What is missing is named at the start, in one line with status 2, by every command that reads the
ledger; a page that runs already says that usage did not load, and the log names the column.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app import create_server
from data.errors import UsageError
from tests.command_line import refusal
from tests.faults import invariants
from tests.faults.answers import reference_of_failure
from tests.issuer import Issuer

COLUMNS = ("accounts.timezone", "entries.occurred_at", "workspaces.kind", "entries.reason")


@pytest.fixture
def lacking(live, tmp_path, monkeypatch):
    """Renames a column away."""
    monkeypatch.setenv("CREDITS_CACHE_DIR", str(tmp_path / "cache"))

    def lose(column):
        table, name = column.split(".")
        if live.ledger.dialect.name == "postgresql":
            live.write(text(f"DROP TRIGGER IF EXISTS credits_mark ON {table}"))
        live.write(text(f"ALTER TABLE {table} RENAME COLUMN {name} TO lost"))
        return live

    return lose


@pytest.mark.parametrize("column", COLUMNS)
def test_it_is_named_at_the_start(capsys, lacking, database_url, column):
    lacking(column)
    for command in (
        ("run", "--port", "18091"),
        ("run", "--live", "--port", "18091"),
        ("report", "--account", "acme"),
        ("rollup", "--once"),
    ):
        sentence, code = refusal(capsys, command[0], "--db", database_url, *command[1:])
        assert code in {"snapshot.schema", "schema.column_missing"}, command
        assert f" {column}" in sentence


def test_a_page_that_runs_says_so_with_a_reference(lacking, caplog):
    page = lacking("workspaces.kind")
    reference = reference_of_failure(page.show())
    assert f"reference={reference}" in caplog.text
    assert "There is no column workspaces.kind" in caplog.text
    page.write(text("ALTER TABLE workspaces RENAME COLUMN lost TO kind"))
    invariants.hold(page)


@pytest.mark.postgres
def test_production_does_not_start_on_it(live_postgres, postgres_url, tmp_path, monkeypatch):
    """Its views go with the column, which PostgreSQL drops only where one says so."""
    live_postgres.write(text("ALTER TABLE workspaces DROP COLUMN kind CASCADE"))
    env = Issuer(tmp_path / "jwks.json").settings | {"CREDITS_DATABASE_URL": postgres_url}
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=r"There is no column workspaces\.kind"):
        create_server()
