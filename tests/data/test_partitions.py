"""A ledger partitioned by month on PostgreSQL: what comes, goes and moves between partitions."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import event, insert, text, update
from sqlalchemy.schema import CreateTable

from data import schema
from data.aggregator import Aggregator, rebuild_account, refresh
from data.check import check
from data.engine import create_tables, insert_rows
from data.freeze import freeze
from data.install import Plan, install
from data.verify import Verdict, verify
from tests.rolled import counted, stored

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
MONTHS = ("2026-09", "2026-10", "2026-11", "2026-12")
USE = {"kind": "usage", "reason": "teleport", "amount_micro": 5}
TIME = schema.entries.c.occurred_at

pytestmark = pytest.mark.postgres


def run(engine, *statements):
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement) if isinstance(statement, str) else statement)


def partition(month, kind="PARTITION OF entries FOR VALUES"):
    """`CREATE TABLE` of one month, half open in UTC."""
    year, number = map(int, month.split("-"))
    after = f"{year + number // 12}-{number % 12 + 1:02d}"
    name = f"entries_{month.replace('-', '_')}"
    return f"CREATE TABLE {name} {kind} FROM ('{month}-01Z') TO ('{after}-01Z')"


@pytest.fixture
def parted(postgres_database):
    """The ledger's tables, entries by month of UTC, and the rollup beside them."""
    table = str(CreateTable(schema.entries).compile(dialect=postgres_database.dialect))
    by_time = table.replace(
        "PRIMARY KEY (account_id, id)", "PRIMARY KEY (account_id, id, occurred_at)"
    )
    run(
        postgres_database,
        f"{by_time} PARTITION BY RANGE (occurred_at)",
        "CREATE INDEX entries_by_time ON entries (account_id, occurred_at, id)",
        *map(partition, MONTHS[:3]),
    )
    create_tables(postgres_database, schema.ledger)
    install(postgres_database, Plan())
    return postgres_database


@pytest.fixture
def rolled(parted, builder):
    """One account in a zone whose days lie across the partitions' edges, rolled up."""
    builder.account("acme", timezone="America/New_York")
    builder.workspace("w1")
    for at in ("2026-09-01T00:00Z", "2026-10-01T03:59Z", "2026-11-01T00:00Z", "2026-11-22T11:00Z"):
        builder.use(at, 3, workspace="w1")
    builder.save(parted)
    catch_up(parted)
    return parted


def catch_up(engine):
    Aggregator(engine, "test", lambda: NOW).run_once()


def use(at, id="new"):
    when = dt.datetime.fromisoformat(at)
    return insert(schema.entries).values(account_id="acme", id=id, occurred_at=when, **USE)


def test_such_a_ledger_is_what_the_page_needs(rolled):
    found = check(rolled.url.render_as_string(hide_password=False), NOW)
    assert [] == [problem for problem in found.problems if problem.code != "rollup.delayed"]


def test_it_is_rolled_up_over_the_edges_of_its_partitions(rolled):
    assert counted(rolled) == stored(rolled)
    assert 4 == len(stored(rolled)["acme"]["rollup_by_workspace"])
    assert Verdict(accounts=1) == verify(rolled)


def test_a_partition_that_is_made_later_is_marked_too(rolled):
    run(rolled, partition("2026-12"), use("2026-12-05T00:00Z"))
    assert Verdict(accounts=1, waiting=1) == verify(rolled)
    catch_up(rolled)
    assert counted(rolled) == stored(rolled)
    assert 5 == len(stored(rolled)["acme"]["rollup_by_workspace"])


def test_an_entry_that_moves_to_another_partition_is_counted_where_it_is(rolled):
    moved = update(schema.entries).where(schema.entries.c.id == "e4")
    run(rolled, moved.values(occurred_at=dt.datetime(2026, 9, 9, tzinfo=dt.UTC)))
    assert Verdict(accounts=1, waiting=2) == verify(rolled)
    catch_up(rolled)
    assert counted(rolled) == stored(rolled)


def test_a_partition_that_is_attached_with_entries_needs_their_marks(rolled):
    """Attaching fires no row trigger; one statement of the operator makes up for it."""
    run(
        rolled,
        "CREATE TABLE entries_2026_12 (LIKE entries INCLUDING ALL)",
        use("2026-11-05T00:00Z"),
        "INSERT INTO entries_2026_12 SELECT account_id, 'moved', occurred_at + interval '40 days', "
        "kind, reason, workflow_type, workspace_id, member_id, amount_micro FROM entries "
        "WHERE id = 'new'",
        partition("2026-12", "").replace("CREATE TABLE", "ALTER TABLE entries ATTACH PARTITION")
        .replace("  FROM", " FOR VALUES FROM"),
    )  # fmt: skip
    catch_up(rolled)
    assert counted(rolled) != stored(rolled)
    run(
        rolled,
        "INSERT INTO dirty (account_id, at) SELECT account_id, occurred_at FROM entries_2026_12",
    )
    catch_up(rolled)
    assert counted(rolled) == stored(rolled)


def test_a_detached_partition_takes_the_trigger_off_and_leaves_its_frozen_days(rolled):
    """What is then done to the table is no change of the ledger."""
    before = stored(rolled)
    freeze(rolled, "acme", dt.date(2026, 10, 2))
    run(
        rolled,
        "ALTER TABLE entries DETACH PARTITION entries_2026_09",
        "DELETE FROM entries_2026_09",
        "DROP TABLE entries_2026_09",
    )
    catch_up(rolled)
    rebuild_account(rolled, "acme")
    assert before == stored(rolled)
    assert Verdict(accounts=1) == verify(rolled)
    install(rolled, Plan())
    run(rolled, use("2026-10-02T04:00Z"))
    assert 1 == verify(rolled).waiting  # installing again found the trigger standing


# --- what is read --------------------------------------------------------------------------------


def sent(engine, action):
    """Every statement over the entries that the action sends, with its parameters."""
    found = []

    def keep(_connection, _cursor, statement, parameters, _context, _many):
        if re.search(r"FROM\s+entries", statement):
            found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    action()
    event.remove(engine, "before_cursor_execute", keep)
    return found


def plans(engine, statements):
    with engine.connect() as connection:
        return [
            "\n".join(str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {text}", bound))
            for text, bound in statements
        ]


def test_a_day_is_read_from_its_own_partition_through_the_index(parted):
    """Ten thousand entries in a hundred accounts; the others are not looked at."""
    start = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
    with parted.begin() as connection:
        insert_rows(connection, schema.accounts, [
            (f"a{n:02d}", "A", None, "Europe/Berlin", 1, None) for n in range(100)])  # fmt: skip
        insert_rows(connection, schema.entries, [
            (f"a{n % 100:02d}", f"{n}", start + dt.timedelta(minutes=10 * n), "usage", "chat", None,
             "w1", None, 7, None) for n in range(10_000)])  # fmt: skip
        connection.exec_driver_sql("ANALYZE")
    rebuild_account(parted, "a07")
    run(parted, update(schema.entries).where(
        schema.entries.c.account_id == "a07", TIME >= NOW - dt.timedelta(days=15)
    ).values(amount_micro=8))  # fmt: skip
    statements = sent(parted, lambda: refresh(parted, "a07"))
    found = plans(parted, statements)
    assert found
    for plan in found:
        assert "Seq Scan" not in plan
        assert {"entries_2026_11"} == set(re.findall(r" on (entries_\d+_\d+)", plan))
