"""Workspace breakdown: sorted rows, the folded tail, names that are hostile or long."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ids import Act
from dashboard.panel import Offer
from dashboard.panels.by_workspace import MOST_ROWS, PANEL
from dashboard.theme import LIGHT
from data.frames import WORKSPACE_COLUMNS, frame, total
from tests.dashboard.built_frames import (
    MICRO,
    draw,
    each,
    micros,
    texts,
    trace,
    view,
    workspace_frame,
)
from tests.dashboard.seen import seen

DRAWN = (
    ("1", "Acme contracts", "team", 5081), ("2", "Northwind diligence", "team", 2399),
    ("3", "Invoices intake", "team", 2132), ("4", "Research library", "team", 1383),
    ("5", "My workspace", "personal", 1141), ("6", "Supplier onboarding", "team", 802),
    ("7", "Drafts", "personal", 602), ("8", "HR handbook", "team", 492),
    ("9", "a", "team", 300), ("10", "b", "team", 250), ("11", "c", "team", 180),
    ("12", "d", "team", 88),
)  # fmt: skip


def by_workspace(*rows):
    return draw(PANEL, workspace_frame(*rows), view())


def rows_of(drawing):
    """(name, credits, share) of each row, as they stand over the bars."""
    found = texts(drawing)
    return list(zip(found[::3], found[1::3], found[2::3], strict=True))


def test_eight_rows_and_the_rest_as_one():
    drawing = by_workspace(*DRAWN)
    rows = rows_of(drawing)
    assert rows[0] == ("Acme contracts", "<b>5,081</b>", "34%")
    assert rows[-1] == ("Other (4 workspaces)", "<b>818</b>", "6%")
    assert len(rows) == 9
    assert drawing.height == 9 * 42
    colours = each(trace(drawing, "Credits"), "marker", "color")
    assert colours == [LIGHT.accent] * 8 + [LIGHT.other]


def test_a_ninth_workspace_keeps_its_name():
    assert [name for name, _, _ in rows_of(by_workspace(*DRAWN[:9]))][-1] == "a"


def test_the_rest_stands_last_whatever_its_size():
    drawing = by_workspace(*((str(n), f"w{n:04}", "team", 10) for n in range(2187)))
    name, *numbers = rows_of(drawing)[-1]
    assert (seen(name), *numbers) == ("Other (2,179 workspaces)", "<b>21,790</b>", "100%")
    assert len(json.dumps(drawing.figure)) < 12_000


def test_no_workspace_is_not_counted_as_one():
    drawing = by_workspace(*DRAWN, (None, "No workspace", None, 50))
    assert seen(rows_of(drawing)[-1][0]) == "Other (4 workspaces + No workspace)"


def test_a_personal_workspace_has_its_tag_in_muted_text():
    name = rows_of(by_workspace(*DRAWN))[4][0]
    assert name == f'My workspace  <span style="color:{LIGHT.text3}">Personal</span>'


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a" * 28, "a" * 28),
        ("a" * 29, "a" * 28 + "…"),
        ("Old project (deleted)", "Old project (deleted)"),
        ("<b>x</b><img onerror=1>", "&lt;b&gt;x&lt;/b&gt;&lt;img onerror=1&gt;"),
        ('<a href="//e.example">R&D</a>', '&lt;a href="//e.example"&gt;R&amp;D&lt;/a…'),
        ("%{x}", "%{x}"),
    ],
)
def test_names_are_cut_and_never_markup(name, shown):
    assert seen(rows_of(by_workspace(("1", name, "team", 5)))[0][0]) == shown


LONG = "Pennsylvania catastrophe response"


@pytest.mark.parametrize(
    ("window", "kind", "credits", "expected"),
    [
        (1440, "team", 5, "Pennsylvania catastrophe res…"),
        (360, "team", 5, "Pennsylvania catastrophe res…"),
        (320, "team", 5, "Pennsylvania catastrophe re…"),
        (360, "personal", 5, "Pennsylvania catastroph…"),
        (320, "personal", 5, "Pennsylvania cata…"),
        (320, "personal", 12_345_678, "Pennsyl…"),
    ],
)
def test_a_name_leaves_the_numbers_their_room_on_every_screen(window, kind, credits, expected):
    name = rows_of(by_workspace(("1", LONG, kind, credits)))[0][0]
    assert seen(name.partition("  <span")[0], window) == expected


def test_hover_has_the_name_as_text():
    drawing = by_workspace(("1", "<a href='x'>%{y}</a>", "team", 5), ("2", "b", "team", 15))
    assert trace(drawing, "Credits")["hovertext"] == [
        "<b>b</b><br>15 credits · 75%",
        "<b>&lt;a href='x'&gt;%{y}&lt;/a&gt;</b><br>5 credits · 25%",
    ]


def test_hover_has_used_refunded_and_net_where_there_is_a_refund():
    made = frame([("1", "a", "team", 100 * MICRO, 20 * MICRO)], WORKSPACE_COLUMNS)
    (hover,) = trace(draw(PANEL, made, view()), "Credits")["hovertext"]
    assert hover.endswith("<br>Used 100 · refunded 20 · net 80")


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        (DRAWN, "Acme contracts: 34% of this range. The top 3 make 65%."),
        (DRAWN[:4], "Acme contracts: 46% of this range. The top 3 make 87%."),
        (DRAWN[:3], "Acme contracts: 53% of this range."),
        ([(None, "No workspace", None, 5)], "No workspace: 100% of this range."),
        ([("1", "a", "team", -5)], "Refunds exceed use in this range."),
        ([], "No credits used in this range."),
    ],
)
def test_the_answer(rows, answer):
    assert by_workspace(*rows).answer == answer


def test_a_workspace_below_zero_is_drawn_below_zero_and_has_no_share():
    drawing = by_workspace(("1", "a", "team", 500), ("2", "b", "team", -120))
    assert trace(drawing, "Credits")["x"] == [500, -120]
    assert drawing.figure["layout"]["xaxis"]["range"] == [-120, 500]
    assert rows_of(drawing)[1] == ("b", "<b>−120</b>", "–")
    assert drawing.notes == ("Refunds exceed use for b (−120).",)


def test_many_below_zero_are_counted():
    drawing = by_workspace(*((str(n), f"w{n}", "team", -1 - n) for n in range(5)))
    assert drawing.notes == ("Refunds exceed use for 5 workspaces (−15).",)


def test_nothing_used_is_empty():
    made = workspace_frame()
    assert PANEL.is_empty(made, view())
    assert by_workspace().height == 42


@given(st.lists(st.tuples(st.integers(0, 10**14), st.integers(0, 10**14)), max_size=40))
def test_the_bars_add_up_to_the_frame(amounts):
    made = frame(
        ((str(n), f"w{n}", "team", *both) for n, both in enumerate(amounts)), WORKSPACE_COLUMNS
    ).sort_values(["net", "name"], ascending=[False, True], ignore_index=True)
    bars = trace(draw(PANEL, made, view()), "Credits")
    assert sum(micros(bars["x"])) == total(made["net"])
    assert len(bars["x"]) <= 9


def many(count):
    return [(str(n), f"W{n:03d}", "team", 1_000 - n) for n in range(count)]


def all_of(*rows):
    of = replace(view(), all_workspaces=True)
    return draw(PANEL, workspace_frame(*rows), of)


def test_all_workspaces_are_shown_when_asked_for():
    drawing = all_of(*DRAWN)
    assert [name for name, *_ in rows_of(drawing)][-1] == "d"
    assert drawing.height == 12 * 42
    assert drawing.offer == Offer("Show the top 8", Act.WORKSPACES, "", "all 12 workspaces")


def test_the_folded_ones_are_offered():
    assert by_workspace(*DRAWN).offer == Offer(
        "Show all 12 workspaces", Act.WORKSPACES, "all", "the top 8 of 12 workspaces"
    )


def test_nothing_is_offered_where_nothing_is_folded():
    assert by_workspace(*DRAWN[:9]).offer is None
    assert all_of(*DRAWN[:9]).offer is None


def test_more_than_a_chart_can_show_are_offered_as_a_table():
    """And an address that asks for all of them gets the eight."""
    assert len(rows_of(all_of(*many(MOST_ROWS)))) == MOST_ROWS
    assert by_workspace(*many(MOST_ROWS)).offer.act == Act.WORKSPACES
    for drawing in (all_of(*many(MOST_ROWS + 1)), by_workspace(*many(MOST_ROWS + 1))):
        assert len(rows_of(drawing)) == 9
        assert drawing.offer == Offer(
            "Show all 101 workspaces", Act.TABLE, "workspace", "the top 8 of 101 workspaces"
        )
