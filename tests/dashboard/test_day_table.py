"""The daily table says each bar and its reasons, newest first, and adds up to the range."""

from __future__ import annotations

import datetime as dt

import pytest

from dashboard import words
from dashboard.days import history_window
from dashboard.panels.daily_usage import PANEL
from data.frames import DAY_REASON_COLUMNS, frame
from data.periods import DAY
from tests.dashboard.built_frames import (
    MICRO,
    account,
    daily,
    micros,
    steady,
    trace,
    view,
    view_of_days,
    with_days,
)

OCR, CHAT = "enhanced_ocr", "premium_chat"


def reason_days(of, nets=steady, *, code=OCR, extra=()):
    """Every day's net as one reason, then rows of (day, reason, used, refunded) in credits."""
    days = (day for day in history_window(of.period) if day <= of.today)
    rows = [(day, code, max(nets(day), 0), max(-nets(day), 0)) for day in days if nets(day)]
    more = [(day, reason, used * MICRO, back * MICRO) for day, reason, used, back in extra]
    return frame([*rows, *more], DAY_REASON_COLUMNS)


def table(of, nets=steady, **more):
    return PANEL.table(reason_days(of, nets, **more), of)


def names(made):
    return [row.cells[0] for row in made.rows]


def column(made, name, rows=None):
    place = [column.name for column in made.columns].index(name)
    return [row.cells[place] for row in (made.rows if rows is None else rows)]


def test_a_row_for_each_bar_newest_first():
    of = view("30d")
    made = table(of)
    assert ["Sun 22 Nov, so far", "Sat 21 Nov", "Fri 20 Nov"] == names(made)[:3]
    drawn = micros(trace(daily(of), "Credits")["y"])
    assert [words.credits(net) for net in reversed(drawn)] == column(made, "Credits")
    assert [0] * 30 == [row.level for row in made.rows]


def test_days_before_the_range_stand_under_their_own_sum():
    of = view("7d")
    made = table(of)
    inside, (head, *before) = made.rows[:7], made.rows[7:]
    assert [0] * 7 == [row.level for row in inside]
    assert [1] * 23 == [row.level for row in before]
    of_range = sum(steady(day) for day in of.period)
    of_context = sum(steady(of.period.start - DAY * back) for back in range(1, 24))
    assert ("Before the range", words.credits(of_context)) == head.cells[:2]
    assert ("Total, in range", words.credits(of_range)) == made.total.cells[:2]


def test_a_spike_is_named_and_every_day_is_compared():
    spike = dt.date(2026, 11, 12)
    made = table(view("30d"), with_days({spike: 2038}))
    against = dict(zip(names(made), column(made, "Against usual"), strict=True))
    assert against["Thu 12 Nov"].startswith("Spike, 2.")
    assert "1.0×" == against["Wed 11 Nov"]


def test_a_day_without_history_is_compared_with_nothing():
    young = view("7d", of=account(first_day=dt.date(2026, 11, 20)))
    nets = lambda day: steady(day) if day >= dt.date(2026, 11, 20) else 0  # noqa: E731
    made = table(young, nets)
    assert ["Sun 22 Nov, so far", "Sat 21 Nov", "Fri 20 Nov"] == names(made)
    assert ["–"] * 3 == column(made, "Against usual")


def test_a_spike_where_nothing_is_usual_has_no_multiple():
    spike = dt.date(2026, 11, 12)
    made = table(view("30d"), lambda day: 50 * MICRO if day == spike else 0)
    against = dict(zip(names(made), column(made, "Against usual"), strict=True))
    assert ("Spike", "–") == (against["Thu 12 Nov"], against["Wed 11 Nov"])


def test_one_column_for_each_reason_present_the_unknown_last():
    day = dt.date(2026, 11, 20)
    extra = [(day, CHAT, 90_000, 0), (day, "teleport", 99_000, 0)]
    made = table(view("7d"), extra=extra)
    assert [
        "Day", "Credits", "Against usual", "Premium-model chats", "Enhanced OCR", "teleport",
    ] == [column.name for column in made.columns]  # fmt: skip
    row = made.rows[2].cells
    assert words.credits(steady(day) + 189_000 * MICRO) == row[1]
    assert ("90,000", words.credits(steady(day)), "99,000") == row[3:]


def test_a_reason_of_the_history_alone_has_no_column():
    of = view("30d")
    old = of.period.start - DAY
    assert "Premium-model chats" not in [
        column.name for column in table(of, extra=[(old, CHAT, 5, 0)]).columns
    ]


def test_refunds_bring_their_columns_and_a_day_below_zero():
    day = dt.date(2026, 11, 20)
    made = table(view("7d"), lambda _: 0, extra=[(day, OCR, 10, 130)])
    assert ["Net credits", "Used", "Refunded"] == [
        column.name
        for column in made.columns
        if column.name in {"Credits", "Net credits", "Used", "Refunded"}
    ]
    assert ("Fri 20 Nov", "−120", "–", "−120", "10", "130") == made.rows[2].cells


def test_a_reason_that_was_only_refunded_has_its_column():
    day = dt.date(2026, 11, 20)
    made = table(view("7d"), extra=[(day, CHAT, 5, 5)])
    assert "0" == column(made, "Premium-model chats")[2]


@pytest.mark.parametrize("days", [93, 400])
def test_a_long_range_is_told_by_week(days):
    last = dt.date(2026, 11, 22)
    of = view_of_days(last - DAY * (days - 1), last)
    spike = dt.date(2026, 11, 12)
    nets = with_days({spike: 2038})
    made = table(of, nets)
    assert ("Week", "Days that stand out") == (made.columns[0].name, made.columns[2].name)
    assert ["16–22\u00a0Nov, so far", "9–15\u00a0Nov"] == names(made)[:2]
    assert made.rows[1].cells[2].startswith("Thu 12 Nov, 2.")
    assert "–" == made.rows[0].cells[2]
    drawn = micros(trace(daily(of, nets), "Credits")["y"])
    assert [words.credits(net) for net in reversed(drawn)] == column(made, "Credits")
    assert words.credits(sum(nets(day) for day in of.period)) == made.total.cells[1]


def test_the_caption_is_the_answer_and_the_days():
    made = table(view("7d"))
    drawn = daily(view("7d"))
    assert f"{drawn.answer} {drawn.dates}." == made.caption
