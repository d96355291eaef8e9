"""Installing beside a ledger in use: what is marked, who may write, what an upgrade keeps."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from data import install, schema
from data.engine import connect, create_tables, write_transaction
from data.errors import UsageError
from data.install import Marks, Plan, planned, require_installed, uninstall

MONDAY = dt.datetime(2026, 11, 16, 23, 59, 59, 999_999, tzinfo=dt.UTC)
TUESDAY = MONDAY + dt.timedelta(microseconds=1)
USE = {"kind": "usage", "reason": "premium_chat", "amount_micro": 1}
OURS = {table.name for table in schema.OUR_TABLES}


@pytest.fixture
def plain(database):
    """The tables of a ledger, and nothing of ours."""
    create_tables(database, schema.ledger)
    return database


def write(engine, *statements, role=None, before=()):
    with engine.begin() as connection:
        for line in before:
            connection.exec_driver_sql(line)
        if role:
            connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
        for statement in statements:
            connection.execute(statement)


def add(account="acme", id="e1", at=MONDAY):
    return schema.entries.insert().values(account_id=account, id=id, occurred_at=at, **USE)


def change(**values):
    return schema.entries.update().values(**values)


def marks(engine):
    """The marks as (account, instant), taken away as an aggregator would."""
    with engine.begin() as connection:
        found = connection.execute(select(schema.dirty.c.account_id, schema.dirty.c.at)).all()
        connection.execute(schema.dirty.delete())
    return sorted(tuple(row) for row in found)


# --- what the triggers mark -------------------------------------------------------------------


def test_an_insert_an_update_and_a_delete_are_marked(fed):
    write(fed, add())
    assert [("acme", MONDAY)] == marks(fed)
    write(fed, change(amount_micro=2))
    assert [("acme", MONDAY)] == marks(fed)
    write(fed, schema.entries.delete())
    assert [("acme", MONDAY)] == marks(fed)


def test_an_entry_moved_in_time_or_to_another_account_is_marked_on_both_sides(fed):
    write(fed, add())
    marks(fed)
    write(fed, change(occurred_at=TUESDAY))
    assert [("acme", MONDAY), ("acme", TUESDAY)] == marks(fed)
    write(fed, change(account_id="bolt"))
    assert [("acme", TUESDAY), ("bolt", TUESDAY)] == marks(fed)


def test_what_is_rolled_back_leaves_no_mark(fed):
    with fed.connect() as connection:
        connection.execute(add())
        connection.rollback()
    assert [] == marks(fed)


def test_a_mark_says_when_it_was_made_by_the_databases_clock(fed):
    write(fed, add())
    with fed.connect() as connection:
        marked = connection.execute(select(schema.dirty.c.marked)).scalar_one()
        clock = {"sqlite": "SELECT strftime('%s', 'now')", "postgresql": "SELECT now()"}
        now = connection.exec_driver_sql(clock[fed.dialect.name]).scalar_one()
    if fed.dialect.name == "sqlite":
        now = dt.datetime.fromtimestamp(int(now), dt.UTC)
    assert abs(now - marked) < dt.timedelta(seconds=5)


def test_a_row_that_sqlite_replaces_is_marked_too(sqlite_url):
    """INSERT OR REPLACE fires no delete trigger."""
    engine = connect(sqlite_url)
    create_tables(engine, schema.ledger)
    install.install(engine, Plan())
    write(engine, add())
    marks(engine)
    write(engine, add(at=TUESDAY).prefix_with("OR REPLACE"))
    assert [("acme", MONDAY), ("acme", TUESDAY)] == marks(engine)
    engine.dispose()


@pytest.mark.postgres
def test_rows_that_replication_applies_are_marked(postgres_database):
    create_tables(postgres_database, schema.ledger)
    install.install(postgres_database, Plan())
    write(postgres_database, add(), before=["SET LOCAL session_replication_role = replica"])
    assert [("acme", MONDAY)] == marks(postgres_database)


# --- a ledger of another shape ----------------------------------------------------------------

SHAPES = {
    "postgresql": (
        "CREATE TABLE moves (org uuid, happened timestamptz, credits numeric)",
        (
            "INSERT INTO moves VALUES ('00000000-0000-0000-0000-00000000000a', "
            "'2026-11-16T23:59:59.999999Z', 1)"
        ),
    ),
    "sqlite": (
        "CREATE TABLE moves (org INTEGER, happened INTEGER, credits TEXT)",
        "INSERT INTO moves VALUES (10, 1794873599999999, 1)",
    ),
}
ORG = {"postgresql": "00000000-0000-0000-0000-00000000000a", "sqlite": "10"}


def test_the_table_behind_a_view_is_marked(database):
    table, row = SHAPES[database.dialect.name]
    write(database, text(table), text("CREATE VIEW entries AS SELECT * FROM moves"))
    with pytest.raises(UsageError, match=r"install\.view"):
        install.install(database, Plan())
    install.install(database, Plan(Marks("moves", "org", "happened")))
    write(database, text(row))
    assert [(ORG[database.dialect.name], MONDAY)] == marks(database)


def test_a_row_without_account_or_instant_is_not_marked_and_not_refused(database):
    table, _row = SHAPES[database.dialect.name]
    write(database, text(table))
    install.install(database, Plan(Marks("moves", "org", "happened")))
    write(database, text("INSERT INTO moves (credits) VALUES (1)"), text("DELETE FROM moves"))
    assert [] == marks(database)


@pytest.mark.parametrize(
    ("marked", "code"),
    [
        (Marks("nothing"), "install.ledger"),
        (Marks("moves", "owner", "happened"), "install.column"),
        (Marks("moves", "org", "credits"), "install.at"),
    ],
)
def test_a_table_that_cannot_be_marked_is_refused_and_nothing_is_made(database, marked, code):
    write(database, text(SHAPES[database.dialect.name][0]))
    with pytest.raises(UsageError) as refused:
        install.install(database, Plan(marked))
    assert code == refused.value.code
    assert {"moves"} == set(inspect(database).get_table_names())


@pytest.mark.postgres
def test_a_ledger_partitioned_by_month_is_marked_in_old_and_new_partitions(postgres_database):
    part = "CREATE TABLE moves_{0} PARTITION OF moves FOR VALUES FROM ('2026-{0}-01') TO ({1})"
    write(
        postgres_database,
        text("CREATE TABLE moves (org text, happened timestamptz) PARTITION BY RANGE (happened)"),
        text(part.format(11, "'2026-12-01'")),
    )
    install.install(postgres_database, Plan(Marks("moves", "org", "happened")))
    write(postgres_database, text(part.format(12, "'2027-01-01'")))
    december = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    write(
        postgres_database,
        text("INSERT INTO moves VALUES ('a', '2026-11-16T23:59:59.999999Z')"),
        text("INSERT INTO moves VALUES ('a', '2026-12-01T00:00Z')"),
        before=["SET LOCAL session_replication_role = replica"],
    )
    assert [("a", MONDAY), ("a", december)] == marks(postgres_database)


# --- again, and away ----------------------------------------------------------------------------


def built(engine, *accounts):
    """Note these accounts as built, as an aggregator would."""
    for account in accounts:
        row = {"account_id": account, "timezone": "UTC", "version": 5}
        write(engine, schema.rollup_state.insert().values(**row))


def states(engine):
    table = schema.rollup_state.c
    with engine.connect() as connection:
        return connection.execute(select(table.account_id, table.timezone, table.version)).all()


def test_installing_again_changes_nothing(fed):
    built(fed, "acme")
    write(fed, add())
    install.install(fed, Plan())
    assert [("acme", "UTC", 5)] == states(fed)
    assert [("acme", MONDAY)] == marks(fed)


def test_after_a_time_without_its_triggers_every_account_is_built_anew(fed):
    built(fed, "acme")
    drop = {
        "sqlite": "DROP TRIGGER rollup_mark_update",
        "postgresql": "ALTER TABLE entries DISABLE TRIGGER rollup_mark",
    }
    write(fed, text(drop[fed.dialect.name]))
    install.install(fed, Plan())
    assert [("acme", None, 5)] == states(fed)
    write(fed, add(), change(amount_micro=3))
    assert [("acme", MONDAY)] * 2 == marks(fed)


def test_uninstalling_leaves_the_ledger_as_it_was(fed):
    write(fed, add())
    uninstall(fed, Plan())
    write(fed, add(id="e2"), change(amount_micro=3), schema.entries.delete())
    assert set() == OURS & set(inspect(fed).get_table_names())
    assert set(schema.ledger.tables) == set(inspect(fed).get_table_names())
    uninstall(fed, Plan())


def test_what_is_printed_is_what_runs(plain):
    """The script, run by hand, leaves nothing for install to do."""
    script = planned(plain, Plan(), away=False)
    assert set() == OURS & set(inspect(plain).get_table_names())
    raw = plain.raw_connection()
    if plain.dialect.name == "sqlite":
        raw.driver_connection.executescript(script)
    else:
        raw.driver_connection.execute(script)
    raw.close()
    built(plain, "acme")
    install.install(plain, Plan())
    assert [("acme", "UTC", 5)] == states(plain)
    write(plain, add())
    assert [("acme", MONDAY)] == marks(plain)


def test_a_host_without_triggers_inserts_the_mark_itself(plain):
    install.install(plain, Plan(marks=None))
    write(plain, add())
    assert [] == marks(plain)
    instant = {"sqlite": "1794873599999999", "postgresql": "'2026-11-16T23:59:59.999999Z'"}
    statement = f"INSERT INTO dirty (account_id, at) VALUES ('acme', {instant[plain.dialect.name]})"
    write(plain, text(statement))
    assert [("acme", MONDAY)] == marks(plain)


def test_a_ledger_without_our_tables_is_told_from_one_with(plain):
    with plain.connect() as connection, pytest.raises(UsageError, match=r"rollup\.not_installed"):
        require_installed(connection)
    install.install(plain, Plan())
    with plain.connect() as connection:
        require_installed(connection)


# --- the roles of PostgreSQL ----------------------------------------------------------------------


@pytest.fixture
def writer(postgres_database):
    """A role that may write entries, and nothing of ours."""
    role = f"writer_{postgres_database.url.database[-8:]}"
    create_tables(postgres_database, schema.ledger)
    install.install(postgres_database, Plan())
    write(
        postgres_database,
        text(f"CREATE ROLE {role}"),
        text(f"GRANT INSERT, UPDATE, DELETE, SELECT ON entries TO {role}"),
        text(f"GRANT CREATE ON DATABASE {postgres_database.url.database} TO {role}"),
    )
    yield role
    write(postgres_database, text(f"DROP OWNED BY {role}"), text(f"DROP ROLE {role}"))


@pytest.mark.postgres
def test_a_writer_needs_no_right_on_our_tables(postgres_database, writer):
    write(postgres_database, add(), role=writer)
    assert [("acme", MONDAY)] == marks(postgres_database)


@pytest.mark.postgres
def test_a_writer_cannot_lead_the_marks_into_a_table_of_its_own(postgres_database, writer):
    write(
        postgres_database,
        text("CREATE SCHEMA trap"),
        text("CREATE TABLE trap.dirty (account_id text, at timestamptz)"),
        text("CREATE TEMP TABLE dirty (account_id text, at timestamptz) ON COMMIT DROP"),
        text("SET LOCAL search_path = trap, public"),
        text("INSERT INTO public.entries (account_id, id, occurred_at, kind, amount_micro) "
             "VALUES ('acme', 'e', '2026-11-16T23:59:59.999999Z', 'grant', 1)"),
        role=writer,
    )  # fmt: skip
    assert [("acme", MONDAY)] == marks(postgres_database)


@pytest.mark.postgres
def test_the_observer_reads_all_and_writes_nothing(postgres_database, writer):
    for table in (*schema.ledger.sorted_tables, *schema.OUR_TABLES):
        write(postgres_database, select(table), role="credits_observer")
        for forbidden in (table.delete(), text(f"INSERT INTO {table.name} DEFAULT VALUES")):
            with pytest.raises(DBAPIError, match="permission denied"):
                write(postgres_database, forbidden, role="credits_observer")


@pytest.mark.postgres
def test_the_aggregator_writes_our_tables_and_not_the_ledger(postgres_database, writer):
    for table in schema.OUR_TABLES:
        write(postgres_database, table.delete(), role="credits_aggregator")
    for table in schema.ledger.sorted_tables:
        write(postgres_database, select(table), role="credits_aggregator")
        with pytest.raises(DBAPIError, match="permission denied"):
            write(postgres_database, table.delete(), role="credits_aggregator")


@pytest.mark.postgres
def test_a_ledger_that_stays_locked_is_left_alone(postgres_database, monkeypatch):
    """Writers queue behind whoever waits for the lock, so the wait is short."""
    monkeypatch.setattr(install, "PATIENCE", "20ms")
    create_tables(postgres_database, schema.ledger)
    with postgres_database.connect() as writing:
        writing.execute(add())
        with pytest.raises(UsageError, match=r"install\.locked"):
            install.install(postgres_database, Plan())
    assert set() == OURS & set(inspect(postgres_database).get_table_names())


def test_a_write_that_began_before_the_install_is_found_by_building(plain):
    """What no trigger saw is in the ledger before any account can count as built."""
    write(plain, add())
    install.install(plain, Plan())
    assert [] == marks(plain)
    assert [] == states(plain)


def test_the_write_lock_is_free_again(fed):
    with write_transaction(fed) as connection:
        connection.execute(add())
    assert [("acme", MONDAY)] == marks(fed)
