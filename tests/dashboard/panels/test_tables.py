"""Every panel's table against its frame and its chart: same amounts, same order, nothing folded."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from dashboard import words
from dashboard.days import chart_window, history_window
from dashboard.panels import PANELS, by_reason, by_workspace, team_personal
from dashboard.view import View
from data.frames import DAY_REASON_COLUMNS, REASON_COLUMNS, WORKSPACE_COLUMNS, frame
from data.periods import DAY
from data.reasons import Taxonomy
from tests.dashboard.built_frames import (
    account,
    draw,
    monthly_frame,
    reason_frame,
    view,
    workspace_frame,
)
from tests.examples import examples

TYPES = ("contract_review", "redaction", "triage", "drafting", "enrichment", "summary")
CODES = ("premium_chat", "workflow_run", "enhanced_ocr", "compose_render", "teleport", "own")
amounts = st.tuples(st.integers(0, 10**15), st.sampled_from([0, 0, 0, 1, 10**6, 10**14]))


def rows_of(made):
    return [row.cells for row in made.rows]


# --- reasons --------------------------------------------------------------------------------


def reason_table(*rows, of: View | None = None):
    return by_reason.table(reason_frame(*rows), of or view())


def test_every_type_has_its_row_under_the_runs():
    runs = [("workflow_run", kind, 100 - place) for place, kind in enumerate(TYPES)]
    made = reason_table(*runs, ("workflow_run", None, 7), ("enhanced_ocr", None, 900))
    types = ["Contract review", "Redaction", "Triage", "Drafting", "Enrichment", "Summary"]
    assert ["Enhanced OCR", "Workflow runs", *types, "Other types"] == [
        row[0] for row in rows_of(made)
    ]
    assert [0, 0, *[1] * 7] == [row.level for row in made.rows]
    assert ["Reason", "Credits", "Share"] == [column.name for column in made.columns]
    assert ("Total", "1,492", "100%") == made.total.cells


def test_runs_without_any_type_are_one_row():
    assert [("Workflow runs", "7", "100%")] == rows_of(reason_table(("workflow_run", None, 7)))


def test_no_unknown_reason_is_folded():
    unknown = [(f"code {number}", None, 10 - number) for number in range(7)]
    made = reason_table(*unknown, ("premium_chat", None, 1))
    assert ["Premium-model chats", *(code for code, _, _ in unknown)] == [
        row[0] for row in rows_of(made)
    ]


def test_a_reason_below_zero_has_no_share_and_stands_last():
    made = reason_table(("enhanced_ocr", None, 100), ("compose_render", None, 30, 150))
    assert ["Reason", "Net credits", "Share", "Used", "Refunded"] == [
        column.name for column in made.columns
    ]
    assert [
        ("Enhanced OCR", "100", "100%", "100", "0"),
        ("Compose renders", "−120", "–", "30", "150"),
    ] == rows_of(made)
    assert ("Total", "−20", "–", "130", "150") == made.total.cells


def test_what_the_key_of_the_reasons_says_the_table_says():
    """Shares too, where folding the types on the chart changes what is above zero."""
    runs = [("workflow_run", kind, 20 - place) for place, kind in enumerate(TYPES[:4])]
    rows = [*runs, ("workflow_run", "d", 5), ("workflow_run", "e", 1, 4), ("own", None, 3)]
    of = view()
    key = draw(by_reason.PANEL, reason_frame(*rows), of).key_table
    told = {(row[0], row[1], row[2]) for row in rows_of(reason_table(*rows))}
    named = {row.cells for row in key.rows if "more type" not in row.cells[0]}
    assert named == named & told


def test_a_host_that_lists_no_runs_still_sees_their_types_in_the_table():
    of = view(of=account(taxonomy=Taxonomy({"own": "Our own"})))
    made = reason_table(("workflow_run", "redaction", 5), ("own", None, 1), of=of)
    assert ["Our own", "workflow_run", "Redaction"] == [row[0] for row in rows_of(made)]


# --- workspaces and kinds -------------------------------------------------------------------


def test_every_workspace_is_listed_in_the_order_of_the_chart():
    rows = [(str(n), f"W{n:02d}", "personal" if n % 2 else "team", 40 - n) for n in range(30)]
    made = by_workspace.table(workspace_frame(*rows, (None, "No workspace", None, 3)), view())
    assert ["Workspace", "Kind", "Credits", "Share"] == [column.name for column in made.columns]
    assert ["start", "start", "end", "end"] == [column.align for column in made.columns]
    assert [f"W{n:02d}" for n in range(30)] == [row[0] for row in rows_of(made)][:30]
    assert ("W01", "Personal", "39", "5%") == rows_of(made)[1]
    assert ("No workspace", "–", "3", "<1%") == rows_of(made)[30]
    assert ("Total", "", "768", "100%") == made.total.cells


def test_kinds_are_listed_as_in_the_ring():
    frame_ = team_personal.kind_frame(
        workspace_frame(("1", "a", "personal", 60), ("2", "b", "team", 20), (None, "n", None, 20))
    )
    made = team_personal.table(frame_, view())
    assert [("Team", "20", "20%"), ("Personal", "60", "60%"), ("Unassigned", "20", "20%")] == (
        rows_of(made)
    )
    assert (
        "Team workspaces: 20% of this range. 3 – 22 Nov 2026."
        == made.caption.partition(",")[0] + "."
    )


# --- any ledger -----------------------------------------------------------------------------


def check_sums(made, found):
    """The total, and with refunds what makes it up, is the frame's own sum, to the digit."""
    names = [column.name for column in made.columns]
    wanted = {
        "Net credits" if "Used" in names else "Credits": "net",
        **({"Used": "used", "Refunded": "refunded"} if "Used" in names else {}),
    }
    for name, column in wanted.items():
        assert words.credits(sum(found[column].tolist())) == made.total.cells[names.index(name)]
    assert any(found["refunded"]) == ("Refunded" in names)
    assert {len(names)} == {len(row.cells) for row in (*made.rows, made.total)}


@given(st.dictionaries(st.tuples(st.sampled_from(CODES), st.sampled_from([None, *TYPES])), amounts))
@examples(60)
def test_the_reason_table_adds_up(found):
    made = frame(((*key, *amount) for key, amount in found.items()), REASON_COLUMNS)
    table = by_reason.table(made, view())
    check_sums(table, made)
    nets = [words.credits(net) for net in made["net"].tolist()]
    types = [row.cells[1] for row in table.rows if row.level]
    untyped = {code for code, _ in found} - {"workflow_run"}
    assert len(untyped) <= len(table.rows) - len(types)
    assert not set(types) - set(nets)


@given(st.lists(st.tuples(st.sampled_from(["team", "personal", None]), amounts), max_size=40))
@examples(60)
def test_the_workspace_and_kind_tables_add_up(found):
    rows = ((str(place), f"W{place}", kind, *amount) for place, (kind, amount) in enumerate(found))
    made = frame(rows, WORKSPACE_COLUMNS).sort_values(
        ["net", "name"], ascending=[False, True], ignore_index=True
    )
    table = by_workspace.table(made, view())
    check_sums(table, made)
    assert made["name"].tolist() == [row.cells[0] for row in table.rows]
    assert [words.credits(net) for net in made["net"].tolist()] == [
        row.cells[2] for row in table.rows
    ]
    kinds = team_personal.kind_frame(made)
    check_sums(team_personal.table(kinds, view()), kinds)


@given(
    st.sampled_from(["7d", "30d", "90d", "month", "2026-07-01..2026-11-20"]),
    st.lists(
        st.tuples(st.integers(0, 170), st.sampled_from(CODES), amounts),
        max_size=60,
        unique_by=lambda row: row[:2],
    ),
)
@examples(60)
def test_the_daily_table_adds_up_by_day_and_by_reason(text, found):
    of = view(text)
    days = history_window(of.period)
    rows = [
        (day, code, *amount)
        for back, code, amount in found
        if (day := of.today - DAY * back) in days
    ]
    made, shown = frame(rows, DAY_REASON_COLUMNS), chart_window(of.period)
    inside = [(code, used - back) for day, code, used, back in rows if day in of.period]
    table = PANELS[0].table(made, of)
    names = [column.name for column in table.columns]
    assert words.credits(sum(net for _, net in inside)) == table.total.cells[1]
    for code in {code for code, _ in inside}:
        want = sum(net for other, net in inside if other == code)
        if any(code == row[1] and any(row[2:]) for row in rows if row[0] in shown):
            place = names.index(of.account.taxonomy.label(code))
            assert words.credits(want) == table.total.cells[place]
    assert {len(names)} == {len(row.cells) for row in (*table.rows, table.total)}


@given(
    st.dictionaries(st.dates(dt.date(2025, 11, 1), dt.date(2026, 11, 22)), st.integers(-500, 9_000))
)
@examples(40)
def test_the_monthly_table_adds_up(found):
    made = monthly_frame(view(), lambda day: found.get(day, 0) * 1_000_000)
    check_sums(PANELS[3].table(made, view()), made)
