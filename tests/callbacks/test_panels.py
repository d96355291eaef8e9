"""One request in, five panels out: what is shown, what is said, and what a bad request gets."""

from __future__ import annotations

import datetime as dt
import json
import logging
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from callbacks import panels as panels_module
from callbacks.access import scope_key
from dashboard import answer
from dashboard.panels import PANELS
from data.access import snapshot_scope
from data.freshness import Freshness
from tests.conftest import NOW
from tests.examples import examples
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of, words_of

KEYS = [panel.key for panel in PANELS]


def state(shown, key):
    return words_of(shown[f"{key}-state"]["children"])


def test_the_default_view_is_this_billing_month_in_all_five_panels(page, two_accounts):
    shown = page(two_accounts).show()
    assert "3 – 22 Nov 2026 · 20 days" == words_of(shown["dates"]["children"])
    assert "120 credits" == total_of(shown)
    assert "Showing 3–22\u00a0Nov\u00a02026: 120 credits." == shown["status"]["children"]
    assert "Snapshot of 22 Nov 2026, 11:29" == words_of(shown["freshness"]["children"])
    for key in KEYS:
        assert shown[f"{key}-chart"]["hidden"] is False
        assert shown[f"{key}-graph"]["figure"]["data"]
        assert "" == state(shown, key)
    assert "Contracts: 83% of this range." == shown["workspace-answer"]["children"]
    assert shown["foot"]["children"][0]["props"]["children"].endswith("are in UTC.")


def test_what_the_picker_is_told(page, two_accounts):
    shown = page(two_accounts).show("7d")
    assert {
        "range": "7d",
        "choice": "7d",
        "start": "2026-11-16",
        "end": "2026-11-22",
        "min": "2026-11-01",
        "max": "2026-11-22",
        "earlier": "2026-11-09..2026-11-15",
        "later": None,
        "account": "acme",
        "version": None,
        "scope": scope_key(snapshot_scope("acme")),
    } == shown["steps"]["data"]


def test_a_nonsensical_range_falls_back_with_a_sentence(page, two_accounts):
    client = page(two_accounts)
    for text in ("garbage", "2026-12-01..2026-12-02", "<img onerror=x>", "x" * 5_000):
        shown = client.show(text)
        assert "month" == shown["steps"]["data"]["range"]
        assert "This is the current billing month." in shown["notice"]["children"]


def test_another_account_is_shown_when_asked_for_and_never_mixed(page, two_accounts):
    client = page(two_accounts)
    shown = client.show("30d", "zeta")
    text = json.dumps(shown)
    assert "zeta" == shown["accounts"]["value"]
    assert "Zeta's own" in text
    assert "Contracts" not in text
    assert "7 credits" == total_of(shown)
    assert "Asia/Kathmandu" in words_of(shown["foot"]["children"])
    assert "Zeta's own" not in json.dumps(client.show("30d", "acme"))


def test_an_unknown_account_falls_back_with_a_sentence(page, two_accounts):
    shown = page(two_accounts).show("month", "'; drop table accounts; --")
    assert "acme" == shown["accounts"]["value"]
    assert 'There is no account "\'; drop table accounts; --".' == shown["notice"]["children"]


def test_the_account_named_at_the_start_is_shown_first(page, two_accounts):
    shown = page(two_accounts, first_account="zeta").show()
    assert "zeta" == shown["accounts"]["value"]


def test_figures_are_drawn_in_the_theme_in_force(page, two_accounts):
    client = page(two_accounts)
    light, dark = (json.dumps(client.show(theme=theme)) for theme in ("light", "dark"))
    assert "#2B5FD9" in light
    assert "#2B5FD9" not in dark
    assert "#6E9BFF" in dark


def test_an_empty_range_says_so_and_keeps_the_context(page):
    rows = LedgerBuilder()
    rows.account(anchor_day=1)
    rows.workspace("w1")
    rows.use("2026-10-20T09:00Z", 5, workspace="w1")
    rows.use("2026-11-20T09:00Z", 5, workspace="w1")
    shown = page(rows).show("2026-11-01..2026-11-03")
    for key in ("reason", "workspace", "team"):
        assert (
            "No credits used in this range Nothing was used on 1–3 Nov. "
            "Show this billing month" == state(shown, key)
        )
        assert shown[f"{key}-chart"]["hidden"] is True
    for key in ("daily", "monthly"):
        assert shown[f"{key}-chart"]["hidden"] is False


def test_a_new_account_says_so(page):
    rows = LedgerBuilder()
    rows.account()
    rows.entry("2026-11-20T09:00Z", 100, "grant")
    shown = page(rows).show()
    assert state(shown, "daily").startswith("No usage yet Credits spent on premium-model chats")


@pytest.mark.parametrize(
    ("minutes", "freshness", "delay"),
    [
        (3, "Updated 3 min ago", ""),
        (
            166,
            "Updated 2 h 46 min ago",
            (
                "Usage is delayed. Charts are complete up to 22 Nov, 08:43. "
                "Your balance in the ledger is current."
            ),
        ),
    ],
)
def test_usage_that_comes_late_is_said_over_the_toolbar(
    page, two_accounts, monkeypatch, minutes, freshness, delay
):
    """As a running aggregator's rollup would be read; a snapshot is never delayed."""
    client = page(two_accounts)
    seen = Freshness(NOW - dt.timedelta(minutes=minutes), NOW, NOW)
    read = client.opened.reading

    @contextmanager
    def reading(scope):
        with read(scope) as (connection, _snapshot):
            yield connection, seen

    monkeypatch.setattr(client.opened, "reading", reading)
    shown = client.show()
    assert freshness == words_of(shown["freshness"]["children"])
    assert delay == words_of(shown["delay"]["children"])


def test_a_ledger_without_accounts_is_a_state(page):
    shown = page(LedgerBuilder()).show()
    assert "Credit usage didn't load" in words_of(shown["page-state"]["children"])


def test_one_chart_fails_alone_and_the_log_has_its_reference(page, two_accounts, caplog):
    """Its table is gone: the real query raises, the others of the same answer stand."""
    client = page(two_accounts)
    client.show()
    with client.opened._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE rollup_by_workspace")
    with caplog.at_level(logging.ERROR):
        shown = client.show()
    for key in ("workspace", "team"):
        message = state(shown, key)
        assert message.startswith(
            "This chart didn't load The other charts are up to date. Reference "
        )
        reference = message.split("Reference ")[1][:6]
        assert f"reference={reference}" in caplog.text
        assert shown[f"{key}-chart"]["hidden"] is True
    for key in ("daily", "reason", "monthly"):
        assert shown[f"{key}-chart"]["hidden"] is False


def test_all_failed_is_said_once(page, two_accounts, caplog):
    client = page(two_accounts)
    client.show()
    with client.opened._engine.begin() as connection:
        for table in ("rollup_by_workspace", "rollup_by_reason"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    shown = client.show()
    message = words_of(shown["page-state"]["children"])
    assert message.startswith("Credit usage didn't load Your balance in the ledger isn't affected.")
    assert message.split("Reference ")[1][:6] in caplog.text
    assert shown["grid"]["hidden"] is True


def test_every_panel_that_draws_is_named_in_the_outputs():
    names = panels_module.outputs()
    assert len(panels_module.PANEL_OUTPUTS) * len(PANELS) < len(names)


def test_the_statement_count_does_not_depend_on_the_range(page, two_accounts):
    client = page(two_accounts)
    client.show()
    statements = []
    engine = client.opened._engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    counts = []
    for text in ("7d", "90d", "2026-11-01..2026-11-22"):
        statements.clear()
        client.show(text)
        counts.append(len(statements))
    assert 1 == len(set(counts))
    assert counts[0] <= 40


RANGES = ["7d", "month@2026-10-03", "2026-11-01..2026-11-02"]
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
)
nested = st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=8), scalars, max_size=3)
json_values = scalars | nested | st.lists(nested, max_size=2)
views = st.fixed_dictionaries(
    {},
    optional={
        "range": json_values
        | st.sampled_from(["7d", "month@2026-10-03", "2026-11-01..2026-11-02"]),
        "account": json_values | st.sampled_from(["acme", "zeta"]),
        "theme": json_values,
        "tables": json_values | st.sampled_from(["daily,reason:9", "workspace:0,team,monthly"]),
        "workspaces": json_values | st.just("all"),
        "toggled": json_values | st.sampled_from(["daily", "workspace", "nobody"]),
        "n": json_values,
    },
)


@given(view=views | json_values)
@examples(150)
def test_whatever_the_view_store_holds_there_is_an_answer(page, two_accounts, view):
    """Never a 500; the client is made once for all examples."""
    client = _kept(page, two_accounts)
    assert client.post(view).status_code in {200, 204, 400}


KEPT = {}


def _kept(page, rows):
    if page not in KEPT:
        KEPT.clear()
        KEPT[page] = page(rows)
    return KEPT[page]


def test_references_are_six_letters_that_read_alone():
    references = {answer.new_reference() for _ in range(200)}
    assert len(references) > 190
    assert all(len(r) == 6 and set(r) <= set(answer.REFERENCE_LETTERS) for r in references)


@pytest.mark.parametrize("prefix", ["/app/account/credits", "/", "/x/"])
def test_any_prefix_serves_the_page_with_and_without_its_slash(page, two_accounts, prefix):
    client = page(two_accounts, prefix=prefix)
    bare = prefix.rstrip("/")
    for path in {f"{bare}/", bare or "/"}:
        response = client.client.get(path)
        assert (200, None) == (response.status_code, response.headers.get("Location"))
    assert "120 credits" == total_of(client.show())
