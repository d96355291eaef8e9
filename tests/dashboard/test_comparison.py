"""The days that each kind of range is compared with, and where there are none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.comparison import previous_period
from dashboard.ranges import Bounds, Range, parse
from data.periods import BillingCalendar, BillingMonth, Period
from tests.dashboard.built_frames import account, view

TODAY = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)
LONG_AGO = dt.date(1971, 1, 1)


def compared(text, *, anchor=3, today=TODAY, first_day=LONG_AGO, stored=()):
    """First and last day of what `text` is compared with."""
    calendar = BillingCalendar.of(stored, anchor)
    found = previous_period(parse(text, Bounds(calendar, today)), calendar, first_day)
    return found and (str(found.start), str(found.last))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("month", "2026-10-03", "2026-10-22"),
        ("7d", "2026-11-09", "2026-11-15"),
        ("30d", "2026-09-24", "2026-10-23"),
        ("90d", "2026-05-27", "2026-08-24"),
        ("2026-11-22..2026-11-22", "2026-11-21", "2026-11-21"),
        ("2026-03-01..2026-03-15", "2026-02-14", "2026-02-28"),
        ("2024-11-23..2026-11-22", "2022-11-24", "2024-11-22"),
        # just the days of a billing month, but chosen as days: the days before them
        ("2026-11-03..2026-11-22", "2026-10-14", "2026-11-02"),
    ],
)
def test_the_same_number_of_days_before(text, first, last):
    assert (first, last) == compared(text)


@pytest.mark.parametrize(
    ("text", "anchor", "today", "first", "last"),
    [
        # a complete month of 31 days after one of 30, and the other way round
        ("month@2026-10-03", 3, TODAY, "2026-09-03", "2026-10-02"),
        ("month@2026-09-03", 3, TODAY, "2026-08-03", "2026-09-01"),
        # February of 28 and of 29 days
        ("month@2026-03-01", 1, TODAY, "2026-02-01", "2026-02-28"),
        ("month@2024-03-01", 1, TODAY, "2024-02-01", "2024-02-29"),
        ("month@2026-02-01", 1, TODAY, "2026-01-01", "2026-01-28"),
        # the last days of the running month, after a shorter one
        ("month", 1, dt.date(2026, 3, 28), "2026-02-01", "2026-02-28"),
        ("month", 1, dt.date(2026, 3, 31), "2026-02-01", "2026-02-28"),
        ("month", 1, dt.date(2026, 3, 1), "2026-02-01", "2026-02-01"),
        # anchor day 31: months start on the last day of shorter ones
        ("month", 31, dt.date(2026, 3, 30), "2026-01-31", "2026-02-27"),
        ("month", 31, dt.date(2026, 3, 31), "2026-02-28", "2026-02-28"),
        ("month@2026-02-28", 31, TODAY, "2026-01-31", "2026-02-27"),
        ("month@2026-04-30", 31, TODAY, "2026-03-31", "2026-04-29"),
    ],
)
def test_a_billing_month_is_compared_with_the_first_days_of_the_one_before(
    text, anchor, today, first, last
):
    assert (first, last) == compared(text, anchor=anchor, today=today)


def test_the_month_before_is_the_stored_one():
    stored = [
        BillingMonth(Period(dt.date(2026, 10, 20), dt.date(2026, 11, 1))),
        BillingMonth(Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))),
    ]
    assert ("2026-10-20", "2026-10-31") == compared("month", stored=stored)


@pytest.mark.parametrize("text", ["month", "7d", "30d", "month@2026-10-03"])
def test_there_is_none_when_the_history_is_shorter(text):
    start = dt.date.fromisoformat(compared(text)[0])
    assert compared(text, first_day=start) is not None
    assert compared(text, first_day=start + DAY) is None
    assert compared(text, first_day=None) is None


def test_a_view_knows_what_it_is_compared_with():
    assert Period(dt.date(2026, 10, 3), dt.date(2026, 10, 23)) == view().previous
    assert view(of=account(first_day=dt.date(2026, 10, 4))).previous is None


DATES = st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1))


@given(DATES, st.integers(1, 740), st.integers(1, 31))
def test_days_are_compared_with_as_many_that_end_where_they_start(start, days, anchor):
    of = Range("days", "custom", Period(start, start + DAY * days))
    found = previous_period(of, BillingCalendar((), anchor), LONG_AGO)
    assert (days, start) == (found.days, found.end)


@given(DATES, st.integers(1, 31))
def test_a_billing_month_is_compared_within_the_one_before(today, anchor):
    calendar = BillingCalendar((), anchor)
    month = calendar.month_of(today).period
    before = calendar.month_of(month.start - DAY).period
    of = parse("month", Bounds(calendar, today))
    found = previous_period(of, calendar, LONG_AGO)
    assert before.start == found.start
    assert min(of.period.days, before.days) == found.days
    assert found.end <= month.start
