"""Usage by reason: order, types in tints, unknown reasons, parts below zero, adding up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.panel import KeyRow
from dashboard.panels.by_reason import PANEL
from dashboard.reason_parts import read_reasons
from dashboard.theme import LIGHT
from data.frames import REASON_COLUMNS, frame, total
from data.reasons import Taxonomy
from tests.dashboard.built_frames import account, draw, micros, reason_frame, texts, traces, view

DRAWN = (
    ("compose_render", None, 715),
    ("enhanced_ocr", None, 6594),
    ("premium_chat", None, 3662),
    ("workflow_run", "contract_review", 1716),
    ("workflow_run", "data_enrichment", 302),
    ("workflow_run", "invoice_extraction", 1206),
    ("workflow_run", "report_drafting", 655),
)


def by_reason(*rows, of=None):
    return draw(PANEL, reason_frame(*rows), of or view())


def segments(drawing):
    return traces(drawing, "Credits")


def test_segments_are_largest_first_with_the_types_together():
    drawing = by_reason(*DRAWN)
    assert [segment["x"] for segment in segments(drawing)] == [
        [6594], [1716], [1206], [655], [302], [3662], [715],
    ]  # fmt: skip
    assert [segment["marker"]["color"] for segment in segments(drawing)] == [
        LIGHT.enhanced_ocr,
        LIGHT.workflow_type_1,
        LIGHT.workflow_type_2,
        LIGHT.workflow_type_3,
        LIGHT.workflow_type_3,
        LIGHT.premium_chat,
        LIGHT.compose_render,
    ]


def test_segments_have_gaps_of_two_pixels_in_the_surface():
    for segment in segments(by_reason(*DRAWN)):
        assert segment["marker"]["line"] == {"color": LIGHT.surface, "width": 2}


def test_the_bar_is_34_of_72_pixels():
    drawing = by_reason(*DRAWN)
    margin = drawing.figure["layout"]["margin"]
    assert drawing.height == 72
    assert 72 - margin["t"] - margin["b"] == 34


def test_shares_stand_over_the_start_of_each_part_that_has_room():
    drawing = by_reason(*DRAWN)
    notes = drawing.figure["layout"]["annotations"]
    assert [(note["text"], note["x"]) for note in notes] == [
        ("<b>44%</b>", 0),
        ("<b>26%</b>", 6594),
        ("<b>25%</b>", 6594 + 3879),
    ]


@pytest.mark.parametrize(("part", "labels"), [(75, 2), (74, 1)])
def test_a_part_below_seven_and_a_half_percent_has_no_label(part, labels):
    drawing = by_reason(("enhanced_ocr", None, 1000 - part), ("premium_chat", None, part))
    assert len(texts(drawing)) == labels


def test_the_key_is_a_table_with_the_types_indented():
    table = by_reason(*DRAWN).key_table
    assert table.columns == ("Reason", "Credits", "Share")
    assert table.rows == (
        KeyRow(("Enhanced OCR", "6,594", "44%"), "enhanced_ocr", opens="reason:enhanced_ocr"),
        KeyRow(("Workflow runs", "3,879", "26%"), "workflow_run", opens="reason:workflow_run"),
        KeyRow(
            ("Contract review", "1,716", "12%"),
            "workflow_type_1",
            level=1,
            opens="type:contract_review",
        ),
        KeyRow(
            ("Invoice extraction", "1,206", "8%"),
            "workflow_type_2",
            level=1,
            opens="type:invoice_extraction",
        ),
        KeyRow(
            ("Report drafting", "655", "4%"),
            "workflow_type_3",
            level=1,
            opens="type:report_drafting",
        ),
        KeyRow(
            ("Data enrichment", "302", "2%"),
            "workflow_type_3",
            level=1,
            opens="type:data_enrichment",
        ),
        KeyRow(
            ("Premium-model chats", "3,662", "25%"), "premium_chat", opens="reason:premium_chat"
        ),
        KeyRow(("Compose renders", "715", "5%"), "compose_render", opens="reason:compose_render"),
    )


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        (DRAWN, "Enhanced OCR is the biggest driver: 44% of this range."),
        ([("workflow_run", None, 3)], "Workflow runs are the biggest driver: 100% of this range."),
        ([("premium_chat", None, 0, 5)], "Refunds exceed use in this range."),
        ([], "No credits used in this range."),
    ],
)
def test_the_answer(rows, answer):
    assert by_reason(*rows).answer == answer


@pytest.mark.parametrize(("ocr", "said"), [(40, True), (39, False)])
def test_automatic_ocr_is_recommended_from_forty_percent(ocr, said):
    rest = [("premium_chat", None, 30), ("compose_render", None, 70 - ocr)]
    notes = by_reason(("enhanced_ocr", None, ocr), *rest).notes
    assert ("Automatic OCR is enough for documents that aren't critical." in notes) is said


# --- types ----------------------------------------------------------------------------------


def test_runs_without_any_type_are_one_segment():
    drawing = by_reason(("workflow_run", None, 10), ("premium_chat", None, 5))
    assert [row.cells[0] for row in drawing.key_table.rows] == [
        "Workflow runs",
        "Premium-model chats",
    ]
    assert segments(drawing)[0]["marker"]["color"] == LIGHT.workflow_run


def test_runs_without_a_type_beside_others_are_other_types():
    drawing = by_reason(("workflow_run", None, 10), ("workflow_run", "redaction", 5))
    assert [row.cells[0] for row in drawing.key_table.rows] == [
        "Workflow runs",
        "Other types",
        "Redaction",
    ]


@pytest.mark.parametrize(("types", "last"), [(4, "T3"), (5, "1 more type"), (9, "5 more types")])
def test_at_most_four_types_are_named(types, last):
    drawing = by_reason(*(("workflow_run", f"t{place}", 90 - place) for place in range(types)))
    rows = [row.cells[0] for row in drawing.key_table.rows if row.level == 1]
    assert rows[-1] == last
    assert len(rows) == min(types, 5)


def test_only_workflow_runs_are_split():
    drawing = by_reason(("premium_chat", "some_type", 10), ("premium_chat", None, 5))
    (row,) = drawing.key_table.rows
    assert row.cells == ("Premium-model chats", "15", "100%")


# --- reasons that the page does not know ----------------------------------------------------


def test_unknown_reasons_come_last_in_grey_with_dots():
    drawing = by_reason(("teleport", None, 900), ("premium_chat", None, 10))
    assert [row.cells[0] for row in drawing.key_table.rows] == ["Premium-model chats", "teleport"]
    assert (drawing.key_table.rows[1].token, drawing.key_table.rows[1].texture) == ("other", "dots")
    marker = segments(drawing)[1]["marker"]
    assert (marker["color"], marker["pattern"]["shape"]) == (LIGHT.other, ".")
    assert drawing.answer == "teleport is the biggest driver: 99% of this range."


def test_past_four_the_smallest_unknown_fold():
    drawing = by_reason(*((f"code {place}", None, 100 - place) for place in range(7)))
    names = [row.cells[:2] for row in drawing.key_table.rows]
    assert [name for name, _ in names] == [
        "code 0", "code 1", "code 2", "code 3", "Other reasons",
    ]  # fmt: skip
    assert names[-1][1] == str(96 + 95 + 94)


def test_a_hosts_own_reasons_are_known_without_a_colour():
    taxonomy = Taxonomy({"api": "API calls", "chat": "Chats"})
    drawing = by_reason(
        ("chat", None, 5), ("enhanced_ocr", None, 50), ("api", None, 9),
        of=view(of=account(taxonomy=taxonomy)),
    )  # fmt: skip
    labels = [row.cells[0] for row in drawing.key_table.rows]
    assert labels == ["API calls", "Chats", "enhanced_ocr"]
    assert {row.token for row in drawing.key_table.rows[:2]} == {"other"}


# --- below zero -----------------------------------------------------------------------------


def test_a_reason_below_zero_is_no_part_and_is_said():
    drawing = by_reason(("enhanced_ocr", None, 100), ("compose_render", None, 30, 150))
    assert [segment["x"] for segment in segments(drawing)] == [[100]]
    assert drawing.key_table.rows[1].cells == ("Compose renders", "−120", "–")
    assert drawing.key_table.rows[0].cells[2] == "100%"
    assert drawing.notes[0] == "Refunds exceed use for Compose renders (−120)."


def test_a_type_below_zero_is_no_part_and_is_said():
    drawing = by_reason(
        ("workflow_run", "redaction", 0, 20), ("workflow_run", "review", 100)
    )  # fmt: skip
    assert [segment["x"] for segment in segments(drawing)] == [[100]]
    assert drawing.key_table.rows[0].cells == ("Workflow runs", "80", "80%")
    assert drawing.notes == ("Refunds exceed use for Redaction (−20).",)


def test_hover_names_reason_and_type():
    hover = [segment["hovertext"] for segment in segments(by_reason(*DRAWN))]
    assert hover[0] == ["<b>Enhanced OCR</b><br>6,594 credits · 44%"]
    assert hover[1] == ["<b>Workflow runs: Contract review</b><br>1,716 credits · 12%"]


def test_hover_has_used_refunded_and_net_where_there_is_a_refund():
    drawing = by_reason(("enhanced_ocr", None, 100, 20))
    (hover,) = segments(drawing)[0]["hovertext"]
    assert hover.endswith("<br>Used 100 · refunded 20 · net 80")


def test_a_hostile_code_is_text_in_the_figure():
    drawing = by_reason(("<b>%{x}</b><img src=x>", None, 5))
    (hover,) = segments(drawing)[0]["hovertext"]
    assert hover.startswith("<b>&lt;b&gt;%{x}&lt;/b&gt;&lt;img src=x&gt;</b><br>")


def test_nothing_used_is_empty():
    assert PANEL.is_empty(reason_frame(), view())
    assert not PANEL.is_empty(reason_frame(("premium_chat", None, 5, 5)), view())


# --- adding up ------------------------------------------------------------------------------

ROWS = st.dictionaries(
    st.tuples(
        st.sampled_from(["premium_chat", "workflow_run", "compose_render", *"abcdefg"]),
        st.sampled_from([None, "t1", "t2", "t3", "t4", "t5", "t6"]),
    ),
    st.tuples(st.integers(0, 10**14), st.integers(0, 10**13)),
    max_size=25,
)


@given(ROWS)
def test_the_parts_add_up_to_the_frame(rows):
    made = frame(((*key, *amounts) for key, amounts in rows.items()), REASON_COLUMNS)
    reasons = read_reasons(made, Taxonomy())
    drawing = draw(PANEL, made, view())
    shown = sum(micros(x for segment in segments(drawing) for x in segment["x"]))
    below = sum(part.net for reason in reasons for part in reason.parts if part.net < 0)
    assert sum(reason.net for reason in reasons) == total(made["net"])
    assert shown + below == total(made["net"])
