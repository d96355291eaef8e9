"""Texts of figures are cut to the room that each screen leaves, and never to more."""

from __future__ import annotations

import pytest

from dashboard.room import PHONE, SCREENS, WIDER, cut, shown_on, width
from tests.dashboard.seen import seen


@pytest.mark.parametrize(
    ("text", "size", "measured"),
    [
        ("Allowance 15,000", 12, 99.5),
        ("20,000", 12, 40.4),
        ("12,345,678", 13, 69.7),
        ("Pennsylvania catastrophe response", 13, 218.9),
        ("Other (12 workspaces + No workspace)", 13, 243.6),
    ],
)
def test_the_estimate_is_a_little_more_than_what_a_browser_measures(text, size, measured):
    assert measured <= width(text, size) <= 1.08 * measured


@pytest.mark.parametrize(
    ("window", "expected"), [(320, "abc…"), (360, "abcdef…"), (576, "abcdefghij")]
)
def test_each_screen_has_its_own_cut(window, expected):
    room = (width("abc…", 13), width("abcdef…", 13), 500)
    assert seen(cut("abcdefghij", 13, room, 28), window) == expected


def test_a_name_that_fits_everywhere_is_plain():
    assert cut("R&D <b>", 13, (200, 200, 200), 28) == "R&amp;D &lt;b&gt;"


def test_markup_is_never_cut_in_half():
    shown = cut("a&b&c&d", 13, (width("a&…", 13), width("a&b&…", 13), 500), 28)
    assert [seen(shown, window) for window in (320, 360, 576)] == [
        "a&amp;…",
        "a&amp;b&amp;…",
        "a&amp;b&amp;c&amp;d",
    ]


def test_something_of_a_name_always_stays():
    assert cut("Wide", 13, (-50, 0, 5), 28) == "W…"


@pytest.mark.parametrize("screens", [SCREENS, SCREENS[:1], SCREENS[1:], (PHONE,), (WIDER,)])
def test_a_text_is_seen_on_its_screens_only(screens):
    windows = {320: SCREENS[0], 360: PHONE, 575: PHONE, 576: WIDER, 1440: WIDER}
    shown = {window for window in windows if seen(shown_on("x", screens), window)}
    assert shown == {window for window, screen in windows.items() if screen in screens}
