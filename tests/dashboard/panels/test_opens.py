"""Every mark that can be pointed at opens something, and what it opens is in the panel's table."""

from __future__ import annotations

import datetime as dt

import pytest

from dashboard.panels import PANELS, by_reason, by_workspace, daily_usage, monthly_usage
from dashboard.panels import team_personal as team
from dashboard.target import OTHER_REASONS, OTHER_WORKSPACES, parse
from tests.dashboard.built_frames import (
    MICRO,
    daily_frame,
    draw,
    monthly_frame,
    reason_frame,
    view,
    with_days,
    workspace_frame,
)

SPIKE = with_days({dt.date(2026, 11, 12): 3_000 * MICRO})
WORKSPACES = [(f"w{n}", f"Team {n}", "team", 100 - n) for n in range(12)]
PLACES = workspace_frame(*WORKSPACES, ("p1", "Drafts", "personal", 9), (None, "None", None, 1))
REASONS = reason_frame(
    ("enhanced_ocr", None, 50),
    *(("workflow_run", f"type_{n}", 30 - n) for n in range(6)),
    ("workflow_run", None, 1),
    *((f"own_{n}", None, 20 - n) for n in range(6)),
)
MONTH, LONG = view("month"), view("2026-01-01..2026-11-22")
DRAWN = {
    "daily": (daily_usage.PANEL, daily_frame(MONTH, SPIKE), MONTH),
    "daily by week": (daily_usage.PANEL, daily_frame(LONG, SPIKE), LONG),
    "reason": (by_reason.PANEL, REASONS, MONTH),
    "workspace": (by_workspace.PANEL, PLACES, MONTH),
    "monthly": (monthly_usage.PANEL, monthly_frame(MONTH), MONTH),
    "team": (team.PANEL, PLACES, MONTH),
}
# What is folded on a chart stands whole in its table.
FOLDED = {OTHER_REASONS.text, OTHER_WORKSPACES.text}


def opened(panel, frame, of):
    """What a click on each mark opens, of the marks that have a tooltip."""
    pointed = [
        trace for trace in draw(panel, frame, of).figure["data"] if trace.get("hoverinfo") != "skip"
    ]
    assert pointed
    for trace in pointed:
        assert len(trace["customdata"]) == len(trace["hovertext"]), trace["name"]
    return {text for trace in pointed for text in trace["customdata"]}


@pytest.mark.parametrize("name", DRAWN)
def test_each_mark_opens_what_its_text_names(name):
    for text in opened(*DRAWN[name]):
        assert text == parse(text).text


@pytest.mark.parametrize("name", [name for name in DRAWN if not name.startswith("daily")])
def test_whatever_a_mark_opens_the_keyboard_opens_in_the_table(name):
    panel, frame, of = DRAWN[name]
    rows = {row.opens for row in panel.table(frame, of).rows}
    assert set() == opened(panel, frame, of) - FOLDED - rows
    assert "" not in rows


def test_all_panels_are_looked_at():
    assert {panel.key for panel in PANELS} == {panel.key for panel, _, _ in DRAWN.values()}


def test_the_rows_of_a_key_open_what_their_marks_do():
    for name in ("reason", "team"):
        drawing = draw(*DRAWN[name])
        assert opened(*DRAWN[name]) <= {row.opens for row in drawing.key_table.rows}
