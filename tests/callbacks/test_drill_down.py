"""What is opened comes in one answer: totals, filters, entries; a state for anything else."""

from __future__ import annotations

import json
import logging

import pytest
from sqlalchemy import event

from dashboard.ids import Id
from data.errors import PreparingError
from tests.ledger_builder import LedgerBuilder
from tests.page_client import words_of

LATER_PARTS = {Id.SHEET_SPLIT, Id.SHEET_COUNT}


@pytest.fixture
def ledger():
    """Acme with a spike on 12 Nov that one reason and one workspace made."""
    rows = LedgerBuilder()
    rows.account("acme", name="Acme", anchor_day=3)
    rows.period("2026-11-03", "2026-12-03", 100)
    rows.workspace("w1", "Contracts")
    rows.workspace("w2", "Drafts", kind="personal", owner="m1")
    for day in range(1, 23):
        rows.use(f"2026-11-{day:02d}T09:00Z", 5, "premium_chat", workspace="w1")
        rows.use(f"2026-11-{day:02d}T10:00Z", 1, "workflow_run", workspace="w2")
    spent = rows.use("2026-11-12T12:00Z", 30, "enhanced_ocr", workspace="w1")
    rows.refund("2026-11-12T13:00Z", 2, of=spent)
    rows.account("zeta", name="Zeta")
    rows.workspace("z1", "Zeta's own")
    rows.use("2026-11-12T09:00Z", 7, workspace="z1")
    return rows


@pytest.fixture
def sheet(page, ledger):
    """Asks for a sheet as the browser does: {component id: {property: value}}."""
    client = page(ledger, first_account="acme")

    def ask(opens, only="", range_="month", account="acme", store=Id.SHEET_ASK, **more):
        data = {"open": opens, "only": only, "range": range_, "account": account, **more}
        return client.ask(store, data)

    return ask


def texts(shown):
    return {
        name: words_of(parts["children"]) for name, parts in shown.items() if "children" in parts
    }


def test_a_days_sheet_says_all_of_that_day(sheet):
    shown = sheet("day:2026-11-12")
    said = texts(shown)
    assert "Thu 12 Nov 2026" == said[Id.SHEET_TITLE]
    assert "34 credits, 5.7 times a usual weekday Used 36 · refunded 2" == said[Id.SHEET_HEAD]
    assert "Enhanced OCR 28 Premium-model chats 5 Workflow runs 1" == said[Id.SHEET_SPLIT]
    assert "All entries Enhanced OCR Contracts" == said[Id.SHEET_FILTERS]
    assert (
        "12:00 Enhanced OCR Contracts 30 09:00 Premium-model chat Contracts 5 "
        "10:00 Workflow run Drafts 1 13:00 Enhanced OCR, refund Contracts −2"
    ) == said[Id.SHEET_ENTRIES]
    assert ("4", "of 4 entries, largest first") == (said[Id.SHEET_SHOWN], said[Id.SHEET_COUNT])
    answer = shown[Id.SHEET_ANSWER]["data"]
    assert ("day:2026-11-11", "day:2026-11-13") == (answer["before"], answer["after"])
    assert "Thu 12 Nov 2026: 34 credits, 5.7 times a usual weekday." == answer["said"]


@pytest.mark.parametrize(
    ("opens", "title", "head", "shown", "count"),
    [
        (
            "month:2026-11-03",
            "November 2026, so far",
            "148 credits 3 – 22 Nov 2026 Used 150 · refunded 2",
            "42",
            "of 42 entries, newest first",
        ),
        (
            "days:2026-11-09..2026-11-15",
            "9 – 15 Nov 2026",
            "70 credits, up 67% on 2–8 Nov Used 72 · refunded 2",
            "16",
            "of 16 entries, newest first",
        ),
        (
            "reason:enhanced_ocr",
            "Enhanced OCR",
            "28 credits 3 – 22 Nov 2026 Used 30 · refunded 2",
            "2",
            "of 2 entries, newest first",
        ),
        (
            "type:",
            "Workflow runs: Other types",
            "20 credits 3 – 22 Nov 2026",
            "20",
            "of 20 entries, newest first",
        ),
        (
            "workspace:w1",
            "Contracts",
            "128 credits 3 – 22 Nov 2026 Used 130 · refunded 2",
            "22",
            "of 22 entries, newest first",
        ),
        ("workspace:", "No workspace", "0 credits 3 – 22 Nov 2026", "", "No entries"),
        (
            "kind:personal",
            "Personal workspaces",
            "20 credits 3 – 22 Nov 2026",
            "20",
            "of 20 entries, newest first",
        ),
        ("kind:unassigned", "Unassigned", "0 credits 3 – 22 Nov 2026", "", "No entries"),
        ("rest:reasons", "Other reasons", "0 credits 3 – 22 Nov 2026", "", "No entries"),
        ("rest:workspaces", "Other workspaces", "0 credits 3 – 22 Nov 2026", "", "No entries"),
    ],
)
def test_every_kind_of_target_has_its_sheet(sheet, opens, title, head, shown, count):
    said = texts(sheet(opens))
    assert (title, head) == (said[Id.SHEET_TITLE], said[Id.SHEET_HEAD])
    assert (shown, count) == (said[Id.SHEET_SHOWN], said[Id.SHEET_COUNT])


@pytest.mark.parametrize(
    ("opens", "only", "pressed", "entries"),
    [
        ("day:2026-11-12", "reason:enhanced_ocr", "Enhanced OCR", 2),
        ("day:2026-11-12", "workspace:w2", "Drafts", 1),
        ("day:2026-11-12", "type:", "Workflow runs: Other types", 1),
        ("workspace:w1", "reason:premium_chat", "Premium-model chats", 20),
        ("reason:premium_chat", "workspace:w1", "Contracts", 20),
        ("kind:team", "reason:enhanced_ocr", "Enhanced OCR", 2),
        # what says nothing here is as good as no filter
        ("day:2026-11-12", "workspace:z1", "All entries", 4),
        ("day:2026-11-12", "day:2026-11-13", "All entries", 4),
        ("day:2026-11-12", "'; drop table entries", "All entries", 4),
        ("workspace:w2", "workspace:w1", None, 20),
    ],
)
def test_a_filter_leaves_its_entries_and_is_pressed(sheet, opens, only, pressed, entries):
    shown = sheet(opens, only)
    chips = shown[Id.SHEET_FILTERS]["children"]
    found = [words_of(chip) for chip in chips if chip["props"]["aria-pressed"] == "true"]
    assert ([pressed] if pressed else []) == found
    assert entries == len(shown[Id.SHEET_ENTRIES]["children"])


@pytest.mark.parametrize(
    ("opens", "sentence"),
    [
        ("", "This link names nothing that could be opened."),
        ("day:2026-11-31", "This link names nothing that could be opened."),
        ("<img onerror=x>", "This link names nothing that could be opened."),
        ("workspace:" + "x" * 300, "This link names nothing that could be opened."),
        ("day:2026-11-23", "These days are still to come."),
        ("days:2020-01-01..2026-11-12", "These are more than 24 months."),
        ("month:2026-11-04", "No billing month starts on 4 Nov."),
        ("workspace:z1", "This account has no such workspace."),
        ("workspace:'; drop table entries", "This account has no such workspace."),
        ("reason:nobody", "This account has used nothing of that kind."),
        ("type:nobody", "This account has used nothing of that kind."),
    ],
)
def test_what_is_not_there_is_said_in_the_sheet(sheet, opens, sentence):
    shown = sheet(opens)
    assert ("Nothing to show", sentence) == (
        words_of(shown[Id.SHEET_TITLE]["children"]),
        words_of(shown[Id.SHEET_STATE]["children"]),
    )
    assert shown[Id.SHEET_LIST]["hidden"]
    assert "Zeta" not in json.dumps(shown)


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        7,
        "day:2026-11-12",
        {"open": 7, "only": [], "range": {}, "shown": "x"},
        {"open": "day:2026-11-12", "more": "nonsense"},
        {"open": "day:2026-11-12", "range": "x"},
        {"open": "day:2026-11-12", "account": "nobody", "shown": -1},
    ],
)
def test_whatever_a_browser_sends_is_answered_with_a_sheet_or_a_message(page, ledger, data, caplog):
    """And is no failure of ours that the log would tell."""
    client = page(ledger)
    with caplog.at_level(logging.ERROR):
        assert client.ask(Id.SHEET_ASK, data)[Id.SHEET_TITLE]["children"]
        assert LATER_PARTS >= client.ask(Id.SHEET_LATER, data).keys()
    assert [] == caplog.messages


def test_what_cannot_be_counted_or_continued_is_said_in_its_place(sheet):
    said = "This link names nothing that could be opened."
    assert said == texts(sheet("nonsense", store=Id.SHEET_LATER))[Id.SHEET_SPLIT]
    said = "These entries cannot be continued from there."
    assert said == texts(sheet("day:2026-11-12", more="nonsense"))[Id.SHEET_STATE]


def test_fifty_at_a_time_until_all_are_shown(page):
    rows = LedgerBuilder()
    rows.account("acme")
    for minute in range(120):
        rows.use(f"2026-11-12T{minute // 60:02d}:{minute % 60:02d}Z", minute + 1)
    client = page(rows)
    first = client.ask(Id.SHEET_ASK, {"open": "day:2026-11-12"})
    credits_ = [words_of(row).split()[-1] for row in first[Id.SHEET_ENTRIES]["children"]]
    assert [str(120 - place) for place in range(50)] == credits_
    assert "of 120 entries, largest first" == first[Id.SHEET_COUNT]["children"]
    more, shown, hidden = first[Id.SHEET_ANSWER]["data"]["more"], 50, []
    while more:
        ask = {"open": "day:2026-11-12", "more": more, "shown": shown}
        answer = client.ask(Id.SHEET_ASK, ask)
        (added,) = answer[Id.SHEET_ENTRIES]["children"]["operations"]
        assert ("Extend", []) == (added["operation"], added["location"])
        credits_ += [words_of(row).split()[-1] for row in added["params"]["value"]]
        shown = int(answer[Id.SHEET_SHOWN]["children"])
        hidden.append(answer[Id.SHEET_MORE]["hidden"])
        changes = answer[Id.SHEET_ANSWER]["data"]["operations"]
        more = next(one["params"]["value"] for one in changes if one["location"] == ["more"])
        assert Id.SHEET_TITLE not in answer
    assert [str(120 - place) for place in range(120)] == credits_
    assert (120, [False, True]) == (shown, hidden)


def test_a_long_sheet_counts_after_it_is_shown(page):
    rows = LedgerBuilder()
    rows.account("acme")
    rows.workspace("w1", "Contracts")
    for day in range(60):
        at = f"2026-{9 + day // 30:02d}-{day % 30 + 1:02d}T09:00Z"
        rows.use(at, 2, "enhanced_ocr", workspace="w1")
    client = page(rows)
    ask = {"open": "workspace:w1", "range": "2026-09-01..2026-11-22"}
    first = client.ask(Id.SHEET_ASK, ask)
    assert "entries or more, newest first" == first[Id.SHEET_COUNT]["children"]
    assert "" == words_of(first[Id.SHEET_SPLIT]["children"])
    later = client.ask(Id.SHEET_LATER, first[Id.SHEET_LATER]["data"])
    assert LATER_PARTS == later.keys()
    assert "of 60 entries, newest first" == later[Id.SHEET_COUNT]["children"]
    assert "Enhanced OCR 120" == words_of(later[Id.SHEET_SPLIT]["children"])


def test_days_whose_entries_are_gone_say_so(page, ledger):
    """The totals stand in the rollup; the entries were dropped from the ledger since."""
    client = page(ledger, first_account="acme")
    client.ask(Id.SHEET_ASK, {"open": "day:2026-11-12"})  # the rollup stands
    engine = client.opened._engine

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def keep_from_the_tenth(_connection, _cursor, statement, parameters, *_rest):
        kept = "(SELECT * FROM entries WHERE occurred_at >= 1794268800000000) AS entries"
        return statement.replace("FROM entries", f"FROM {kept}"), parameters

    gone = client.ask(Id.SHEET_ASK, {"open": "day:2026-11-05"})
    assert "6 credits" == words_of(gone[Id.SHEET_HEAD]["children"])
    note = "Entries are kept from 10\xa0Nov on. Daily totals go further back."
    assert note == gone[Id.SHEET_NOTE]["children"]
    assert (True, "No entries") == (
        gone[Id.SHEET_LIST]["hidden"],
        gone[Id.SHEET_COUNT]["children"],
    )
    there = client.ask(Id.SHEET_ASK, {"open": "day:2026-11-12"})
    assert "" == there[Id.SHEET_NOTE]["children"]


class Broken:
    """A source whose readings fail with one error."""

    def __init__(self, opened, error):
        self._opened, self._error = opened, error

    def __getattr__(self, name):
        return getattr(self._opened, name)

    def reading(self, scope):
        raise self._error


def test_a_failure_has_a_reference_that_the_log_has(page, ledger, caplog):
    client = page(ledger, source=lambda opened: Broken(opened, RuntimeError("disk")))
    shown = client.ask(Id.SHEET_ASK, {"open": "day:2026-11-12"})
    assert "These credits didn't load" == shown[Id.SHEET_TITLE]["children"]
    said = words_of(shown[Id.SHEET_STATE]["children"])
    reference = said.split("Reference ")[1][:6]
    assert f"reference={reference}" in caplog.text
    later = client.ask(Id.SHEET_LATER, {"open": "workspace:w1"})
    assert words_of(later[Id.SHEET_SPLIT]["children"]).startswith("The reasons didn't load.")


def test_an_account_that_is_rolled_up_first_says_so(page, ledger):
    client = page(ledger, source=lambda opened: Broken(opened, PreparingError(0.5)))
    shown = client.ask(Id.SHEET_ASK, {"open": "day:2026-11-12"})
    assert "Preparing your charts" == shown[Id.SHEET_TITLE]["children"]


def test_the_range_of_the_page_stays_and_can_be_changed_to_the_sheets_days(sheet):
    month = sheet("month:2026-11-03", range_="7d")
    assert ("month", False) == (
        month[Id.SHEET_RANGE]["data-value"],
        month[Id.SHEET_RANGE]["hidden"],
    )
    assert sheet("month:2026-11-03", range_="month")[Id.SHEET_RANGE]["hidden"]
    week = sheet("days:2026-11-09..2026-11-15")
    assert "2026-11-09..2026-11-15" == week[Id.SHEET_RANGE]["data-value"]
    assert sheet("day:2026-11-12")[Id.SHEET_RANGE]["hidden"]


def test_day_steps_end_at_the_first_day_and_at_today(sheet):
    first = sheet("day:2026-11-01")[Id.SHEET_ANSWER]["data"]
    last = sheet("day:2026-11-22")[Id.SHEET_ANSWER]["data"]
    assert ("", "day:2026-11-02") == (first["before"], first["after"])
    assert ("day:2026-11-21", "") == (last["before"], last["after"])
