"""The five panels together: order, width, questions, and no import that a figure must not need."""

from __future__ import annotations

import subprocess
import sys

from dashboard.panels import PANELS


def test_page_order_and_columns():
    assert [(panel.key, panel.columns) for panel in PANELS] == [
        ("daily", 12), ("reason", 6), ("workspace", 6), ("monthly", 8), ("team", 4),
    ]  # fmt: skip


def test_names_and_questions():
    assert [(panel.name, panel.question) for panel in PANELS] == [
        ("Daily usage", "Which days stand out?"),
        ("Usage by reason", "What are credits spent on?"),
        ("Workspace breakdown", "Which workspaces spend the most?"),
        ("Monthly usage", "Does your plan fit?"),
        ("Team vs. personal", "How much is team work?"),
    ]


def test_figures_need_neither_plotly_nor_dash():
    """go.Figure costs 24 ms a page where a dict costs none."""
    code = (
        "import sys, dashboard.panels; print(sorted({'plotly', 'dash', 'flask'} & {*sys.modules}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
