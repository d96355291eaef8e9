"""The rules of Citus, asserted on plain PostgreSQL: every statement stays with one account.

Where a table is distributed by account, a statement runs on the one worker that has the account if
it names the account for every table it reads. Stand-ins for Citus' two functions and its catalogue
note what they are called with.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, event, insert, text, update

import app
from dashboard.report import report
from dashboard.view import Reading
from data import schema
from data.access import snapshot_scope
from data.aggregator import Aggregator, rebuild_account
from data.engine import create_tables
from data.entries import Listing, Order, entry_page, tally
from data.errors import UsageError
from data.freeze import freeze
from data.install import Plan, install, planned
from data.install.citus import is_distributed
from data.live_ledger import LiveLedger
from data.periods import Period
from data.reconciled import load
from data.verify import verify
from tests.rolled import counted, stored

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
BESIDE = Plan(marks=None, beside="entries")
SCOPE = snapshot_scope("acme")
STAND_INS = """
CREATE TABLE citus_tables (table_name regclass, placed text, beside text);
CREATE FUNCTION create_distributed_table(place regclass, by text, colocate_with text)
    RETURNS void LANGUAGE sql AS
    'INSERT INTO citus_tables VALUES (place, by, colocate_with)';
CREATE FUNCTION create_reference_table(place regclass) RETURNS void LANGUAGE sql AS
    'INSERT INTO citus_tables VALUES (place, ''everywhere'', NULL)'
"""

OF_ACCOUNTS = (*schema.ledger.sorted_tables, *filter(is_distributed, schema.OUR_TABLES))
KEYS = {table.name: "id" if table is schema.accounts else "account_id" for table in OF_ACCOUNTS}

# What has to look at every account: the aggregator's surveys, once a pass, and who is there at all.
SAME = r"CAST\(accounts.id AS TEXT\) = rollup_state.account_id"
EVERYWHERE = {
    "accounts with marks": r"SELECT dirty.account_id, .* GROUP BY dirty.account_id",
    "accounts to build": rf"SELECT .* FROM accounts LEFT OUTER JOIN rollup_state ON {SAME} WHERE",
    "accounts to drop": rf"SELECT .* FROM rollup_state LEFT OUTER JOIN accounts ON {SAME} WHERE",
    "the oldest mark": r"SELECT min\(dirty.marked\) AS min_1 FROM dirty$",
    "how many marks": r"SELECT count\(\*\) AS count_1 FROM dirty$",
    "accounts to look at again": r"SELECT rollup_state.account_id FROM rollup_state WHERE .* LIMIT",
    "accounts to verify": r"SELECT accounts.id FROM accounts ORDER BY accounts.id",
}
SPOILED = ("UPDATE rollup_by_reason SET used_micro",)  # the fault that a test makes
FORBIDDEN = re.compile(r"advisory|nextval|currval|lastval|xmin|txid|ctid|lock table", re.I)

pytestmark = pytest.mark.postgres


@pytest.fixture
def plain(postgres_database):
    create_tables(postgres_database, schema.ledger)
    return postgres_database


@pytest.fixture
def citus(plain):
    """As far as `install` can tell."""
    run(plain, *STAND_INS.split(";\n"))
    return plain


def run(engine, *statements):
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement) if isinstance(statement, str) else statement)


# --- what is installed ---------------------------------------------------------------------------


def test_every_key_begins_with_the_account_and_no_number_is_drawn():
    for table in OF_ACCOUNTS:
        key = KEYS[table.name]
        assert [key] == [column.name for column in table.primary_key][:1] or table is schema.dirty
        assert not table.c[key].nullable
        assert not table.foreign_keys
        assert all(index.columns.keys()[0] == key for index in table.indexes)
        assert not any(column.identity or column.default for column in table.columns)
    apart = set(schema.OUR_TABLES) - set(OF_ACCOUNTS)
    assert {schema.rollup_heartbeat, schema.rollup_schema} == apart


def placed(engine):
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT table_name::text, placed, beside FROM citus_tables"))
        return {row[0]: tuple(row[1:]) for row in rows}


def test_tables_of_accounts_lie_beside_the_ledger_and_the_others_everywhere(citus):
    install(citus, BESIDE)
    assert {
        table.name: ("account_id", "entries") if table in OF_ACCOUNTS else ("everywhere", None)
        for table in schema.OUR_TABLES
    } == placed(citus)


def test_installing_again_places_nothing_twice(citus):
    install(citus, BESIDE)
    run(citus, "DELETE FROM citus_tables WHERE table_name = 'dirty'::regclass")
    install(citus, BESIDE)
    with citus.connect() as connection:
        query = "SELECT count(*) FROM citus_tables"
        assert len(schema.OUR_TABLES) == connection.execute(text(query)).scalar_one()


def test_it_makes_no_trigger_and_no_function(citus):
    assert not re.search("CREATE (TRIGGER|FUNCTION)", planned(citus, BESIDE, away=False))
    install(citus, BESIDE)
    with citus.connect() as connection:
        triggers = connection.execute(
            text("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")
        )
        assert 0 == triggers.scalar_one()


def test_print_shows_the_sql_where_no_citus_is(plain, capsys):
    url = plain.url.render_as_string(hide_password=False)
    assert 0 == app.main(["install", "--db", url, "--distributed", "--ledger", "moves", "--print"])
    said = capsys.readouterr().out
    assert (
        "SELECT create_distributed_table('dirty', 'account_id', colocate_with => 'moves');" in said
    )
    assert "SELECT create_reference_table('rollup_heartbeat');" in said
    with pytest.raises(UsageError, match=r"install\.citus"):
        install(plain, BESIDE)


def test_sqlite_is_not_distributed(sqlite_ledger):
    with pytest.raises(UsageError, match=r"install\.citus"):
        install(sqlite_ledger, BESIDE)


# --- what is sent --------------------------------------------------------------------------------


def write(engine, id, account="acme", days=0, amount=5):
    """A writer of such a host: the entry and its mark in one transaction."""
    at = NOW - DAY * days
    row = {"account_id": account, "id": id, "occurred_at": at, "amount_micro": amount}
    entry = insert(schema.entries).values(**row, kind="usage", reason="chat", workspace_id="w1")
    run(engine, entry, insert(schema.dirty).values(account_id=account, at=at))


def live(engine, builder):
    """Whatever happens to a ledger in use: entries, zones, accounts that come and go, faults."""
    builder.account("acme", timezone="Europe/Berlin")
    builder.workspace("w1")
    builder.reason("chat")
    builder.account("bolt")
    builder.save(engine)
    for number in range(90):
        write(engine, f"e{number}", days=number, amount=10**7 * (1 + 9 * (number == 3)))
    aggregator = Aggregator(engine, "test", lambda: NOW)
    aggregator.run_once()
    write(engine, "late", days=40)
    run(
        engine,
        update(schema.accounts).where(schema.accounts.c.id == "bolt").values(timezone="Asia/Tokyo"),
    )
    aggregator.run_once()
    run(engine, delete(schema.accounts).where(schema.accounts.c.id == "bolt"))
    run(engine, update(schema.rollup_by_reason).where(
        schema.rollup_by_reason.c.day == (NOW - DAY).date()).values(used_micro=1))  # fmt: skip
    Aggregator(engine, "test", lambda: NOW).run_once()
    rebuild_account(engine, "acme")
    freeze(engine, "acme", (NOW - 60 * DAY).date())
    assert 0 == verify(engine).exit_code


def look(engine):
    """Every panel in every kind of range, the entries behind one, and what an open page asks."""
    source = LiveLedger(engine, lambda: NOW)
    source.standing(SCOPE)
    with source.reading(SCOPE) as (connection, seen):
        for asked in ("month", "7d", "30d", "90d", "2025-12-01..2026-11-22"):
            report(Reading(connection, SCOPE, seen), asked)
        load(connection, SCOPE)
        days = Period((NOW - 60 * DAY).date(), NOW.date())
        for order in Order:
            listing = Listing(days, ZoneInfo("Europe/Berlin"), order=order)
            _page, last = entry_page(connection, SCOPE, listing)
            entry_page(connection, SCOPE, listing, last)
        tally(connection, SCOPE, listing)


def sent(engine, *actions):
    """What the actions send, blanks made one."""
    found = []

    def keep(_connection, _cursor, statement, _parameters, _context, _many):
        found.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", keep)
    for action in actions:
        action()
    event.remove(engine, "before_cursor_execute", keep)
    return found


def strays(statement):
    """Tables of accounts that a statement reads or writes without naming the account of each."""
    found = []
    for name, key in KEYS.items():
        read = len(re.findall(rf"(?:FROM|JOIN|UPDATE|INTO|,) {name}\b(?! ?\.)", statement))
        bound = len(re.findall(rf"\b{name}\.{key} = (?:%\(|CAST\(%\()", statement))
        inserted = len(re.findall(rf"INTO {name} \([^)]*\b{key}\b", statement))
        if read > bound + inserted:
            found.append(name)
    return found


def test_every_statement_names_its_account_for_every_table(plain, builder):
    """But for the few of EVERYWHERE."""
    install(plain, Plan(marks=None))
    all_sent = sent(plain, lambda: live(plain, builder), lambda: look(plain))
    not_ours = ("SET ", "SHOW ", "SELECT pg_catalog", "INSERT INTO accounts (", *SPOILED)
    ours = {statement for statement in all_sent if not statement.startswith(not_ours)}
    astray = {statement for statement in ours if strays(statement)}
    patterns = {name: re.compile(pattern) for name, pattern in EVERYWHERE.items()}
    known = {s for s in astray if any(p.match(s) for p in patterns.values())}
    assert set() == astray - known
    assert EVERYWHERE.keys() == {n for n, p in patterns.items() if any(map(p.match, known))}
    assert not [statement for statement in ours if FORBIDDEN.search(statement)]
    assert len(ours) > 40


@pytest.mark.parametrize(
    ("statement", "stray"),
    [
        ("SELECT x FROM entries WHERE entries.account_id = %(a)s", []),
        ("SELECT x FROM entries WHERE entries.occurred_at > %(a)s", ["entries"]),
        ("SELECT x FROM entries, dirty WHERE entries.account_id = %(a)s", ["dirty"]),
        ("DELETE FROM dirty", ["dirty"]),
        ("INSERT INTO dirty (account_id, at) VALUES (%(a)s, %(b)s)", []),
        ("INSERT INTO dirty (at) VALUES (%(b)s)", ["dirty"]),
    ],
)
def test_a_statement_that_strays_is_seen(statement, stray):
    assert sorted(stray) == sorted(strays(statement))


def test_a_host_whose_writer_marks_is_rolled_up_as_any_other(citus, builder):
    install(citus, BESIDE)
    builder.account("acme", timezone="Europe/Berlin")
    builder.workspace("w1")
    builder.save(citus)
    aggregator = Aggregator(citus, "test", lambda: NOW)
    aggregator.run_once()
    for days in (0, 1, 40):
        write(citus, f"e{days}", days=days)
    assert 3 == aggregator.run_once().entries
    assert counted(citus) == stored(citus)
