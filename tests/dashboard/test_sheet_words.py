"""Each sentence of the sheet, by its case."""

from __future__ import annotations

import datetime as dt

import pytest

from dashboard import sheet_words
from dashboard.findings import Usual
from dashboard.table import Sum
from data.entries import Order
from data.periods import Period
from data.schema import MICRO

TODAY = dt.date(2026, 11, 22)
THURSDAY, SATURDAY = dt.date(2026, 11, 12), dt.date(2026, 11, 14)
OCTOBER = Period(dt.date(2026, 10, 3), dt.date(2026, 10, 23))


def usual(credits_):
    return Usual(2 * credits_ * MICRO, 0, 2 * credits_ * MICRO)


@pytest.mark.parametrize(
    ("net", "day", "level", "expected"),
    [
        (2_038, THURSDAY, usual(850), "2.4 times a usual weekday"),
        (850, SATURDAY, usual(850), "1.0 times a usual weekend day"),
        (9_000, THURSDAY, usual(900), "10.0 times a usual weekday"),
        (5, THURSDAY, usual(0), "where a usual weekday has none"),
        (5, THURSDAY, usual(-3), "where a usual weekday has none"),
        (0, THURSDAY, usual(850), ""),
        (-120, THURSDAY, usual(850), ""),
        (2_038, THURSDAY, None, ""),
    ],
)
def test_a_day_against_its_usual(net, day, level, expected):
    assert expected == sheet_words.against_usual(net * MICRO, day, level)


@pytest.mark.parametrize(
    ("net", "before", "expected"),
    [
        (172, 100, "up 72% on 3–22\u00a0Oct"),
        (91, 100, "down 9% on 3–22\u00a0Oct"),
        (100, 100, "the same as in 3–22\u00a0Oct"),
        (5, 0, "up from none in 3–22\u00a0Oct"),
        (5, None, "up from none in 3–22\u00a0Oct"),
        (0, 0, "the same as in 3–22\u00a0Oct"),
        (-5, 10, "down from 10 in 3–22\u00a0Oct"),
        (1_100, 100, "10 times or more what it was in 3–22\u00a0Oct"),
    ],
)
def test_days_against_those_before(net, before, expected):
    micro = None if before is None else before * MICRO
    assert expected == sheet_words.against_previous(net * MICRO, micro, OCTOBER, TODAY)


def test_nothing_is_compared_where_the_history_is_shorter():
    assert "" == sheet_words.against_previous(5, None, None, TODAY)


@pytest.mark.parametrize(
    ("used", "refunded", "expected"),
    [
        (2_158, 120, "Used 2,158 · refunded 120"),
        (0, 1, "Used 0 · refunded 1"),
        (5, 0, ""),
        (0, 0, ""),
    ],
)
def test_what_makes_up_a_net_amount(used, refunded, expected):
    assert expected == sheet_words.refunds(Sum(used * MICRO, refunded * MICRO))


@pytest.mark.parametrize(
    ("of", "order", "expected"),
    [
        (143, Order.LARGEST, "of 143 entries, largest first"),
        (1_204, Order.NEWEST, "of 1,204 entries, newest first"),
        (1, Order.NEWEST, "of 1 entry"),
        (0, Order.LARGEST, "No entries"),
        (None, Order.NEWEST, "entries or more, newest first"),
    ],
)
def test_how_many_entries(of, order, expected):
    assert expected == sheet_words.count(of, order)


FIRST_DAY = dt.date(2024, 2, 1)
YEAR_BEFORE = "Entries are kept for 12 months. Daily totals go further back."


@pytest.mark.parametrize(
    ("first_kept", "start", "expected"),
    [
        (dt.date(2025, 11, 22), dt.date(2025, 3, 1), YEAR_BEFORE),
        (dt.date(2025, 11, 24), dt.date(2025, 11, 20), YEAR_BEFORE),
        (dt.date(2025, 11, 20), dt.date(2025, 11, 19), YEAR_BEFORE),
        (
            dt.date(2026, 10, 21),
            dt.date(2026, 10, 1),
            "Entries are kept for 1 month. Daily totals go further back.",
        ),
        (
            dt.date(2026, 3, 9),
            dt.date(2026, 2, 1),
            "Entries are kept from 9\u00a0Mar on. Daily totals go further back.",
        ),
        (
            dt.date(2025, 6, 10),
            dt.date(2025, 6, 1),
            "Entries are kept from 10\u00a0Jun\u00a02025 on. Daily totals go further back.",
        ),
        (None, dt.date(2026, 3, 1), "No entries are kept. Daily totals go further back."),
        (dt.date(2025, 11, 22), dt.date(2025, 11, 22), ""),
        (dt.date(2025, 11, 22), dt.date(2026, 11, 1), ""),
        (FIRST_DAY, dt.date(2024, 1, 1), ""),  # nothing was used before, so nothing is missing
    ],
)
def test_how_far_back_entries_are_kept(first_kept, start, expected):
    period = Period(start, start + dt.timedelta(5))
    assert expected == sheet_words.kept(first_kept, FIRST_DAY, period, TODAY)
