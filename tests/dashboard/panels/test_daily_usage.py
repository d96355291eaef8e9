"""Daily usage: windows, muted context, weeks, what stands out, and the account's first day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import days
from dashboard.panel import KeyItem, Mark
from dashboard.panels.daily_usage import PANEL
from dashboard.theme import LIGHT
from data import frames
from data.frames import total
from data.periods import DAY
from tests.dashboard.built_frames import (
    MICRO,
    TODAY,
    account,
    cause,
    daily,
    daily_frame,
    draw,
    each,
    micros,
    steady,
    texts,
    trace,
    traces,
    view,
    view_of_days,
    with_days,
)

SPIKES = with_days({dt.date(2026, 11, 12): 2038, dt.date(2026, 10, 27): 1672})
CAUSES = {
    dt.date(2026, 11, 12): cause("Enhanced OCR", "Acme contracts", 1375),
    dt.date(2026, 10, 27): cause("Workflow runs", None, 900),
}
IN_RANGE = KeyItem("In range", "accent")
BEFORE = KeyItem("Before the range", "context", "muted")
RUNNING = KeyItem("Today, so far", "accent", "hatched")


def colours(drawing):
    return each(trace(drawing, "Credits"), "marker", "color")


def hatches(drawing):
    marker = trace(drawing, "Credits")["marker"]
    if "pattern" not in marker:
        return []
    bars = trace(drawing, "Credits")
    return [x for x, shape in zip(bars["x"], each(bars, "marker", "pattern", "shape"), strict=True)
            if shape]  # fmt: skip


# --- the windows of the design's picture of ranges ------------------------------------------


@pytest.mark.parametrize(
    ("text", "today", "first", "bars", "in_range", "dates"),
    [
        ("7d", "2026-11-22", "2026-10-24", 30, 7, "24 Oct – 22 Nov 2026"),
        ("30d", "2026-11-22", "2026-10-24", 30, 30, "24 Oct – 22 Nov 2026"),
        ("90d", "2026-11-22", "2026-08-25", 90, 90, "25 Aug – 22 Nov 2026"),
        ("month", "2026-11-22", "2026-10-24", 30, 20, "24 Oct – 22 Nov 2026"),
        ("month", "2026-11-04", "2026-10-06", 30, 2, "6 Oct – 4 Nov 2026"),
        ("2025-03-10..2025-03-16", "2026-11-22", "2025-02-15", 30, 7, "15 Feb – 16 Mar 2025"),
        ("2025-03-01..2025-05-31", "2026-11-22", "2025-03-01", 92, 92, "1 Mar – 31 May 2025"),
    ],
)
def test_the_window(text, today, first, bars, in_range, dates):
    made = view(text, dt.date.fromisoformat(today))
    drawing = daily(made)
    places = trace(drawing, "Credits")["x"]
    assert places[0] == first
    assert places[-1] == str(made.period.last)
    assert len(places) == bars
    assert colours(drawing).count(LIGHT.accent) == in_range
    assert colours(drawing).count(LIGHT.context) == bars - in_range
    assert drawing.dates == dates


def test_muted_days_have_their_outline():
    bars = trace(daily(view("7d")), "Credits")
    lines = set(
        zip(
            each(bars, "marker", "color"),
            each(bars, "marker", "line", "color"),
            each(bars, "marker", "line", "width"),
            strict=True,
        )
    )
    assert (LIGHT.context, LIGHT.context_line, 1) in lines


def test_only_today_is_hatched():
    assert hatches(daily(view("7d"))) == ["2026-11-22"]
    assert hatches(daily(view("2025-03-10..2025-03-16"))) == []


def test_today_is_hatched_on_half_its_colour():
    """A bar of a few pixels is seen too; the running month, which is high, has a clear ground."""
    drawing = daily(view("7d"))
    under = drawing.figure["data"][0]
    assert (under["name"], under["x"], under["hoverinfo"]) == ("Ground", ["2026-11-22"], "skip")
    assert under["y"] == trace(drawing, "Credits")["y"][-1:]
    assert under["marker"]["color"] == "rgba(43, 95, 217, 0.5)"
    assert traces(daily(view("2025-03-10..2025-03-16")), "Ground") == []


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("7d", ["25 Oct", "1 Nov", "8 Nov", "15 Nov", "<b>Today</b>"]),
        (
            "90d",
            ["30 Aug", "13 Sep", "27 Sep", "11 Oct", "25 Oct", "8 Nov", "<b>Today</b>"],
        ),
        ("2025-03-10..2025-03-16", ["16 Feb", "23 Feb", "2 Mar", "9 Mar", "16 Mar"]),
        (
            "2025-12-20..2026-01-10",
            ["13 Dec", "20 Dec", "27 Dec", "3 Jan<br>2026", "10 Jan"],
        ),
    ],
)
def test_ticks_are_counted_back_from_the_last_day(text, labels):
    assert daily(view(text)).figure["layout"]["xaxis"]["ticktext"] == labels


@pytest.mark.parametrize(
    ("text", "gap"), [("7d", 0.28), ("2026-10-01..2026-11-14", 0.28), ("90d", 0.22)]
)
def test_bars_are_wider_above_45_days(text, gap):
    assert daily(view(text)).figure["layout"]["bargap"] == gap


# --- the band -------------------------------------------------------------------------------


def test_the_band_covers_the_range_and_has_its_name_on_top():
    layout = daily(view("month")).figure["layout"]
    band, line = layout["shapes"]
    assert (band["x0"], band["x1"], band["fillcolor"]) == (9.5, 29.5, LIGHT.band)
    assert line["line"] == {"color": LIGHT.accent, "width": 2}
    (name,) = layout["annotations"]
    assert (name["text"], name["x"], name["xanchor"]) == ("<b>This billing month</b>", 9.5, "left")


@pytest.mark.parametrize(
    ("text", "today", "name"),
    [
        ("7d", TODAY, "Last 7 days"),
        ("month", dt.date(2026, 11, 4), "This billing month"),
        ("2025-03-10..2025-03-16", TODAY, "10–16\u00a0Mar\u00a02025"),
    ],
)
def test_the_name_ends_with_a_narrow_band(text, today, name):
    (note,) = daily(view(text, today)).figure["layout"]["annotations"]
    assert (note["text"], note["x"], note["xanchor"]) == (f"<b>{name}</b>", 29.5, "right")


@pytest.mark.parametrize("text", ["30d", "90d", "2025-06-01..2026-02-20"])
def test_a_range_that_fills_the_chart_has_no_band(text):
    layout = daily(view(text)).figure["layout"]
    assert layout["shapes"] == []
    assert layout["annotations"] == []


# --- the answer -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "extra", "answer"),
    [
        ("month", {}, "No day stands out in this range."),
        (
            "month",
            {"2026-11-12": 2038, "2026-10-27": 1672},
            "Thu 12 Nov: 2.5 times a usual weekday. The other days are in the usual range.",
        ),
        (
            "30d",
            {"2026-11-12": 2038, "2026-10-27": 1672},
            "2 days stand out, led by Thu 12 Nov with 2.5 times a usual weekday.",
        ),
        ("7d", {"2026-11-12": 2038}, "No day stands out in this range."),
        (
            "7d",
            {"2026-11-21": 600},
            "Sat 21 Nov: 3.3 times a usual weekend day. The other days are in the usual range.",
        ),
        ("2026-11-12..2026-11-12", {"2026-11-12": 2038},
         "Thu 12 Nov: 2.5 times a usual weekday."),
        (
            "2025-03-10..2025-03-16",
            {"2025-03-12": 2400},
            "Wed 12 Mar 2025: 2.9 times a usual weekday. The other days are in the usual range.",
        ),
    ],
)  # fmt: skip
def test_the_answer(text, extra, answer):
    nets = with_days({dt.date.fromisoformat(day): net for day, net in extra.items()})
    assert daily(view(text), nets).answer == answer


def test_a_day_beside_days_without_use_has_no_multiple():
    def nets(day):
        return steady(day) if day.weekday() < 5 else 0

    drawing = daily(view("7d"), with_days({dt.date(2026, 11, 21): 600}, nets))
    assert drawing.answer == (
        "Sat 21 Nov: 600 credits, where a usual weekend day has none."
        " The other days are in the usual range."
    )


def test_beside_a_day_below_zero_the_others_are_not_called_usual():
    nets = with_days({dt.date(2026, 11, 12): 2038, dt.date(2026, 11, 18): -120})
    assert daily(view("month"), nets).answer == "Thu 12 Nov: 2.5 times a usual weekday."


def test_nothing_used_in_the_range_still_draws_its_context():
    made = view("2026-11-20..2026-11-22")
    drawing = daily(made, with_days({TODAY - DAY * step: 0 for step in range(3)}))
    assert drawing.answer == "No credits used in this range."
    assert colours(drawing).count(LIGHT.context) == 27
    assert not PANEL.is_empty(daily_frame(made), made)


def test_nothing_used_in_the_window_is_empty():
    made = view("7d")
    assert PANEL.is_empty(daily_frame(made, lambda _: 0), made)
    long_ago = with_days({dt.date(2026, 10, 23): 5}, lambda _: 0)
    assert PANEL.is_empty(daily_frame(made, long_ago), made), "28 days of history do not count"


def test_use_and_refunds_that_cancel_out_are_consumption():
    made = view("7d")
    frame = daily_frame(made, lambda _: 0)
    frame.loc[frame.index[-1], ["used", "refunded"]] = 5 * MICRO
    assert not PANEL.is_empty(frame, made)


# --- marks ----------------------------------------------------------------------------------


def test_spikes_carry_a_diamond_and_stand_in_the_list_under_the_chart():
    drawing = daily(view("month"), SPIKES, CAUSES)
    diamonds = trace(drawing, "Stands out")
    assert diamonds["x"] == ["2026-11-12", "2026-10-27"]
    assert diamonds["y"] == [2038, 1672]
    assert (diamonds["marker"]["symbol"], diamonds["marker"]["size"]) == ("diamond", 8)
    assert drawing.marks == (
        Mark("Thu 12 Nov", "Enhanced OCR, Acme contracts", "2,038", "day:2026-11-12"),
        Mark("Tue 27 Oct", "Workflow runs", "1,672", "day:2026-10-27"),
    )


def test_a_spike_without_a_cause_is_listed_with_its_day_and_amount():
    (mark, _) = daily(view("month"), SPIKES).marks
    assert mark == Mark("Thu 12 Nov", "", "2,038", "day:2026-11-12")


def test_at_most_three_are_marked_and_those_of_the_range_come_first():
    high = {dt.date(2026, 10, day): 9000 + day for day in (26, 27, 28, 29)}
    drawing = daily(view("7d"), with_days({**high, dt.date(2026, 11, 18): 3000}))
    labels = [mark.label for mark in drawing.marks]
    assert labels == ["Thu 29 Oct", "Wed 28 Oct", "Wed 18 Nov"]


@pytest.mark.parametrize(
    ("text", "nets", "key"),
    [
        ("month", SPIKES, (IN_RANGE, BEFORE, RUNNING)),
        ("month", steady, (IN_RANGE, BEFORE, RUNNING)),
        ("30d", SPIKES, (RUNNING,)),
        ("2025-03-10..2025-03-16", steady, (IN_RANGE, BEFORE)),
        ("2026-11-22..2026-11-22", steady, (BEFORE, RUNNING)),
        ("2025-06-01..2026-11-22", SPIKES, (KeyItem("This week, so far", "accent", "hatched"),)),
    ],
)
def test_the_key_has_what_is_present(text, nets, key):
    assert daily(view(text), nets).key == key


# --- weeks ----------------------------------------------------------------------------------


def test_more_than_92_days_are_shown_by_week():
    """Sunday 1 June 2025 is the end of its week; Friday 20 February 2026 leaves one unfinished."""
    drawing = daily(view("2025-06-01..2026-02-20"))
    bars = trace(drawing, "Credits")
    assert bars["x"][:3] == ["2025-06-01", "2025-06-02", "2025-06-09"]
    assert bars["x"][-1] == "2026-02-16"
    assert len(bars["x"]) == 39
    assert drawing.answer == "Shown by week. No day stands out in this range."
    first = sum(steady(dt.date(2025, 6, 2) + DAY * step) for step in range(7))
    assert micros(bars["y"])[:2] == [steady(dt.date(2025, 6, 1)), first]
    assert bars["hovertext"][1].startswith("<b>2 – 8 Jun 2025</b><br>")
    assert hatches(drawing) == []


def test_the_running_week_is_hatched_and_last():
    drawing = daily(view("2026-08-01..2026-11-22"))
    assert hatches(drawing) == ["2026-11-16"]
    assert drawing.figure["layout"]["xaxis"]["ticktext"][-1] == "<b>This<br>week</b>"
    last = trace(drawing, "Credits")["hovertext"][-1]
    assert last.startswith("<b>16 – 22 Nov 2026, so far</b>")


def test_a_spike_in_a_week_is_listed_without_a_diamond():
    drawing = daily(view("2026-08-01..2026-11-22"), SPIKES)
    assert traces(drawing, "Stands out") == []
    assert [mark.label for mark in drawing.marks] == ["Thu 12 Nov", "Tue 27 Oct"]
    assert drawing.answer == (
        "Shown by week. 2 days stand out, led by Thu 12 Nov with 2.5 times a usual weekday."
    )


def test_two_years_of_weeks_have_few_labels():
    drawing = daily(view_of_days(dt.date(2024, 11, 25), TODAY))
    labels = drawing.figure["layout"]["xaxis"]["ticktext"]
    assert len(trace(drawing, "Credits")["x"]) == 104
    assert len(labels) <= 8


# --- hover ----------------------------------------------------------------------------------


def test_hover_names_the_day_its_credits_and_what_is_usual():
    bars = trace(daily(view("month"), SPIKES), "Credits")
    hover = dict(zip(bars["x"], bars["hovertext"], strict=True))
    assert hover["2026-11-12"] == "<b>Thu 12 Nov 2026</b><br>2,038 credits · 2.5× a usual weekday"
    assert hover["2026-11-22"].startswith("<b>Sun 22 Nov 2026, so far</b><br>")
    assert bars["hoverinfo"] == "text"


def test_hover_has_used_refunded_and_net_where_there_is_a_refund():
    made = view("7d")
    frame = daily_frame(made)
    place = frame.index[frame["day"] == dt.date(2026, 11, 18)][0]
    frame.loc[place, ["used", "refunded", "net"]] = [900 * MICRO, 62 * MICRO, 838 * MICRO]
    bars = trace(draw(PANEL, frame, made), "Credits")
    hover = dict(zip(bars["x"], bars["hovertext"], strict=True))["2026-11-18"]
    assert hover.endswith("<br>Used 900 · refunded 62 · net 838")


# --- days below zero, and days before the account --------------------------------------------


def test_days_below_zero_are_drawn_below_zero():
    drawing = daily(view("7d"), with_days({dt.date(2026, 11, 18): -120}))
    bars = trace(drawing, "Credits")
    assert dict(zip(bars["x"], bars["y"], strict=True))["2026-11-18"] == -120
    assert drawing.figure["layout"]["yaxis"]["range"][0] < 0
    assert "−120 credits" in dict(zip(bars["x"], bars["hovertext"], strict=True))["2026-11-18"]


def test_days_before_the_account_have_no_bar_and_a_note_on_the_axis():
    opened = dt.date(2026, 11, 14)
    made = view("30d", of=account(first_day=opened))
    drawing = daily(made, lambda day: steady(day) if day >= opened else 0)
    bars = trace(drawing, "Credits")
    shown = [x for x, y in zip(bars["x"], bars["y"], strict=True) if y is not None]
    assert shown[0] == "2026-11-14"
    assert "Account opened 14 Nov" in texts(drawing)
    assert drawing.notes == ()
    assert drawing.answer == "Too early to say which days stand out."


def test_the_note_stands_under_the_chart_where_the_axis_has_no_room():
    opened = dt.date(2026, 10, 28)
    drawing = daily(view("30d", of=account(first_day=opened)))
    assert "Account opened 28 Oct" not in texts(drawing)
    assert drawing.notes == ("Account opened 28 Oct",)


def test_an_account_as_old_as_the_window_has_no_note():
    drawing = daily(view("30d", of=account(first_day=dt.date(2026, 10, 24))))
    assert drawing.notes == ()
    assert texts(drawing) == []


def test_a_new_account_draws_without_a_bar():
    made = view("30d", of=account(first_day=None))
    assert PANEL.is_empty(daily_frame(made, lambda _: 0), made)
    assert set(trace(daily(made, lambda _: 0), "Credits")["y"]) == {None}


# --- adding up ------------------------------------------------------------------------------


@given(
    st.dates(dt.date(2024, 12, 1), TODAY),
    st.integers(0, 500),
    st.lists(st.integers(-(10**12), 10**12), min_size=7, max_size=7),
)
def test_the_bars_add_up_to_the_frame(last, length, cycle):
    made = view_of_days(max(last - DAY * length, dt.date(2024, 2, 1)), last)
    frame = daily_frame(made, lambda day: cycle[day.toordinal() % 7])
    bars = trace(draw(PANEL, frame, made), "Credits")
    assert sum(micros(bars["y"])) == total(frame.loc[frame["shown"], "net"])
    inside = frame.loc[frame["in_range"], "day"]
    assert (inside.iloc[0], inside.iloc[-1]) == (made.period.start, made.period.last)
    assert len(inside) == made.period.days


# --- the reasons of a day ---------------------------------------------------------------------


def hovers(frame, shown):
    return trace(draw(PANEL, frame, shown), "Credits")["hovertext"]


def with_reasons(frame, rows):
    made = [(dt.date(2026, 11, day), reason, used * MICRO, 0) for day, reason, used in rows]
    return days.name_reasons(frame, frames.frame(made, frames.DAY_REASON_COLUMNS))


def test_the_hover_of_a_day_names_its_three_largest_reasons():
    shown = view("7d")
    rows = [
        (20, "compose_render", 45),
        (20, "enhanced_ocr", 1542),
        (20, "<b>own</b>", 300),
        (20, "premium_chat", 248),
        (21, "premium_chat", -5),
    ]
    lines = hovers(with_reasons(daily_frame(shown), rows), shown)
    reasons = "Enhanced OCR 1,542 · &lt;b&gt;own&lt;/b&gt; 300 · Premium-model chats 248"
    assert reasons == lines[-3].split("<br>")[-1]
    assert "Premium-model chats" not in lines[-2]


def test_the_hover_of_a_week_names_none():
    shown = view("2026-03-01..2026-11-22")
    rows = [(20, "enhanced_ocr", 1542)]
    assert "Enhanced OCR" not in "".join(hovers(with_reasons(daily_frame(shown), rows), shown))
