"""Causes beside the diamonds on a wide page, and on buttons on every page."""

from __future__ import annotations

import pytest

from dashboard.panels import PANELS

NAMES = """
  const texts = document.querySelectorAll('#daily-graph .annotation text');
  return Array.from(texts).filter(text => text.getBoundingClientRect().width > 0)
    .map(text => Array.from(text.querySelectorAll('.line')).map(line => line.textContent));
"""
# Bars and diamonds that a name in the drawing lies over.
COVERED = """
  const boxes = (what) => Array.from(document.querySelectorAll('#daily-graph ' + what),
    mark => mark.getBoundingClientRect());
  const names = Array.from(document.querySelectorAll('#daily-graph .annotation text'))
    .filter(text => text.querySelectorAll('.line').length === 2)
    .map(text => text.getBoundingClientRect()).filter(box => box.width > 0);
  return boxes('.bars path').concat(boxes('.scatterlayer path.point')).filter(mark =>
    names.some(name => name.left < mark.right && mark.left < name.right
      && name.top + 2 < mark.bottom && mark.top < name.bottom - 2)).length;
"""
BUTTONS = """
  return Array.from(document.querySelectorAll('#daily-details .marks button'), button => {
    const box = (name) => button.querySelector(name).getBoundingClientRect();
    const [day, cause, value] = ['.mark-day', '.mark-cause', '.mark-value'].map(box);
    return {
      words: button.innerText.split('\\n').map(word => word.trim()).join(' ').trim(),
      opens: [button.dataset.act, button.dataset.value],
      stacked: cause.top >= day.bottom,
      right: value.left > Math.max(day.right, cause.right),
      wide: button.clientWidth > 0.95 * button.closest('.details').clientWidth,
      high: button.getBoundingClientRect().height,
    };
  });
"""
SPIKES = [["Enhanced OCR", "Acme contracts"], ["Workflow runs", "Northwind diligence"]]


@pytest.mark.parametrize(
    ("query", "width", "expected"),
    [
        ("?range=7d", 576, SPIKES),
        ("", 576, SPIKES),
        ("?range=30d", 576, SPIKES),
        ("?range=90d", 576, SPIKES[1:]),  # no room beside the other
        ("?range=7d", 1440, SPIKES),
        ("", 1440, SPIKES),
        ("?range=30d", 1440, SPIKES),
        ("?range=90d", 1440, SPIKES),
    ],
)
def test_the_two_largest_carry_their_cause_beside_the_diamond(
    page, at_width, query, width, expected
):
    at_width(width)
    page.open(query)
    page.until(lambda: page.drawn == len(PANELS))
    assert sorted(lines for lines in page.run(NAMES) if len(lines) == 2) == expected
    assert page.run(COVERED) == 0


def test_on_a_phone_the_names_leave_the_chart_for_full_buttons(page, at_width):
    at_width(360, phone=True)
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    assert [lines for lines in page.run(NAMES) if len(lines) == 2] == []
    first, second = page.run(BUTTONS)
    assert first["words"] == "Thu 12 Nov Enhanced OCR, Acme contracts 2,038"
    assert second["words"] == "Tue 27 Oct Workflow runs, Northwind diligence 1,672"
    for button in (first, second):
        assert (button["stacked"], button["right"], button["wide"]) == (True, True, True)


def test_on_a_wide_page_a_button_is_one_line_and_opens_its_day(page, at_width):
    at_width(1440)
    page.open()
    page.until(lambda: page.drawn == len(PANELS))
    first, _ = page.run(BUTTONS)
    assert first["opens"] == ["open", "day:2026-11-12"]
    assert (first["stacked"], first["right"], first["wide"]) == (False, True, False)
    assert first["high"] == 32
