"""What `check` says of the rollup: nothing while it keeps up, and a status for a monitor."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import insert

from data import schema
from data.aggregator import Aggregator
from data.check import check, describe
from data.engine import create_tables
from data.install import Plan, install

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def made(database, builder):
    """A ledger that is clean but for its rollup."""
    create_tables(database, schema.ledger)
    builder.account()
    builder.use(NOW - MINUTE, 1)
    builder.save(database)
    return database


def codes(found):
    return [problem.code for problem in found.problems]


def test_a_ledger_without_a_rollup_is_not_asked_for_one(made, database_url):
    assert [] == codes(check(database_url, NOW))


def test_a_rollup_that_never_ran_is_delayed(made, database_url):
    install(made, Plan())
    found = check(database_url, NOW)
    assert (["rollup.delayed"], 2) == (codes(found), found.exit_code)
    assert describe(found).endswith("not what was written of late.")


@pytest.mark.parametrize(
    ("minutes", "expected", "status"),
    [(15, [], 0), (16, ["rollup.late"], 1), (60, ["rollup.late"], 1), (61, ["rollup.delayed"], 2)],
)
def test_a_silent_aggregator_is_late_then_delayed(made, database_url, minutes, expected, status):
    install(made, Plan())
    Aggregator(made, "test", lambda: NOW).run_once()
    found = check(database_url, NOW + minutes * MINUTE)
    assert (expected, status) == (codes(found), found.exit_code)


def test_a_change_that_waits_is_late_though_the_heart_beats(made, database_url):
    install(made, Plan())
    Aggregator(made, "test", lambda: NOW).run_once()
    mark = {"account_id": "acme", "at": NOW, "marked": NOW - 20 * MINUTE}
    with made.begin() as connection:
        connection.execute(insert(schema.dirty).values(**mark))
    found = check(database_url, NOW)
    assert ["rollup.late"] == codes(found)
    assert "1 changes wait, the oldest for 20 min" in found.problems[0].sentence
