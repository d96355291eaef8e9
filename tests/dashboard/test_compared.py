"""Previous and Change, in the keys and tables of the panels that have a previous period."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard import words
from dashboard.panels import by_reason, by_workspace, team_personal
from dashboard.view import View
from tests.dashboard.built_frames import (
    MICRO,
    before,
    draw,
    reason_frame,
    view,
    workspace_frame,
)
from tests.examples import examples

REASONS = reason_frame(
    ("enhanced_ocr", None, 6_594),
    ("workflow_run", "contract_review", 1_716),
    ("workflow_run", "redaction", 302),
    ("workflow_run", None, 0),
    ("premium_chat", None, 20, 120),
    ("compose_render", None, 0),
)
REASONS_BEFORE = before(REASONS, 3_833, 1_589, 0, 40, 50, 700)
WORKSPACES = workspace_frame(
    ("1", "Acme", "team", 500), ("2", "Mine", "personal", 90), ("3", "Past", "team", 0)
)
WORKSPACES_BEFORE = before(WORKSPACES, 292, 91, 30)


def names(columns):
    return [column.name for column in columns]


def rows_of(made):
    return [row.cells for row in (*made.rows, made.total)]


def test_the_key_of_the_reasons_says_each_change():
    table = draw(by_reason.PANEL, REASONS_BEFORE, view()).key_table
    assert ("Reason", "Credits", "Share", "Change") == table.columns
    assert [
        ("Enhanced OCR", "6,594", "77%", "+72%"),
        ("Workflow runs", "2,018", "23%", "+24%"),
        ("Contract review", "1,716", "20%", "+8%"),
        ("Redaction", "302", "4%", "new"),
        ("Other types", "0", "0%", "−100%"),
        ("Compose renders", "0", "0%", "−100%"),
        ("Premium-model chats", "−100", "–", "−300%"),
    ] == [row.cells for row in table.rows]


def test_the_table_of_the_reasons_has_what_they_were_and_their_sum():
    made = by_reason.table(REASONS_BEFORE, view())
    assert ["Reason", "Net credits", "Share", "Previous", "Change", "Used", "Refunded"] == names(
        made.columns
    )
    rows = rows_of(made)
    assert ("Enhanced OCR", "6,594", "77%", "3,833", "+72%", "6,594", "0") == rows[0]
    assert ("Compose renders", "0", "0%", "700", "−100%", "0", "0") == rows[5]
    assert ("Total", "8,512", "–", "6,212", "+37%", "8,632", "120") == rows[-1]
    assert made.caption.endswith(" 3 – 22 Nov 2026, compared with 3 – 22 Oct 2026.")


def test_workspaces_have_both_columns_and_those_of_the_previous_period_their_row():
    made = by_workspace.table(WORKSPACES_BEFORE, view())
    assert ["Workspace", "Kind", "Credits", "Share", "Previous", "Change"] == names(made.columns)
    assert [
        ("Acme", "Team", "500", "85%", "292", "+71%"),
        ("Mine", "Personal", "90", "15%", "91", "−1%"),
        ("Past", "Team", "0", "0%", "30", "−100%"),
        ("Total", "", "590", "100%", "413", "+43%"),
    ] == rows_of(made)


def test_a_workspace_of_the_previous_period_has_no_bar_of_its_own():
    (bars,) = draw(by_workspace.PANEL, WORKSPACES_BEFORE, view()).figure["data"]
    assert [500, 90] == bars["x"]


def test_kinds_are_compared_in_key_and_table():
    of = view()
    table = draw(team_personal.PANEL, WORKSPACES_BEFORE, of).key_table
    assert ("Workspaces", "Credits", "Share", "Change") == table.columns
    assert [("Team", "500", "85%", "+55%"), ("Personal", "90", "15%", "−1%")] == [
        row.cells for row in table.rows
    ]
    made = team_personal.table(WORKSPACES_BEFORE, of)
    assert ["Workspaces", "Credits", "Share", "Previous", "Change"] == names(made.columns)
    assert ("Total", "590", "100%", "413", "+43%") == rows_of(made)[-1]


def test_a_kind_without_credits_in_both_periods_is_the_same():
    frame = before(workspace_frame(("1", "Acme", "team", 500)), 0)
    made = team_personal.table(frame, view())
    assert [("Team", "500", "100%", "0", "new"), ("Personal", "0", "0%", "0", "0%")] == rows_of(
        made
    )[:-1]


def test_without_a_previous_period_no_change_is_shown():
    for panel, frame in (
        (by_reason.PANEL, REASONS),
        (by_workspace.PANEL, WORKSPACES),
        (team_personal.PANEL, WORKSPACES),
    ):
        assert not {"Previous", "Change"} & {*names(panel.table(frame, view()).columns)}
        key = draw(panel, frame, view()).key_table
        assert key is None or "Change" not in key.columns


amounts = st.tuples(st.integers(0, 10**6), st.integers(-(10**6), 10**6))


@given(st.lists(amounts, min_size=1, max_size=30))
@examples(40)
def test_previous_adds_up_in_every_table(found):
    rows = [(str(n), f"W{n}", "personal" if n % 3 else "team", net) for n, (net, _) in
            enumerate(sorted(found, reverse=True))]  # fmt: skip
    frame = before(workspace_frame(*rows), *(earlier for _, earlier in found))
    of: View = view()
    total = words.credits(sum(earlier for _, earlier in found) * MICRO)
    for panel in (by_workspace, team_personal):
        made = panel.table(frame, of)
        assert total == made.total.cells[names(made.columns).index("Previous")]
