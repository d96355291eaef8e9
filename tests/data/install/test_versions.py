"""Every released version of our tables becomes today's, in one transaction."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select

from data import install, schema
from data.engine import create_tables
from data.errors import UsageError
from data.install import Plan, versions

# The tables as version 1 made them.
MICRO = {"sqlite": "INTEGER", "postgresql": "BIGINT"}
DATE = {"sqlite": "TEXT", "postgresql": "DATE"}
END = {"sqlite": "STRICT", "postgresql": ""}
VERSION_1 = (
    (
        "CREATE TABLE rollup_by_reason (account_id TEXT NOT NULL, day {date} NOT NULL, "
        "reason TEXT NOT NULL, workflow_type TEXT NOT NULL, used_micro {micro} NOT NULL, "
        "refunded_micro {micro} NOT NULL, "
        "PRIMARY KEY (account_id, day, reason, workflow_type)) {end}"
    ),
    (
        "CREATE TABLE rollup_by_workspace (account_id TEXT NOT NULL, day {date} NOT NULL, "
        "workspace_id TEXT NOT NULL, used_micro {micro} NOT NULL, refunded_micro {micro} NOT NULL, "
        "PRIMARY KEY (account_id, day, workspace_id)) {end}"
    ),
    (
        "CREATE TABLE rollup_state (account_id TEXT NOT NULL, timezone TEXT NOT NULL, "
        "version {micro} NOT NULL, PRIMARY KEY (account_id)) {end}"
    ),
    "INSERT INTO rollup_by_reason VALUES ('acme', '2026-11-01', 'premium_chat', '', 5, 1)",
    "INSERT INTO rollup_state VALUES ('acme', 'Europe/Berlin', 41)",
)


@pytest.fixture
def first(database):
    """A ledger with the tables of version 1, one account rolled up in them."""
    create_tables(database, schema.ledger)
    names = {key: kind[database.dialect.name]
             for key, kind in (("micro", MICRO), ("date", DATE), ("end", END))}  # fmt: skip
    with database.begin() as connection:
        for statement in VERSION_1:
            connection.exec_driver_sql(statement.format(**names))
    return database


def shape(engine):
    """Every column of our tables, as the database has it."""
    inspector = inspect(engine)
    return {
        table.name: [
            (column["name"], str(column["type"]), column["nullable"])
            for column in inspector.get_columns(table.name)
        ]
        for table in schema.OUR_TABLES
    }


def test_version_1_becomes_what_a_new_install_makes(first):
    install.install(first, Plan())
    upgraded = shape(first)
    install.uninstall(first, Plan())
    install.install(first, Plan())
    assert shape(first) == upgraded


def test_an_account_of_version_1_is_built_anew_and_its_version_never_falls(first):
    """No list told what came after its last build; a page that knows 41 must see a change."""
    install.install(first, Plan())
    with first.connect() as connection:
        state = connection.execute(select(schema.rollup_state)).one()
        assert schema.ROLLUP_VERSION == versions.installed_version(connection)
    assert ("acme", None, 41, 0) == (
        state.account_id,
        state.timezone,
        state.version,
        state.failures,
    )


def test_an_upgrade_that_fails_leaves_version_1(first, monkeypatch):
    monkeypatch.setattr(install, "NOT_BUILT", "UPDATE nothing SET x = 1")
    before = inspect(first).get_columns("rollup_state")
    with pytest.raises(UsageError, match=r"install\.refused"):
        install.install(first, Plan())
    assert len(before) == len(inspect(first).get_columns("rollup_state"))
    with first.connect() as connection:
        assert 1 == versions.installed_version(connection)


def test_tables_of_a_newer_program_are_left_alone(database):
    create_tables(database, schema.ledger)
    install.install(database, Plan())
    with database.begin() as connection:
        connection.execute(schema.rollup_schema.update().values(version=99))
    with pytest.raises(UsageError, match=r"install\.newer"):
        install.install(database, Plan())


def test_every_released_version_has_its_step():
    assert list(range(1, schema.ROLLUP_VERSION)) == sorted(versions.STEPS)
