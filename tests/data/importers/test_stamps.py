"""A stamp becomes one instant, by the rules at the head of the module; datetime is the oracle."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.column_types import from_micros, to_micros
from data.importers.cells import BadCellError
from data.importers.stamps import StampRule

local_times = st.datetimes(
    dt.datetime.fromisoformat("1970-01-04"), dt.datetime.fromisoformat("9998-12-27")
)
UTC = StampRule("at", ZoneInfo("UTC"))


def london(**rules):
    return StampRule("at", ZoneInfo("Europe/London"), **rules)


def utc(text):
    return to_micros(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC))


@given(local_times)
def test_a_stamp_without_offset_is_utc_to_the_microsecond(moment):
    assert from_micros(UTC.micros(moment.isoformat(" "))) == moment.replace(tzinfo=dt.UTC)


@given(
    local_times,
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
)
def test_an_offset_says_itself_when_it_was(moment, minutes):
    aware = moment.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))
    assert london().micros(aware.isoformat()) == to_micros(aware)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22", "2026-11-22T00:00"),
        ("2026-11-22T11:29", "2026-11-22T11:29"),
        ("2026-11-22 11:29:05", "2026-11-22T11:29:05"),
        ("2026-11-22T11:29:05Z", "2026-11-22T11:29:05"),
        ("2026-11-22T11:29:05z", "2026-11-22T11:29:05"),
        ("2026-11-22 11:29:05 +05:45", "2026-11-22T05:44:05"),
        ("2026-11-22T11:29:05-0330", "2026-11-22T14:59:05"),
        ("2026-11-22T11:29:05.5", "2026-11-22T11:29:05.500000"),
        ("2023-11-16 18:15:46.6805900", "2023-11-16T18:15:46.680590"),
        ("2026-11-22T23:59:59.9999999", "2026-11-22T23:59:59.999999"),
    ],
)
def test_the_ways_to_write_a_stamp(text, expected):
    assert UTC.micros(text) == utc(expected)


@pytest.mark.parametrize(
    "text",
    [
        *("", "22.11.2026", "20261122", "1700000000", "2026-W47-7", "tomorrow", "now"),
        *("2026-02-30", "0000-00-00", "２０２６-11-22", "1970-01-02", "9999-12-31"),
        *("2026-11-22T", "2026-11-22Tx", "2026-11-22T25:00", "2026-11-22T11:29:60"),
        *("2026-11-22T11:29.5", "2026-11-22T11:29:05+25:00", "2026-11-22T11:29:05+05:75"),
    ],
)
def test_what_is_no_stamp_is_refused(text):
    with pytest.raises(BadCellError):
        UTC.micros(text)


def test_a_zone_puts_summer_and_winter_where_they_belong():
    assert london().micros("2011-03-26 12:00:00") == utc("2011-03-26T12:00")
    assert london().micros("2011-03-28 12:00:00") == utc("2011-03-28T11:00")
    assert london().micros("2011-10-29 12:00:00") == utc("2011-10-29T11:00")
    assert london().micros("2011-10-31 12:00:00") == utc("2011-10-31T12:00")


def test_a_local_time_that_clocks_skipped_is_refused():
    with pytest.raises(BadCellError, match="Europe/London skipped"):
        london().micros("2011-03-27 01:30:00")


def test_or_shifted_as_if_the_clock_had_not_been_put_forward():
    shifted = london(nonexistent="shift").micros("2011-03-27 01:30:00")
    assert shifted == utc("2011-03-27T01:30")
    assert shifted == london().micros("2011-03-27 02:30:00")


@pytest.mark.parametrize(
    ("rule", "expected"), [("earlier", "2011-10-30T00:30"), ("later", "2011-10-30T01:30")]
)
def test_a_local_time_that_happened_twice_is_the_one_the_map_says(rule, expected):
    assert london(ambiguous=rule).micros("2011-10-30 01:30:00") == utc(expected)


def test_the_earlier_one_unless_told_otherwise():
    assert london().micros("2011-10-30 01:30:00") == utc("2011-10-30T00:30")


def test_or_is_refused():
    with pytest.raises(BadCellError, match="Europe/London showed this local time twice"):
        london(ambiguous="refuse").micros("2011-10-30 01:30:00")


def test_the_gap_of_a_half_hour_zone():
    rule = StampRule("at", ZoneInfo("Australia/Lord_Howe"))
    with pytest.raises(BadCellError):
        rule.micros("2026-10-04 02:15:00")
    assert rule.micros("2026-10-04 02:30:00") == utc("2026-10-03T15:30")


def test_a_day_that_never_was():
    with pytest.raises(BadCellError):
        StampRule("at", ZoneInfo("Pacific/Apia")).micros("2011-12-30 12:00")


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        ("seconds", "600", "2025-01-01T00:10"),
        ("seconds", "0.5", "2025-01-01T00:00:00.500000"),
        ("seconds", "0.1234567", "2025-01-01T00:00:00.123456"),
        ("seconds", "-60", "2024-12-31T23:59"),
        ("milliseconds", "1500", "2025-01-01T00:00:01.500000"),
        ("microseconds", "7", "2025-01-01T00:00:00.000007"),
    ],
)
def test_a_number_is_counted_from_the_epoch(unit, text, expected):
    rule = StampRule("at", None, epoch=utc("2025-01-01"), unit=unit)
    assert rule.micros(text) == utc(expected)


@pytest.mark.parametrize("text", ["", "12:30", "1e40", "NaN", "2025-01-01"])
def test_what_is_no_number_is_refused_by_an_epoch(text):
    with pytest.raises(BadCellError):
        StampRule("at", None, epoch=0).micros(text)
