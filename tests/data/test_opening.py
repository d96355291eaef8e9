"""Which way `run` and `report` read a ledger: in use, as a file's snapshot, or as a copy."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import delete, make_url, select

from data import schema
from data.access import snapshot_scope
from data.aggregator import Aggregator
from data.copied_ledger import CopiedLedger
from data.engine import connect, create_tables
from data.errors import PreparingError, UsageError
from data.frames import total
from data.freeze import freeze
from data.install import Plan, install
from data.live_ledger import LiveLedger
from data.open_snapshot import OpenSnapshot
from data.opening import Opener
from data.periods import Period
from data.queries import load_account, usage_by_day, usage_by_workspace
from data.reader import Limits
from tests.conftest import NOW
from tests.data.check.ledgers import DOCUMENT
from tests.ledger_builder import LedgerBuilder, micro
from tests.postgres_server import ROLE, find_binaries

ACME, HOUR = snapshot_scope("acme"), dt.timedelta(hours=1)
NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
LAST = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def opening(tmp_path):
    """Opens a ledger until the test ends."""
    with ExitStack() as held:

        def begin(db, **asked):
            opener = Opener(tmp_path / "cache", Limits(), lambda: NOW, **asked)
            return held.enter_context(opener.open(str(db)))

        yield begin


def database_of(url):
    return make_url(url).database


def save(engine):
    rows = LedgerBuilder()
    rows.account("acme", name="Acme", timezone="Asia/Kathmandu")
    rows.workspace("w1", "Contracts")
    rows.use("2026-11-03T09:00Z", 3, workspace="w1")
    rows.use(LAST, 4, workspace="w1")
    rows.account("bolt", name="Bolt")
    rows.use("2026-11-19T09:00Z", 90)
    rows.save(engine)


def content(engine):
    with engine.connect() as connection:
        return {
            table.name: sorted(map(str, connection.execute(select(table))))
            for table in (*schema.ledger.sorted_tables, *schema.OUR_TABLES)
        }


def asked(opened, scope=ACME):
    """What an answer has: credits of November, workspaces' names, and its freshness."""

    def question(connection, seen):
        used = total(usage_by_day(connection, scope, NOVEMBER)["net"])
        names = list(usage_by_workspace(connection, scope, NOVEMBER)["name"])
        return used, names, load_account(connection, scope).timezone, seen

    return opened.ask(scope, lambda _part: None, question)


@pytest.mark.postgres
def test_a_database_whose_rollup_runs_is_in_use(fed_postgres, postgres_url, opening):
    save(fed_postgres)
    Aggregator(fed_postgres, "test", lambda: NOW - HOUR).run_once()
    opened = opening(postgres_url)
    assert isinstance(opened.source, LiveLedger)
    used, names, zone, seen = asked(opened)
    assert (micro(7), ["Contracts"], "Asia/Kathmandu") == (used, names, zone)
    assert (NOW - HOUR, NOW, False) == (seen.watermark, seen.now, seen.is_snapshot)
    assert [("acme", "Acme"), ("bolt", "Bolt")] == opened.source.accounts()


@pytest.mark.postgres
def test_a_database_whose_rollup_fell_silent_is_a_snapshot_at_its_last_entry(
    fed_postgres, postgres_url, opening
):
    """Its rollup came along, and may lack what was written later: the entries are counted."""
    save(fed_postgres)
    Aggregator(fed_postgres, "test", lambda: NOW - 2 * HOUR).run_once()
    later = LedgerBuilder()
    later.use(LAST, 5, account="acme", id="later")
    later.save(fed_postgres)
    before = content(fed_postgres)
    opened = opening(postgres_url)
    assert isinstance(opened.source, CopiedLedger)
    used, names, zone, seen = asked(opened)
    assert (micro(12), ["Contracts", "No workspace"]) == (used, names)
    assert ("Asia/Kathmandu", LAST, LAST, True) == (
        zone,
        seen.watermark,
        seen.now,
        seen.is_snapshot,
    )
    assert micro(90) == asked(opened, snapshot_scope("bolt"))[0]
    assert before == content(fed_postgres)
    assert "last heard of at 2026-11-22 09:29 UTC" in opened.note


@pytest.mark.postgres
def test_days_whose_entries_were_pruned_come_from_the_rollup_that_came_along(
    fed_postgres, postgres_url, opening
):
    save(fed_postgres)
    Aggregator(fed_postgres, "test", lambda: NOW - 2 * HOUR).run_once()
    freeze(fed_postgres, "acme", dt.date(2026, 11, 10))
    with fed_postgres.begin() as connection:
        old = schema.entries.c.occurred_at < dt.datetime(2026, 11, 9, tzinfo=dt.UTC)
        assert 1 == connection.execute(delete(schema.entries).where(old)).rowcount
    opened = opening(postgres_url)
    assert isinstance(opened.source, CopiedLedger)
    assert micro(7) == asked(opened)[0]
    assert micro(90) == asked(opened, snapshot_scope("bolt"))[0]


@pytest.mark.postgres
def test_a_database_without_a_rollup_is_a_snapshot_and_nothing_is_written_to_it(
    postgres_database, postgres_url, opening, tmp_path
):
    create_tables(postgres_database, schema.ledger)
    save(postgres_database)
    opened = opening(postgres_url)
    assert (micro(7), LAST) == (asked(opened)[0], asked(opened)[-1].now)
    with postgres_database.connect() as connection:
        names = connection.exec_driver_sql("SELECT relname FROM pg_class WHERE relname ~ 'rollup'")
        assert [] == names.all()
    assert 0o700 == (tmp_path / "cache").stat().st_mode & 0o777
    assert "never heard of" in opened.note


@pytest.mark.postgres
def test_a_dump_restored_elsewhere_is_a_snapshot(
    fed_postgres, postgres_url, postgres_server, opening, tmp_path
):
    """As a product manager has it: restored without the roles of the database it came from."""
    save(fed_postgres)
    Aggregator(fed_postgres, "test", lambda: NOW - 30 * 24 * HOUR).run_once()
    dump = tmp_path / "ledger.dump"
    place = str(postgres_server.directory)
    with postgres_server.fresh_database() as url:
        for program, *words in (
            ("pg_dump", "-Fc", "-f", str(dump), database_of(postgres_url)),
            ("pg_restore", "--no-owner", "--no-acl", "-d", database_of(url), str(dump)),
        ):
            subprocess.run(
                [find_binaries() / program, "-h", place, "-U", ROLE, *words], check=True, timeout=60
            )
        opened = opening(url)
        used, names, _, seen = asked(opened)
        assert (micro(7), ["Contracts"], LAST, True) == (used, names, seen.now, seen.is_snapshot)


@pytest.mark.postgres
def test_views_over_another_schema_are_copied_by_their_own_types(
    postgres_database, postgres_url, opening
):
    """Those of the document: uuid and identity keys, decimal credits, no table of members' own."""
    script = "".join(re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL))
    with postgres_database.begin() as connection:
        connection.exec_driver_sql(script.replace("%", "%%"))
        connection.exec_driver_sql("DROP VIEW credits_page.reasons, credits_page.members")
        customer = connection.exec_driver_sql(
            "INSERT INTO customer VALUES (gen_random_uuid(), 'Acme', 'team', 'Asia/Kathmandu', 3) "
            "RETURNING id::text"
        ).scalar_one()
        connection.exec_driver_sql(
            "INSERT INTO usage_event (customer_id, happened_at, feature, credits) VALUES "
            f"('{customer}', '2026-11-20 09:00Z', 'chat', 2.5), "
            f"('{customer}', '2026-11-20 09:05Z', 'chat', -0.000001)"
        )
    opened = opening(f"{postgres_url}&options=-csearch_path%3Dcredits_page")
    used, names, zone, seen = asked(opened, snapshot_scope(customer))
    assert (micro("2.499999"), ["No workspace"], "Asia/Kathmandu") == (used, names, zone)
    assert dt.datetime(2026, 11, 20, 9, 5, tzinfo=dt.UTC) == seen.now


@pytest.mark.postgres
def test_the_progress_of_a_copy_is_told(postgres_database, postgres_url, opening, monkeypatch):
    create_tables(postgres_database, schema.ledger)
    save(postgres_database)
    source = opening(postgres_url).source
    parts = []
    source._build(ACME, parts.append)
    assert sorted(parts) == parts
    assert (True, 1.0) == (0 < parts[0] < 1, parts[-1])
    assert source.preparing(ACME, 60) is None
    monkeypatch.setattr(source, "preparing", lambda _scope: 0.5)
    with pytest.raises(PreparingError), source.reading(ACME):
        pass


@pytest.mark.postgres
def test_a_database_without_a_ledger_is_refused_in_one_sentence(postgres_url, opening):
    with pytest.raises(UsageError) as refused:
        opening(postgres_url)
    assert "schema.table_missing" == refused.value.code


def test_a_database_that_is_away_is_refused_in_one_sentence(opening):
    with pytest.raises(UsageError) as refused:
        opening("postgresql://page:secret@127.0.0.1:1/app")
    assert "db.unreachable" == refused.value.code
    assert "secret" not in refused.value.sentence


# --- files --------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ledger.sqlite"
    engine = connect(str(path))
    create_tables(engine, schema.ledger)
    save(engine)
    engine.dispose()
    return path


def test_a_file_is_a_snapshot_though_a_rollup_is_installed_in_it(file, opening):
    engine = connect(str(file))
    install(engine, Plan())
    Aggregator(engine, "test", lambda: NOW).run_once()
    engine.dispose()
    opened = opening(file)
    assert isinstance(opened.source, OpenSnapshot)
    assert (micro(7), LAST) == (asked(opened)[0], asked(opened)[-1].now)
    live = opening(file, live=True)
    assert isinstance(live.source, LiveLedger)
    assert (micro(7), NOW) == (asked(live)[0], asked(live)[-1].now)


def test_live_needs_an_installed_rollup(file, opening):
    before = Path(file).read_bytes()
    with pytest.raises(UsageError) as refused:
        opening(file, live=True)
    assert "rollup.not_installed" == refused.value.code
    assert before == Path(file).read_bytes()


def test_an_account_that_waits_for_a_rollup_is_told_so(file, opening):
    engine = connect(str(file))
    install(engine, Plan())
    engine.dispose()
    with pytest.raises(UsageError) as refused:
        asked(opening(file, live=True))
    assert "account.preparing" == refused.value.code


@pytest.mark.postgres
def test_now_is_what_is_asked_for(file, fed_postgres, postgres_url, opening):
    """Of a file, of a copy and of a ledger in use."""
    save(fed_postgres)
    then = NOW - 24 * HOUR
    for db in (file, postgres_url):
        assert then == asked(opening(db, now=then))[-1].now
    Aggregator(fed_postgres, "test", lambda: NOW).run_once()
    assert then == asked(opening(postgres_url, now=then))[-1].now
