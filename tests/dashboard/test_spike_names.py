"""Names beside diamonds: on the side with room, from the width on that has it, never over a bar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.panels.daily_usage import PANEL
from dashboard.theme import LIGHT
from data.periods import DAY
from tests.dashboard.built_frames import (
    TODAY,
    account,
    cause,
    daily,
    daily_frame,
    steady,
    texts,
    view,
    with_days,
)
from tests.dashboard.seen import seen, seen_notes

OCR = "<b>Enhanced OCR</b><br>Acme contracts"
RUNS = "<b>Workflow runs</b><br>Northwind diligence"
HIDDEN = "<br>"  # what is left of a name of two lines
NOV_12, OCT_27 = dt.date(2026, 11, 12), dt.date(2026, 10, 27)
CAUSES = {
    NOV_12: cause("Enhanced OCR", "Acme contracts", 1375),
    OCT_27: cause("Workflow runs", "Northwind diligence", 1100),
    dt.date(2026, 9, 16): cause("Workflow runs", "Invoices intake", 900),
}
SPIKES = with_days({NOV_12: 2038, OCT_27: 1672, dt.date(2026, 9, 16): 1440})


def names(drawing, window=1440):
    """Each name that is seen, with the side of the diamond that it stands on."""
    notes = seen_notes(drawing, window)
    sides = {"left": "right", "right": "left"}
    return {
        text: sides[note["xanchor"]]
        for text, note in notes.items()
        if text != HIDDEN and note["yanchor"] == "top"
    }


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("month", TODAY, {OCR: "right", RUNS: "right"}),
        ("7d", TODAY, {OCR: "right", RUNS: "right"}),
        ("30d", TODAY, {OCR: "right", RUNS: "right"}),
        ("90d", TODAY, {OCR: "left", RUNS: "left"}),
    ],
)
def test_the_names_of_the_design_s_picture_of_ranges(text, today, expected):
    assert names(daily(view(text, today), SPIKES, CAUSES)) == expected


def test_at_the_end_of_the_chart_the_name_stands_left():
    nets = with_days({dt.date(2025, 3, 12): 1795})
    causes = {dt.date(2025, 3, 12): cause("Enhanced OCR", "Acme contracts", 1375)}
    drawing = daily(view("2025-03-10..2025-03-16"), nets, causes)
    assert names(drawing) == {OCR: "left"}


def test_only_the_two_largest_are_named_though_three_have_a_diamond():
    drawing = daily(view("90d"), SPIKES, CAUSES)
    assert len(drawing.marks) == 3
    assert set(names(drawing)) == {OCR, RUNS}


def test_names_leave_the_chart_below_576_pixels():
    drawing = daily(view("month"), SPIKES, CAUSES)
    assert names(drawing, 576) == {OCR: "right", RUNS: "right"}
    assert {seen(text, 575) for text in texts(drawing)} == {"<b>This billing month</b>", HIDDEN}


def test_a_name_that_a_narrow_window_has_no_room_for_stands_in_wide_ones():
    """Between two days almost as high there is room for it only where bars are far apart."""
    high = {NOV_12: 2400, NOV_12 - DAY * 7: 2350, NOV_12 + DAY * 7: 2350}
    drawing = daily(view("30d"), with_days(high), {NOV_12: CAUSES[NOV_12]})
    assert names(drawing, 991) == {}
    assert names(drawing, 992) == {OCR: "right"}


def test_no_name_covers_a_neighbour_that_is_almost_as_high():
    near = {NOV_12 + DAY * step: 2000 + step for step in (-2, -1, 0, 1, 4)}
    drawing = daily(view("30d"), with_days(near), CAUSES | {NOV_12 + DAY * 4: CAUSES[NOV_12]})
    assert OCR not in names(drawing) or names(drawing)[OCR] == "right"
    assert all(name in {OCR} for name in names(drawing))


def test_weeks_have_no_names():
    drawing = daily(view("2026-08-01..2026-11-22"), SPIKES, CAUSES)
    assert texts(drawing) == []


def test_a_name_is_shown_as_it_is_and_cut_to_28_letters():
    causes = {NOV_12: cause("<b>own</b>", "W" * 40, 5)}
    (name,) = names(daily(view("30d"), with_days({NOV_12: 2038}), causes))
    assert name == f"<b>&lt;b&gt;own&lt;/b&gt;</b><br>{'W' * 28}…"


def test_a_reason_alone_has_one_line():
    causes = {NOV_12: cause("Enhanced OCR", None, 5)}
    assert list(names(daily(view("30d"), with_days({NOV_12: 2038}), causes))) == [
        "<b>Enhanced OCR</b>"
    ]


# --- nothing is ever covered ------------------------------------------------------------------

PLOT = 264 - 26 - 24  # pixels of a chart without a year under its labels
LETTER = 6.4  # pixels that a letter has on the average, less than what the code reckons with


@given(
    st.dictionaries(st.integers(0, 29), st.integers(1200, 3000), min_size=1, max_size=6),
    st.sampled_from(["Enhanced OCR", "A rather long name of one"]),
    st.booleans(),
)
def test_no_name_ever_covers_a_bar_or_leaves_the_plot(extra, reason, is_new):
    """At 576 pixels of window the plot has some 400, at 992 some 800."""
    days = {TODAY - DAY * 29 + DAY * place: net for place, net in extra.items()}
    causes = {day: cause(reason, "Acme", 5) for day in days}
    of = view("30d", of=account(first_day=TODAY - DAY * 20) if is_new else account())
    frame = daily_frame(of, with_days(days, steady), causes)
    drawing = PANEL.draw(frame, of, LIGHT)
    highest = drawing.figure["layout"]["yaxis"]["range"][1]
    bars = next(t for t in drawing.figure["data"] if t["name"] == "Credits")["y"]
    for window, pixels in ((576, 400 / 30), (992, 800 / 30)):
        for text, note in seen_notes(drawing, window).items():
            if note["yanchor"] != "top" or text == HIDDEN:
                continue
            start = (note["x"] + 0.5) * pixels + note["xshift"]
            length = LETTER * len(reason)
            left = start if note["xanchor"] == "left" else start - length
            foot = note["y"] / highest * PLOT + note["yshift"] - 30
            assert left >= 0
            assert left + length <= 30 * pixels
            assert foot >= 0
            for place, net in enumerate(bars):
                if left < (place + 0.5) * pixels < left + length:
                    assert (net or 0) / highest * PLOT <= foot, (window, place)


def test_the_name_has_the_colour_of_the_chart_s_text():
    """No colour of its own: `text2`, as every text of a figure."""
    layout = daily(view("30d"), SPIKES, CAUSES).figure["layout"]
    assert layout["font"]["color"] == LIGHT.text2
    assert all("font" not in note for note in layout["annotations"])
