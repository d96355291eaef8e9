"""Findings and comparison of one answer: the same numbers in every place, and few statements."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import event

from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of, words_of

OCTOBER = "3–22\u00a0Oct"


@pytest.fixture
def two_months():
    """Twenty days of October and of November, with one thing that was used in October only."""
    rows = LedgerBuilder()
    rows.account("acme", name="Acme", anchor_day=3)
    rows.workspace("w1", "Contracts")
    rows.workspace("w2", "Drafts", kind="personal", owner="m1")
    rows.workspace("w3", "Archive")
    for month, ocr in (("10", 4), ("11", 6)):
        for day in range(3, 23):
            rows.use(f"2026-{month}-{day:02d}T09:00Z", ocr, "enhanced_ocr", workspace="w1")
            rows.use(f"2026-{month}-{day:02d}T10:00Z", 1, workspace="w2")
    rows.use("2026-10-04T09:00Z", 10, "compose_render", workspace="w3")
    return rows


def findings(shown):
    """The words of each cell."""
    return [words_of(cell).replace("\u00a0", " ") for cell in shown["findings"]["children"]]


def cells(shown, key, *wanted):
    """Cells of the open table of a panel by row name, in the order of its `wanted` columns."""
    (table,) = (
        part["props"]
        for part in shown[f"{key}-details"]["children"]
        if "table-data" in (part["props"].get("className") or "")
    )
    heads = table["data-heads"].split("\t")
    lines = [*table["data-rows"].split("\n"), table["data-total"]]
    rows = (line.split("\t") for line in lines)
    return {row[0]: tuple(row[heads.index(name)] for name in wanted) for row in rows}


def test_every_place_says_the_same_of_both_periods(page, two_months):
    shown = page(two_months).show(tables="reason,workspace,team")
    assert "140 credits" == total_of(shown)
    assert [
        "Used in this range 140 +27% 110 in 3–22 Oct",
        "Biggest reason Enhanced OCR is 86% of this range, up 50% on 3–22 Oct.",
        "Biggest rise Contracts used 120, up 50% on 3–22 Oct.",
    ] == findings(shown)
    assert (
        f"Showing 3–22\u00a0Nov\u00a02026: 140 credits, up 27% on {OCTOBER}."
        == shown["status"]["children"]
    )
    wanted = ("Credits", "Previous", "Change")
    of_wanted = {key: cells(shown, key, *wanted) for key in ("reason", "workspace", "team")}
    assert {("140", "110", "+27%")} == {table["Total"] for table in of_wanted.values()}
    assert ("0", "10", "−100%") == of_wanted["reason"]["Compose renders"]
    assert ("0", "10", "−100%") == of_wanted["workspace"]["Archive"]
    assert ("120", "90", "+33%") == of_wanted["team"]["Team"]


def test_each_finding_opens_what_it_is_about(page, two_months):
    shown = page(two_months).show()
    opens = [cell["props"].get("data-value") for cell in shown["findings"]["children"]]
    assert [None, "reason:enhanced_ocr", "workspace:w1"] == opens


def test_the_switch_names_the_days_and_is_on_when_asked_for(page, two_months):
    client = page(two_months)
    shown = client.show()
    assert ("false", False) == (shown["compare"]["aria-checked"], shown["compare"]["hidden"])
    assert f" with {OCTOBER}" == shown["compare-with"]["children"]
    assert "Previous" not in json.dumps(shown["workspace-graph"]["figure"])
    compared = client.show(compare="1")
    assert "true" == compared["compare"]["aria-checked"]
    for key in ("daily", "reason", "workspace"):
        names = [trace["name"] for trace in compared[f"{key}-graph"]["figure"]["data"]]
        assert "Previous" in names
    for key in ("monthly", "team"):
        assert shown[f"{key}-graph"] == compared[f"{key}-graph"]
    assert findings(shown) == findings(compared)


@pytest.mark.parametrize("text", ["0", "true", "11", "", None, True, 1, ["1"]])
def test_anything_else_in_the_address_does_not_compare(page, two_months, text):
    assert "false" == page(two_months).show(compare=text)["compare"]["aria-checked"]


def test_a_history_that_is_shorter_has_no_switch_and_no_change(page, two_months):
    shown = page(two_months).show("30d", compare="1", tables="reason")
    assert True is shown["compare"]["hidden"]
    assert "" == shown["compare-with"]["children"]
    assert "Used in this range 140" == findings(shown)[0]
    assert (
        "Showing 24\u00a0Oct\u00a0–\u00a022\u00a0Nov\u00a02026: 140 credits."
        == (shown["status"]["children"])
    )
    with pytest.raises(ValueError, match="'Previous' is not in list"):
        cells(shown, "reason", "Previous")


def test_a_new_account_has_no_findings(page):
    rows = LedgerBuilder()
    rows.account()
    shown = page(rows).show(compare="1")
    assert (True, True) == (shown["findings"]["hidden"], shown["compare"]["hidden"])


def test_an_empty_range_says_what_was_used_before(page, two_months):
    shown = page(two_months).show("2026-10-23..2026-10-25")
    assert [
        "Used in this range 0 −100% 15 in 20–22 Oct",
        "No credits used in this range.",
    ] == findings(shown)


def test_a_finding_goes_with_the_frame_that_failed(page, two_months):
    """Nothing is claimed of what could not be read."""
    client = page(two_months)
    client.show()
    with client.opened._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE rollup_by_workspace")
    said = " ".join(findings(client.show()))
    assert "Biggest reason Enhanced OCR is 86% of this range" in said
    assert "Biggest rise" not in said


def statements(client, **asked):
    sent = []
    engine = client.opened._engine

    def keep(_connection, _cursor, statement, *_):
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    client.show(**asked)
    event.remove(engine, "before_cursor_execute", keep)
    return sent


def test_comparing_asks_for_nothing_more_and_workspaces_are_read_once(page, two_months):
    client = page(two_months)
    client.show()
    plain, compared, short = (
        statements(client, compare=compare, range_=range_)
        for compare, range_ in (("", "month"), ("1", "month"), ("1", "90d"))
    )
    assert len(plain) == len(compared) == len(short)
    for sent in (plain, compared, short):
        assert 1 == sum("FROM rollup_by_workspace" in statement for statement in sent)
