"""What is missing or of the wrong type, named with what to do."""

from __future__ import annotations

import pytest

from data import schema
from data.check import check, describe
from data.engine import connect
from tests.data.check.ledgers import (
    NOW,
    checked,
    checked_again,
    codes,
    only,
    plain_tables,
    sound,
    update,
)


@pytest.mark.parametrize("table", ["accounts", "billing_periods", "workspaces", "entries"])
def test_a_missing_table_makes_a_ledger_unusable(ledger, table):
    update(ledger, f"DROP TABLE {table}")
    report = checked_again(ledger)
    assert "schema.table_missing" == only(report, "schema.table_missing").code
    assert f"table or view {table}" in report.problems[0].sentence
    assert 2 == report.exit_code
    assert f"{table:<16} missing" in describe(report)


def test_optional_tables_and_columns_may_be_missing(ledger):
    rows = sound()
    rows.save(ledger)
    for statement in (
        "DROP TABLE members",
        "DROP TABLE reasons",
        "ALTER TABLE accounts DROP COLUMN balance_micro",
        "ALTER TABLE entries DROP COLUMN reverses_id",
    ):
        update(ledger, statement)
    report = checked_again(ledger)
    assert {} == codes(report)
    assert "reasons          absent, optional" in describe(report)


REQUIRED = [
    (table.name, column.name)
    for table in schema.ledger.sorted_tables
    for column in table.columns
    if (table.name, column.name) not in schema.OPTIONAL_COLUMNS
]


@pytest.mark.parametrize(("table", "column"), REQUIRED)
def test_a_missing_column_is_named(database, table, column):
    plain_tables(database, index=False)
    update(database, f"ALTER TABLE {table} DROP COLUMN {column}")
    report = checked_again(database)
    assert f"There is no column {table}.{column}:" in (
        only(report, "schema.column_missing").sentence
    )
    assert 2 == report.exit_code


POSTGRES_TYPES = [
    ("entries__amount_micro", "NUMERIC", "(amount * 1000000)::bigint"),
    ("entries__amount_micro", "DOUBLE PRECISION", "bigint"),
    ("entries__amount_micro", "TEXT", "bigint"),
    ("entries__occurred_at", "TIMESTAMP", "AT TIME ZONE 'UTC'"),
    ("entries__occurred_at", "BIGINT", "to_timestamp"),
    ("entries__kind", "kinds", "a cast to text"),
    ("workspaces__deleted_at", "TIMESTAMP", "AT TIME ZONE"),
    ("billing_periods__starts", "TIMESTAMPTZ", "::date"),
    ("accounts__anchor_day", "TEXT", "integer"),
    ("accounts__name", "BYTEA", "text"),
    ("accounts__balance_micro", "NUMERIC", "::bigint"),
]


@pytest.mark.postgres
@pytest.mark.parametrize(("column", "type_", "advice"), POSTGRES_TYPES)
def test_a_column_of_the_wrong_type_is_named_with_what_to_write(
    postgres_database, column, type_, advice
):
    update(postgres_database, "CREATE TYPE kinds AS ENUM ('usage', 'refund')")
    plain_tables(postgres_database, **{column: type_})
    report = checked_again(postgres_database)
    sentence = only(report, "schema.wrong_type").sentence
    assert sentence.startswith(column.replace("__", ".") + " is ")
    assert advice in sentence
    assert 2 == report.exit_code


@pytest.mark.postgres
def test_varchar_domains_and_small_integers_serve(postgres_database):
    update(postgres_database, "CREATE DOMAIN code AS varchar(40) CHECK (VALUE <> 'x')")
    plain_tables(
        postgres_database,
        entries__reason="code",
        entries__kind="VARCHAR(20)",
        entries__amount_micro="INTEGER",
        accounts__anchor_day="SMALLINT",
    )
    assert {} == codes(checked(postgres_database, sound()))


@pytest.mark.postgres
def test_ids_that_cannot_be_compared_are_named(postgres_database):
    plain_tables(postgres_database, entries__workspace_id="UUID")
    problem = only(checked_again(postgres_database), "schema.mixed_ids")
    assert "workspaces.id is text, entries.workspace_id is uuid" in problem.sentence


@pytest.mark.parametrize("type_", ["REAL", "NUMERIC", "DECIMAL(18, 6)", "DATETIME", "BLOB"])
def test_a_column_of_the_wrong_type_is_named_on_sqlite(sqlite_url, type_):
    engine = connect(sqlite_url)
    plain_tables(engine, entries__amount_micro=type_)
    engine.dispose()
    assert f"entries.amount_micro is {type_.lower()}" in (
        only(check(sqlite_url, NOW), "schema.wrong_type").sentence
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount_micro", "'12abc'"),
        ("amount_micro", "1.5"),
        ("amount_micro", "x'00'"),
        ("occurred_at", "'2026-11-22'"),
        ("kind", "x'00'"),
        ("id", "1.5e300"),
    ],
)
def test_stored_values_of_another_type_are_found_in_a_plain_sqlite_table(sqlite_url, column, value):
    """Without STRICT, a declared INTEGER keeps text and a TEXT column keeps bytes."""
    engine = connect(sqlite_url)
    plain_tables(engine, entries__id="ANY")
    sound().save(engine)
    update(engine, f"UPDATE entries SET {column} = {value} WHERE id = 'e1'")
    engine.dispose()
    report = check(sqlite_url, NOW)
    assert f"entries.{column} holds values" in only(report, "schema.stored_type").sentence
    assert 2 == report.exit_code


@pytest.mark.parametrize("value", ["'2026-1-1'", "'in January'", "'2026-02-30'"])
def test_stored_dates_that_are_none_are_found(sqlite_url, value):
    engine = connect(sqlite_url)
    plain_tables(engine)
    sound().save(engine)
    update(engine, f"UPDATE billing_periods SET ends = {value} WHERE starts = '2026-11-01'")
    engine.dispose()
    assert {"schema.stored_type": 1} == codes(check(sqlite_url, NOW))
