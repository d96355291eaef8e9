"""What a reader may not see by name: summed rows that open nothing, after those that are named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.highlights import Frames, find_highlights
from dashboard.panels.by_workspace import LIMITED, PANEL
from dashboard.panels.team_personal import kind_frame
from dashboard.theme import LIGHT
from data.frames import WORKSPACE_COLUMNS, Unnamed, frame
from tests.dashboard.built_frames import MICRO, before, draw, each, reason_frame, texts, trace, view
from tests.dashboard.seen import seen

MEMBERS = (Unnamed("members", 3), "Personal (members)", "personal", 900)
RESTRICTED = [
    (Unnamed("restricted", 2), "Restricted (2 workspaces)", "team", 1_000),
    (Unnamed("restricted", 1), "Restricted (1 workspace)", None, 40),
]
NOWHERE = (Unnamed("nowhere", 0), "No workspace", None, 10)
UNNAMED = [MEMBERS, *RESTRICTED, NOWHERE]
OWN = [(f"w{n}", f"Own {n}", "personal" if n == 1 else "team", 100 - n) for n in range(10)]


def made_of(*rows):
    return frame(((*row[:3], row[3] * MICRO, 0) for row in rows), WORKSPACE_COLUMNS)


def shown(*rows, **of):
    """(name, credits) of each bar, its colour and what it opens."""
    drawing = draw(PANEL, made_of(*rows), replace(view(), **of))
    names, bars = texts(drawing), trace(drawing, "Credits")
    return [
        (seen(name), seen(amount).strip("b</>"), colour, opens)
        for name, amount, colour, opens in zip(
            names[::3], names[1::3], each(bars, "marker", "color"), bars["customdata"], strict=True
        )
    ]


def test_they_stand_after_the_named_ones_as_one_row_for_each_reason_and_open_nothing():
    other = LIGHT.other
    assert [
        ("Own 0", "100", LIGHT.accent, "workspace:w0"),
        ("Personal (members)", "900", other, ""),
        ("Restricted (3 workspaces)", "1,040", other, ""),
        ("No workspace", "10", other, ""),
    ] == shown(OWN[0], *UNNAMED)


def test_they_are_never_folded_and_other_stays_last():
    found = shown(*OWN, *UNNAMED)
    assert [
        "Own 7",
        "Personal (members)",
        "Restricted (3 workspaces)",
        "No workspace",
        "Other (2 workspaces)",
    ] == [name for name, *_ in found][7:]
    assert len(OWN) + 3 == len(shown(*OWN, *UNNAMED, all_workspaces=True))


def test_the_offer_counts_what_has_a_name():
    drawing = draw(PANEL, made_of(*OWN, *UNNAMED), view())
    assert "Show all 10 workspaces" == drawing.offer.label


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ((OWN[0], *RESTRICTED), "Own 0: 9% of this range."),
        ((*OWN[:4], MEMBERS), "Own 0: 8% of this range. The top 3 make 23%."),
        (UNNAMED, "None of this range is of a workspace that you can open."),
        ((("w1", "Own", "team", -5), *RESTRICTED),
         "None of this range is of a workspace that you can open."),
    ],
)  # fmt: skip
def test_the_answer_is_of_what_has_a_name(rows, answer):
    rows = [(*row[:3], max(row[3], 0) * MICRO, max(-row[3], 0) * MICRO) for row in rows]
    assert answer == draw(PANEL, frame(rows, WORKSPACE_COLUMNS), view()).answer


def test_the_table_has_them_with_their_kind_where_it_is_one():
    table = PANEL.table(made_of(OWN[0], *UNNAMED), view())
    assert [
        ("Own 0", "Team", "100", "5%", "workspace:w0"),
        ("Personal (members)", "Personal", "900", "44%", ""),
        ("Restricted (3 workspaces)", "–", "1,040", "51%", ""),
        ("No workspace", "–", "10", "<1%", ""),
    ] == [(*row.cells, row.opens) for row in table.rows]
    assert ("Total", "", "2,050", "100%") == table.total.cells
    (alone,) = PANEL.table(made_of(RESTRICTED[0]), view()).rows
    assert ("Restricted (2 workspaces)", "Team", "1,000", "100%") == alone.cells


def test_what_they_were_before_is_added_up_too():
    rows = before(made_of(OWN[0], *UNNAMED), 1, 2, 30, 400, 5)
    found = {row.cells[0]: row.cells[4] for row in PANEL.table(rows, view()).rows}
    assert "430" == found["Restricted (3 workspaces)"]


def test_a_limited_reader_is_told_so_whatever_the_range_holds():
    assert (LIMITED,) == draw(PANEL, made_of(OWN[0]), replace(view(), limited=True)).notes
    assert () == draw(PANEL, made_of(OWN[0], MEMBERS), view()).notes


def test_they_count_in_team_and_personal_by_their_kind():
    found = kind_frame(made_of(*OWN[:2], *UNNAMED))
    nets = dict(zip(found["kind"], found["net"] // MICRO, strict=True))
    assert {"team": 1_100, "personal": 999, "unassigned": 50} == nets


def test_none_of_them_is_the_biggest_rise():
    places = before(made_of(OWN[0], *UNNAMED), *[0] * 5)
    reasons = before(reason_frame(("premium_chat", None, 2_050)), 2_050)
    found = find_highlights(Frames(None, reasons, places), view()).found
    assert ["Biggest reason"] == [one.label for one in found]
