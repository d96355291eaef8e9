"""A table comes only when it is asked for, in one answer and at one moment with the rest."""

from __future__ import annotations

import json
import logging

import pytest
from sqlalchemy import event

from dashboard.panels import PANELS
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of, words_of

KEYS = [panel.key for panel in PANELS]
LARGEST = 300_000  # bytes of one answer
WIDE = "2026-10-01..2026-11-22"


def has_table(shown, key):
    return "table-data" in json.dumps(shown[f"{key}-details"])


def pressed(shown, key):
    return shown[f"{key}-table"]["aria-pressed"]


@pytest.mark.parametrize(
    "tables", ["", "daily", "reason", "workspace", "monthly", "team", "daily,team", "nobody"]
)
def test_only_the_tables_asked_for_are_in_the_answer(page, two_accounts, tables):
    shown = page(two_accounts).show(tables=tables)
    for key in KEYS:
        asked = key in tables.split(",")
        assert asked == has_table(shown, key)
        assert ("true" if asked else "false", False) == (
            pressed(shown, key),
            shown[f"{key}-table"]["hidden"],
        )
        assert asked == shown[f"{key}-chart"]["hidden"]
        assert asked == ("figure" not in shown.get(f"{key}-graph", {}))
        assert shown[f"{key}-answer"]["children"]


def test_what_the_daily_table_says(page, two_accounts):
    text = words_of(page(two_accounts).show("7d", tables="daily")["daily-details"]["children"])
    assert text.startswith("No day stands out in this range. 24 Oct – 22 Nov 2026. Day Credits")
    assert "Sun 22 Nov, so far 6 " in text
    assert "Enhanced OCR Premium-model chats Sun 22 Nov" in text
    assert text.endswith("Total, in range 42 35 7 Account opened 1 Nov")


@pytest.mark.parametrize("key", ["daily", "workspace", "reason", "monthly", "team"])
def test_the_total_of_a_table_is_that_of_the_page(page, two_accounts, key):
    """Twenty of the days lie in the billing month; the twelve months hold two more."""
    shown = page(two_accounts).show(tables=key)
    text = words_of(shown[f"{key}-details"]["children"])
    total = "132" if key == "monthly" else "120"
    assert total in text.split("Total")[-1].split()
    assert "120 credits" == total_of(shown)


def test_the_reader_is_told_what_a_press_changed(page, two_accounts):
    client = page(two_accounts)
    opened = client.show(tables="daily", toggled="daily")
    assert "Showing Daily usage as a table." == opened["status"]["children"]
    closed = client.show(tables="reason", toggled="daily")
    assert "Showing Daily usage as a chart." == closed["status"]["children"]
    plain = client.show(tables="reason")
    assert "Showing 3–22\u00a0Nov\u00a02026: 120 credits." == plain["status"]["children"]


def test_the_reader_is_told_of_all_workspaces(page):
    client = page(many_workspaces(12))
    shown = client.show(WIDE, workspaces="all", toggled="workspace")
    assert (
        "Showing Workspace breakdown as a chart: all 12 workspaces." == shown["status"]["children"]
    )
    assert "Show the top 8" == words_of(shown["workspace-details"]["children"])
    assert "504px" == shown["workspace-chart"]["style"]["height"]
    top = client.show(WIDE, toggled="workspace")
    assert "Show all 12 workspaces" == words_of(top["workspace-details"]["children"])
    assert top["status"]["children"].endswith(": the top 8 of 12 workspaces.")


def test_an_empty_range_has_no_table(page):
    rows = LedgerBuilder()
    rows.account(anchor_day=1)
    for at in ("2026-10-20T09:00Z", "2026-11-20T09:00Z"):
        rows.use(at, 5)
    shown = page(rows).show("2026-11-01..2026-11-03", tables="reason")
    assert shown["reason-table"]["hidden"]
    assert not has_table(shown, "reason")


def test_a_new_account_has_no_table(page):
    rows = LedgerBuilder()
    rows.account()
    assert page(rows).show(tables="daily")["daily-table"]["hidden"]


def test_a_table_that_fails_fails_alone_and_keeps_its_way_back(
    page, two_accounts, caplog, monkeypatch
):
    client = page(two_accounts)
    broken = PANELS[0].table_query

    def fails(*_given):
        raise RuntimeError("no reasons")

    monkeypatch.setitem(PANELS[0].__dict__, "table_query", fails)
    with caplog.at_level(logging.ERROR):
        shown = client.show(tables="daily,reason")
    message = words_of(shown["daily-state"]["children"])
    assert message.startswith("This chart didn't load")
    assert message.split("Reference ")[1][:6] in caplog.text
    assert ("true", False) == (pressed(shown, "daily"), shown["daily-table"]["hidden"])
    assert has_table(shown, "reason")
    monkeypatch.setitem(PANELS[0].__dict__, "table_query", broken)
    assert has_table(client.show(tables="daily"), "daily")


def test_only_the_open_daily_table_asks_for_more(page, two_accounts):
    client = page(two_accounts)
    client.show()
    statements = []
    engine = client.opened._engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    counts = {}
    for tables in ("", "reason,workspace,monthly,team", "daily", ",".join(KEYS)):
        for text in ("7d", "90d", WIDE):
            statements.clear()
            client.show(text, tables=tables)
            counts.setdefault(tables, set()).add(len(statements))
    (plain,) = counts[""]
    assert {plain} == counts["reason,workspace,monthly,team"]
    (more,) = counts["daily"]
    assert {more} == counts[",".join(KEYS)]
    # one statement between the two of its savepoint
    assert 3 == more - plain


# --- many workspaces --------------------------------------------------------------------------


def many_workspaces(count: int) -> LedgerBuilder:
    rows = LedgerBuilder()
    rows.account(anchor_day=3)
    reasons = ("enhanced_ocr", "premium_chat", "compose_render")
    for number in range(count):
        rows.workspace(f"w{number}", f"Matter {number:05d} of Contoso Holdings")
        at = f"2026-{10 + number % 2}-{1 + number % 20:02d}T09:00Z"
        rows.use(at, count - number, reasons[number % 3], workspace=f"w{number}")
    return rows


def test_more_workspaces_than_bars_are_offered_as_a_table(page):
    client = page(many_workspaces(101))
    for workspaces in ("", "all"):
        shown = client.show(WIDE, workspaces=workspaces)
        assert "Show all 101 workspaces" == words_of(shown["workspace-details"]["children"])
        assert '"data-act": "table"' in json.dumps(shown["workspace-details"])
        assert "378px" == shown["workspace-chart"]["style"]["height"]


@pytest.mark.slow
def test_ten_thousand_workspaces_are_turned_page_by_page(page):
    """Every answer stays below 300 kB before compression, and no row is ever missing."""
    client = page(many_workspaces(10_000))
    while "preparing" in client.show(WIDE)["steps"]["data"]:
        pass  # each answer waits a second for it
    found, row = [], 1
    while row:
        view = {"range": WIDE, "tables": f"daily,reason,workspace:{row},monthly,team"}
        response = client.post(view | {"theme": "light"})
        assert LARGEST > len(response.data)
        details = json.loads(response.data)["response"]["workspace-details"]["children"]
        found += [line.split()[1] for line in details[0]["props"]["data-rows"].split("\n")]
        following = int(json.dumps(details).rpartition('"workspace:')[2].split('"')[0])
        row = following if following > row else None
    assert [f"{number:05d}" for number in range(10_000)] == found
