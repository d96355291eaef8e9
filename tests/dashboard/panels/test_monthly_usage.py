"""Monthly usage: twelve months, the allowance line in all its kinds, the projection."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.panel import KeyItem
from dashboard.panels.monthly_usage import PANEL
from dashboard.theme import LIGHT
from data.frames import total
from data.periods import Allowance, BillingCalendar, BillingMonth, Period
from tests.dashboard.built_frames import (
    MICRO,
    NONE,
    TODAY,
    UNKNOWN,
    account,
    draw,
    each,
    micros,
    monthly,
    monthly_frame,
    number,
    steady,
    texts,
    trace,
    traces,
    view,
    view_of_days,
    with_days,
)
from tests.dashboard.seen import seen_notes

DAY_2 = dt.date(2026, 11, 4)
LAST_YEAR = "2025-03-10..2025-03-16"


def labels(drawing):
    return drawing.figure["layout"]["xaxis"]["ticktext"]


def full_colour(drawing):
    """The months in full colour, by their first day."""
    bars = trace(drawing, "Credits")
    return [
        place
        for place, colour in zip(bars["x"], each(bars, "marker", "color"), strict=True)
        if colour == LIGHT.accent
    ]


# --- the windows of the design's picture of ranges ------------------------------------------


@pytest.mark.parametrize(
    ("text", "today", "first", "touched", "dates"),
    [
        ("7d", TODAY, "2025-12-03", ["2026-11-03"], "3 Dec 2025 – 2 Dec 2026"),
        ("30d", TODAY, "2025-12-03", ["2026-10-03", "2026-11-03"], "3 Dec 2025 – 2 Dec 2026"),
        (
            "90d",
            TODAY,
            "2025-12-03",
            ["2026-08-03", "2026-09-03", "2026-10-03", "2026-11-03"],
            "3 Dec 2025 – 2 Dec 2026",
        ),
        ("month", DAY_2, "2025-12-03", ["2026-11-03"], "3 Dec 2025 – 2 Dec 2026"),
        (LAST_YEAR, TODAY, "2024-04-03", ["2025-03-03"], "3 Apr 2024 – 2 Apr 2025"),
    ],
)
def test_twelve_months_that_end_with_the_ranges_last(text, today, first, touched, dates):
    drawing = monthly(view(text, today))
    places = trace(drawing, "Credits")["x"]
    assert len(places) == 12
    assert places[0] == first
    assert full_colour(drawing) == touched
    assert [label for label in labels(drawing) if "<b>" in label] == [
        f"<b>{dt.date.fromisoformat(place):%b}</b>" for place in touched
    ]
    assert drawing.dates == dates


@pytest.mark.parametrize(
    ("text", "first", "years"),
    [("month", "Dec", ["Jan<br>2026"]), (LAST_YEAR, "Apr<br>2024", ["Apr<br>2024", "Jan<br>2025"])],
)
def test_the_year_stands_under_january_and_under_the_first_month(text, first, years):
    drawing = monthly(view(text))
    assert labels(drawing)[0] == first
    assert [label for label in labels(drawing) if "<br>" in label] == years


def test_months_that_start_on_the_first_are_dated_by_name():
    drawing = monthly(view(of=account(anchor_day=1)))
    assert drawing.dates == "Dec 2025 – Nov 2026"
    assert trace(drawing, "Credits")["hovertext"][0].startswith(
        "<b>December 2025</b><br>20,500 of "  # no line of dates between
    )


def test_bars_are_whole_months():
    """The range touches one week of March 2025; its bar has all of the month."""
    made = view(LAST_YEAR)
    drawing = monthly(made)
    march = Period(dt.date(2025, 3, 3), dt.date(2025, 4, 3))
    expected = sum(map(steady, march))
    shown = micros(trace(drawing, "Credits")["y"])[-1]
    over = micros(trace(drawing, "Over the allowance")["y"])[-1]
    assert shown == 10_000 * MICRO
    assert shown + over == expected


# --- the running month ----------------------------------------------------------------------


def quiet(day):
    """About 13,000 credits a month."""
    return steady(day) * 2 // 3


def test_the_running_month_is_hatched_so_far_and_outlined_to_its_projection():
    drawing = monthly(view(), with_days({dt.date(2026, 11, 12): 10_000}, quiet))
    bars = trace(drawing, "Credits")
    assert each(bars, "marker", "pattern", "shape") == [""] * 11 + ["/"]
    within = trace(drawing, "Projected")
    beyond = trace(drawing, "Projected over the allowance")
    assert within["x"] == beyond["x"] == ["2026-11-03"]
    assert within["marker"]["line"] == {"color": LIGHT.accent, "width": 1}
    assert beyond["marker"]["line"] == {"color": LIGHT.over, "width": 1}
    so_far = micros(bars["y"])[-1]
    assert so_far < 20_000 * MICRO
    assert so_far + micros(within["y"])[0] == 20_000 * MICRO
    projected = 20_000 * MICRO + micros(beyond["y"])[0]
    assert projected % (100 * MICRO) == 0
    assert f"<b>{projected / MICRO / 1000:.1f}k</b>" in seen_notes(drawing)


def test_what_is_over_already_is_hatched_in_its_own_colour():
    drawing = monthly(view(), with_days({dt.date(2026, 11, 12): 30_000}))
    over = trace(drawing, "Over the allowance")
    assert over["x"][-1] == "2026-11-03"
    assert each(over, "marker", "pattern", "shape")[-1] == "/"
    assert traces(drawing, "Projected") == []
    assert trace(drawing, "Projected over the allowance")["x"] == ["2026-11-03"]


def test_before_day_four_nothing_is_projected():
    made = view("month", DAY_2)
    drawing = monthly(made, quiet)
    assert monthly_frame(made, quiet)["projection"].tolist() == [None] * 12
    assert traces(drawing, "Projected") == []
    assert "heading" not in drawing.answer
    assert [item.label for item in drawing.key][-1] == "So far"


def test_only_the_running_month_is_projected():
    frame = monthly_frame(view())
    assert frame["running"].tolist() == [False] * 11 + [True]
    assert frame["projection"].tolist()[:11] == [None] * 11
    assert frame["projection"].tolist()[11].amount % (100 * MICRO) == 0


def test_months_of_a_day_still_find_the_history_of_a_projection():
    """Twelve stored periods may be shorter than the history that a projection looks back on."""
    days = [BillingMonth(Period(dt.date(2026, 11, day), dt.date(2026, 11, day + 1)))
            for day in range(1, 18)]  # fmt: skip
    last = BillingMonth(Period(dt.date(2026, 11, 18), dt.date(2026, 12, 18)), number(100))
    of = account()
    object.__setattr__(of, "calendar", BillingCalendar.of([*days, last], 1))
    frame = monthly_frame(view_of_days(TODAY, TODAY, of))
    assert frame["start"].iloc[0] == dt.date(2026, 11, 7)
    found = frame["projection"].iloc[-1]
    assert found.likely.low > frame["net"].iloc[-1]


# --- the allowance --------------------------------------------------------------------------


def line(drawing):
    found = trace(drawing, "Allowance")
    return list(zip(found["x"], found["y"], strict=True))


def test_the_line_steps_at_the_edges_of_the_bars_and_is_labelled_at_each_step():
    drawing = monthly(view(), quiet)
    points = line(drawing)
    assert points[0] == (-0.5, 15_000)
    assert points[13:15] == [(6.5, 15_000), (6.5, 20_000)]
    assert points[-1] == (11.5, 20_000)
    halo, stroke = traces(drawing, "Halo") + traces(drawing, "Allowance")
    assert halo["line"] == {"color": LIGHT.surface, "width": 5, "shape": "linear"}
    assert stroke["line"] == {"color": LIGHT.line, "width": 1.75, "shape": "linear"}
    assert texts(drawing)[:2] == ["Allowance 15,000", "20,000"]


def test_the_line_and_its_labels_lie_on_the_bars():
    layout = monthly(view(), quiet).figure["layout"]
    assert layout["xaxis"]["range"] == layout["xaxis2"]["range"] == [-0.5, 11.5]
    assert (layout["xaxis2"]["overlaying"], layout["xaxis2"]["visible"]) == ("x", False)


def test_no_allowance_is_no_line():
    drawing = monthly(view(of=account(lambda _: NONE)))
    assert traces(drawing, "Allowance") == [] == traces(drawing, "Halo")
    assert traces(drawing, "Over the allowance") == []
    assert drawing.answer.startswith("Your plan has no monthly allowance. Nov is heading for ")
    assert " of " not in drawing.answer
    assert "no allowance" in trace(drawing, "Credits")["hovertext"][0]


def test_an_unknown_allowance_is_a_gap():
    def allowance(start):
        return UNKNOWN if start.month in {4, 5} else number(15_000)

    drawing = monthly(view(of=account(allowance)), quiet)
    points = line(drawing)
    place = points.index((None, None))
    assert (points[place - 1], points[place + 1]) == ((3.5, 15_000), (5.5, 15_000))
    assert texts(drawing)[:2] == ["Allowance 15,000", "15,000"]
    assert "allowance unknown" in trace(drawing, "Credits")["hovertext"][4]
    assert "9 full months with a known allowance" in drawing.answer


def test_all_unknown():
    drawing = monthly(view(of=account(lambda _: UNKNOWN)))
    assert traces(drawing, "Allowance") == []
    assert drawing.answer.startswith("The monthly allowance isn't known. Nov is heading for ")


def test_zero_is_an_allowance():
    drawing = monthly(view(of=account(lambda _: number(0))))
    assert {point[1] for point in line(drawing)} == {0}
    assert texts(drawing)[0] == "Allowance 0"
    assert set(trace(drawing, "Credits")["y"]) == {0}
    assert len(trace(drawing, "Over the allowance")["x"]) == 12
    hover = trace(drawing, "Over the allowance")["hovertext"][0]
    assert " of 0 credits<br>" in hover, "of nothing there is no percentage"


def test_a_line_on_the_highest_tick_is_not_cut():
    drawing = monthly(view("month", DAY_2), quiet)
    axis = drawing.figure["layout"]["yaxis"]
    assert axis["tickvals"][-1] == 20_000
    assert axis["range"][1] > 20_000


# --- the answer, the key and the hover ------------------------------------------------------

OVER_IN_MAY_AND_JUNE = with_days({dt.date(2026, 5, 12): 5000, dt.date(2026, 6, 12): 5000}, quiet)
OVER = KeyItem("Over the allowance", "over")
PROJECTED = KeyItem("Projected", "accent", "outline")
SO_FAR = KeyItem("So far", "accent", "hatched")
IN_RANGE = KeyItem("In range", "accent")
OTHER = KeyItem("Other months", "context", "muted")


def test_over_in_some_months():
    answer = monthly(view(), OVER_IN_MAY_AND_JUNE).answer
    assert answer.startswith("Over the allowance in 2 of the last 11 full months. Nov is heading ")
    assert answer.endswith(" of 20,000.")


def test_within_in_all_months():
    answer = monthly(view(), quiet).answer
    assert answer.startswith("Within the allowance in all of the last 11 full months. Nov is ")


def test_an_older_range_has_one_sentence():
    drawing = monthly(view(LAST_YEAR), lambda day: quiet(day) // 2)
    assert drawing.answer == "Within the allowance in all of these 12 full months."
    assert drawing.key == (IN_RANGE, OTHER)


@pytest.mark.parametrize(
    ("first_day", "answer"),
    [
        (dt.date(2026, 11, 4), "No full month yet. Nov is heading for "),
        (dt.date(2026, 10, 4), "Within the allowance in the last full month. Nov is heading for "),
        (dt.date(2026, 9, 4), "Within the allowance in all of the last 2 full months. Nov is "),
    ],
)
def test_months_before_the_account_are_no_full_months(first_day, answer):
    def nets(day):
        return quiet(day) if day >= first_day else 0

    assert monthly(view(of=account(first_day=first_day)), nets).answer.startswith(answer)


def test_one_full_month_over():
    first = dt.date(2026, 10, 4)
    heavy = with_days({dt.date(2026, 10, 7): 30_000}, quiet)
    drawing = monthly(view(of=account(first_day=first)), lambda d: heavy(d) if d >= first else 0)
    assert drawing.answer.startswith("Over the allowance in the last full month. ")


@pytest.mark.parametrize(
    ("text", "nets", "key"),
    [
        ("month", OVER_IN_MAY_AND_JUNE, (IN_RANGE, OTHER, OVER, SO_FAR, PROJECTED)),
        ("month", quiet, (IN_RANGE, OTHER, SO_FAR, PROJECTED)),
        (LAST_YEAR, quiet, (IN_RANGE, OTHER, OVER)),
    ],
)
def test_the_key_has_what_is_present(text, nets, key):
    assert monthly(view(text), nets).key == key


def test_hover():
    drawing = monthly(view(), OVER_IN_MAY_AND_JUNE)
    lines = trace(drawing, "Credits")["hovertext"][-1].split("<br>")
    assert lines[:2] == ["<b>November 2026, so far</b>", "3 Nov – 2 Dec 2026"]
    assert lines[2].endswith(" of 20,000 credits (42%)")
    assert lines[3].startswith("Projected ")
    may = trace(drawing, "Over the allowance")["hovertext"][0]
    assert may.startswith("<b>May 2026</b><br>3 May – 2 Jun 2026<br>")
    assert may.endswith(" over the allowance")


def test_hover_has_used_refunded_and_net_where_there_is_a_refund():
    made = view()
    frame = monthly_frame(made, quiet)
    frame.loc[0, ["used", "refunded", "net"]] = [900 * MICRO, 62 * MICRO, 838 * MICRO]
    hover = trace(draw(PANEL, frame, made), "Credits")["hovertext"][0]
    assert hover.endswith("838 of 15,000 credits (6%)<br>Used 900 · refunded 62 · net 838")


# --- edges ----------------------------------------------------------------------------------


def test_a_month_below_zero_is_drawn_below_zero():
    drawing = monthly(view(), lambda day: -steady(day) if day.month == 3 else quiet(day))
    assert min(trace(drawing, "Credits")["y"]) < 0
    assert drawing.figure["layout"]["yaxis"]["range"][0] < 0


def test_nothing_used_in_twelve_months_is_empty():
    made = view()
    assert PANEL.is_empty(monthly_frame(made, lambda _: 0), made)
    assert not PANEL.is_empty(monthly_frame(made, with_days({TODAY: 1}, lambda _: 0)), made)


def test_a_new_account_draws():
    drawing = monthly(view(of=account(first_day=None)), lambda _: 0)
    assert drawing.answer == "No full month yet."


@given(
    st.lists(st.integers(-(10**11), 10**12), min_size=7, max_size=7),
    st.lists(
        st.one_of(
            st.sampled_from([NONE, UNKNOWN]),
            st.integers(0, 10**14).map(lambda micro: Allowance("number", micro)),
        ),
        min_size=5,
        max_size=5,
    ),
    st.dates(dt.date(2025, 1, 1), TODAY),
)
def test_the_bars_add_up_to_the_frame(cycle, allowances, last):
    of = account(lambda start: allowances[start.toordinal() % 5])
    made = view_of_days(last, last, of)
    frame = monthly_frame(made, lambda day: cycle[day.toordinal() % 7])
    drawing = draw(PANEL, frame, made)
    parts = [*traces(drawing, "Credits"), *traces(drawing, "Over the allowance")]
    assert sum(sum(micros(part["y"])) for part in parts) == total(frame["net"])
