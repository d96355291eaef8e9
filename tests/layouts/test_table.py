"""A table of the page carries all that a real table needs, and is turned page by page."""

from __future__ import annotations

import pytest

from dashboard.ids import Act
from dashboard.table import CELLS, Column, Table, TableRow
from layouts.table import paper_table, table_view
from tests.layouts.tree import attribute, elements, words

COLUMNS = (Column("Workspace", "start"), Column("Kind", "start"), Column("Credits"))
PAGE = CELLS // 300 * 100


def table(rows: int = 2) -> Table:
    return Table(
        "Legal: 60% of this range. 3 – 22 Nov 2026.",
        COLUMNS,
        tuple(TableRow((f"W{n}", "Team", "1,200")) for n in range(1, rows + 1)),
        TableRow(("Total", "", "2,400")),
    )


def props(part):
    return part.to_plotly_json()["props"]


def shown(made: Table, asked: int = 1):
    return table_view("workspace", "Workspace breakdown", made, asked)


def test_the_area_that_may_scroll_is_a_group_with_a_name():
    (area,) = shown(table())
    assert ("group", "Workspace breakdown, table") == (area.role, attribute(area, "aria-label"))


def test_a_table_is_text_lines_of_cells():
    (area,) = shown(table())
    assert {
        "data-caption": "Legal: 60% of this range. 3 – 22 Nov 2026.",
        "data-heads": "Workspace\tKind\tCredits",
        "data-starts": "0 1",
        "data-rows": "W1\tTeam\t1,200\nW2\tTeam\t1,200",
        "data-total": "Total\t\t2,400",
    } == {name: value for name, value in props(area).items() if name.startswith("data-")}


def test_a_detail_and_a_level_stand_beyond_the_cells():
    rows = (TableRow(("Nov",), detail="so far"), TableRow(("Types",), level=1))
    (area,) = shown(Table("", COLUMNS[:1], rows, TableRow(("Total",))))
    assert "Nov\tso far\t0\nTypes\t\t1" == attribute(area, "data-rows")


def test_what_a_name_opens_stands_last_whatever_its_id_holds():
    rows = (
        TableRow(("Contracts",), opens="workspace:w 1\t%2C\né"),
        TableRow(("Nov",), detail="so far", level=1, opens="month:2026-11-03"),
    )
    (area,) = shown(Table("", COLUMNS[:1], rows, TableRow(("Total",))))
    assert (
        "Contracts\t\t0\tworkspace:w%201%09%252C%0A%C3%A9\nNov\tso far\t1\tmonth:2026-11-03"
    ) == attribute(area, "data-rows")


def test_a_name_cannot_end_its_cell():
    hostile = TableRow(("a\tb\nc\rd", "Team", "1"))
    (area,) = shown(Table("", COLUMNS, (hostile,), TableRow(("Total", "", "1"))))
    assert "a b c d\tTeam\t1" == attribute(area, "data-rows")


def test_a_table_on_paper_has_its_heading_and_says_what_is_cut():
    whole = paper_table("Monthly usage", "2026", table())
    assert "Monthly usage 2026" == words(whole)
    assert f"Rows 1–{PAGE:,} of 2,187." in words(paper_table("Monthly usage", "2026", table(2_187)))


def test_a_table_of_one_page_has_no_pager():
    assert 1 == len(shown(table(PAGE)))


@pytest.mark.parametrize(
    ("asked", "said", "previous", "following"),
    [
        (1, f"Rows 1–{PAGE:,} of 2,187", None, f"workspace:{PAGE + 1}"),
        (10**9, f"Rows {PAGE + 1:,}–2,187 of 2,187", "workspace:1", None),
    ],
)  # fmt: skip
def test_a_long_table_is_turned_page_by_page_and_says_so(asked, said, previous, following):
    area, pager = shown(table(2_187), asked)
    assert words(pager).startswith(said)
    assert attribute(area, "data-caption").endswith(f" {said}.")
    turns = elements(pager, "Button")
    assert [f"Previous {PAGE:,} rows", f"Next {PAGE:,} rows"] == [words(turn) for turn in turns]
    assert {Act.ROWS} == {attribute(turn, "data-act") for turn in turns}
    assert [previous, following] == [
        None if attribute(turn, "aria-disabled") == "true" else attribute(turn, "data-value")
        for turn in turns
    ]


def test_every_page_ends_with_the_total_of_all_rows():
    area, _ = shown(table(2_187), PAGE + 1)
    assert "Total\t\t2,400" == attribute(area, "data-total")
