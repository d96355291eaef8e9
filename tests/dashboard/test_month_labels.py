"""Labels of the monthly chart: clear of bars, lines and edges on every screen."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.dashboard.built_frames import (
    MICRO,
    account,
    micros,
    monthly,
    number,
    steady,
    trace,
    view,
    with_days,
)
from tests.dashboard.seen import seen_notes


def quiet(day):
    """About 13,000 credits a month."""
    return steady(day) * 2 // 3


def test_labels_move_above_bars_that_would_lie_under_them():
    heavy = with_days({dt.date(2025, 12, 10): 9000, dt.date(2026, 11, 12): 9000})
    drawing = monthly(view(of=account(lambda _: number(15_000))), heavy)
    notes = drawing.figure["layout"]["annotations"]
    allowance = next(note for note in notes if note["text"].startswith("Allowance"))
    december = trace(drawing, "Over the allowance")["y"][0]
    assert allowance["y"] >= 15_000 + december


def test_a_step_at_the_running_month_leaves_room_for_its_projection():
    def allowance(start):
        return number(12_000) if start >= dt.date(2026, 11, 1) else number(15_000)

    drawing = monthly(view(of=account(allowance)), quiet)
    for window in (320, 360, 1440):
        notes = seen_notes(drawing, window)
        projected = next(note["y"] for text, note in notes.items() if text.endswith("k</b>"))
        assert notes["12,000"]["y"] > projected
        assert notes["12,000"]["xanchor"] == "right", "there is no room to the right"


def stepping(*limits):
    """An account whose allowance is that of `limits`, month for month, the last one on."""
    first = dt.date(2025, 12, 3)

    def allowance(start):
        place = (start.year - first.year) * 12 + start.month - first.month
        return number(limits[min(max(place, 0), len(limits) - 1)])

    return account(allowance)


@pytest.mark.parametrize(
    ("window", "limits", "expected"),
    [
        (1440, (10_000, 15_000), ["Allowance 15,000"]),
        (360, (10_000, 15_000), ["Allowance 15,000"]),
        (1440, (10_000, 10_000, 15_000), ["10,000", "Allowance 15,000"]),
        (320, (10_000, 10_000, 15_000), ["Allowance 15,000"]),
        (1440, (10_000, 10_000, 10_000, 15_000), ["Allowance 10,000", "15,000"]),
        (360, (10_000, 10_000, 10_000, 15_000), ["10,000", "Allowance 15,000"]),
        (360, (*[15_000] * 7, 20_000), ["Allowance 15,000", "20,000"]),
    ],
)
def test_no_label_crosses_the_next_step_of_the_line(window, limits, expected):
    """Where a run of months is too short for its number, tooltip and table have it."""
    drawing = monthly(view(of=stepping(*limits)), quiet)
    assert {text for text in seen_notes(drawing, window) if "<b>" not in text} == set(expected)


def test_the_projection_stays_inside_the_figure_and_off_the_bar_beside_it():
    """On a phone `22.6k` is wider than its month."""
    heavy = with_days({dt.date(2026, 10, 12): 20_000}, quiet)
    drawing = monthly(view(), heavy)
    october = sum(micros(trace(drawing, name)["y"])[-2 if name == "Credits" else 0]
                  for name in ("Credits", "Over the allowance")) / MICRO  # fmt: skip

    def label(window):
        return next(n for text, n in seen_notes(drawing, window).items() if "<b>" in text)

    assert (label(1440)["xanchor"], label(1440)["x"]) == ("center", 11)
    assert (label(360)["xanchor"], label(360)["x"]) == ("right", 11.5)
    assert label(1440)["y"] < october == label(360)["y"]
