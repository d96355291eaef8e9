"""Where the month stands comes from the rollup's days, summed here again over the raw rows."""

from __future__ import annotations

import datetime as dt

from dashboard.projection import project
from dashboard.standing import load_standing, standing
from dashboard.view import Reading, load_view
from data import rollup
from data.access import snapshot_scope
from data.engine import read_transaction, write_transaction
from data.freshness import Freshness
from data.periods import DAY, Period
from tests.conftest import NOW
from tests.dashboard.built_frames import MICRO, TODAY, account, day_rows, steady, view

EVERY_DAY = Period(dt.date(2024, 2, 1), TODAY + DAY)


def made(of=None, nets=steady, text="month"):
    of = of or account()
    days = Period(dt.date(2024, 1, 1), TODAY + DAY)
    return standing(day_rows(days, TODAY, nets), 5 * MICRO, view(text, of=of))


def test_the_running_month_and_the_twelve_before():
    found = made()
    assert Period(dt.date(2026, 11, 3), dt.date(2026, 12, 3)) == found.month.period
    assert sum(steady(day) for day in Period(dt.date(2026, 11, 3), TODAY + DAY)) == found.used
    assert (20_000 * MICRO, 5 * MICRO) == (found.limit, found.balance)
    assert [dt.date(2025, 11, 3), dt.date(2025, 12, 3)] == [m.period.start for m in found.full[:2]]
    assert 12 == len(found.full)
    assert [sum(map(steady, month.period)) for month in found.full] == [m.net for m in found.full]
    assert [15_000 * MICRO] * 8 + [20_000 * MICRO] * 4 == [m.allowance.micro for m in found.full]


def test_the_range_does_not_change_it():
    assert made() == made(text="7d") == made(text="2025-03-10..2025-03-16")


def test_what_is_ahead_adds_up_to_the_projection():
    found = made()
    nets = {day: steady(day) for day in EVERY_DAY}
    want = project(nets, found.month.period, TODAY, dt.date(2024, 2, 1))
    assert want == found.projected
    assert list(Period(TODAY, found.month.period.end)) == list(found.ahead)
    assert abs(found.used + sum(found.ahead.values()) - want.amount) <= 50 * MICRO


def test_months_before_the_account_are_no_full_months():
    """It began in the middle of August's month: that one counts, and is not whole."""
    found = made(account(first_day=dt.date(2026, 8, 20)))
    assert [8, 9, 10] == [month.period.start.month for month in found.full]
    assert [9, 10] == [month.period.start.month for month in found.whole]


def test_an_account_that_used_nothing_has_neither_months_nor_pace():
    found = made(account(first_day=None), nets=lambda _: 0)
    assert ((), (), None, {}, 0) == (
        found.full,
        found.whole,
        found.projected,
        found.ahead,
        found.used,
    )


def test_it_is_read_from_the_rollup(sqlite_ledger, builder):
    builder.account(anchor_day=3, balance=None)
    builder.period("2026-11-03", "2026-12-03", 100)
    builder.entry("2026-10-01T00:00Z", 500, "grant")
    builder.use("2026-10-20T09:00Z", 30)
    builder.use("2026-11-03T00:00Z", "7.5")
    builder.refund("2026-11-22T23:00Z", "0.5")  # later today
    builder.use("2026-11-23T00:00Z", 9)  # tomorrow
    builder.save(sqlite_ledger)
    scope = snapshot_scope("acme")
    with write_transaction(sqlite_ledger) as connection:
        rolled = rollup.account_to_roll(connection, "acme")
        rollup.rebuild(connection, rolled)
    with read_transaction(sqlite_ledger) as connection:
        seen = Freshness(watermark=NOW, heartbeat=None, now=NOW)
        found = load_standing(
            connection, scope, load_view(Reading(connection, scope, seen), "month")
        )
    assert (7 * MICRO, 463 * MICRO) == (found.used, found.balance)
    assert [30 * MICRO] == [month.net for month in found.full]
