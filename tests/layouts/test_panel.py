"""A card renders every part of a drawing, and nothing for what a drawing leaves out."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.ids import Act, Part, part_id
from dashboard.panel import Drawing, KeyItem, KeyRow, KeyTable, Mark, Offer, Panel
from dashboard.table import Table, TableRow
from layouts.panel import card, details
from tests.layouts.tree import attribute, elements, parts, with_id, words

TABLE = KeyTable(
    ("Reason", "Credits", "Share"),
    (
        KeyRow(("Workflow runs", "3,879", "26%"), "workflow_run"),
        KeyRow(("Contract review", "1,716", "12%"), "workflow_type_1", level=1),
    ),
)


def drawing(**more) -> Drawing:
    return Drawing("An answer.", {"data": [], "layout": {}}, 264, "3 – 22 Nov", **more)


@pytest.fixture
def panel() -> Panel:
    return Panel(
        key="storage",
        name="Storage",
        question="What fills up?",
        columns=6,
        query=lambda _connection, _scope, _view: pd.DataFrame(),
        is_empty=lambda _frame, _view: False,
        draw=lambda _frame, _view, _theme: drawing(),
        table=lambda _frame, _view: Table("An answer.", (), (), TableRow(())),
        shape="rows",
    )


def test_a_card_is_a_section_named_by_its_question(panel):
    section = card(panel)
    assert ("Section", "storage-title") == (section._type, attribute(section, "aria-labelledby"))
    assert "What fills up?" == words(with_id(section, "storage-title"))
    assert "sheet panel columns-6 shape-rows paper-3" == section.className


def test_a_card_has_every_part_of_its_panel(panel):
    ids = {part.id for part in parts(card(panel)) if getattr(part, "id", None)}
    assert {part_id("storage", part) for part in Part} == ids


def test_a_chart_is_a_group_named_by_the_question_and_described_by_the_answer(panel):
    chart = with_id(card(panel), "storage-chart")
    assert "group" == chart.role
    assert "storage-title" == attribute(chart, "aria-labelledby")
    assert "storage-answer" == attribute(chart, "aria-describedby")


def test_a_drawing_is_hidden_from_screen_readers_and_cannot_be_zoomed(panel):
    chart = with_id(card(panel), "storage-chart")
    assert ["true", "true"] == [attribute(part, "aria-hidden") for part in chart.children]
    (graph,) = elements(chart, "Graph")
    off = {name for name, value in graph.config.items() if value is False}
    assert {"displayModeBar", "scrollZoom", "doubleClick", "showTips"} == off
    assert graph.config["responsive"]


def test_a_chart_without_data_is_hidden_behind_grey_marks_of_its_shape(panel):
    section = card(panel)
    assert with_id(section, "storage-chart").hidden
    assert "skeleton skeleton-rows" == with_id(section, "storage-state").children.className


def test_a_key_names_each_mark_beside_its_colour_and_texture():
    (lists,) = details(drawing(key=(KeyItem("Today, so far", "accent", "hatched"),)))
    assert "Today, so far" == words(lists)
    (mark, _) = elements(lists, "Span")
    assert "swatch swatch-hatched" == mark.className
    assert {"--swatch": "var(--accent)"} == mark.style
    assert "true" == attribute(mark, "aria-hidden")


def test_marks_are_buttons_with_their_cause_and_value():
    mark = Mark("Thu 12 Nov", "Enhanced OCR, Acme contracts", "2,038", "day:2026-11-12")
    (lists,) = details(drawing(marks=(mark, Mark("Tue 27 Oct", "", "1,672", "day:2026-10-27"))))
    pressed = elements(lists, "Button")
    assert ["Thu 12 Nov Enhanced OCR, Acme contracts 2,038", "Tue 27 Oct 1,672"] == [
        words(one) for one in pressed
    ]
    assert [("open", "day:2026-11-12"), ("open", "day:2026-10-27")] == [
        (attribute(one, "data-act"), attribute(one, "data-value")) for one in pressed
    ]


def test_a_key_table_has_a_head_row_and_one_row_each():
    (table,) = details(drawing(key_table=TABLE))
    rows = [words(row) for row in elements(table, "Tr")]
    assert [
        "Reason Credits Share",
        "Workflow runs 3,879 26%",
        "Contract review 1,716 12%",
    ] == rows


def test_the_cells_of_a_key_table_say_what_they_head():
    (table,) = details(drawing(key_table=TABLE))
    assert ["col"] * 3 + ["row"] * 2 == [cell.scope for cell in elements(table, "Th")]


def test_a_part_of_a_row_is_indented_under_it():
    (table,) = details(drawing(key_table=TABLE))
    assert ["level-0", "level-1"] == [r.className for r in elements(table, "Tr")[1:]]


def test_the_button_for_the_table_is_named_after_the_panel_and_not_pressed(panel):
    """Its name holds the word that is seen, and stays the same when it is pressed."""
    pressed = with_id(card(panel), "storage-table")
    assert "Show Storage as a table" == attribute(pressed, "aria-label")
    assert "Table" == words(pressed)
    assert ("false", True) == (attribute(pressed, "aria-pressed"), pressed.hidden)
    assert ("table", "storage") == (
        attribute(pressed, "data-act"),
        attribute(pressed, "data-value"),
    )


def test_an_offer_is_a_button_before_the_notes():
    offer = Offer("Show all 12 workspaces", Act.WORKSPACES, "all", "the top 8 of 12 workspaces")
    shown = details(drawing(offer=offer, notes=("One.",)))
    (pressed,) = elements(shown[0], "Button")
    assert "Show all 12 workspaces" == words(pressed)
    assert ("workspaces", "all") == (
        attribute(pressed, "data-act"),
        attribute(pressed, "data-value"),
    )
    assert ["One."] == [words(part) for part in shown[1:]]


def test_notes_come_last():
    shown = details(drawing(key_table=TABLE, notes=("One.", "Two.")))
    assert ["Table", "P", "P"] == [part._type for part in shown]
    assert ["One.", "Two."] == [words(part) for part in shown[1:]]


def test_a_drawing_without_key_and_notes_adds_nothing():
    assert [] == details(drawing())
