"""A table of the page is a real table: caption, heads with scopes, the total in its foot."""

from __future__ import annotations

import pytest

from dashboard.ids import Act
from dashboard.table import CELLS, Column, Table, TableRow
from layouts.table import table_view
from tests.layouts.tree import attribute, elements, words

COLUMNS = (Column("Workspace", "start"), Column("Kind", "start"), Column("Credits"))
PAGE = CELLS // 3


def table(rows: int = 2) -> Table:
    return Table(
        "Legal: 60% of this range. 3 – 22 Nov 2026.",
        COLUMNS,
        tuple(TableRow((f"W{n}", "Team", "1,200")) for n in range(1, rows + 1)),
        TableRow(("Total", "", "2,400")),
    )


def shown(made: Table, asked: int = 1):
    return table_view("workspace", "Workspace breakdown", made, asked)


def test_the_caption_is_the_tables():
    (area,) = shown(table())
    assert ["Legal: 60% of this range. 3 – 22 Nov 2026."] == [
        words(caption) for caption in elements(area, "Caption")
    ]


def test_the_area_that_may_scroll_is_a_group_with_a_name():
    (area,) = shown(table())
    assert ("group", "Workspace breakdown, table") == (area.role, attribute(area, "aria-label"))


def test_each_head_says_what_it_heads():
    (area,) = shown(table())
    scopes = [(words(head), head.scope) for head in elements(area, "Th")]
    columns = [(column.name, "col") for column in COLUMNS]
    assert [*columns, ("W1", "row"), ("W2", "row"), ("Total", "row")] == scopes


def test_the_total_stands_in_the_foot():
    (area,) = shown(table())
    (foot,) = elements(area, "Tfoot")
    assert "Total 2,400" == words(foot)
    assert ["W1 Team 1,200", "W2 Team 1,200"] == [
        words(row) for row in elements(elements(area, "Tbody"), "Tr")
    ]


def test_words_start_at_the_left_and_numbers_end_at_the_right():
    (area,) = shown(table(1))
    cells = elements(elements(area, "Tbody"), "Td")
    assert [("Team", "start"), ("1,200", None)] == [
        (words(cell), attribute(cell, "className")) for cell in cells
    ]


def test_a_part_is_indented_and_a_detail_stands_under_the_name():
    made = Table("", COLUMNS[:1], (TableRow(("Nov",), 1, "so far"),), TableRow(("Total",)))
    (area,) = shown(made)
    (row,) = elements(elements(area, "Tbody"), "Tr")
    assert "level-1" == row.className
    assert ["so far"] == [words(small) for small in elements(row, "Small")]


def test_a_table_of_one_page_has_no_pager():
    assert 1 == len(shown(table(PAGE)))


@pytest.mark.parametrize(
    ("asked", "said", "previous", "following"),
    [
        (1, f"Rows 1–{PAGE} of 2,187", None, f"workspace:{PAGE + 1}"),
        (PAGE + 5, f"Rows {PAGE + 1}–{2 * PAGE:,} of 2,187", "workspace:1",
         f"workspace:{2 * PAGE + 1}"),
        (10**9, f"Rows {4 * PAGE + 1:,}–2,187 of 2,187", f"workspace:{3 * PAGE + 1}", None),
    ],
)  # fmt: skip
def test_a_long_table_is_turned_page_by_page_and_says_so(asked, said, previous, following):
    area, pager = shown(table(2_187), asked)
    assert words(pager).startswith(said)
    assert words(elements(area, "Caption")).endswith(f"{said}.")
    turns = elements(pager, "Button")
    assert [f"Previous {PAGE} rows", f"Next {PAGE} rows"] == [words(turn) for turn in turns]
    assert {Act.ROWS} == {attribute(turn, "data-act") for turn in turns}
    assert [previous, following] == [
        None if attribute(turn, "aria-disabled") == "true" else attribute(turn, "data-value")
        for turn in turns
    ]


def test_every_page_ends_with_the_total_of_all_rows():
    area, _ = shown(table(2_187), PAGE + 1)
    assert "Total 2,400" == words(elements(area, "Tfoot"))
