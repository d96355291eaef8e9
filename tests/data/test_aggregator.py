"""The aggregator's passes: nothing lost, nothing doubled, one bad account alone, time handed in."""

from __future__ import annotations

import datetime as dt
from threading import Event

import pytest
from hypothesis import given
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from data import aggregator, schema
from data.access import snapshot_scope
from data.aggregator import Aggregator, rebuild_account, refresh, touched
from data.engine import connect, lost_connection, read_transaction
from data.periods import Period
from data.queries import load_account
from data.rollup import RolledAccount
from data.watermark import standing
from tests import strategies
from tests.examples import examples
from tests.ledger_builder import clear
from tests.rolled import counted, stored

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)
ACME, BOLT = snapshot_scope("acme"), snapshot_scope("bolt")


class Hands:
    """A clock that moves when it is told to."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now

    def move(self, by):
        self.now += by


@pytest.fixture
def clock():
    return Hands()


@pytest.fixture
def passes(fed, clock):
    return Aggregator(fed, "test", clock)


def run(engine, *statements):
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def waiting(engine):
    with engine.connect() as connection:
        return connection.execute(select(schema.dirty.c.account_id)).scalars().all()


def ask(engine, question, *arguments):
    with read_transaction(engine) as connection:
        return question(connection, *arguments)


def account_version(connection, scope):
    found = standing(connection, scope, NOW)
    return found and found.freshness.version


def freshness(connection, scope, now):
    return standing(connection, scope, now).freshness


def two_accounts(builder):
    builder.account("acme", timezone="Europe/Berlin")
    builder.use("2026-11-21T22:59Z", 3, workspace="w1")
    builder.use("2026-11-21T23:00Z", 4, workspace="w2")
    builder.account("bolt", timezone="America/New_York")
    builder.use("2026-11-21T23:00Z", 5)


# --- what is counted ---------------------------------------------------------------------------


@given(strategies.ledgers())
@examples(15)
def test_after_a_pass_the_rollup_is_what_the_raw_rows_sum_to(fed, made):
    clear(fed)
    made.rows.save(fed)
    Aggregator(fed, "test", lambda: NOW).run_once()
    assert counted(fed) == stored(fed)
    assert [] == waiting(fed)


def test_a_pass_over_nothing_new_changes_nothing(fed, passes, builder):
    """Aggregating twice is aggregating once, and an open page learns of no change."""
    two_accounts(builder)
    builder.save(fed)
    assert 2 == passes.run_once().built
    before = stored(fed), ask(fed, account_version, ACME)
    again = passes.run_once()
    assert (0, 0, 0) == (again.accounts, again.entries, again.built)
    assert before == (stored(fed), ask(fed, account_version, ACME))


def test_only_the_account_that_changed_is_looked_at(fed, passes, builder):
    two_accounts(builder)
    builder.save(fed)
    passes.run_once()
    versions = ask(fed, account_version, ACME), ask(fed, account_version, BOLT)
    run(fed, update(schema.entries).where(schema.entries.c.id == "e1").values(amount_micro=9))
    done = passes.run_once()
    assert (1, 1, 0) == (done.accounts, done.entries, done.built)
    assert (versions[0] + 1, versions[1]) == (
        ask(fed, account_version, ACME), ask(fed, account_version, BOLT),
    )  # fmt: skip
    assert counted(fed) == stored(fed)


CHANGES = {
    "a late entry": insert(schema.entries).values(
        account_id="acme", id="late", occurred_at=NOW - 40 * 24 * HOUR,
        kind="usage", reason="teleport", amount_micro=1,
    ),
    "an entry in the future": insert(schema.entries).values(
        account_id="acme", id="early", occurred_at=NOW + 40 * 24 * HOUR,
        kind="usage", reason="teleport", amount_micro=1,
    ),
    "an entry moved in time": update(schema.entries).values(occurred_at=NOW - 9 * 24 * HOUR),
    "an entry moved to another account": update(schema.entries)
    .where(schema.entries.c.id == "e1").values(account_id="bolt"),
    "an entry moved to another workspace": update(schema.entries).values(workspace_id="w7"),
    "an entry that is consumption no more": update(schema.entries).values(kind="grant"),
    "deleted entries": delete(schema.entries),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_counted_in_the_next_pass(fed, passes, builder, change):
    two_accounts(builder)
    builder.save(fed)
    passes.run_once()
    run(fed, CHANGES[change])
    assert counted(fed) != stored(fed)
    passes.run_once()
    assert counted(fed) == stored(fed)


def test_what_a_writer_still_holds_open_is_counted_once_it_is_committed(fed, passes, builder):
    """No cursor runs past it: its marks come with it. SQLite lets nobody else write meanwhile."""
    two_accounts(builder)
    builder.save(fed)
    passes.run_once()
    if fed.dialect.name == "postgresql":
        with fed.begin() as writing:
            writing.execute(CHANGES["a late entry"])
            passes.run_once()
            run(fed, CHANGES["an entry in the future"])
            passes.run_once()
    passes.run_once()
    assert counted(fed) == stored(fed)


def test_days_that_touch_each_other_are_recomputed_together():
    account = RolledAccount("acme", "Europe/Berlin")
    at = dt.datetime(2026, 11, 1, 22, 59, 59, tzinfo=dt.UTC)
    instants = [at, at + SECOND, at, at + 72 * HOUR]
    day = dt.date(2026, 11, 1)
    one = dt.timedelta(days=1)
    assert [Period(day, day + 2 * one), Period(day + 3 * one, day + 4 * one)] == touched(
        instants, account
    )


# --- accounts, zones, names, periods ------------------------------------------------------------


def test_an_account_is_not_built_until_a_pass_has_built_it(fed, passes, builder):
    """The page prepares its charts meanwhile; it never shows zeros."""
    builder.account("acme")
    builder.save(fed)
    assert ask(fed, account_version, ACME) is None
    passes.run_once()
    assert 1 == ask(fed, account_version, ACME)


def test_a_changed_zone_rebuilds_the_account_in_it(fed, passes, builder):
    two_accounts(builder)
    builder.save(fed)
    passes.run_once()
    berlin = stored(fed)["acme"]
    run(fed, update(schema.accounts).where(schema.accounts.c.id == "acme")
        .values(timezone="Pacific/Chatham"))  # fmt: skip
    assert 1 == passes.run_once().built
    assert counted(fed) == stored(fed)
    assert berlin != stored(fed)["acme"]


def test_an_account_that_is_listed_no_more_leaves_nothing_and_may_come_back(fed, passes, builder):
    two_accounts(builder)
    builder.save(fed)
    passes.run_once()
    gone = select(schema.accounts).where(schema.accounts.c.id == "acme")
    with fed.begin() as connection:
        row = connection.execute(gone).one()._asdict()
        connection.execute(delete(schema.accounts).where(schema.accounts.c.id == "acme"))
    run(fed, CHANGES["a late entry"])
    passes.run_once()
    assert {"bolt"} == set(stored(fed))
    assert [] == waiting(fed)
    run(fed, insert(schema.accounts).values(**row))
    passes.run_once()
    assert counted(fed) == stored(fed)


def test_a_workspace_that_is_renamed_moved_or_deleted_keeps_its_past_where_it_was(
    fed, passes, builder
):
    """The rollup holds ids alone; what moves to another account is counted there from then on."""
    two_accounts(builder)
    builder.workspace("w1", account="acme")
    builder.save(fed)
    passes.run_once()
    before = stored(fed)
    run(
        fed,
        update(schema.workspaces).values(name="Other", deleted_at=NOW),
        insert(schema.workspaces).values(account_id="bolt", id="w1", name="Other", kind="team"),
    )
    passes.run_once()
    assert before == stored(fed)
    run(fed, insert(schema.entries).values(account_id="bolt", id="n1", occurred_at=NOW,
        kind="usage", reason="premium_chat", workspace_id="w1", amount_micro=5))  # fmt: skip
    passes.run_once()
    assert before["acme"] == stored(fed)["acme"]
    assert counted(fed) == stored(fed)


def test_changed_periods_move_allowances_and_month_edges_and_no_sum(fed, passes, builder):
    two_accounts(builder)
    builder.period("2026-11-01", "2026-12-01", 100, account="acme")
    builder.save(fed)
    passes.run_once()
    before = stored(fed), ask(fed, account_version, ACME)
    run(fed, update(schema.billing_periods).values(starts=dt.date(2026, 11, 15), allowance_micro=7))
    passes.run_once()
    assert before == (stored(fed), ask(fed, account_version, ACME))
    month = ask(fed, load_account, ACME).calendar.month_of(dt.date(2026, 11, 20))
    assert (dt.date(2026, 11, 15), 7) == (month.period.start, month.allowance.micro)


# --- faults -----------------------------------------------------------------------------------


def poisoned(builder):
    """Acme's one day sums to more than 64 bits; bolt is sound."""
    builder.account("acme")
    for number in range(9_300):
        builder.use("2026-11-01T00:00Z", 10**9, id=f"p{number}")
    builder.account("bolt")
    builder.use("2026-11-01T00:00Z", 1)


def test_a_poisoned_account_is_put_back_and_the_others_go_on(fed, passes, clock, builder, caplog):
    poisoned(builder)
    builder.save(fed)
    assert 1 == passes.run_once().failed
    assert {"bolt"} == set(stored(fed))
    assert {"acme"} == set(waiting(fed))
    assert "account acme failed" in caplog.text
    assert 0 == passes.run_once().failed  # not before its time
    clock.move(31 * SECOND)
    assert 1 == passes.run_once().failed
    clock.move(31 * SECOND)
    assert 0 == passes.run_once().failed  # twice as long
    run(fed, delete(schema.entries).where(schema.entries.c.id.like("p%")))
    clock.move(HOUR)
    assert 0 == passes.run_once().failed
    assert (counted(fed), []) == (stored(fed), waiting(fed))
    with fed.connect() as connection:
        assert [0, 0] == connection.execute(select(schema.rollup_state.c.failures)).scalars().all()


def test_a_zone_that_does_not_exist_stops_its_own_account_only(fed, passes, builder):
    builder.account("acme", timezone="Mars/Phobos")
    builder.use("2026-11-01T00:00Z", 1)
    builder.account("bolt")
    builder.use("2026-11-01T00:00Z", 1)
    builder.save(fed)
    assert 1 == passes.run_once().failed
    assert {"bolt"} == set(stored(fed))
    with fed.connect() as connection:
        failure = select(schema.rollup_state.c.failure)
        assert (
            "ValueError"
            == connection.execute(
                failure.where(schema.rollup_state.c.account_id == "acme")
            ).scalar_one()
        )


@pytest.mark.postgres
def test_an_account_that_another_aggregator_has_is_left_to_it(postgres_server, fed_postgres):
    run(fed_postgres, text("INSERT INTO accounts (id, name) VALUES ('acme', 'Acme')"))
    Aggregator(fed_postgres, "test", lambda: NOW).run_once()
    run(fed_postgres, CHANGES["a late entry"])
    lock = select(schema.rollup_state).with_for_update()
    with fed_postgres.begin() as other:
        other.execute(lock)
        assert refresh(fed_postgres, "acme") is None
        assert 0 == Aggregator(fed_postgres, "test", lambda: NOW).run_once().accounts
    assert 1 == Aggregator(fed_postgres, "test", lambda: NOW).run_once().accounts
    assert counted(fed_postgres) == stored(fed_postgres)


@pytest.mark.postgres
def test_a_database_that_cannot_be_reached_marks_no_account(tmp_path, caplog):
    """Silence: the next pass tries again, and the heartbeat tells how long it has been."""
    engine = connect(f"postgresql://nobody@/none?host={tmp_path}")
    stop = Event()
    tries = []

    def clock():
        tries.append(1)
        if len(tries) == 3:
            stop.set()
        return NOW

    passes = Aggregator(engine, "test", clock, stop)
    passes.run_forever(dt.timedelta(0))
    assert 3 == len(tries)
    assert [] == caplog.records
    with pytest.raises(DBAPIError) as unreachable:
        passes.run_once()
    assert lost_connection(unreachable.value)


@pytest.mark.postgres
def test_a_connection_cut_within_a_pass_is_forgiven(fed_postgres, postgres_server):
    run(fed_postgres, text("INSERT INTO accounts (id, name) VALUES ('acme', 'Acme')"))
    passes = Aggregator(fed_postgres, "test", lambda: NOW)
    passes.run_once()
    run(fed_postgres, CHANGES["a late entry"])
    database = fed_postgres.url.database
    postgres_server.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
    )
    assert 1 == passes.run_once().accounts
    assert counted(fed_postgres) == stored(fed_postgres)


def test_told_to_stop_it_ends_with_the_account_in_hand(fed, clock, builder):
    two_accounts(builder)
    builder.save(fed)
    stop = Event()
    stop.set()
    assert 0 == Aggregator(fed, "test", clock, stop).run_once().accounts
    Aggregator(fed, "test", clock, stop).run_forever(HOUR)
    assert {} == stored(fed)


# --- how far the charts reach -------------------------------------------------------------------


def test_without_a_change_that_waits_the_watermark_is_the_heartbeat(fed, passes, clock, builder):
    two_accounts(builder)
    builder.save(fed)
    rebuild_account(fed, "acme")
    assert ask(fed, freshness, ACME, NOW).heartbeat == dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    passes.run_once()
    clock.move(HOUR)
    seen = ask(fed, freshness, ACME, clock.now)
    assert (NOW, NOW, HOUR) == (seen.watermark, seen.heartbeat, seen.age)
    assert not seen.is_snapshot


def test_the_oldest_change_that_waits_is_the_watermark_of_its_own_account(fed, passes, builder):
    two_accounts(builder)
    builder.save(fed)
    passes.run_once()
    for minutes in (3, 7, 5):
        mark = {"account_id": "acme", "at": NOW, "marked": NOW - minutes * 60 * SECOND}
        run(fed, insert(schema.dirty).values(**mark))
    assert NOW - 420 * SECOND == ask(fed, freshness, ACME, NOW).watermark
    assert NOW == ask(fed, freshness, BOLT, NOW).watermark


def test_the_youngest_heartbeat_counts_and_old_ones_are_forgotten(fed, clock, builder):
    builder.account("acme")
    builder.save(fed)
    Aggregator(fed, "one", clock).run_once()
    clock.move(HOUR)
    Aggregator(fed, "two", clock).run_once()
    assert NOW + HOUR == ask(fed, freshness, ACME, NOW).heartbeat
    clock.move(24 * HOUR)
    Aggregator(fed, "three", clock).run_once()
    with fed.connect() as connection:
        names = connection.execute(select(schema.rollup_heartbeat.c.aggregator)).scalars()
        assert {"two", "three"} == set(names)


def test_a_long_pass_keeps_its_heart_beating(fed, builder, monkeypatch):
    two_accounts(builder)
    builder.save(fed)
    clock = Hands()
    passes = Aggregator(fed, "test", clock)

    def slow(engine, account_id):
        clock.move(11 * SECOND)
        return aggregator.Refreshed()

    monkeypatch.setattr(aggregator, "refresh", slow)
    passes.run_once()
    rebuild_account(fed, "acme")
    assert NOW + 22 * SECOND == ask(fed, freshness, ACME, NOW).heartbeat


def test_a_pass_says_what_it_did_in_one_line(fed, clock, builder, caplog):
    two_accounts(builder)
    builder.save(fed)
    with caplog.at_level("INFO", "data.aggregator"):
        Aggregator(fed, "test", clock).run_once()
    assert [
        "pass accounts=2 entries=3 built=2 refused=0 failed=0 mended=0 ms=0 waiting=0 lag=0.0s"
    ] == caplog.messages
