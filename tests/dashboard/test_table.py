"""A table is whole, its pages hold each row once; refunds are said only where there are any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.table import (
    CELLS,
    FEWEST_ROWS,
    Column,
    Sum,
    Table,
    TableRow,
    whole_share,
    with_amounts,
    with_cells,
)
from tests.dashboard.built_frames import MICRO


def table(rows: int, columns: int = 4) -> Table:
    return Table(
        "",
        tuple(Column(str(number)) for number in range(columns)),
        tuple(TableRow((str(number),)) for number in range(1, rows + 1)),
        TableRow(("Total",)),
    )


def test_a_small_table_is_one_page():
    page = table(12).page()
    assert page.is_whole
    assert (1, 12, 12, None, None) == (page.first, page.last, page.of, page.previous, page.next)


def test_a_table_without_rows_is_one_page():
    page = table(0).page(7)
    assert page.is_whole
    assert (0, 0, 0) == (page.first, page.last, page.of)


def test_a_page_has_as_many_cells_as_an_answer_carries():
    assert CELLS // 4 == table(10_000).page_size == len(table(10_000).page().rows)
    assert FEWEST_ROWS == table(10_000, columns=5_000).page_size
    assert 600 == table(10_000, columns=6).page_size


@given(st.integers(1, 3_000), st.integers(1, 30))
def test_the_pages_one_after_the_other_are_the_table(rows, columns):
    made = table(rows, columns)
    page = made.page()
    found = list(page.rows)
    while page.next is not None and len(found) <= rows:
        page = made.page(page.next)
        found += page.rows
    assert made.rows == tuple(found)
    assert rows == page.last


@given(st.integers(1, 3_000), st.integers(-5, 10**9))
def test_the_page_of_a_row_holds_it_or_is_the_last(rows, asked):
    page = table(rows).page(asked)
    assert page.first <= min(max(asked, 1), rows) <= page.last
    if page.previous is not None:
        assert page.first - 1 == table(rows).page(page.previous).last


@pytest.mark.parametrize(
    ("refunds", "names", "cells"),
    [
        (False, ["A", "Credits", "Share"], ("x", "7", "5%")),
        (
            True,
            ["A", "Net credits", "Share", "Used", "Refunded"],
            ("x", "7", "5%", "10", "3"),
        ),
    ],
)
def test_used_and_refunded_stand_last_and_only_where_a_refund_is(refunds, names, cells):
    made = with_amounts([Column("A")], [Column("Share")], refunds=refunds)
    assert names == [column.name for column in made]
    amount = Sum(10 * MICRO, 3 * MICRO)
    assert cells == with_cells(["x"], amount, ["5%"], refunds=refunds)


def test_a_total_is_all_of_it_unless_a_part_is_below_zero():
    assert "100%" == whole_share([Sum(5, 0), Sum(1, 1)])
    assert "–" == whole_share([Sum(5, 0), Sum(0, 1)])
    assert "–" == whole_share([])
