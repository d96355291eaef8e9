"""The previous period's marks in the charts: ticks, the second bar, their keys and their words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import day_table, words
from dashboard.days import counted_days, read_days
from dashboard.panel import KeyItem
from dashboard.panels import by_reason, by_workspace, daily_usage
from dashboard.weekday_means import weekday_means
from data.frames import DAY_REASON_COLUMNS, frame
from data.periods import DAY, Period
from tests.dashboard.built_frames import (
    MICRO,
    account,
    before,
    daily,
    daily_frame,
    draw,
    micros,
    reason_frame,
    steady,
    trace,
    traces,
    view,
    workspace_frame,
)
from tests.dashboard.seen import seen_notes

SEPTEMBER = "24\u00a0Sep\u00a0–\u00a023\u00a0Oct"
DRAWN = SEPTEMBER.replace("\u00a0", " ")  # in a figure, where no line is broken


def compared(text="30d", **more):
    return replace(view(text, **more), compares=True)


# --- days -----------------------------------------------------------------------------------


@given(st.dates(dt.date(2000, 1, 1), dt.date(2050, 1, 1)), st.lists(st.integers(), max_size=40))
def test_a_mean_is_that_of_the_days_of_its_weekday(start, amounts):
    days = Period(start, start + DAY * len(amounts))
    nets = dict(zip(days, amounts, strict=True))
    made = weekday_means(nets, days)
    for weekday in range(7):
        of = [net for day, net in nets.items() if day.weekday() == weekday]
        assert made.means.get(weekday) == (Fraction(sum(of), len(of)) if of else None)


def test_a_day_whose_weekday_is_not_known_has_no_mean():
    monday = dt.date(2026, 11, 16)
    made = weekday_means({monday: 5}, Period(monday, monday + DAY))
    assert made.over(Period(monday + DAY * 7, monday + DAY * 8)) == 5
    assert made.over(Period(monday + DAY, monday + DAY * 2)) is None
    assert weekday_means({}, None) is None


def mean_before(of, day):
    """A second way: steady amounts of the same weekday in the previous period."""
    same = [steady(one) for one in of.previous if one.weekday() == day.weekday()]
    return Fraction(sum(same), len(same))


def test_a_tick_crosses_each_bar_of_the_range_at_the_mean_of_its_weekday():
    of = compared()
    drawing = daily(of)
    made, halo = trace(drawing, "Previous"), trace(drawing, "Previous halo")
    assert (made["x"], made["y"]) == (halo["x"], halo["y"])
    assert made["line"]["width"] < halo["line"]["width"]
    assert [-0.36, 0.36, None, 0.64, 1.36, None] == pytest.approx(made["x"][:6])
    found = [value for value in made["y"] if value is not None][::2]
    assert [float(mean_before(of, day) / MICRO) for day in of.period] == found
    assert KeyItem(f"Same weekday in {SEPTEMBER}, average", "text", "line") == drawing.key[-1]


def test_days_before_the_range_have_no_tick():
    drawing = daily(compared("7d"))
    places = [value for value in trace(drawing, "Previous")["x"] if value is not None]
    assert 14 == len(places)
    assert min(places) == pytest.approx(22.64)


def test_the_scale_holds_a_day_that_is_lower_than_it_used_to_be():
    low = daily(compared(), lambda day: steady(day) * (9 if day < dt.date(2026, 10, 24) else 1))
    highest = max(value for value in trace(low, "Previous")["y"] if value is not None)
    assert low.figure["layout"]["yaxis"]["range"][1] >= highest > 7_000


def test_a_week_is_compared_with_its_weekdays_added_up():
    of = compared("2026-08-01..2026-11-22")
    found = [value for value in trace(daily(of), "Previous")["y"] if value is not None][::2]
    bars = read_days(daily_frame(of), of).bars
    wanted = [sum(mean_before(of, day) for day in bar.days) for bar in bars]
    assert [float(mean / MICRO) for mean in wanted] == found


def test_hover_and_table_say_the_mean_of_the_chart():
    of = compared()
    drawing = daily(of)
    shown = words.credits(mean_before(of, of.today))
    hover = trace(drawing, "Credits")["hovertext"][-1]
    assert hover.endswith(f"<br>Same weekday in {DRAWN}: {shown} on average")
    rows = ((day, "enhanced_ocr", steady(day), 0) for day in counted_days(of))
    made = daily_usage.table(frame(rows, DAY_REASON_COLUMNS), of)
    assert ["Day", "Credits", "Against usual", "Same weekday before", "Enhanced OCR"] == [
        column.name for column in made.columns
    ]
    assert [words.credits(mean_before(of, day)) for day in reversed(list(of.period))] == [
        row.cells[3] for row in made.rows
    ]
    assert ("Total", "") == (made.total.cells[0], made.total.cells[3])


@pytest.mark.parametrize(
    "of",
    [
        view(),
        compared(of=account(first_day=dt.date(2026, 10, 1))),
        compared("2026-11-18..2026-11-20"),  # three weekdays after three others
    ],
)
def test_where_nothing_is_compared_there_is_no_mark(of):
    drawing = daily(of)
    assert [] == traces(drawing, "Previous")
    assert "average" not in str(drawing.key)
    assert "on average" not in str(drawing.figure)


# --- reasons --------------------------------------------------------------------------------

REASONS = before(
    reason_frame(
        ("enhanced_ocr", None, 600),
        ("workflow_run", "redaction", 300),
        ("premium_chat", None, 100),
        ("compose_render", None, 0),
    ),
    *(300, 250, 400, 50),
)


def reasons(of, found=REASONS):
    return draw(by_reason.PANEL, found, of)


def test_a_thinner_second_bar_has_its_own_shares_and_dates():
    drawing = reasons(compared())
    made = traces(drawing, "Previous")
    assert [300, 250, 400, 50] == [part["x"][0] for part in made]
    assert {("x2", "y2")} == {(part["xaxis"], part["yaxis"]) for part in made}
    colours = {part["marker"]["color"] for part in traces(drawing, "Credits")}
    assert colours <= {part["marker"]["color"] for part in made}
    assert {"60%", "30%", "25%", "40%", DRAWN} <= {*plain_notes(drawing)}
    layout = drawing.figure["layout"]
    assert [0, 1000] == layout["xaxis2"]["range"]
    plot = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    low, high = layout["yaxis2"]["domain"]
    assert (12, 34) == (
        round(plot * (high - low)),
        round(plot * (1 - layout["yaxis"]["domain"][0])),
    )


def plain_notes(drawing, window=1440):
    return [text.replace("<b>", "").replace("</b>", "") for text in seen_notes(drawing, window)]


def test_a_share_that_would_run_into_the_dates_is_left_out():
    found = before(reason_frame(("enhanced_ocr", None, 5), ("premium_chat", None, 4)), 75, 25)
    assert "25%" not in plain_notes(reasons(compared(), found))
    earlier = before(reason_frame(("enhanced_ocr", None, 5), ("premium_chat", None, 4)), 55, 45)
    assert "45%" in plain_notes(reasons(compared(), earlier))
    assert "45%" not in plain_notes(reasons(compared(), earlier), 359)


def test_refunds_of_then_are_no_part_of_the_bar():
    found = before(reason_frame(("enhanced_ocr", None, 5), ("premium_chat", None, 4)), 80, -20)
    drawing = reasons(compared(), found)
    assert [80] == [part["x"][0] for part in traces(drawing, "Previous")]
    assert "100%" in plain_notes(drawing)


def test_a_previous_period_without_use_is_said():
    found = before(reason_frame(("enhanced_ocr", None, 5)), 0)
    drawing = reasons(compared(), found)
    assert [] == traces(drawing, "Previous")
    assert f"No credits used in {DRAWN}" in plain_notes(drawing)


def test_both_bars_say_both_periods_on_hover():
    drawing = reasons(compared())
    assert f"300 in {DRAWN} · +100%" in trace_of(drawing, "Credits", 0)["hovertext"][0]
    second = trace_of(drawing, "Previous", 1)["hovertext"][0]
    assert f"<b>Workflow runs: Redaction</b><br>250 credits · 25%<br>{DRAWN}" == second


def trace_of(drawing, name, place):
    return traces(drawing, name)[place]


def test_without_compare_the_bar_stands_alone():
    drawing = reasons(view())
    assert [] == traces(drawing, "Previous")
    assert 72 == drawing.height == reasons(compared()).height - 52


# --- workspaces -----------------------------------------------------------------------------

NAMES = [(str(n), f"W{n:02d}", "team", 120 - n) for n in range(11)]
WORKSPACES = before(workspace_frame(*NAMES, ("past", "Past", "team", 0)), 500, *range(1, 11), 7)


def workspaces(of):
    return draw(by_workspace.PANEL, WORKSPACES, of)


def test_a_tick_stands_at_what_each_workspace_was():
    drawing = workspaces(compared())
    made = trace(drawing, "Previous")
    ends = [value for value in made["x"] if value is not None]
    assert [500, *range(1, 8), 8 + 9 + 10 + 7] == ends[::2] == ends[1::2]
    low, high = drawing.figure["layout"]["xaxis"]["range"]
    assert (0, 500) == (low, high)
    assert (KeyItem(SEPTEMBER, "text", "tick"),) == drawing.key
    assert f"500 in {DRAWN} · −76%" in trace(drawing, "Credits")["hovertext"][0]


def test_a_workspace_of_then_counts_among_the_others_while_it_is_compared():
    assert "Other (4 workspaces)" in str(seen_notes(workspaces(compared())))
    assert "Other (3 workspaces)" in str(seen_notes(workspaces(view())))


def test_without_compare_there_is_no_tick_and_no_key():
    drawing = workspaces(view())
    assert [] == traces(drawing, "Previous")
    assert () == drawing.key
    assert 333 == drawing.figure["layout"]["xaxis"]["range"][1]


def test_ticks_are_as_exact_as_bars():
    of = compared()
    ends = [value for value in trace(workspaces(of), "Previous")["x"] if value is not None]
    assert sum(WORKSPACES["before"]) == sum(micros(ends[::2]))


def test_the_day_table_has_the_column_only_while_compared():
    of = view("30d")
    rows = ((day, "enhanced_ocr", steady(day), 0) for day in counted_days(of))
    made = daily_usage.table(frame(rows, DAY_REASON_COLUMNS), of)
    assert "Same weekday before" not in [column.name for column in made.columns]
    assert day_table.NOTHING not in [row.cells[1] for row in made.rows]
