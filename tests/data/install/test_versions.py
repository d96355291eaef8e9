"""Every released version of our tables becomes today's, in one transaction."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import inspect, select

from data import install, rollup, schema
from data.access import snapshot_scope
from data.aggregator import Aggregator, refresh
from data.balance import balance
from data.engine import create_tables, read_transaction
from data.errors import UsageError
from data.install import Plan, versions

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
TODAY = NOW.date()

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


INSTANT = {"sqlite": "INTEGER", "postgresql": "TIMESTAMP WITH TIME ZONE"}
# Version 2 had the same sums, and marks.
VERSION_2 = (
    *VERSION_1[:2],
    (
        "CREATE TABLE rollup_state (account_id TEXT NOT NULL, timezone TEXT, "
        "version {micro} NOT NULL, failures {micro} DEFAULT 0 NOT NULL, retry_at {instant}, "
        "failure TEXT, PRIMARY KEY (account_id)) {end}"
    ),
    (
        "CREATE TABLE dirty (account_id TEXT NOT NULL, at {instant} NOT NULL, "
        "marked {instant} NOT NULL) {end}"
    ),
    "CREATE TABLE rollup_heartbeat (aggregator TEXT NOT NULL, beat {instant} NOT NULL) {end}",
    "CREATE TABLE rollup_schema (version INTEGER NOT NULL) {end}",
    "INSERT INTO rollup_by_reason VALUES ('acme', '2026-11-01', 'premium_chat', '', 5000000, 0)",
    "INSERT INTO rollup_by_workspace VALUES ('acme', '2026-11-01', '', 5000000, 0)",
    "INSERT INTO rollup_state VALUES ('acme', 'UTC', 41, 0, NULL, NULL)",
    "INSERT INTO rollup_schema VALUES (2)",
)
# Version 3 had movements and what the second look notes, neither weeks nor walls.
VERSION_3 = (
    *VERSION_1[:2],
    (
        "CREATE TABLE rollup_state (account_id TEXT NOT NULL, timezone TEXT, "
        "version {micro} NOT NULL, failures {micro} DEFAULT 0 NOT NULL, retry_at {instant}, "
        "failure TEXT, made_by INTEGER, keep_from {date}, keep_since {instant}, "
        "compared_at {instant}, ledger_micro {micro}, rollup_micro {micro}, changed_first {date}, "
        "changed_last {date}, PRIMARY KEY (account_id)) {end}"
    ),
    (
        "CREATE TABLE rollup_movements (account_id TEXT NOT NULL, day {date} NOT NULL, "
        "kind TEXT NOT NULL, amount_micro {micro} NOT NULL, "
        "PRIMARY KEY (account_id, day, kind)) {end}"
    ),
    *VERSION_2[3:7],
    "INSERT INTO rollup_movements VALUES ('acme', '2026-11-01', 'grant', 20000000)",
    "INSERT INTO rollup_by_workspace VALUES ('acme', '2026-10-31', 'w1', 1, 0)",
    "INSERT INTO rollup_by_workspace VALUES ('acme', '2026-11-01', 'w1', 2, 5)",
    "INSERT INTO rollup_by_workspace VALUES ('acme', '2026-11-02', 'w1', 4, 0)",
    "INSERT INTO rollup_by_workspace VALUES ('acme', '2026-11-08', '', 8, 0)",
    (
        "INSERT INTO rollup_state (account_id, timezone, version, made_by) "
        "VALUES ('acme', 'UTC', 41, 3)"
    ),
    "INSERT INTO rollup_schema VALUES (3)",
)
VERSIONS = {1: VERSION_1, 2: VERSION_2, 3: VERSION_3}


def of_version(engine, version):
    """A ledger with the tables of that version, one account rolled up in them."""
    create_tables(engine, schema.ledger)
    kinds = {"micro": MICRO, "date": DATE, "instant": INSTANT, "end": END}
    names = {key: kind[engine.dialect.name] for key, kind in kinds.items()}
    with engine.begin() as connection:
        for statement in VERSIONS[version]:
            connection.exec_driver_sql(statement.format(**names))
    return engine


@pytest.fixture
def first(database):
    return of_version(database, 1)


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


@pytest.mark.parametrize("version", VERSIONS)
def test_a_released_version_becomes_what_a_new_install_makes(database, version):
    of_version(database, version)
    install.install(database, Plan())
    upgraded = shape(database)
    install.uninstall(database, Plan())
    install.install(database, Plan())
    assert shape(database) == upgraded


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


def left(engine):
    with read_transaction(engine) as connection:
        return balance(connection, snapshot_scope("acme"), TODAY)


def charts(engine):
    with engine.connect() as connection:
        stored = connection.execute(select(schema.rollup_by_reason.c.used_micro)).scalars().all()
        return stored, rollup.rolled_zone(connection, "acme")


def test_version_2_keeps_its_charts_and_has_no_balance_until_it_is_built_anew(database, builder):
    """Its movements are not kept yet: a balance of consumption alone would be wrong."""
    builder.account()
    builder.use("2026-11-01T09:00Z", 5)
    builder.entry("2026-11-01T08:00Z", 20, "grant")
    of_version(database, 2)
    builder.save(database)
    install.install(database, Plan(marks=None))
    assert ([5_000_000], "UTC") == charts(database)
    assert left(database) is None
    assert 1 == Aggregator(database, "test", lambda: NOW).run_once().built
    assert ([5_000_000], "UTC") == charts(database)
    assert 15_000_000 == left(database)


def test_version_3_is_right_as_it_is(database, builder):
    """Nothing is built anew: it lacked the walls alone."""
    builder.account()
    builder.save(of_version(database, 3))
    install.install(database, Plan(marks=None))
    assert ([5_000_000], "UTC") == charts(database)
    assert 15_000_000 == left(database)
    assert 0 == Aggregator(database, "test", lambda: NOW).run_once().built


def test_what_changes_in_an_account_of_version_2_builds_all_of_it(database, builder):
    """Days made one by one would leave it with some of its movements."""
    builder.account()
    builder.entry("2026-10-01T08:00Z", 20, "grant")
    builder.use("2026-11-01T09:00Z", 5)
    of_version(database, 2)
    builder.save(database)
    install.install(database, Plan(marks=None))
    with database.begin() as connection:
        mark = {"account_id": "acme", "at": NOW, "marked": NOW}
        connection.execute(schema.dirty.insert().values(mark))
    assert refresh(database, "acme").built
    assert 15_000_000 == left(database)


def test_version_3_gets_the_weeks_of_its_days_and_nothing_is_built_anew(database, builder):
    builder.account()
    of_version(database, 3)
    builder.save(database)
    install.install(database, Plan(marks=None))
    with database.connect() as connection:
        weeks = connection.execute(select(schema.rollup_weeks)).all()
    assert {
        ("acme", dt.date(2026, 10, 26), "w1", 3, 5),
        ("acme", dt.date(2026, 11, 2), "w1", 4, 0),
        ("acme", dt.date(2026, 11, 2), "", 8, 0),
    } == {tuple(row) for row in weeks}
    assert 0 == Aggregator(database, "test", lambda: NOW).run_once().built


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
    assert list(range(1, schema.ROLLUP_VERSION)) == sorted(versions.STEPS) == sorted(VERSIONS)
