"""Team vs. personal: the ring, its table, and which splits there are to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.panel import KeyRow
from dashboard.panels.team_personal import NOTE, PANEL, kind_frame
from dashboard.theme import LIGHT
from data.frames import WORKSPACE_COLUMNS, frame, total
from tests.dashboard.built_frames import account, draw, micros, texts, view, workspace_frame

TEAM = ("1", "Acme", "team", 13_027)
PERSONAL = ("2", "Mine", "personal", 1_823)
NOWHERE = (None, "No workspace", None, 150)
UNLISTED = ("9", "9", None, 50)


def team(*rows, kinds=("team", "personal")):
    return draw(PANEL, kind_frame(workspace_frame(*rows)), view(of=account(kinds=kinds)))


def ring(drawing):
    (found,) = drawing.figure["data"]
    return found


def test_team_comes_first_clockwise_from_the_top():
    made = ring(team(PERSONAL, TEAM))
    assert made["labels"] == ["Team", "Personal"]
    assert made["values"] == [13_027, 1_823]
    assert (made["sort"], made["direction"], made["rotation"]) == (False, "clockwise", 0)
    assert made["hole"] == 0.7
    assert made["marker"]["colors"] == [LIGHT.accent, LIGHT.personal]
    assert made["marker"]["line"] == {"color": LIGHT.surface, "width": 3}


def test_the_total_stands_in_the_middle():
    drawing = team(TEAM, PERSONAL)
    assert texts(drawing) == ["<b>14,850</b>", "credits"]
    assert drawing.height == 180


def test_the_table_and_its_note():
    drawing = team(TEAM, PERSONAL)
    assert drawing.answer == "Team workspaces: 88% of this range."
    assert drawing.key_table.columns == ("Workspaces", "Credits", "Share")
    assert drawing.key_table.rows == (
        KeyRow(("Team", "13,027", "88%"), "accent", opens="kind:team"),
        KeyRow(("Personal", "1,823", "12%"), "personal", opens="kind:personal"),
    )
    assert drawing.notes == (NOTE,)


def test_a_personal_account_has_a_full_ring_and_no_table():
    drawing = team(PERSONAL, kinds=["personal"])
    assert drawing.answer == "All of it is personal: your plan has no team workspaces."
    assert ring(drawing)["marker"]["line"]["width"] == 0
    assert drawing.key_table is None
    assert drawing.notes == ()


def test_the_accounts_workspaces_decide_not_this_ranges_use():
    """Both kinds exist, only one was used: that is a split of 100 to 0."""
    drawing = team(PERSONAL)
    assert drawing.answer == "Team workspaces: 0% of this range."
    assert [row.cells for row in drawing.key_table.rows] == [
        ("Team", "0", "0%"),
        ("Personal", "1,823", "100%"),
    ]
    assert ring(drawing)["labels"] == ["Personal"]
    assert ring(drawing)["marker"]["line"]["width"] == 0


def test_what_has_no_listed_workspace_is_unassigned_and_shown_only_when_present():
    drawing = team(TEAM, PERSONAL, NOWHERE, UNLISTED)
    assert [row.cells for row in drawing.key_table.rows][-1] == ("Unassigned", "200", "1%")
    assert drawing.key_table.rows[-1].texture == "dots"
    assert ring(drawing)["marker"]["pattern"]["shape"] == ["", "", "."]


@pytest.mark.parametrize(
    ("rows", "kinds", "answer"),
    [
        ([TEAM], ["team"], "All of it is team work: your account has no personal workspaces."),
        ([PERSONAL, NOWHERE], ["personal"], "Personal workspaces: 92% of this range."),
        ([NOWHERE], [], "None of it belongs to a listed workspace."),
        ([("1", "a", "team", -5)], ["team"], "Refunds exceed use in this range."),
        ([], ["team", "personal"], "No credits used in this range."),
    ],
)
def test_the_answer(rows, kinds, answer):
    assert team(*rows, kinds=kinds).answer == answer


def test_a_kind_below_zero_is_no_part_and_is_said():
    drawing = team(TEAM, ("2", "Mine", "personal", -120))
    assert ring(drawing)["labels"] == ["Team"]
    assert [row.cells for row in drawing.key_table.rows][1] == ("Personal", "−120", "–")
    assert drawing.notes == ("Refunds exceed use for Personal (−120).", NOTE)
    assert texts(drawing)[0] == "<b>12,907</b>"


def test_hover():
    assert ring(team(TEAM, PERSONAL))["hovertext"] == [
        "<b>Team</b><br>13,027 credits · 88%",
        "<b>Personal</b><br>1,823 credits · 12%",
    ]


def test_a_kind_that_nobody_knows_is_unassigned():
    made = kind_frame(workspace_frame(("1", "a", "robot", 5), TEAM))
    assert made["kind"].tolist() == ["team", "unassigned"]


def test_nothing_used_is_empty():
    assert PANEL.is_empty(kind_frame(workspace_frame()), view())


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["team", "personal", None]),
            st.integers(0, 10**14),
            st.integers(0, 10**14),
        ),
        max_size=12,
    )
)
def test_the_ring_adds_up_to_the_workspaces(rows):
    made = frame(
        ((str(n), f"w{n}", kind, *amounts) for n, (kind, *amounts) in enumerate(rows)),
        WORKSPACE_COLUMNS,
    )
    kinds = kind_frame(made)
    drawing = draw(PANEL, kinds, view())
    below = sum(net for net in kinds["net"].tolist() if net < 0)
    assert total(kinds["net"]) == total(made["net"])
    assert sum(micros(ring(drawing)["values"])) + below == total(made["net"])
