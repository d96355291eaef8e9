"""The row of findings as components: what is read, what is pressed, and what stands there first."""

from __future__ import annotations

import datetime as dt

from dashboard.highlights import NO_HIGHLIGHTS, Highlight, Highlights, Total
from dashboard.ids import Act
from layouts.findings import findings_section, findings_view
from tests.dashboard.built_frames import MICRO, account, view
from tests.layouts.tree import attribute, elements, parts, words

OCR = Highlight(
    "Biggest reason",
    "Enhanced OCR",
    " is 44% of this range, up 72% on 3–22\u00a0Oct.",
    "reason:enhanced_ocr",
    "enhanced_ocr",
    "solid",
)
RISE = Highlight("Biggest rise", "Acme", " used 9.", "workspace:w1", "text", "rise")
TOTAL = Total(14_850 * MICRO, 11_676 * MICRO)


def of_class(root, name):
    return [part for part in parts(root) if name in (attribute(part, "className") or "").split()]


def shown(highlights, of=None):
    return findings_view(highlights, of or view())


def test_the_total_stands_first_with_its_change_and_what_it_was():
    first = shown(Highlights(TOTAL, (OCR,), ""))[0]
    assert "Used in this range 14,850 +27% 11,676 in 3–22 Oct" == words(first)


def test_without_a_previous_period_there_is_no_change():
    of = view(of=account(first_day=dt.date(2026, 11, 1)))
    for total in (TOTAL, Total(14_850 * MICRO, None)):
        assert "Used in this range 14,850" == words(shown(Highlights(total, (), "None."), of)[0])


def test_a_total_that_could_not_be_read_is_not_zero():
    assert ["Used in this range –"] == [words(cell) for cell in shown(NO_HIGHLIGHTS)]


def test_each_finding_is_a_button_that_opens_what_it_is_about():
    cells = shown(Highlights(TOTAL, (OCR, RISE), ""))
    pressed = elements(cells, "Button")
    assert [(Act.OPEN, "reason:enhanced_ocr"), (Act.OPEN, "workspace:w1")] == [
        (attribute(button, "data-act"), attribute(button, "data-value")) for button in pressed
    ]
    assert words(pressed[0]).startswith("Biggest reason Enhanced OCR is 44% of this range")
    assert ["Enhanced OCR", "Acme"] == [words(elements(cell, "B")[0]) for cell in cells[1:]]


def test_days_are_kept_on_one_line():
    (kept,) = of_class(shown(Highlights(TOTAL, (OCR,), ""))[1], "unbroken")
    assert "3–22 Oct." == words(kept)


def test_what_no_address_can_name_is_no_button():
    nameless = Highlight("Biggest rise", "Acme", " used 9.", "", "text", "rise")
    assert [] == elements(shown(Highlights(TOTAL, (nameless,), "")), "Button")


def test_nothing_unusual_is_said_in_one_cell():
    cells = shown(Highlights(TOTAL, (), "Nothing unusual in this range."))
    assert "Nothing unusual in this range." == words(cells[-1])
    assert 2 == len(cells)


def test_marks_stand_in_four_cells_before_any_answer():
    section = findings_section()
    assert "Findings" == attribute(section, "aria-label")
    assert 4 == len(of_class(section, "cell"))
    assert "" == words(section)
