"""The projection and its interval, against a second implementation written from the rule."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.projection import Likely, Projection, days_needed, expected_days, project
from data.periods import DAY, Period

M = 1_000_000
TODAY = dt.date(2026, 11, 22)  # a Sunday
MONTH = Period(dt.date(2026, 11, 3), dt.date(2026, 12, 3))
LONG_AGO = dt.date(2020, 1, 1)


# --- the same rule again, from the day outwards ---------------------------------------------


def is_free(day):
    return day.isoweekday() in {6, 7}


def weight(age):
    """Of a day so many days before the morning of the projection, yesterday being 1."""
    return {0: 4, 1: 2, 2: 1, 3: 1}.get((age - 1) // 14, 0)


def mean(nets, morning, first_day, free):
    weighed = [
        (weight(age), nets[morning - DAY * age])
        for age in range(1, 57)
        if morning - DAY * age >= first_day and is_free(morning - DAY * age) == free
    ]
    if not weighed:
        return None
    of = sum(by for by, _ in weighed)
    return max(Fraction(sum(by * net for by, net in weighed), of), Fraction(0))


def ahead(nets, morning, days, first_day):
    """What so many days from `morning` on should use; None when a kind is unknown."""
    free = [is_free(morning + DAY * step) for step in range(days)]
    means = {kind: mean(nets, morning, first_day, kind) for kind in set(free)}
    return None if None in means.values() else sum(means[kind] for kind in free)


def misses(nets, today, left, first_day):
    """How far off the rule was, over as many days, from each of 112 earlier mornings."""
    mornings = [today - DAY * (left + back) for back in range(112)]
    return [
        ahead(nets, morning, left, first_day)
        - sum(nets[morning + DAY * step] for step in range(left))
        for morning in mornings
        if (morning - first_day).days >= 14
    ]


def for_reader(used, rest):
    exact = Fraction(used + rest) / M
    unit = 10 if abs(exact) < 1000 else 100
    size = int(abs(exact) / unit + Fraction(1, 2)) * unit
    return max(size * M if exact >= 0 else -size * M, used)


def expected(nets, month, today, first_day):
    """What is used, what is still to come, and how far off the rule was; None for each unknown."""
    left = (month.end - today).days
    used = sum(nets[day] for day in nets if month.start <= day <= today)
    rest = ahead(nets, today, left, first_day)
    if rest is None:
        return used, None, None
    usual = ahead(nets, today, 1, first_day)
    rest += max(usual - nets[today], 0) - usual
    tried = misses(nets, today, left, first_day)
    if len(tried) < 56:
        return used, rest, None
    return used, rest, Fraction(isqrt(int(sum(miss**2 for miss in tried) / len(tried))))


@st.composite
def ledgers(draw):
    """Up to 230 days that end today: a weekly rhythm with spikes, holes and refunds."""
    count = draw(st.sampled_from([1, 3, 5, 13, 40, 90, 120, 230]))
    level = draw(st.sampled_from([1, 7, 150, 800, 10**6]))
    cycle = draw(st.lists(st.integers(0, 3 * level * M), min_size=7, max_size=7))
    odd = draw(
        st.dictionaries(st.integers(0, count - 1), st.integers(-9 * level * M, 9 * level * M))
    )
    start = TODAY - DAY * (count - 1)
    nets = {TODAY - DAY * back: 0 for back in range(400)}
    for place in range(count):
        nets[start + DAY * place] = odd.get(place, cycle[place % 7])
    return nets, start


@given(ledgers(), st.integers(3, 29))
def test_the_projection_is_that_of_the_rule(made, days_before):
    nets, first_day = made
    month = Period(TODAY - DAY * days_before, TODAY - DAY * days_before + DAY * 30)
    used, rest, off = expected(nets, month, TODAY, first_day)
    found = project(nets, month, TODAY, first_day)
    if rest is None:
        assert found is None
        return
    assert found.amount == for_reader(used, rest)
    assert (found.likely is None) == (off is None)
    if off is not None:
        away, hair = Fraction(128, 100) * off, 10  # micro-credits: each miss is rounded down
        lows = [for_reader(used, rest - away + step) for step in (-hair, hair)]
        highs = [for_reader(used, rest + away + step) for step in (-hair, hair)]
        assert lows[0] <= found.likely.low <= lows[1]
        assert highs[0] <= found.likely.high <= highs[1]


@given(ledgers(), st.integers(3, 29))
def test_used_low_amount_and_high_are_in_order(made, days_before):
    nets, first_day = made
    month = Period(TODAY - DAY * days_before, TODAY - DAY * days_before + DAY * 30)
    used = sum(nets[day] for day in Period(month.start, TODAY + DAY))
    found = project(nets, month, TODAY, first_day)
    if found and found.likely:
        assert used <= found.likely.low <= found.amount <= found.likely.high
    elif found:
        assert used <= found.amount


@given(ledgers(), st.integers(3, 29), st.integers(0, 10**10))
def test_more_use_today_never_projects_less(made, days_before, more):
    nets, first_day = made
    month = Period(TODAY - DAY * days_before, TODAY - DAY * days_before + DAY * 30)
    found = project(nets, month, TODAY, first_day)
    if found:
        then = project({**nets, TODAY: nets[TODAY] + more}, month, TODAY, first_day)
        assert found.amount <= then.amount <= found.amount + more + 100 * M


@given(ledgers(), st.integers(3, 29))
def test_the_days_ahead_add_up_to_what_is_still_to_come(made, days_before):
    nets, first_day = made
    month = Period(TODAY - DAY * days_before, TODAY - DAY * days_before + DAY * 30)
    _, rest, _ = expected(nets, month, TODAY, first_day)
    days = expected_days(nets, month, TODAY, first_day)
    assert (rest is None) == (days is None)
    if days:
        assert rest == sum(days.values())
        assert list(Period(TODAY, month.end)) == list(days)


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.dates(MONTH.start + DAY * 3, MONTH.last))
def test_a_ledger_that_repeats_its_week_is_projected_exactly(workday, free, today):
    """Nothing was ever missed, so the interval is the amount, however far today has come."""

    def use(day):
        return (free if is_free(day) else workday) * M

    nets = {day: use(day) for day in days_needed(MONTH, today)} | {today: use(today) // 3}
    whole = sum(map(use, MONTH))
    found = project(nets, MONTH, today, LONG_AGO)
    so_far = sum(nets[day] for day in Period(MONTH.start, today + DAY))
    assert found == Projection(
        for_reader(so_far, whole - so_far), Likely(found.amount, found.amount)
    )


@given(st.dates(MONTH.start + DAY * 3, MONTH.last))
def test_the_days_needed_are_all_that_is_asked_for(today):
    needed = days_needed(MONTH, today)
    nets = {day: day.toordinal() % 7 * M for day in needed}
    found = project(nets, MONTH, today, LONG_AGO)
    earlier = {needed.start - DAY * back: 10**9 * M for back in range(1, 200)}
    assert found == project({**nets, **earlier}, MONTH, today, LONG_AGO)
    assert found.likely is not None


# --- by hand --------------------------------------------------------------------------------


def rhythm(workday, free, count=400):
    """The same credits on every Monday to Friday, and on every weekend day, up to today."""
    days = (TODAY - DAY * back for back in range(count))
    return {day: (free if is_free(day) else workday) * M for day in days}


def test_the_design_s_own_month():
    """3 Nov – 2 Dec on Sunday 22 Nov: 14 workdays and 6 free days are over, 8 and 2 to come."""
    nets = rhythm(880, 205)
    assert (14 * 880 + 6 * 205 + 8 * 880 + 2 * 205) == 21_000
    exact = Projection(21_000 * M, Likely(21_000 * M, 21_000 * M))
    assert exact == project(nets, MONTH, TODAY, LONG_AGO)


def test_the_newest_fortnight_counts_four_times_the_oldest():
    """Workdays of 100 up to four weeks ago, then 200, then 300: (4 × 300 + 2 × 200 + 100 + 100)
    ÷ 8 = 225; on weekends nothing."""
    nets = rhythm(100, 0)
    for back, credits_ in ((28, 200), (14, 300)):
        nets |= {TODAY - DAY * n: credits_ * M for n in range(1, back + 1)
                 if not is_free(TODAY - DAY * n)}  # fmt: skip
    days = expected_days(nets, MONTH, TODAY, LONG_AGO)
    assert 225 * M == days[TODAY + DAY]
    assert 0 == days[TODAY]


def test_the_interval_is_1_28_times_how_far_off_the_rule_was():
    """The last day of a month, Wednesday 2 Dec: workdays were 100 and 300 by turns, four weeks
    each. Every trial is for one day, and misses it by what the old weeks weigh in the mean."""
    last = MONTH.last
    nets = {last - DAY * back: (300 if back // 28 % 2 else 100) * M for back in range(400)}
    found = project({**nets, last: 0}, MONTH, last, LONG_AGO)
    used, rest, off = expected({**nets, last: 0}, MONTH, last, LONG_AGO)
    away = Fraction(128, 100) * off
    assert Likely(for_reader(used, rest - away), for_reader(used, rest + away)) == found.likely
    assert found.likely.low < found.amount < found.likely.high


@pytest.mark.parametrize(
    ("so_far", "still"), [(-50, 450), (0, 400), (100, 300), (400, 0), (900, 0)]
)
def test_of_today_only_the_rest_up_to_its_mean_is_added(so_far, still):
    monday = dt.date(2026, 11, 23)
    nets = {**rhythm(400, 400), monday: so_far * M}
    assert still * M == expected_days(nets, MONTH, monday, LONG_AGO)[monday]


def test_refunds_above_the_use_are_not_projected():
    nets = {**rhythm(0, 0), TODAY - DAY: -5_000 * M, TODAY - DAY * 3: -300 * M}
    assert -5_300 * M == project(nets, MONTH, TODAY, LONG_AGO).amount


def test_nothing_is_projected_before_day_four():
    nets = rhythm(800, 0)
    assert project(nets, MONTH, dt.date(2026, 11, 5), LONG_AGO) is None
    assert expected_days(nets, MONTH, dt.date(2026, 11, 5), LONG_AGO) is None
    assert project(nets, MONTH, dt.date(2026, 11, 6), LONG_AGO) is not None


def test_nothing_is_projected_for_a_month_that_is_over():
    over = Period(dt.date(2026, 10, 3), dt.date(2026, 11, 3))
    assert project(rhythm(800, 0), over, TODAY, LONG_AGO) is None


@pytest.mark.parametrize(
    ("used", "projected"),
    [(994, 994), (995, 1000), (999, 1000), (1049, 1049), (1050, 1100), (12_349, 12_349), (0, 0)],
)
def test_the_projection_is_rounded_for_the_reader_but_never_below_what_is_used(used, projected):
    last = MONTH.last
    nets = {last - DAY * back: 0 for back in range(400)} | {last: used * M}
    assert project(nets, MONTH, last, LONG_AGO).amount == projected * M


def test_a_new_account_projects_nothing():
    assert project(rhythm(0, 0), MONTH, TODAY, None) is None
    assert project(rhythm(0, 0), MONTH, TODAY, TODAY) is None


def test_no_projection_while_a_kind_of_day_has_no_history():
    """An account opened on a Monday knows nothing of weekends on Thursday."""
    month = Period(dt.date(2026, 11, 16), dt.date(2026, 12, 16))
    thursday = dt.date(2026, 11, 19)
    nets = dict.fromkeys(days_needed(month, thursday), 800 * M)
    assert project(nets, month, thursday, month.start) is None


@pytest.mark.parametrize(("age", "is_told"), [(79, False), (80, True)])
def test_an_interval_takes_a_fortnight_of_history_and_56_trials_of_the_days_left(age, is_told):
    """11 days are left, today included, so 14 + 11 + 55 = 80 complete days are needed."""
    found = project(rhythm(800, 100), MONTH, TODAY, TODAY - DAY * age)
    assert (found.likely is not None) is is_told
