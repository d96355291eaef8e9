"""The five panels in page order; to add one, write its module and name it here."""

from __future__ import annotations

from dashboard.panel import Panel
from dashboard.panels import by_reason, by_workspace, daily_usage, monthly_usage, team_personal

PANELS: tuple[Panel, ...] = (
    daily_usage.PANEL,
    by_reason.PANEL,
    by_workspace.PANEL,
    monthly_usage.PANEL,
    team_personal.PANEL,
)
