"""Usual day and spikes against a second implementation, written from the rules."""

from __future__ import annotations

import datetime as dt
import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import findings
from data.periods import DAY, Period

M = 1_000_000
TODAY = dt.date(2026, 11, 22)
LONG_AGO = dt.date(2020, 1, 1)


# --- the same rules again, in fractions and from the day outwards ---------------------------


def history(nets, day, first_day, today, weekend):
    """The complete days of one kind among the 28 before `day`."""
    before = [day - DAY * step for step in range(1, 29)]
    return [
        Fraction(nets[one])
        for one in before
        if first_day <= one < today and (one.isoweekday() in {6, 7}) == weekend
    ]


def expected_spike(nets, day, first_day, today):
    same = history(nets, day, first_day, today, day.isoweekday() in {6, 7})
    if len(same) < 5:
        return None
    median = statistics.median(same)
    deviation = statistics.median([abs(one - median) for one in same])
    deviation = max(deviation, median * Fraction(5, 100))
    limit = median + 5 * Fraction("1.4826") * deviation
    used = [one for one in same if one > 0]
    if used and nets[day] < Fraction(3, 2) * statistics.median(used):
        return False
    return nets[day] > limit and nets[day] >= Fraction(3, 2) * median and nets[day] > 0


@st.composite
def ledgers(draw):
    """Up to 70 days that end today, mostly alike, with holes, halves and refunds."""
    count = draw(st.integers(1, 70))
    level = draw(st.sampled_from([0, 1, 7, 150, 800, 10**9]))
    amounts = st.one_of(
        st.just(level * M),
        st.integers(-3, 3).map(lambda step: level * M + step),
        st.integers(0, 3 * max(level, 1) * M),
        st.integers(-level * M, 0),
    )
    nets = draw(st.lists(amounts, min_size=count, max_size=count))
    start = TODAY - DAY * (count - 1)
    filled = {start - DAY * step: 0 for step in range(1, 100)}
    return {**filled, **{start + DAY * place: net for place, net in enumerate(nets)}}, start


@given(ledgers())
def test_spikes_are_those_of_the_rule(made):
    nets, first_day = made
    days = [day for day in nets if first_day <= day <= TODAY]
    complete = findings.complete_days(first_day, TODAY)
    usual = findings.usual_days(nets, days, complete)
    expected = {day: expected_spike(nets, day, first_day, TODAY) for day in days}
    assert set(usual) == {day for day in days if expected[day] is not None}
    found = findings.spikes(nets, usual)
    assert {spike.day for spike in found} == {day for day in days if expected[day]}
    assert [spike.net for spike in found] == sorted((s.net for s in found), reverse=True)


# --- by hand --------------------------------------------------------------------------------


def weekdays(net: int, count: int = 60) -> dict[dt.date, int]:
    """`net` credits on weekdays and nothing on weekend days, up to today."""
    days = (TODAY - DAY * step for step in range(count))
    return {day: net * M if day.weekday() < 5 else 0 for day in days}


def usual_on(nets, day, first_day=LONG_AGO):
    return findings.usual_day(nets, day, findings.complete_days(first_day, TODAY))


def test_a_usual_day_is_the_median_of_its_kind():
    nets = weekdays(800)
    assert usual_on(nets, dt.date(2026, 11, 20)).median == 800 * M
    assert usual_on(nets, dt.date(2026, 11, 21)).median == 0


def test_the_median_of_an_even_count_keeps_its_half():
    nets = {TODAY - DAY * step: step % 2 for step in range(60)}
    assert usual_on(nets, dt.date(2026, 11, 20)).median == Fraction(1, 2)


def test_five_days_of_history_are_enough_and_four_are_not():
    friday = dt.date(2026, 11, 20)
    assert usual_on(weekdays(800), friday, first_day=dt.date(2026, 11, 13)) is not None
    assert usual_on(weekdays(800), friday, first_day=dt.date(2026, 11, 16)) is None


def test_a_running_day_is_no_history():
    """Yesterday's usual day knows nothing of today, nor does any day of a later view."""
    nets = {**weekdays(800), TODAY: 10**9 * M}
    complete = findings.complete_days(LONG_AGO, TODAY)
    assert TODAY not in complete
    assert findings.usual_day(nets, TODAY + DAY * 7, complete).median == 0


def test_days_before_the_account_are_no_history():
    opened = dt.date(2026, 11, 2)
    nets = {day: net if day >= opened else 0 for day, net in weekdays(800).items()}
    assert usual_on(nets, dt.date(2026, 11, 20), opened).median == 800 * M


@pytest.mark.parametrize(
    ("net", "is_spike"),
    [(1_199_999_999, False), (1_200_000_000, True), (1_096_520_001, False)],
)
def test_half_as_much_again_is_the_least_of_a_spike(net, is_spike):
    """With equal days the deviation is 5% of the median: 800 × (1 + 7.413 × 0.05) = 1,096.52."""
    usual = usual_on(weekdays(800), dt.date(2026, 11, 20))
    assert usual.is_exceeded_by(net) is is_spike


def test_scattered_days_need_more_than_half_as_much_again():
    """Days of 600 and 1,000 in turn: median 800, deviation 200, so 800 + 7.413 × 200 = 2,282.6."""
    days = [TODAY - DAY * step for step in range(1, 60)]
    workdays = [day for day in days if day.weekday() < 5]
    nets = dict.fromkeys(days, 0)
    nets |= {day: (600 if place % 2 else 1000) * M for place, day in enumerate(workdays)}
    usual = usual_on(nets, dt.date(2026, 11, 19))
    assert not usual.is_exceeded_by(2_282_600_000)
    assert usual.is_exceeded_by(2_282_600_001)


def test_a_day_that_uses_something_where_usually_nothing_is_used_stands_out():
    usual = usual_on(weekdays(800), dt.date(2026, 11, 21))
    assert usual.is_exceeded_by(1)
    assert not usual.is_exceeded_by(0)


@pytest.mark.parametrize(("weeks", "flagged"), [(1, 0), (2, 0), (3, 0), (4, 1), (6, 1)])
def test_the_days_after_weeks_without_use_do_not_stand_out(weeks, flagged):
    """But for the first, where nothing was used in all of the 28 days before it."""
    back = dt.date(2026, 11, 9)
    nets = weekdays(800, 120)
    for day in Period(back - DAY * 7 * weeks, back):
        nets[day] = 0
    days = [day for day in Period(back, TODAY) if day.weekday() < 5]
    usual = findings.usual_days(nets, days, findings.complete_days(LONG_AGO, TODAY))
    assert [spike.day for spike in findings.spikes(nets, usual)] == [back] * flagged


def test_single_days_without_use_change_nothing():
    holidays = {dt.date(2026, 11, 11), dt.date(2026, 11, 2)}
    nets = {day: 0 if day in holidays else net for day, net in weekdays(800).items()}
    days = [day for day in Period(dt.date(2026, 10, 26), TODAY) if day.weekday() < 5]
    usual = findings.usual_days(nets, days, findings.complete_days(LONG_AGO, TODAY))
    assert findings.spikes(nets, usual) == ()
    assert usual[dt.date(2026, 11, 20)].is_exceeded_by(1_200 * M)


def test_after_weeks_without_use_a_spike_stands_out_of_the_days_with_use():
    monday = dt.date(2026, 11, 16)
    nets = {day: 0 if monday - DAY * 21 <= day < monday else net
            for day, net in weekdays(800).items()}  # fmt: skip
    usual = usual_on(nets, monday)
    assert usual.median == 0
    assert usual.is_exceeded_by(1_200 * M)
    assert not usual.is_exceeded_by(1_200 * M - 1)
