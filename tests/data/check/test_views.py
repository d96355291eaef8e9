"""Views over a host's tables, those of the document among them."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import select, text

from data import schema
from data.access import snapshot_scope
from data.check import check
from data.check.columns import SHOULD_BE, role
from data.check.report import PROBLEMS
from data.engine import connect, create_tables, read_transaction
from data.periods import Allowance, Period
from data.queries import load_account, usage_by_day, usage_by_workspace
from data.rollup import account_to_roll, rebuild
from tests.data.check.ledgers import (
    DOCUMENT,
    NOW,
    codes,
    rows_of,
    update,
)

SQLITE_HOST = """
CREATE TABLE customer (key INTEGER PRIMARY KEY, company TEXT, tz TEXT);
CREATE TABLE event (number INTEGER PRIMARY KEY, customer INTEGER, seconds INTEGER, feature TEXT,
                    cents INTEGER);
CREATE INDEX event_by_time ON event (customer, seconds, number);
INSERT INTO customer VALUES (7, 'Acme', 'Europe/Berlin');
INSERT INTO event VALUES (1, 7, 1795346940000000, 'premium_chat', 150);
CREATE VIEW accounts AS SELECT key AS id, company AS name, 'team' AS plan, tz AS timezone,
  1 AS anchor_day FROM customer;
CREATE VIEW billing_periods AS SELECT key AS account_id, '2026-11-01' AS starts,
  '2026-12-01' AS ends, 'none' AS allowance_kind, NULL AS allowance_micro FROM customer;
CREATE VIEW workspaces AS SELECT key AS account_id, key AS id, company AS name, 'team' AS kind,
  NULL AS owner_member_id, NULL AS deleted_at FROM customer WHERE FALSE;
CREATE VIEW entries AS SELECT customer AS account_id, number AS id, seconds AS occurred_at,
  'usage' AS kind, feature AS reason, NULL AS workflow_type, NULL AS workspace_id,
  NULL AS member_id, cents * 10000 AS amount_micro FROM event;
"""


def sqlite_host(tmp_path, *changes):
    path = tmp_path / "host.sqlite"
    script = SQLITE_HOST
    for old, new in changes:
        assert old in script
        script = script.replace(old, new)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return check(str(path), NOW)


def test_views_of_a_sqlite_host_are_clean(tmp_path):
    report = sqlite_host(tmp_path)
    assert {} == codes(report)
    assert (1, 1, {dt.date(2026, 11, 22)}) == (
        report.counts.entries,
        report.counts.accounts,
        set(report.counts.days),
    )


def test_a_view_that_computes_an_amount_is_judged_by_what_it_gives(tmp_path):
    report = sqlite_host(tmp_path, ("cents * 10000", "cents / 100.0"))
    assert {"schema.stored_type": 1} == codes(report)


def test_a_view_that_computes_a_number_as_id_must_cast_it(tmp_path):
    """An expression has no affinity: the bound text would equal no number."""
    report = sqlite_host(tmp_path, ("customer AS account_id", "customer + 0 AS account_id"))
    assert {"schema.stored_type": 1} == codes(report)


def test_a_view_without_an_index_behind_it_is_found(tmp_path):
    report = sqlite_host(tmp_path, ("(customer, seconds, number)", "(seconds)"))
    assert {"schema.no_index": 1} == codes(report)


def test_a_view_that_repeats_rows_is_found(tmp_path):
    repeated = "cents * 10000 AS amount_micro FROM event, (SELECT 1 UNION ALL SELECT 2)"
    report = sqlite_host(tmp_path, ("cents * 10000 AS amount_micro FROM event", repeated))
    assert 2 == codes(report)["rows.duplicate"]


CUSTOMER = "5e0a5d5a-0000-4000-8000-000000000001"
PROJECT = "5e0a5d5a-0000-4000-8000-000000000002"
PERSON = "5e0a5d5a-0000-4000-8000-000000000003"
HOST_ROWS = f"""
INSERT INTO customer VALUES ('{CUSTOMER}', 'Acme', 'team', 'Asia/Kathmandu', 31);
INSERT INTO person VALUES ('{PERSON}', '{CUSTOMER}', 'Mira');
INSERT INTO project VALUES ('{PROJECT}', '{CUSTOMER}', 'Mine', '{PERSON}', NULL);
INSERT INTO contract_month VALUES ('{CUSTOMER}', '2026-10-01', '2026-10-31', 20000);
INSERT INTO contract_month VALUES ('{CUSTOMER}', '2026-11-01', '2026-11-30', NULL);
INSERT INTO usage_event (customer_id, happened_at, feature, workflow, project_id, credits, cancels)
VALUES ('{CUSTOMER}', '2026-11-20T18:14Z', 'chat', NULL, '{PROJECT}', 1.000001, NULL),
       ('{CUSTOMER}', '2026-11-20T18:15Z', 'flow', 'review', NULL, 2.5, NULL),
       ('{CUSTOMER}', '2026-11-21T00:00Z', 'flow', 'review', NULL, -0.5, 2);
INSERT INTO top_up (customer_id, booked_at, bought, credits)
VALUES ('{CUSTOMER}', '2026-11-01T00:00Z', true, 1000);
"""


@pytest.fixture
def documented_views(postgres_database):
    """The URL of a database in which the document's own SQL was run."""
    with postgres_database.begin() as connection:
        blocks = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
        for sql in (*blocks, HOST_ROWS):
            connection.execute(text(sql))
    url = postgres_database.url.render_as_string(hide_password=False)
    return f"{url}&options=-csearch_path%3Dcredits_page"


@pytest.mark.postgres
def test_the_documents_views_over_a_host_of_another_shape_are_clean(documented_views):
    report = check(documented_views, NOW)
    assert {} == codes(report)
    assert 4 == report.counts.entries
    assert {dt.date(2026, 11, day) for day in (1, 20, 21)} == report.counts.days


@pytest.mark.postgres
def test_the_documents_views_give_micro_credits_and_text_ids(documented_views):
    engine = connect(documented_views)
    columns = schema.entries.c
    with engine.connect() as connection:
        found = connection.execute(
            select(columns.id, columns.kind, columns.amount_micro, columns.reverses_id)
            .where(columns.account_id == CUSTOMER, columns.occurred_at < NOW)
            .order_by(columns.occurred_at)
        ).all()
    engine.dispose()
    assert [
        ("-1", "purchase", 1_000_000_000, None),
        ("1", "usage", 1_000_001, None),
        ("2", "usage", 2_500_000, None),
        ("3", "refund", 500_000, "2"),
    ] == [tuple(row) for row in found]


@pytest.mark.postgres
def test_rollup_and_page_read_the_documents_views_with_their_uuid_and_bigint_ids(documented_views):
    engine = connect(documented_views)
    create_tables(engine, schema.rollup)
    with engine.begin() as connection:
        rebuild(connection, account_to_roll(connection, CUSTOMER))
    scope, month = snapshot_scope(CUSTOMER), Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
    with read_transaction(engine) as connection:
        days = usage_by_day(connection, scope, month)
        workspaces = usage_by_workspace(connection, scope, month)
        account = load_account(connection, scope)
    engine.dispose()
    assert [(dt.date(2026, 11, 20), 1_000_001), (dt.date(2026, 11, 21), 2_000_000)] == [
        (row.day, row.net) for row in days.itertuples() if row.used or row.refunded
    ]
    assert {(None, 2_000_000), (PROJECT, 1_000_001)} == {
        (row.id, row.net) for row in workspaces.itertuples()
    }
    assert Allowance("none") == account.calendar.month_of(dt.date(2026, 11, 22)).allowance


@pytest.mark.postgres
@pytest.mark.parametrize("index", ["usage_event_by_time", "top_up_by_time"])
def test_an_index_that_one_base_table_lacks_is_seen_through_the_view(
    documented_views, postgres_database, index
):
    update(postgres_database, f"DROP INDEX {index}")
    assert {"schema.no_index": 1} == codes(check(documented_views, NOW))


@pytest.mark.parametrize("table", schema.ledger.sorted_tables, ids=lambda table: table.name)
def test_the_document_lists_every_column_with_its_types(table):
    expected = [
        [f"`{column.name}`", *SHOULD_BE[role(column.type)], "yes" if column.nullable else "no"]
        for column in table.columns
    ]
    listed = [cells[:4] for cells in rows_of(f"### `{table.name}`")]
    assert expected == listed[: len(expected)]


def test_the_document_says_which_columns_and_tables_are_optional():
    optional = {f"{table}.{column}" for table, column in schema.OPTIONAL_COLUMNS}
    listed = {
        f"{table.name}.{cells[0].strip('`')}"
        for table in schema.ledger.sorted_tables
        for cells in rows_of(f"### `{table.name}`")
        if cells[-1].startswith("optional")
    }
    assert optional == listed
    for name in schema.OPTIONAL_TABLES:
        assert re.search(rf"### `{name}`.*\(optional\)", DOCUMENT.read_text("utf-8"))


def test_the_document_lists_every_kind():
    listed = [cells[0].strip("`") for cells in rows_of("### `entries`")]
    assert list(schema.KINDS) == listed[-len(schema.KINDS) :]


def test_the_document_explains_every_code_with_its_status():
    listed = {cells[0].strip("`"): cells[1] for cells in rows_of("## What check says")}
    found = {code: status for code, status in listed.items() if code in PROBLEMS}
    assert {code: str(int(weight)) for code, weight in PROBLEMS.items()} == found
    others = set(listed) - set(PROBLEMS)
    assert all(code.startswith(("db.", "snapshot.")) for code in others)
