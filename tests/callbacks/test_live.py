"""A page over a ledger in use: what it shows, what it looks for by itself, what an answer costs."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from sqlalchemy import delete, event, insert, update

from dashboard.panels import PANELS
from data import schema
from data.reader import Limits, connect_reader
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder
from tests.live_page import LivePage, fed_page
from tests.page_client import total_of, words_of

KEYS = [panel.key for panel in PANELS]
MINUTE = dt.timedelta(minutes=1)
FRESHNESS = {"freshness", "delay"}


@pytest.fixture
def live(database_url, two_accounts):
    """Two accounts, rolled up at NOW."""
    with fed_page(database_url, two_accounts) as page:
        yield page


def use(credits, at, name, **more):
    rows = LedgerBuilder()
    rows.use(at, credits, account="acme", id=name, **more)
    return insert(schema.entries).values(**rows.entries[0])


def change(table, key, **values):
    return update(table).where(table.c.id == key).values(**values)


def words(shown, name):
    return words_of(shown[name]["children"])


# --- what is shown ------------------------------------------------------------------------------


def test_every_panel_is_shown_with_how_far_it_reaches(live):
    live.now += 3 * MINUTE
    shown = live.show()
    assert "120 credits" == total_of(shown)
    assert "Updated 3 min ago" == words(shown, "freshness")
    assert "Contracts: 83% of this range." == shown["workspace-answer"]["children"]
    for key in KEYS:
        assert shown[f"{key}-graph"]["figure"]["data"]
    assert ["Acme", "Zeta"] == [account["label"] for account in shown["accounts"]["options"]]


def test_an_account_that_was_never_rolled_up_is_prepared_and_never_zero(live):
    rows = LedgerBuilder()
    rows.account("nova", name="Nova")
    rows.use("2026-11-20T09:00Z", 7)
    rows.save(live.ledger)
    shown = live.show(account="nova")
    assert words(shown, "page-state").startswith("Preparing your charts Your usage is being added")
    assert {"preparing": None} == shown["steps"]["data"]
    assert ("nova", True) == (shown["accounts"]["value"], shown["grid"]["hidden"])
    assert "daily-graph" not in shown
    live.roll_up()
    assert "7 credits" == total_of(live.show(account="nova"))


# --- looking by itself --------------------------------------------------------------------------


def test_while_nothing_changed_the_answer_is_one_statement_and_no_figure(live):
    shown = live.show()
    live.now += 4 * MINUTE
    with live.listening() as sent:
        looked = live.look(shown)
    assert FRESHNESS == looked.keys()
    assert "Updated 4 min ago" == words(looked, "freshness")
    assert 1 == len([text for text in sent if text.startswith("SELECT")])
    assert len(json.dumps(looked)) < 600


def test_a_page_that_looks_says_when_usage_is_delayed_and_when_it_no_longer_is(live):
    shown = live.show()
    live.now += 61 * MINUTE
    assert words(live.look(shown), "delay").startswith("Usage is delayed.")
    live.roll_up()
    looked = live.look(shown)
    assert ("", "Updated just now") == (looked["delay"]["children"], words(looked, "freshness"))


def test_what_changed_replaces_the_figures_and_is_told_to_nobody(live):
    shown = live.show()
    live.write(use(23, "2026-11-22T08:00Z", "new"))
    assert FRESHNESS == live.look(shown).keys()
    live.roll_up()
    looked = live.look(shown)
    assert "143 credits" == total_of(looked)
    assert "status" not in looked
    assert looked["daily-graph"]["figure"] != shown["daily-graph"]["figure"]
    assert FRESHNESS == live.look(looked).keys()


def test_another_accounts_change_is_no_change(live):
    shown = live.show(account="acme")
    rows = LedgerBuilder()
    rows.use("2026-11-22T08:00Z", 23, account="zeta", id="new")
    rows.save(live.ledger)
    live.roll_up()
    assert FRESHNESS == live.look(shown).keys()


def test_a_new_day_is_a_change_though_nothing_was_used(live):
    shown = live.show()
    live.now += dt.timedelta(hours=12, minutes=31)
    assert "3 – 23 Nov 2026 · 21 days" == words(live.look(shown), "dates")


def test_a_look_at_a_ledger_that_fails_keeps_the_page(live, caplog):
    """No answer, so that the page says from when its figures are."""
    shown = live.show()["steps"]["data"]
    known = {name: shown[name] for name in ("account", "scope", "version")}
    known["today"] = shown["max"]
    for table in ("rollup_heartbeat", "rollup_by_reason"):
        with live.ledger.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE {table}")
        response = live.client.post({"range": "month", "account": "acme", "known": known})
        assert 503 == response.status_code
    assert "page failed" in caplog.text


@pytest.mark.parametrize("known", [1, {}, {"account": "acme"}, {"version": True}, ["acme"]])
def test_what_no_page_asks_is_answered_in_full(live, known):
    assert "120 credits" == total_of(live.show(known=known))


# --- what an answer costs -----------------------------------------------------------------------


SHORT = ("month", "7d", "90d")  # drawn by day
LONG = ("2024-12-01..2026-11-22", "2026-01-01..2026-11-22")
MOST_STATEMENTS = 60  # begin, limits and savepoints included; with the causes of three spikes


def many(rows):
    """A large account: two years, 300 workspaces, every day the same."""
    rows.account("large", name="Large")
    for number in range(1_400):
        at = NOW - dt.timedelta(days=number % 700, hours=1)
        rows.workspace(f"w{number}") if number < 300 else None
        rows.use(at, 1, ("premium_chat", "enhanced_ocr")[number % 2], workspace=f"w{number % 300}")


def statements(live, *asked, **more):
    with live.listening() as sent:
        live.show(*asked, **more)
    return len(sent)


@pytest.mark.parametrize("ranges", [SHORT, LONG])
@pytest.mark.parametrize("tables", ["", ",".join(KEYS)])
def test_an_answer_is_as_many_statements_whatever_the_range_and_the_account(live, ranges, tables):
    """A day has its reasons in its hover, a week or month has not: that is the one difference."""
    rows = LedgerBuilder()
    many(rows)
    rows.save(live.ledger)
    live.roll_up()
    live.show()  # the first answer of a process also looks at the ledger's tables
    counts = {
        (account, range_): statements(live, range_, account, tables=tables)
        for account in ("acme", "large")
        for range_ in ranges
    }
    assert 1 == len(set(counts.values())), counts
    assert max(counts.values()) <= MOST_STATEMENTS


def test_the_causes_of_spikes_are_a_bounded_number_of_statements_more(live):
    """However many days stand out, and whatever used the credits."""
    rows = LedgerBuilder()
    many(rows)
    for day in range(10):
        for number in range(20):
            at = NOW - dt.timedelta(days=1 + 3 * day, minutes=number)
            rows.use(at, 9_000 + day, f"reason{number}", workspace=f"w{number}")
    rows.save(live.ledger)
    live.roll_up()
    assert "180,182" in words(live.show("90d", "large"), "daily-details")
    assert statements(live, "90d", "large", tables=",".join(KEYS)) <= MOST_STATEMENTS


def test_all_panels_of_an_answer_are_read_in_one_transaction(live):
    """The list of accounts is read before it, in one of its own."""
    begun = []
    event.listen(live.reader, "begin", lambda _connection: begun.append(1))
    live.show("90d")
    assert 2 == len(begun)


# --- what changes beside the entries --------------------------------------------------------------


def test_a_changed_zone_moves_the_days_once_they_are_made_anew_and_is_printed(live):
    """An entry of 21 November, 20:00 UTC, is used on the 22nd in Kathmandu."""
    live.write(use(50, "2026-11-21T20:00Z", "late"))
    live.roll_up()
    before = live.show("2026-11-22..2026-11-22", "acme")
    live.write(change(schema.accounts, "acme", timezone="Asia/Kathmandu"))
    same = live.show("2026-11-22..2026-11-22", "acme")
    for shown in (before, same):
        assert "6 credits" == total_of(shown)
        assert "are in UTC." in words(shown, "foot")
    live.roll_up()
    after = live.show("2026-11-22..2026-11-22", "acme")
    assert "56 credits" == total_of(after)
    assert "are in Asia/Kathmandu." in words(after, "foot")


def test_changed_periods_move_allowance_and_edges_of_months_and_no_figure(live):
    before = live.show("30d", "acme")
    version = before["steps"]["data"]["version"]
    edges = {"starts": dt.date(2026, 11, 10), "allowance_micro": 7_000_000}
    live.write(update(schema.billing_periods).values(**edges))
    live.roll_up()
    after = live.show("30d", "acme")
    for name in ("daily-graph", "reason-graph", "workspace-graph"):
        assert before[name] == after[name]
    assert version == after["steps"]["data"]["version"]
    assert before["monthly-graph"] != after["monthly-graph"]
    assert "10 – 22 Nov 2026 · 13 days" == words(live.show("month", "acme"), "dates")


def test_a_workspace_that_moved_leaves_its_past_and_begins_in_the_other_account(live):
    """As deleted it stays where it was; what is written later counts in the other account."""
    moved = {"account_id": "zeta", "id": "w1", "name": "Contracts", "kind": "team"}
    live.write(
        change(schema.workspaces, "w1", deleted_at=NOW), insert(schema.workspaces).values(**moved)
    )
    rows = LedgerBuilder()
    rows.use("2026-11-22T10:00Z", 13, account="zeta", id="after", workspace="w1")
    rows.save(live.ledger)
    live.roll_up()
    acme, zeta = live.show("30d", "acme"), live.show("30d", "zeta")
    assert ("132 credits", "20 credits") == (total_of(acme), total_of(zeta))
    assert acme["workspace-answer"]["children"].startswith("Contracts (deleted): 83%")
    assert zeta["workspace-answer"]["children"].startswith("Contracts: 65%")


def test_a_workspace_whose_row_is_gone_stands_under_its_id(live):
    live.write(delete(schema.workspaces).where(schema.workspaces.c.id == "w1"))
    assert "w1: 83% of this range." == live.show()["workspace-answer"]["children"]


# --- a database that is away, or busy -------------------------------------------------------------


def failed(shown, caplog):
    """Whether the page says in place of its charts that they did not load, as the log knows."""
    words_ = words(shown, "page-state")
    reference = re.search(r"Credit usage didn't load .* Reference (\w{6})\.", words_)[1]
    return f"reference={reference}" in caplog.text


def test_a_database_that_is_away_is_told_on_the_page_and_comes_back(caplog):
    """The server starts without it."""
    reader = connect_reader("postgresql://page@127.0.0.1:1/app", Limits())
    page = LivePage(ledger=reader, reader=reader)
    assert failed(page.show(), caplog)
