"""The page's language: every example of the design's rules, and what lies just beside them."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import words
from data.periods import DAY, Period

M = 1_000_000
TODAY = dt.date(2026, 11, 22)


def days(first: str, last: str) -> Period:
    return Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last) + DAY)


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (0, "0"),
        (1, "<1"),
        (499_999, "<1"),
        (500_000, "1"),
        (1_499_999, "1"),
        (1_500_000, "2"),
        (12_340 * M, "12,340"),
        (2_037_500_000, "2,038"),
        (-120 * M, "−120"),
        (-500_000, "−1"),
        (-499_999, "−<1"),
        (10**18, "1,000,000,000,000"),
    ],
)
def test_credits(micro, text):
    assert words.credits(micro) == text


@given(st.integers(min_value=-(10**18), max_value=10**18))
def test_credits_are_rounded_once_and_half_away_from_zero(micro):
    exact = Fraction(micro, M)
    nearest = int(abs(exact) + Fraction(1, 2)) * (-1 if micro < 0 else 1)
    assert words.rounded(micro, M) == nearest


@pytest.mark.parametrize(
    ("micro", "text"),
    [(0, "0 credits"), (1, "<1 credit"), (M, "1 credit"), (2038 * M, "2,038 credits")],
)
def test_amount(micro, text):
    assert words.amount(micro) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(21_400, 23_300, "21,400–23,300"), (500, 500, "500"), (-120, 40, "−120–40")],
)
def test_between(low, high, text):
    assert words.between(low * M, high * M) == text


@pytest.mark.parametrize(
    ("whole", "text"),
    [
        (0, "0"), (500, "500"), (1_000, "1k"), (1_200, "1.2k"), (1_250, "1.25k"), (25_000, "25k"),
        (22_300, "22.3k"), (1_200_000, "1.2M"), (999_900, "999.9k"), (-500, "−500"),
        (-2_500, "−2.5k"), (3_000_000_000, "3B"),
    ],
)  # fmt: skip
def test_axis_labels(whole, text):
    assert words.short(whole * M) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (44, 100, "44%"), (445, 1000, "45%"), (4, 1000, "<1%"), (5, 1000, "1%"), (0, 10, "0%"),
        (10, 10, "100%"), (2, 1, "200%"), (-1, 10, "–"), (1, 0, "–"), (20_001, 1, "2,000,100%"),
    ],
)  # fmt: skip
def test_share(part, whole, text):
    assert words.share(part, whole) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (172, 100, "+72%"), (91, 100, "−9%"), (1000, 1000, "0%"), (1001, 1000, "0%"),
        (5, 0, "new"), (0, 0, "0%"), (1099, 100, "+999%"), (1100, 100, "10× or more"),
        (-50, 100, "−150%"), (0, 100, "−100%"), (5, -10, "new"), (0, -10, "–"),
        (-10, -10, "0%"), (-5, 0, "–"), (-20, -10, "–"),
    ],
)  # fmt: skip
def test_change(now, before, text):
    assert words.change(now, before) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (127, 100, "up 27% on 3–22 Oct"),
        (91, 100, "down 9% on 3–22 Oct"),
        (0, 100, "down 100% on 3–22 Oct"),
        (1000, 1000, "the same as in 3–22 Oct"),
        (0, 0, "the same as in 3–22 Oct"),
        (1001, 1000, "about the same as in 3–22 Oct"),
        (999, 1000, "about the same as in 3–22 Oct"),
        (5, 0, "up from none in 3–22 Oct"),
        (1099, 100, "up 999% on 3–22 Oct"),
        (1100, 100, "10 times or more what it was in 3–22 Oct"),
        (5, -10, "up from −10 in 3–22 Oct"),
        (-5, -10, "up from −10 in 3–22 Oct"),
        (-20, -10, "down from −10 in 3–22 Oct"),
        (-5, 0, "down from none in 3–22 Oct"),
        (-5, 1_234, "down from 1,234 in 3–22 Oct"),
    ],
)
def test_a_change_in_a_sentence(now, before, text):
    assert words.compared(now * M, before * M, "3–22 Oct") == text


@pytest.mark.parametrize(
    ("amount", "of", "text"),
    [(2038, 850, "2.4"), (245, 100, "2.5"), (1, Fraction(1, 2), "2.0"), (12, 1, "12.0")],
)
def test_multiple(amount, of, text):
    assert words.multiple(amount, of) == text


@pytest.mark.parametrize(
    ("things", "text"), [(1, "1 workspace"), (4, "4 workspaces"), (2187, "2,187 workspaces")]
)
def test_count(things, text):
    assert words.count(things, "workspace") == text


def test_dates():
    day = dt.date(2026, 11, 12)
    assert words.weekday(day, TODAY) == "Thu 12 Nov"
    assert words.weekday(dt.date(2025, 3, 12), TODAY) == "Wed 12 Mar 2025"
    assert words.full_day(day) == "Thu 12 Nov 2026"
    assert words.day_and_month(dt.date(2026, 11, 8)) == "8 Nov"
    assert words.month(day) == "Nov"
    assert words.month_and_year(day) == "November 2026"
    assert words.months(dt.date(2025, 12, 1), dt.date(2026, 11, 1)) == "Dec 2025 – Nov 2026"


@pytest.mark.parametrize(
    ("first", "last", "heading", "sentence"),
    [
        ("2026-11-03", "2026-11-22", "3 – 22 Nov 2026", "3–22 Nov"),
        ("2026-10-24", "2026-11-22", "24 Oct – 22 Nov 2026", "24 Oct – 22 Nov"),
        ("2025-03-10", "2025-03-16", "10 – 16 Mar 2025", "10–16 Mar 2025"),
        ("2025-12-24", "2026-01-22", "24 Dec 2025 – 22 Jan 2026", "24 Dec 2025 – 22 Jan 2026"),
        ("2024-11-03", "2025-11-22", "3 Nov 2024 – 22 Nov 2025", "3 Nov 2024 – 22 Nov 2025"),
        ("2026-11-04", "2026-11-04", "4 Nov 2026", "4 Nov"),
        ("2025-12-25", "2025-12-27", "25 – 27 Dec 2025", "25–27 Dec 2025"),
    ],
)
def test_periods(first, last, heading, sentence):
    period = days(first, last)
    assert words.heading(period) == heading
    assert words.sentence(period, TODAY) == sentence.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-11-03", "2026-11-22", "3–22 Nov 2026"),
        ("2026-10-24", "2026-11-22", "24 Oct – 22 Nov 2026"),
        ("2025-12-24", "2026-01-22", "24 Dec 2025 – 22 Jan 2026"),
        ("2026-11-04", "2026-11-04", "4 Nov 2026"),
    ],
)
def test_days_with_their_year_whatever_the_year_is(first, last, text):
    assert words.dated(days(first, last)) == text.replace(" ", "\u00a0")


def test_the_range_beside_its_picker():
    assert words.resolved(days("2026-11-03", "2026-11-22")) == "3 – 22 Nov 2026 · 20 days"
    assert words.resolved(days("2026-11-03", "2026-11-03")) == "3 Nov 2026 · 1 day"


@pytest.mark.parametrize(
    ("text", "first", "last", "name"),
    [
        ("month", "2026-11-03", "2026-11-22", "This billing month"),
        ("7d", "2026-11-16", "2026-11-22", "Last 7 days"),
        ("30d", "2026-10-24", "2026-11-22", "Last 30 days"),
        ("2025-03-10..2025-03-16", "2025-03-10", "2025-03-16", "10–16\u00a0Mar\u00a02025"),
        ("month@2026-10-03", "2026-10-03", "2026-11-02", "3\u00a0Oct\u00a0–\u00a02\u00a0Nov"),
    ],
)
def test_range_name(text, first, last, name):
    assert words.range_name(text, days(first, last), TODAY) == name


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (dt.timedelta(seconds=59), "just now"),
        (dt.timedelta(minutes=3, seconds=59), "3 min ago"),
        (dt.timedelta(minutes=24), "24 min ago"),
        (dt.timedelta(minutes=60), "1 h ago"),
        (dt.timedelta(hours=2, minutes=46), "2 h 46 min ago"),
        (dt.timedelta(hours=47, minutes=59), "47 h 59 min ago"),
        (dt.timedelta(days=3, hours=5), "3 days ago"),
    ],
)
def test_age(passed, text):
    assert words.age(passed) == text


def test_a_moment_is_on_the_accounts_clock():
    instant = dt.datetime(2026, 11, 12, 9, 14, tzinfo=dt.UTC)
    assert words.moment(instant, ZoneInfo("UTC")) == "12 Nov 2026, 09:14"
    assert words.moment(instant, ZoneInfo("Asia/Kathmandu")) == "12 Nov 2026, 14:59"


def test_the_first_line_on_paper_names_account_range_and_moment():
    now = dt.datetime(2026, 11, 22, 20, 12, tzinfo=dt.UTC)
    period = days("2026-11-03", "2026-11-22")
    line = "Credits · Acme · 3 – 22 Nov 2026 · printed 22 Nov 2026, 20:12 UTC"
    assert words.printed("Acme", period, now, ZoneInfo("UTC")) == line
    line = "Credits · Acme · 3 – 22 Nov 2026 · printed 23 Nov 2026, 01:57 Asia/Kathmandu"
    assert words.printed("Acme", period, now, ZoneInfo("Asia/Kathmandu")) == line


def test_refunds_above_use_are_named_up_to_three():
    four = [("a", -M), ("b", -2 * M), ("c", -3 * M), ("d", -4 * M)]
    assert words.refunds_exceed(four[:1], "reason") == "Refunds exceed use for a (−1)."
    assert words.refunds_exceed(four, "reason") == "Refunds exceed use for 4 reasons (−10)."
