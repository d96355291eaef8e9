"""Axes: nice steps, at most six lines, labels in the page's words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import words
from dashboard.axes import bottom_margin, category_axis, scale, value_axis
from dashboard.theme import LIGHT

M = 1_000_000
AMOUNTS = st.lists(st.integers(-(10**17), 10**17), max_size=8)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([2038], "0 500 1k 1.5k 2k 2.5k"),
        ([22_300, 20_000], "0 5k 10k 15k 20k 25k"),
        ([1672], "0 500 1k 1.5k 2k"),
        ([10_900, 10_000], "0 2.5k 5k 7.5k 10k 12.5k"),
        ([20_000], "0 5k 10k 15k 20k"),
        ([3], "0 1 2 3"),
        ([1_200_000], "0 250k 500k 750k 1M 1.25M"),
        ([900, -120], "−250 0 250 500 750 1k"),
        ([-900], "−1k −800 −600 −400 −200 0"),
        ([], "0 1"),
    ],
)
def test_the_ticks_of_the_design(values, labels):
    made = scale(value * M for value in values)
    assert [words.short(tick) for tick in made.ticks] == labels.split()


@given(AMOUNTS)
def test_every_scale_holds_zero_and_its_values_in_at_most_six_lines(values):
    made = scale(values)
    assert len(made.ticks) <= 6
    assert 0 in made.ticks
    assert made.lowest <= min([0, *values])
    assert made.highest >= max([0, *values])
    assert all(tick % M == 0 for tick in made.ticks), "credits on an axis are whole"


@given(AMOUNTS)
def test_no_two_ticks_of_a_scale_have_the_same_label(values):
    made = scale(values)
    labels = [words.short(tick) for tick in made.ticks]
    assert len(set(labels)) == len(labels)


def test_the_value_axis_starts_at_zero_and_has_a_darker_base_line():
    axis = value_axis(scale([2038 * M]), LIGHT)
    assert axis["range"] == [0, 2500]
    assert axis["tickvals"] == [0, 500, 1000, 1500, 2000, 2500]
    assert axis["gridcolor"] == LIGHT.grid
    assert axis["zerolinecolor"] == LIGHT.baseline


def test_labels_of_the_category_axis_never_turn_and_never_drag():
    axis = category_axis(["a", "b", "c"], [(0, "A"), (2, "<b>C</b>")], LIGHT)
    assert axis["tickvals"] == ["a", "c"]
    assert axis["ticktext"] == ["A", "<b>C</b>"]
    assert axis["range"] == [-0.5, 2.5]
    assert (axis["tickangle"], axis["fixedrange"], axis["automargin"]) == (0, True, True)


def test_a_year_under_a_label_gets_its_line():
    assert bottom_margin([(0, "Jan<br>2026")]) > bottom_margin([(0, "Feb")])
