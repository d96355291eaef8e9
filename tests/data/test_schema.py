"""What the tables refuse, in each dialect, and the facts that other code builds on."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from data import schema
from tests.ledger_builder import LedgerBuilder
from tests.plans import plan_of

TABLES = [*schema.ledger.sorted_tables, *schema.rollup.sorted_tables]
AT = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

# One row of each table that every dialect takes, as SQL literals.
GOOD = {
    "accounts": {"id": "'a'", "name": "'A'", "timezone": "'UTC'", "anchor_day": "1"},
    "billing_periods": {
        "account_id": "'a'",
        "starts": "'2026-01-01'",
        "ends": "'2026-02-01'",
        "allowance_kind": "'number'",
        "allowance_micro": "0",
    },
    "workspaces": {"account_id": "'a'", "id": "'w'", "name": "'W'", "kind": "'team'"},
    "members": {"account_id": "'a'", "id": "'m'", "name": "'M'"},
    "reasons": {"account_id": "'a'", "code": "'r'", "label": "'R'"},
    "entries": {
        "account_id": "'a'",
        "id": "'e'",
        "occurred_at": None,  # AT, in the dialect's own words
        "kind": "'usage'",
        "reason": "'premium_chat'",
        "workflow_type": "NULL",
        "workspace_id": "NULL",
        "amount_micro": "1",
    },
}
INSTANT = {"sqlite": "1795346940000000", "postgresql": "'2026-11-22T11:29:00Z'"}
TOO_MUCH = str(schema.MAX_ENTRY_MICRO + 1)
BEYOND_64_BITS = str(2**63)


def insert(engine, table, **changed):
    row = GOOD[table] | changed
    if table == "entries" and row["occurred_at"] is None:
        row["occurred_at"] = INSTANT[engine.dialect.name]
    with engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(row.values())})")
        )


@pytest.mark.parametrize("table", GOOD)
def test_a_good_row_is_taken_once_and_its_key_only_once(ledger, table):
    insert(ledger, table)
    with pytest.raises(DBAPIError):
        insert(ledger, table)


REFUSED = [
    ("entries", {"account_id": "NULL"}),
    ("entries", {"id": "NULL"}),
    ("entries", {"occurred_at": "NULL"}),
    ("entries", {"occurred_at": "'yesterday morning'"}),
    ("entries", {"kind": "NULL"}),
    ("entries", {"kind": "''"}),
    ("entries", {"kind": "'Usage'"}),
    ("entries", {"kind": "'charge'"}),
    ("entries", {"reason": "NULL"}),
    ("entries", {"reason": "''"}),
    ("entries", {"kind": "'refund'", "reason": "NULL"}),
    ("entries", {"workflow_type": "''"}),
    ("entries", {"workspace_id": "''"}),
    ("entries", {"amount_micro": "NULL"}),
    ("entries", {"amount_micro": "'12abc'"}),
    ("entries", {"amount_micro": "''"}),
    ("entries", {"amount_micro": "'1.5'"}),
    ("entries", {"amount_micro": TOO_MUCH}),
    ("entries", {"amount_micro": f"-{TOO_MUCH}", "kind": "'adjustment'"}),
    ("entries", {"amount_micro": BEYOND_64_BITS}),
    *[
        ("entries", {"amount_micro": "-1", "kind": f"'{kind}'"})
        for kind in schema.KINDS
        if kind != "adjustment"
    ],
    ("accounts", {"id": "NULL"}),
    ("accounts", {"id": "''"}),
    ("accounts", {"name": "NULL"}),
    ("accounts", {"timezone": "NULL"}),
    ("accounts", {"anchor_day": "0"}),
    ("accounts", {"anchor_day": "32"}),
    ("accounts", {"anchor_day": "NULL"}),
    ("accounts", {"anchor_day": "'first'"}),
    ("accounts", {"balance_micro": "'much'"}),
    ("billing_periods", {"starts": "NULL"}),
    ("billing_periods", {"starts": "'in January'"}),
    ("billing_periods", {"ends": "'2026-02-30'"}),
    ("billing_periods", {"ends": "'2026-01-01'"}),
    ("billing_periods", {"ends": "'2025-12-31'"}),
    ("billing_periods", {"ends": "'9999-12-31'"}),
    ("billing_periods", {"starts": "'1899-12-31'"}),
    ("billing_periods", {"allowance_kind": "'lots'"}),
    ("billing_periods", {"allowance_micro": "NULL"}),
    ("billing_periods", {"allowance_kind": "'none'"}),
    ("billing_periods", {"allowance_kind": "'unknown'"}),
    ("billing_periods", {"allowance_micro": "-1"}),
    ("workspaces", {"id": "''"}),
    ("workspaces", {"name": "NULL"}),
    ("workspaces", {"kind": "NULL"}),
    ("workspaces", {"kind": "'shared'"}),
    ("reasons", {"label": "NULL"}),
    ("members", {"name": "NULL"}),
]


@pytest.mark.parametrize(("table", "changed"), REFUSED, ids=str)
def test_a_bad_value_is_refused_by_the_table_itself(ledger, table, changed):
    with pytest.raises(DBAPIError):
        insert(ledger, table, **changed)
    with ledger.connect() as connection:
        assert 0 == connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()


TAKEN = [
    ("entries", {"amount_micro": "0"}),
    ("entries", {"amount_micro": str(schema.MAX_ENTRY_MICRO)}),
    ("entries", {"amount_micro": "-5", "kind": "'adjustment'", "reason": "NULL"}),
    ("entries", {"kind": "'grant'", "reason": "NULL"}),
    ("entries", {"reason": "'a reason nobody knows'"}),
    ("billing_periods", {"allowance_kind": "'none'", "allowance_micro": "NULL"}),
    ("accounts", {"balance_micro": "-5"}),
]


@pytest.mark.parametrize(("table", "changed"), TAKEN, ids=str)
def test_a_value_at_the_bounds_is_taken(ledger, table, changed):
    insert(ledger, table, **changed)


@pytest.mark.parametrize(
    "at", [schema.FIRST_INSTANT, schema.END_OF_INSTANTS - dt.timedelta(microseconds=1)]
)
def test_the_first_and_the_last_instant_are_taken(ledger, at):
    rows = LedgerBuilder()
    rows.use(at, 1)
    rows.save(ledger)


@pytest.mark.parametrize(
    "at", [schema.FIRST_INSTANT - dt.timedelta(microseconds=1), schema.END_OF_INSTANTS]
)
def test_an_instant_beyond_the_calendar_is_refused(ledger, at):
    rows = LedgerBuilder()
    rows.use(at, 1)
    with pytest.raises(DBAPIError):
        rows.save(ledger)


def test_sqlite_refuses_a_fraction(sqlite_ledger):
    with pytest.raises(DBAPIError):
        insert(sqlite_ledger, "entries", amount_micro="1.5")


@pytest.mark.postgres
def test_postgres_keeps_no_fraction_either_it_rounds_before_any_constraint(postgres_ledger):
    insert(postgres_ledger, "entries", amount_micro="1.5")
    with postgres_ledger.connect() as connection:
        assert 2 == connection.execute(select(schema.entries.c.amount_micro)).scalar()


# --- facts that other code builds on ----------------------------------------------------------


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_primary_key_begins_with_the_accounts_id_and_no_key_is_foreign(ledger, table):
    expected = "id" if table.name == "accounts" else "account_id"
    inspector = inspect(ledger)
    assert expected == inspector.get_pk_constraint(table.name)["constrained_columns"][0]
    assert [] == inspector.get_foreign_keys(table.name)


def test_the_required_index_is_made(ledger):
    indexes = {
        index["name"]: tuple(index["column_names"])
        for index in inspect(ledger).get_indexes("entries")
    }
    assert {"entries_by_time": ("account_id", "occurred_at", "id")} == indexes


def test_every_table_is_strict_on_sqlite(sqlite_ledger):
    with sqlite_ledger.connect() as connection:
        found = connection.execute(text("SELECT name, strict FROM pragma_table_list")).all()
    assert {table.name: 1 for table in TABLES} == {
        name: strict for name, strict in found if not name.startswith("sqlite_")
    }


def types(engine, table):
    return {column["name"]: str(column["type"]) for column in inspect(engine).get_columns(table)}


ENTRY_TYPES = {
    "account_id": "TEXT",
    "id": "TEXT",
    "occurred_at": "INTEGER",
    "kind": "TEXT",
    "reason": "TEXT",
    "workflow_type": "TEXT",
    "workspace_id": "TEXT",
    "member_id": "TEXT",
    "amount_micro": "INTEGER",
    "reverses_id": "TEXT",
}


def test_sqlite_keeps_instants_and_amounts_as_integers_and_days_as_text(sqlite_ledger):
    assert ENTRY_TYPES == types(sqlite_ledger, "entries")
    assert "TEXT" == types(sqlite_ledger, "billing_periods")["starts"]
    assert "INTEGER" == types(sqlite_ledger, "workspaces")["deleted_at"]


@pytest.mark.postgres
def test_postgres_keeps_instants_with_a_zone_amounts_as_bigint_and_days_as_dates(postgres_ledger):
    other = {"occurred_at": "TIMESTAMP", "amount_micro": "BIGINT"}
    assert ENTRY_TYPES | other == types(postgres_ledger, "entries")
    columns = inspect(postgres_ledger).get_columns("entries")
    assert [True] == [c["type"].timezone for c in columns if c["name"] == "occurred_at"]
    assert "DATE" == types(postgres_ledger, "billing_periods")["starts"]


def many_entries(engine, account="acme"):
    """Two thousand entries of each of three accounts, and the statistics that planners use."""
    rows = LedgerBuilder()
    for name in (account, "other", "third"):
        rows.account(name)
        for number in range(2_000):
            rows.use(AT + DAY * number, 1, id=f"e{number}")
    rows.save(engine)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def between(account):
    """The WHERE clause that every question of the page has."""
    c = schema.entries.c
    return select(c.id, c.amount_micro).where(
        c.account_id == account, c.occurred_at >= AT + DAY * 10, c.occurred_at < AT + DAY * 12
    )


def test_a_range_of_one_account_is_read_through_the_required_index(ledger):
    many_entries(ledger)
    with ledger.connect() as connection:
        plan = plan_of(connection, between("acme"))
        found = connection.execute(between("acme")).all()
    assert "entries_by_time" in plan
    # Both bounds are in the index condition: nothing casts the column.
    assert "Filter" not in plan
    assert {"e10", "e11"} == {row.id for row in found}


HOST_ENTRIES = """
CREATE TABLE entries (
  account_id uuid NOT NULL, id bigint NOT NULL, occurred_at timestamptz NOT NULL,
  kind text NOT NULL, reason text, workflow_type text, workspace_id bigint, member_id uuid,
  amount_micro bigint NOT NULL, reverses_id bigint, PRIMARY KEY (account_id, id));
CREATE INDEX entries_by_time ON entries (account_id, occurred_at, id);
INSERT INTO entries (account_id, id, occurred_at, kind, reason, workspace_id, amount_micro)
SELECT account::uuid, n, timestamptz '2026-11-22 11:29Z' + make_interval(days => n), 'usage',
       'premium_chat', n % 7, 1
FROM generate_series(1, 2000) AS n,
     (VALUES ('5e0a5d5a-0000-4000-8000-000000000001'),
             ('5e0a5d5a-0000-4000-8000-000000000002')) AS a (account);
ANALYZE;
"""


@pytest.mark.postgres
def test_a_hosts_uuid_and_bigint_ids_are_compared_by_their_index_and_read_as_text(
    postgres_database,
):
    with postgres_database.begin() as connection:
        connection.execute(text(HOST_ENTRIES))
        account = str(uuid.UUID("5e0a5d5a-0000-4000-8000-000000000001"))
        plan = plan_of(connection, between(account))
        columns = schema.entries.c
        row = connection.execute(
            select(columns.account_id, columns.id, columns.workspace_id).where(
                columns.account_id == account, columns.id == "12", columns.workspace_id.in_(["5"])
            )
        ).one()
    assert "entries_by_time" in plan
    assert "Filter" not in plan
    assert (account, "12", "5") == tuple(row)
