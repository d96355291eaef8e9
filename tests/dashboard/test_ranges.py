"""The range language: what each text means, what is refused, and where the steps lead."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ranges import (
    CHOICES,
    PRESETS,
    Bounds,
    RangeError,
    earlier,
    later,
    months_back,
    parse,
)
from data.periods import BillingCalendar, BillingMonth, Period

TODAY = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)


def bounds(anchor=3, today=TODAY, first_day=dt.date(2024, 10, 7), stored=()):
    return Bounds(BillingCalendar.of(stored, anchor), today, first_day)


def days(text, **facts):
    period = parse(text, bounds(**facts)).period
    return str(period.start), str(period.last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("month", "2026-11-03", "2026-11-22"),
        ("7d", "2026-11-16", "2026-11-22"),
        ("30d", "2026-10-24", "2026-11-22"),
        ("90d", "2026-08-25", "2026-11-22"),
        ("month@2026-10-03", "2026-10-03", "2026-11-02"),
        ("2026-03-01..2026-03-15", "2026-03-01", "2026-03-15"),
        ("2026-11-22..2026-11-22", "2026-11-22", "2026-11-22"),
        ("2024-11-23..2026-11-22", "2024-11-23", "2026-11-22"),
    ],
)
def test_what_a_range_means(text, first, last):
    assert (first, last) == days(text)
    assert text == parse(text, bounds()).text


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)))
def test_presets_have_exactly_their_days_and_end_today(today):
    for text, count in PRESETS.items():
        period = parse(text, bounds(today=today, first_day=None)).period
        assert (count, today) == (period.days, period.last)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-03-15..2026-03-01", "range.reversed"),
        ("2026-11-01..2026-11-23", "range.future"),
        ("1976-01-01..2026-01-01", "range.long"),
        ("2024-11-22..2026-11-22", "range.long"),
        ("2024-01-01..2024-02-01", "range.early"),
        ("0001-01-01..0001-01-02", "range.early"),
        ("month@2024-01-03", "range.early"),
        ("month@0001-01-01", "range.early"),
        ("month@2026-10-04", "range.month"),
        ("month@2026-12-03", "range.future"),
        ("month@9999-12-31", "range.future"),
        ("2026-02-30..2026-03-01", "range.day"),
        ("", "range.text"),
        ("1d", "range.text"),
        ("7D", "range.text"),
        (" 7d", "range.text"),
        ("٢٠٢٦-٠١-٠١..٢٠٢٦-٠١-٠٢", "range.text"),
        ("2026-03-01..2026-03-15\n", "range.text"),
        ("'; drop table entries; --", "range.text"),
        ("{{7*7}}", "range.text"),
        ("<img onerror=alert(1)>", "range.text"),
        ("x" * 1_000_000, "range.text"),
    ],
)
def test_what_is_refused_and_why(text, code):
    with pytest.raises(RangeError) as refused:
        parse(text, bounds())
    assert code == refused.value.code
    assert len(refused.value.sentence) < 200


@given(st.text())
def test_any_text_is_a_range_or_a_range_error(text):
    try:
        found = parse(text, bounds()).period
    except RangeError:
        return
    assert found.start <= found.last <= TODAY


def test_the_drawn_sentences():
    sentences = {
        "2026-03-15..2026-03-01": "The start is after the end.",
        "2026-11-01..2026-11-23": "Choose days up to today.",
        "2024-11-22..2026-11-22": "Choose 24 months or less.",
    }
    for text, sentence in sentences.items():
        with pytest.raises(RangeError) as refused:
            parse(text, bounds())
        assert sentence == refused.value.sentence


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("month", "month@2026-10-03", None),
        ("month@2026-10-03", "month@2026-09-03", "month"),
        ("7d", "2026-11-09..2026-11-15", None),
        ("2026-11-09..2026-11-15", "2026-11-02..2026-11-08", "7d"),
        ("2026-09-24..2026-10-23", "2026-08-25..2026-09-23", "30d"),
        ("2026-11-10..2026-11-20", "2026-10-30..2026-11-09", "2026-11-12..2026-11-22"),
        ("2024-10-07..2024-10-09", None, "2024-10-10..2024-10-12"),
    ],
)
def test_where_the_steps_lead(text, before, after):
    current, limits = parse(text, bounds()), bounds()
    steps = (earlier(current, limits), later(current, limits))
    assert (before, after) == tuple(step.text if step else None for step in steps)


@given(st.integers(0, 600), st.integers(1, 200))
def test_every_step_can_be_typed_and_keeps_the_length(back, length):
    last = TODAY - DAY * back
    first = max(last - DAY * (length - 1), dt.date(2024, 10, 7))
    limits = bounds()
    current = parse(f"{first}..{last}", limits)
    for step in (earlier(current, limits), later(current, limits)):
        if step is not None:
            assert step == parse(step.text, limits)
            assert current.period.days == step.period.days


def test_months_step_through_stored_periods():
    stored = [BillingMonth(Period(dt.date(2026, 9, 10), dt.date(2026, 10, 20)))]
    limits = bounds(stored=stored)
    texts = []
    step = parse("month", limits)
    while step and len(texts) < 4:
        texts.append(step.text)
        step = earlier(step, limits)
    assert ["month", "month@2026-10-20", "month@2026-09-10", "month@2026-09-03"] == texts


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-11-23", 24, "2024-11-23"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
    ],
)
def test_months_back_is_by_the_calendar(day, count, expected):
    assert expected == str(months_back(dt.date.fromisoformat(day), count))


def test_the_pickers_choices_are_the_drawn_ones():
    labels = [(choice.label, choice.short) for choice in CHOICES]
    assert [
        ("This billing month", "Month"),
        ("7 days", "7 d"),
        ("30 days", "30 d"),
        ("90 days", "90 d"),
        ("Custom", "Custom"),
    ] == labels
