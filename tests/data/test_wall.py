"""The second wall as the page's own role: a query that forgets its account finds no foreign row."""

from __future__ import annotations

import uuid
from contextlib import closing

import pytest
from sqlalchemy import insert, make_url, select, text
from sqlalchemy.exc import DataError, ProgrammingError

from data import rollup, schema
from data.access import Scope, snapshot_scope
from data.column_types import EPOCH
from data.engine import connect, create_tables, read_transaction, write_transaction
from data.errors import UsageError
from data.install import Plan, install, planned, uninstall
from data.live_ledger import LiveLedger
from data.opening import Opener
from data.periods import Period
from data.queries import usage_by_workspace
from data.reader import Limits, connect_reader
from data.wall import ACCOUNT, require_every_account
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder

TABLES = (*schema.ledger.sorted_tables, *schema.OUR_TABLES)
OF_ACCOUNTS = [table for table in TABLES if {"account_id", "name"} & {*table.c.keys()}]

OURS = [table for table in schema.OUR_TABLES if "account_id" in table.c]
UP_TO_NOW = Period(EPOCH.date(), NOW.date())

pytestmark = pytest.mark.postgres


def key(table):
    return table.c.id if table is schema.accounts else table.c.account_id


def fill(engine):
    """Two accounts with a row in every table."""
    rows = LedgerBuilder()
    for account in ("acme", "bolt"):
        rows.account(account)
        rows.period("2026-11-01", "2026-12-01", 5)
        rows.workspace("w1", f"Of {account}")
        rows.member("m1")
        rows.reason("own")
        rows.use("2026-11-20T09:00Z", {"acme": 3, "bolt": 5}[account], workspace="w1")
        rows.entry("2026-11-20T09:00Z", 9, "grant")
    rows.save(engine)
    with write_transaction(engine) as connection:
        for account in ("acme", "bolt"):
            rolled = rollup.account_to_roll(connection, account)
            rollup.rebuild(connection, rolled)


@pytest.fixture
def owner(postgres_database):
    """The ledger as its owner sees it, installed."""
    create_tables(postgres_database, schema.ledger)
    install(postgres_database, Plan())
    fill(postgres_database)
    return postgres_database


@pytest.fixture
def user_of(owner, postgres_url, postgres_server):
    """The URL of a new user with one of the three roles."""
    made = []

    def make(role):
        made.append(f"user_{uuid.uuid4().hex[:12]}")
        postgres_server.execute(f"CREATE ROLE {made[-1]} LOGIN IN ROLE {role}")
        return make_url(postgres_url).set(username=made[-1]).render_as_string()

    yield make
    owner.dispose()
    for user in made:
        postgres_server.execute(f"DROP ROLE {user}")


@pytest.fixture
def reader(user_of):
    engine = connect_reader(user_of("credits_reader"), Limits(), walled=True)
    yield engine
    engine.dispose()


def accounts_in(engine, table, **named):
    with read_transaction(engine, **named) as connection:
        return {str(row[0]) for row in connection.execute(select(key(table)))}


@pytest.mark.parametrize("table", OF_ACCOUNTS, ids=lambda table: table.name)
def test_a_query_that_forgets_its_account_finds_that_of_the_transaction_alone(owner, reader, table):
    assert {"acme", "bolt"} == accounts_in(owner, table)
    assert {"acme"} == accounts_in(reader, table, **{ACCOUNT: "acme"})
    assert {"bolt"} == accounts_in(reader, table, **{ACCOUNT: "bolt"})
    for nobody in ("nobody", "", "' OR '1'='1"):
        assert set() == accounts_in(reader, table, **{ACCOUNT: nobody})


@pytest.mark.parametrize("table", OF_ACCOUNTS, ids=lambda table: table.name)
def test_who_names_no_account_finds_no_row(reader, table):
    assert set() == accounts_in(reader, table)


def test_an_id_of_another_account_finds_nothing(reader):
    with read_transaction(reader, **{ACCOUNT: "acme"}) as connection:
        for table in OF_ACCOUNTS:
            foreign = select(table).where(key(table) == "bolt")
            assert [] == connection.execute(foreign).all()


def test_the_account_ends_with_its_transaction(reader):
    assert {"acme"} == accounts_in(reader, schema.entries, **{ACCOUNT: "acme"})
    assert set() == accounts_in(reader, schema.entries)


@pytest.mark.parametrize("table", schema.ledger.sorted_tables, ids=lambda table: table.name)
def test_the_hosts_own_tables_are_out_of_reach(reader, table):
    query = text(f"SELECT * FROM public.{table.name}")
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, read_transaction(reader, **{ACCOUNT: "acme"}) as connection:
        connection.execute(query)


@pytest.mark.parametrize("table", OF_ACCOUNTS, ids=lambda table: table.name)
def test_the_reader_may_write_nothing(user_of, table):
    engine = connect(user_of("credits_reader"))
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, write_transaction(engine) as connection:
        connection.execute(table.delete())
    engine.dispose()


def test_nothing_of_the_host_is_changed(owner):
    """No row-level security on its tables, no owner, no column."""
    query = (
        "SELECT relname, relrowsecurity FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    )
    with owner.connect() as connection:
        secured = dict(connection.execute(text(query)).all())
    assert {False} == {secured[table.name] for table in schema.ledger.sorted_tables}
    assert {table.name for table in OURS} == {name for name, on in secured.items() if on}


# --- the page, the rollup, and who looks at all accounts ------------------------------------------


def test_the_page_reads_one_account_at_a_time(reader):
    ledger = LiveLedger(reader, lambda: NOW)
    for account, net in (("acme", 3), ("bolt", 5)):
        scope = Scope(account, "u1")
        with ledger.reading(scope) as (connection, _):
            found = usage_by_workspace(connection, scope, UP_TO_NOW)
            foreign = usage_by_workspace(connection, snapshot_scope("other"), UP_TO_NOW)
        assert ([f"Of {account}"], [net * 10**6]) == (list(found["name"]), list(found["net"]))
        assert foreign.empty
    assert [] == ledger.accounts()


def test_a_host_with_other_ids_has_the_same_walls(postgres_database, postgres_server):
    """A number as the account's id, and a text that is none is an error of the database."""
    with postgres_database.begin() as connection:
        for statement in (
            "CREATE TABLE accounts (id bigint PRIMARY KEY, name text)",
            "INSERT INTO accounts VALUES (7, 'Seven'), (8, 'Eight')",
        ):
            connection.exec_driver_sql(statement)
    install(postgres_database, Plan(marks=None))
    url = postgres_database.url.render_as_string()
    engine = connect_reader(url, Limits(), walled=True)
    query = text("SELECT name FROM accounts")
    with read_transaction(engine, **{ACCOUNT: "7"}) as connection:
        assert ["Seven"] == list(connection.execute(query).scalars())
    with pytest.raises(DataError), read_transaction(engine, **{ACCOUNT: "x"}) as connection:
        connection.execute(query)
    engine.dispose()


def opener(folder):
    return Opener(folder, Limits(), lambda: NOW, now=NOW, live=True)


def test_an_observer_sees_every_account(user_of, tmp_path):
    url = user_of("credits_observer")
    with opener(tmp_path).open(url) as opened:
        assert ["acme", "bolt"] == [id_ for id_, _ in opened.source.accounts()]


@pytest.mark.parametrize("role", ["credits_observer", "credits_aggregator"])
def test_who_sees_every_account_is_told_from_who_does_not(owner, user_of, role):
    for url in (user_of(role), owner.url.render_as_string()):
        engine = connect(url)
        with engine.connect() as connection:
            require_every_account(connection)
        engine.dispose()


def test_the_pages_own_user_is_not_taken_for_one_who_sees_all(user_of, tmp_path):
    """It would show no account, or leave frozen days out."""
    with pytest.raises(UsageError) as refused, opener(tmp_path).open(user_of("credits_reader")):
        pass
    assert "db.role" == refused.value.code


@pytest.mark.parametrize("role", ["credits_reader", "credits_observer", None])
def test_production_says_at_its_start_that_its_user_passes_the_wall(owner, user_of, role, caplog):
    url = user_of(role) if role else owner.url.render_as_string()
    engine = connect_reader(url, Limits(), walled=True)
    LiveLedger(engine, lambda: NOW).refuse_misshapen()
    engine.dispose()
    assert (role != "credits_reader") == ("sees every account" in caplog.text)


# --- again, and away ------------------------------------------------------------------------------


def test_installing_again_makes_no_wall_anew(owner):
    again = planned(owner, Plan(), away=False)
    assert "POLICY" not in again
    assert "CREATE VIEW" not in again
    with owner.begin() as connection:
        connection.exec_driver_sql("DROP POLICY credits_reader ON rollup_state")
        connection.exec_driver_sql("ALTER TABLE dirty DISABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql("DROP VIEW public_scoped.members")
    mended = planned(owner, Plan(), away=False)
    assert {"rollup_state", "dirty"} == set(policies(mended))
    assert 1 == mended.count("CREATE VIEW")
    install(owner, Plan())
    assert again == planned(owner, Plan(), away=False)


def policies(script):
    lines = [line for line in script.splitlines() if line.startswith("CREATE POLICY")]
    return [line.split(" ON ")[1].split()[0] for line in lines]


def test_an_upgrade_from_version_3_takes_the_right_to_the_hosts_tables_away(owner, reader):
    """That version had no wall, and its page read the tables themselves."""
    with owner.begin() as connection:
        for statement in (
            "DROP SCHEMA public_scoped CASCADE",
            "DROP TABLE rollup_weeks",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO credits_reader",
            "UPDATE rollup_schema SET version = 3",
        ):
            connection.exec_driver_sql(statement)
    assert {"acme", "bolt"} == accounts_in(reader, schema.entries, **{ACCOUNT: "acme"})
    install(owner, Plan())
    assert {"acme"} == accounts_in(reader, schema.entries, **{ACCOUNT: "acme"})


def test_what_is_printed_makes_the_wall(postgres_database):
    create_tables(postgres_database, schema.ledger)
    script = planned(postgres_database, Plan(), away=False)
    assert 6 == script.count("WITH (security_barrier)")
    assert {table.name for table in OURS} == set(policies(script))
    with closing(postgres_database.raw_connection()) as raw:
        raw.driver_connection.execute(script)
    assert "POLICY" not in planned(postgres_database, Plan(), away=False)


def test_a_column_that_the_host_adds_is_seen_once_installed_again(owner, reader):
    with owner.begin() as connection:
        connection.exec_driver_sql("DROP VIEW public_scoped.accounts")
        connection.exec_driver_sql("ALTER TABLE accounts DROP COLUMN balance_micro")
    install(owner, Plan())
    query = text("SELECT * FROM accounts")
    with read_transaction(reader, **{ACCOUNT: "acme"}) as connection:
        assert "balance_micro" not in connection.execute(query).mappings().one()
    with owner.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE accounts ADD COLUMN balance_micro bigint")
    install(owner, Plan())
    with read_transaction(reader, **{ACCOUNT: "acme"}) as connection:
        assert "balance_micro" in connection.execute(query).mappings().one()


def test_uninstalling_takes_every_wall_away(owner, user_of):
    uninstall(owner, Plan())
    with owner.connect() as connection:
        walls = connection.execute(text("SELECT to_regnamespace('public_scoped')::text")).scalar()
        left = connection.execute(text("SELECT count(*) FROM pg_policy")).scalar()
    assert (None, 0) == (walls, left)


def test_a_ledger_that_is_distributed_has_no_wall(owner):
    """A worker of Citus knows no setting of the coordinator's transaction."""
    beside = planned(owner, Plan(marks=None, beside="entries"), away=False)
    lines = [line for line in beside.splitlines() if not line.startswith(("SELECT create_", "SET"))]
    with owner.begin() as connection:
        connection.exec_driver_sql("\n".join(lines[1:-1]))
        walls = connection.execute(text("SELECT to_regnamespace('public_scoped')::text")).scalar()
        secured = connection.execute(text("SELECT count(*) FROM pg_class WHERE relrowsecurity"))
        assert (None, 0) == (walls, secured.scalar())
    for table in OF_ACCOUNTS:
        with owner.begin() as connection:
            connection.exec_driver_sql("SET LOCAL ROLE credits_reader")
            assert {"acme", "bolt"} == set(connection.execute(select(key(table))).scalars())


def test_a_writer_without_triggers_inserts_marks_from_outside_the_walls(
    postgres_database, postgres_url, postgres_server
):
    """Whatever role that is: a right to insert is all it needs."""
    create_tables(postgres_database, schema.ledger)
    install(postgres_database, Plan(marks=None))
    user = f"user_{uuid.uuid4().hex[:12]}"
    with postgres_database.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {user} LOGIN")
        connection.exec_driver_sql(f"GRANT INSERT ON dirty TO {user}")
    engine = connect(make_url(postgres_url).set(username=user).render_as_string())
    with engine.begin() as connection:
        connection.execute(insert(schema.dirty).values(account_id="acme", at=NOW))
    engine.dispose()
    assert {"acme"} == accounts_in(postgres_database, schema.dirty)
    with postgres_database.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {user}; DROP ROLE {user}")
