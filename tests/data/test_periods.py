"""Days and billing months against `astimezone` and the calendar, in zones that are hard."""

from __future__ import annotations

import calendar
import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.periods import (
    DAY,
    UNKNOWN,
    UNLIMITED,
    Allowance,
    BillingCalendar,
    BillingMonth,
    Period,
    anchor_date,
    anchor_month,
    last_days,
    local_day,
    segments,
    span,
    zone,
)
from tests.examples import examples
from tests.strategies import ANCHORS, HARD_DAYS, instants_near

HOUR = dt.timedelta(hours=1)
ALL_ZONES = sorted(available_timezones())
hard_instants = st.sampled_from(sorted(HARD_DAYS)).flatmap(
    lambda name: st.tuples(
        st.just(name), st.sampled_from(HARD_DAYS[name]).flatmap(lambda d: instants_near(name, d))
    )
)
any_instants = st.tuples(
    st.sampled_from(ALL_ZONES),
    st.integers(365 * 86_400, 33_000 * 86_400).map(  # 1971 to 2060
        lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC)
    ),
)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def one_day(date: dt.date) -> Period:
    return Period(date, date + DAY)


def holding(instant: dt.datetime, period: Period, tz: ZoneInfo) -> list[dt.date]:
    """The local day that each segment of `period` holding the instant would give it."""
    return [
        found.first_day + DAY * ((instant - found.midnight) // DAY)
        for found in segments(period, tz)
        if found.start <= instant < found.end
    ]


# --- local days -----------------------------------------------------------------------------


def assert_lies_in_its_own_day_only(name: str, instant: dt.datetime) -> None:
    tz = ZoneInfo(name)
    own = instant.astimezone(tz).date()
    assert own == local_day(instant, tz)
    for steps in (-2, -1, 1, 2):
        assert [] == holding(instant, one_day(own + DAY * steps), tz)
    for before, after in ((0, 0), (1, 0), (0, 1), (6, 0), (40, 40), (0, 400)):
        period = Period(own - DAY * before, own + DAY * (after + 1))
        assert [own] == holding(instant, period, tz)


@examples(300)
@given(hard_instants)
@example(("Pacific/Apia", utc("2011-12-30T10:00")))
@example(("Pacific/Apia", utc("2011-12-30T09:59:59.999999")))
@example(("America/St_Johns", utc("2006-10-29T02:31")))
def test_an_instant_lies_in_its_own_local_day_and_in_no_other_in_hard_zones(case):
    assert_lies_in_its_own_day_only(*case)


@examples(150)
@given(any_instants)
def test_an_instant_lies_in_its_own_local_day_and_in_no_other_in_any_zone(case):
    assert_lies_in_its_own_day_only(*case)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL_ZONES)
def test_every_hour_of_two_years_lies_in_its_own_local_day(name):
    tz = ZoneInfo(name)
    for first in (utc("2026-01-01T00:00"), utc("2011-06-01T00:15")):
        last = local_day(first + DAY * 364, tz)
        found = segments(Period(local_day(first, tz) - DAY, last + DAY * 2), tz)
        for hours in range(364 * 24):
            instant = first + HOUR * hours
            days = [
                piece.first_day + DAY * ((instant - piece.midnight) // DAY)
                for piece in found
                if piece.start <= instant < piece.end
            ]
            assert [local_day(instant, tz)] == days


@given(hard_instants, st.integers(1, 500), st.integers(0, 500))
def test_two_halves_of_a_period_hold_what_the_whole_holds(case, days, cut):
    """Sums over any partition of a range equal the range, since its instants do."""
    name, instant = case
    tz = ZoneInfo(name)
    start = local_day(instant, tz) - DAY * (days // 2)
    whole = Period(start, start + DAY * days)
    middle = start + DAY * min(cut, days)
    halves = (Period(start, middle), Period(middle, whole.end))
    whole_length = sum((s.end - s.start for s in segments(whole, tz)), dt.timedelta())
    half_length = sum(
        (s.end - s.start for half in halves for s in segments(half, tz)), dt.timedelta()
    )
    assert whole_length == half_length
    assert holding(instant, whole, tz) == [
        found for half in halves for found in holding(instant, half, tz)
    ]


@given(hard_instants)
def test_segments_are_in_order_apart_and_begin_at_or_after_their_midnight(case):
    name, instant = case
    middle = local_day(instant, ZoneInfo(name))
    found = segments(Period(middle - DAY * 200, middle + DAY * 200), ZoneInfo(name))
    for piece in found:
        assert piece.midnight <= piece.start < piece.end
    for before, after in pairwise(found):
        assert before.end <= after.start


def test_an_empty_period_has_no_segments():
    assert () == segments(Period(day("2026-03-29"), day("2026-03-29")), ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "UTC\0", "Europe"])
def test_a_zone_that_is_none_is_refused_with_its_name(name):
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        zone(name)


# --- clock changes by name --------------------------------------------------------------------


def bounds(date: str, name: str) -> list[tuple[str, str]]:
    pieces = segments(one_day(day(date)), ZoneInfo(name))
    return [(f"{s.start:%m-%dT%H:%M}", f"{s.end:%m-%dT%H:%M}") for s in pieces]


def hours(date: str, name: str) -> float:
    pieces = segments(one_day(day(date)), ZoneInfo(name))
    return sum((s.end - s.start for s in pieces), dt.timedelta()) / HOUR


@pytest.mark.parametrize(
    ("date", "name", "expected"),
    [
        ("2026-03-08", "America/New_York", 23),
        ("2026-11-01", "America/New_York", 25),
        ("2026-03-29", "Europe/Berlin", 23),
        ("2026-10-25", "Europe/Berlin", 25),
        ("2026-04-05", "Australia/Lord_Howe", 24.5),
        ("2026-10-04", "Australia/Lord_Howe", 23.5),
        ("2026-04-05", "Pacific/Chatham", 25),
        ("2026-09-27", "Pacific/Chatham", 23),
        ("1986-01-01", "Asia/Kathmandu", 23.75),
        ("2026-11-22", "Asia/Kathmandu", 24),
        ("2026-04-24", "Africa/Cairo", 23),
        ("2026-10-29", "Africa/Cairo", 25),
        ("2026-03-29", "Asia/Beirut", 23),
        ("2026-10-24", "Asia/Beirut", 25),
        ("2011-12-30", "Pacific/Apia", 0),
        ("2011-12-29", "Pacific/Apia", 24),
        ("2006-04-02", "America/St_Johns", 23),
    ],
)
def test_a_local_day_has_as_many_hours_as_its_clocks_gave_it(date, name, expected):
    assert expected == hours(date, name)


def test_kathmandu_days_begin_at_quarter_past_six_in_the_evening_utc():
    assert [("11-21T18:15", "11-22T18:15")] == bounds("2026-11-22", "Asia/Kathmandu")


def test_lord_howe_turns_half_an_hour_inside_one_day():
    assert [("04-04T13:00", "04-04T15:00"), ("04-04T15:00", "04-05T13:30")] == (
        bounds("2026-04-05", "Australia/Lord_Howe")
    )


def test_chatham_is_three_quarters_of_an_hour_off():
    assert [("11-21T10:15", "11-22T10:15")] == bounds("2026-11-22", "Pacific/Chatham")


@pytest.mark.parametrize(
    ("name", "date", "first_hour"),
    [("Asia/Beirut", "2026-03-29", "2026-03-28T22:00"), ("Africa/Cairo", "2026-04-24", None)],
)
def test_a_day_without_midnight_begins_at_one(name, date, first_hour):
    tz = ZoneInfo(name)
    start = segments(one_day(day(date)), tz)[0].start
    assert dt.time(1) == start.astimezone(tz).time()
    if first_hour:
        assert utc(first_hour) == start


def test_the_hour_that_beirut_repeats_before_midnight_stays_in_the_old_day():
    """At 24:00 the clocks go back to 23:00, so 2026-10-24 comes in one stretch of 25 hours."""
    tz = ZoneInfo("Asia/Beirut")
    repeated = utc("2026-10-24T21:30")
    assert "2026-10-24T23:30" == f"{repeated.astimezone(tz):%Y-%m-%dT%H:%M}"
    assert [day("2026-10-24")] == holding(repeated, one_day(day("2026-10-24")), tz)
    assert [] == holding(repeated, one_day(day("2026-10-25")), tz)


def test_apia_had_no_30th_of_december_2011():
    tz = ZoneInfo("Pacific/Apia")
    assert () == segments(one_day(day("2011-12-30")), tz)
    week = Period(day("2011-12-27"), day("2012-01-03"))
    assert 7 == week.days
    lived = sum((s.end - s.start for s in segments(week, tz)), dt.timedelta())
    assert DAY * 6 == lived


def test_st_johns_went_back_across_midnight_so_a_day_comes_in_two_pieces():
    """At 00:01 on 2006-10-29 the clocks went back to 23:01 of the 28th."""
    assert [("10-28T02:30", "10-29T02:30"), ("10-29T02:31", "10-29T03:30")] == (
        bounds("2006-10-28", "America/St_Johns")
    )
    assert [("10-29T02:30", "10-29T02:31"), ("10-29T03:30", "10-30T03:30")] == (
        bounds("2006-10-29", "America/St_Johns")
    )


# --- periods ----------------------------------------------------------------------------------


@given(st.sampled_from([7, 30, 90]), st.dates(day("1990-01-01"), day("2060-01-01")))
def test_a_preset_is_exactly_n_calendar_days_that_end_today(count, today):
    period = last_days(count, today)
    assert count == period.days == len(list(period))
    assert today == period.last
    assert today in period
    assert today + DAY not in period
    assert period.start == dt.date.fromordinal(today.toordinal() - count + 1)


def test_a_period_that_ends_before_it_starts_is_refused_with_both_days():
    with pytest.raises(ValueError, match="2026-03-02 … 2026-03-01"):
        Period(day("2026-03-02"), day("2026-03-01"))


@given(*[st.dates(day("2026-01-01"), day("2026-01-20"))] * 4)
def test_two_periods_overlap_when_they_share_a_day(a, b, c, d):
    one, other = Period(min(a, b), max(a, b)), Period(min(c, d), max(c, d))
    assert bool(set(one) & set(other)) == (
        one.overlaps(other) if one.days and other.days else False
    )


@given(*[st.dates(day("2026-01-01"), day("2026-01-20"))] * 3)
def test_a_period_until_a_day_keeps_the_days_before_it(a, b, cut):
    period = Period(min(a, b), max(a, b))
    assert [date for date in period if date < cut] == list(period.until(cut))


# --- billing months ---------------------------------------------------------------------------

near_days = st.dates(day("2023-10-01"), day("2024-10-01"))
allowances = st.sampled_from([UNKNOWN, UNLIMITED, Allowance("number", 0), Allowance("number", 9)])
stored_months = st.lists(
    st.builds(
        lambda start, length, allowance: BillingMonth(
            Period(start, start + DAY * length), allowance
        ),
        near_days,
        st.sampled_from([1, 2, 14, 28, 30, 31, 45, 200]),
        allowances,
    ),
    max_size=6,
)


def starts_from_the_anchor(anchor_day: int, first: int, last: int) -> list[dt.date]:
    """Every billing month's first day of these years, each from the anchor alone."""
    return [
        dt.date(year, month, min(anchor_day, calendar.monthrange(year, month)[1]))
        for year in range(first, last + 1)
        for month in range(1, 13)
    ]


@pytest.mark.parametrize("anchor_day", ANCHORS)
def test_a_derived_month_begins_at_the_last_anchor_and_ends_at_the_next(anchor_day):
    starts = starts_from_the_anchor(anchor_day, 2022, 2029)
    for date in Period(day("2023-01-01"), day("2028-12-31")):
        start = max(begin for begin in starts if begin <= date)
        end = min(begin for begin in starts if begin > date)
        assert Period(start, end) == anchor_month(date, anchor_day)


def test_a_short_month_does_not_shorten_the_months_after_it():
    """Anchor 31: the month before February's end is no anchor for March."""
    months = BillingCalendar.of((), 31).last_months(4, day("2026-05-31"))
    assert ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"] == [
        f"{month.period.start}" for month in months
    ]
    assert day("2026-06-30") == months[-1].period.end


def test_a_leap_year_moves_the_anchor_of_february():
    assert day("2028-02-29") == anchor_date(2028, 2, 30)
    assert day("2027-02-28") == anchor_date(2027, 2, 30)


@examples(200)
@given(stored_months, st.sampled_from(ANCHORS))
def test_every_day_lies_in_exactly_one_billing_month(stored, anchor_day):
    """Stored or derived, and where the stored ones overlap or leave gaps."""
    billing = BillingCalendar.of(stored, anchor_day)
    date = day("2023-06-15")
    while date < day("2025-06-15"):
        month = billing.month_of(date)
        assert date == month.period.start or date == day("2023-06-15")
        assert month.period.days > 0
        assert {month} == {billing.month_of(inside) for inside in month.period}
        assert month == billing.before(billing.after(month))
        date = month.period.end


@examples(200)
@given(stored_months, st.sampled_from(ANCHORS), near_days)
def test_a_stored_month_that_nothing_overlaps_is_kept_as_it_is(stored, anchor_day, date):
    billing = BillingCalendar.of(stored, anchor_day)
    alone = [m for m in stored if sum(m.period.overlaps(other.period) for other in stored) == 1]
    for month in alone:
        assert month == billing.month_of(month.period.start)
        assert month == billing.month_of(month.period.last)


@examples(200)
@given(stored_months, st.sampled_from(ANCHORS), near_days)
def test_a_gap_is_filled_by_anchor_months_clipped_to_the_gap(stored, anchor_day, date):
    ordered = sorted(month.period for month in stored)
    ends = [*(later.start for later in ordered[1:]), dt.date.max]  # a later start ends the earlier
    covered = {d for whole, end in zip(ordered, ends, strict=False) for d in whole if d < end}
    found = BillingCalendar.of(stored, anchor_day).month_of(date)
    if date in covered:
        return
    whole = anchor_month(date, anchor_day)
    before = [inside for inside in covered if whole.start <= inside < date]
    after = [inside for inside in covered if date < inside < whole.end]
    expected = Period(max(before) + DAY if before else whole.start, min([*after, whole.end]))
    assert BillingMonth(expected, UNKNOWN) == found


@examples(200)
@given(stored_months, st.sampled_from(ANCHORS), st.integers(1, 14), near_days)
def test_the_last_months_are_contiguous_and_end_with_the_one_that_holds_the_day(
    stored, anchor_day, count, date
):
    months = BillingCalendar.of(stored, anchor_day).last_months(count, date)
    assert count == len(months)
    assert date in months[-1].period
    assert [m.period.end for m in months[:-1]] == [m.period.start for m in months[1:]]
    assert span(months).days == sum(month.period.days for month in months)


def test_of_two_stored_months_that_overlap_the_later_start_ends_the_earlier():
    first = BillingMonth(Period(day("2026-01-01"), day("2026-02-01")), UNLIMITED)
    second = BillingMonth(Period(day("2026-01-20"), day("2026-02-20")), UNKNOWN)
    billing = BillingCalendar.of([second, first], 1)
    assert BillingMonth(Period(day("2026-01-01"), day("2026-01-20")), UNLIMITED) == (
        billing.month_of(day("2026-01-19"))
    )
    assert second == billing.month_of(day("2026-01-20"))


@pytest.mark.parametrize(("kind", "micro"), [("number", None), ("none", 5), ("unknown", 0)])
def test_an_allowance_has_an_amount_exactly_when_it_is_a_number(kind, micro):
    with pytest.raises(ValueError, match=kind):
        Allowance(kind, micro)
