"""What a page for paper is told: its first line, every chart, and then every table."""

from __future__ import annotations

import json

from dashboard.panels import PANELS
from tests.ledger_builder import LedgerBuilder
from tests.page_client import words_of


def test_the_first_line_is_in_the_accounts_own_zone(page, two_accounts):
    client = page(two_accounts)
    line = "Credits · Acme · 3 – 22 Nov 2026 · printed 22 Nov 2026, 11:29 UTC"
    assert line == client.show()["print-line"]["children"]
    line = "Credits · Zeta · 16 – 22 Nov 2026 · printed 22 Nov 2026, 17:14 Asia/Kathmandu"
    assert line == client.show("7d", "zeta")["print-line"]["children"]


def test_every_chart_is_there_and_then_every_table(page, two_accounts):
    shown = page(two_accounts).show(prints=True, tables="daily,team:501", workspaces="all")
    assert [False] * len(PANELS) == [shown[f"{p.key}-chart"]["hidden"] for p in PANELS]
    paper = [words_of(section) for section in shown["paper"]["children"]]
    assert [panel.name for panel in PANELS] == [
        panel.name for panel, words in zip(PANELS, paper, strict=True) if panel.name in words
    ]
    assert "Contracts Team 100 83%" in words_of(shown["paper"]["children"][2])


def test_a_form_that_was_changed_before_is_not_told_on_paper(page, two_accounts):
    shown = page(two_accounts).show(prints=True, toggled="daily")
    assert "Showing 3–22 Nov 2026: 120 credits." == " ".join(shown["status"]["children"].split())


def test_the_page_for_the_screen_carries_no_table_that_is_not_open(page, two_accounts):
    client = page(two_accounts)
    for prints in (False, "true", 1, None):
        assert "" == client.show(prints=prints)["paper"]["children"]


def test_what_has_no_chart_has_no_table(page):
    rows = LedgerBuilder()
    rows.account(anchor_day=1)
    rows.workspace("w1")
    rows.use("2026-10-20T09:00Z", 5, workspace="w1")
    shown = page(rows).show("2026-11-01..2026-11-03", prints=True)
    names = [words_of(section) for section in shown["paper"]["children"]]
    assert ["Daily usage", "Monthly usage"] == [" ".join(name.split()[:2]) for name in names]


def test_a_page_that_failed_prints_no_figures(page, two_accounts):
    client = page(two_accounts)
    client.show(prints=True)
    with client.opened._engine.begin() as connection:
        for table in ("rollup_by_workspace", "rollup_by_reason"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    shown = client.show(prints=True)
    assert "Credit usage didn't load" in json.dumps(shown["page-state"])
    assert "" == shown["print-line"]["children"]
    assert not shown["paper"]["children"]
