"""The second look: what should be right and is not is mended and counted, once a day."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update

from data import reconcile, schema
from data.aggregator import Aggregator
from data.reconcile import Rounds
from tests.rolled import counted, stored

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
YESTERDAY = dt.date(2026, 11, 21)


def spoil(engine, *days):
    table = schema.rollup_by_workspace
    with engine.begin() as connection:
        for day in days:
            connection.execute(update(table).where(table.c.day == day).values(used_micro=7))


def test_yesterday_is_mended_and_counted(twelve_days, caplog):
    spoil(twelve_days, YESTERDAY)
    assert 1 == Rounds(twelve_days).step(NOW)
    assert counted(twelve_days) == stored(twelve_days)
    assert "mending acme 2026-11-21 by workspace: ledger 1.000000, rollup 0.000007" in caplog.text


def test_the_version_grows_when_a_day_is_mended(twelve_days):
    def version():
        with twelve_days.connect() as connection:
            return connection.execute(select(schema.rollup_state.c.version)).scalar_one()

    before = version()
    assert 0 == Rounds(twelve_days).step(NOW)
    assert before == version()
    spoil(twelve_days, YESTERDAY)
    Rounds(twelve_days).step(NOW)
    assert before + 1 == version()


def wrong_days(engine):
    right, found = counted(engine)["acme"], stored(engine)["acme"]
    keys = set(right["rollup_by_workspace"].items()) ^ set(found["rollup_by_workspace"].items())
    return {key[0] for key, _amount in keys}


def test_an_older_day_has_its_turn_one_a_day(twelve_days):
    """Which one is drawn from account and date, so that no day is passed over for ever."""
    older = {YESTERDAY - DAY * days for days in range(1, 10)}
    spoil(twelve_days, *older)
    mended = [Rounds(twelve_days).step(NOW + DAY * days) for days in range(60)]
    assert {0, 1} == set(mended)
    assert len(older) - sum(mended) == len(wrong_days(twelve_days)) < 3


def test_a_day_that_waits_for_the_aggregator_is_not_a_difference(twelve_days):
    with twelve_days.begin() as connection:
        connection.execute(update(schema.entries).values(amount_micro=5))
    assert 0 == Rounds(twelve_days).step(NOW)


def test_a_round_is_made_once_a_day_a_few_accounts_at_a_time(fed, builder, monkeypatch):
    for name in ("a", "b", "c"):
        builder.account(name)
        builder.use(NOW - DAY, 1)
    builder.save(fed)
    Aggregator(fed, "test", lambda: NOW).run_once()
    monkeypatch.setattr(reconcile, "SLICE", 2)
    rounds = Rounds(fed)
    spoil(fed, YESTERDAY)
    assert [2, 1] == [rounds.step(NOW), rounds.step(NOW)]
    spoil(fed, YESTERDAY)
    assert 0 == rounds.step(NOW + DAY / 2)
    assert [2, 1, 0] == [rounds.step(NOW + DAY) for _ in range(3)]
