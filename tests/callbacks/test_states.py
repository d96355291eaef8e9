"""What a state of the whole page says and takes away; nothing of an earlier answer stays."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder
from tests.page_client import words_of
from tests.running_source import RunningSource


@pytest.fixture
def running(page, two_accounts):
    """The client of a page whose rollup is some minutes behind now."""

    def serve(minutes: int, **more):
        age = dt.timedelta(minutes=minutes)
        return page(two_accounts, source=partial(RunningSource, now=NOW, age=age, **more))

    return serve


def mark(shown):
    return shown["freshness"]["children"][0]["props"]["className"]


@pytest.mark.parametrize(
    ("minutes", "icon", "label", "exact"),
    [
        (0, "fresh", "Updated just now", "22 Nov 2026, 11:29"),
        (3, "fresh", "Updated 3 min ago", "22 Nov 2026, 11:26"),
        (15, "fresh", "Updated 15 min ago", "22 Nov 2026, 11:14"),
        (16, "late", "Updated 16 min ago", "22 Nov 2026, 11:13"),
        (60, "late", "Updated 1 h ago", "22 Nov 2026, 10:29"),
        (61, "delayed", "Updated 1 h 1 min ago", "22 Nov 2026, 10:28"),
        (166, "delayed", "Updated 2 h 46 min ago", "22 Nov 2026, 08:43"),
    ],
)
def test_freshness_is_a_mark_words_and_the_exact_time(running, minutes, icon, label, exact):
    shown = running(minutes).show()
    assert f"icon icon-{icon}" == mark(shown)
    assert label == words_of(shown["freshness"]["children"])
    assert exact == shown["freshness"]["title"]
    assert (icon == "delayed") == bool(words_of(shown["delay"]["children"]))


def test_the_times_are_on_the_accounts_own_clock(running):
    shown = running(166).show(account="zeta")
    assert "22 Nov 2026, 14:28" == shown["freshness"]["title"]
    assert "up to 22 Nov, 14:28." in words_of(shown["delay"]["children"])


def test_a_snapshot_names_its_moment_and_is_never_delayed(page, two_accounts):
    shown = page(two_accounts).show()
    assert "icon icon-snapshot" == mark(shown)
    assert "Snapshot of 22 Nov 2026, 11:29" == words_of(shown["freshness"]["children"])
    assert "" == shown["delay"]["children"]


def test_refresh_is_told_and_nothing_else_is(page, two_accounts):
    client = page(two_accounts)
    said = "Showing 3–22\u00a0Nov\u00a02026: 120 credits."
    assert said == client.show()["status"]["children"]
    assert f"Refreshed. {said}" == client.show(refreshed=True)["status"]["children"]
    assert said == client.show(refreshed="yes")["status"]["children"]


def test_who_may_not_look_gets_403_and_not_a_byte(running, caplog):
    """assets/connection.js shows `No permission` then, and takes every figure away."""
    answer = running(166, denies=True).post({"range": "month"})
    assert (403, b"") == (answer.status_code, answer.data)
    assert "no permission: the viewer is neither owner nor billing admin" in caplog.text


def test_who_may_look_is_not_told_otherwise(page, two_accounts):
    assert True is page(two_accounts).show()["no-permission"]["hidden"]


def test_all_failed_is_told_once_with_its_reference_in_the_log(page, two_accounts, caplog):
    client = page(two_accounts)
    client.show()
    with client.opened._engine.begin() as connection:
        for table in ("rollup_by_workspace", "rollup_by_reason"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    shown = client.show()
    assert "Credit usage didn't load" == shown["status"]["children"]
    reference = words_of(shown["page-state"]["children"]).split("Reference ")[1][:6]
    assert f"reference={reference}" in caplog.text
    assert True is shown["no-permission"]["hidden"]


def test_a_new_account_is_shown_how_credits_work_where_the_host_says_where(page):
    rows = LedgerBuilder()
    rows.account()
    shown = page(rows, CREDITS_HELP_URL="https://host.example/help/credits").show()
    for key in ("daily", "reason", "workspace", "monthly", "team"):
        message = shown[f"{key}-state"]["children"]
        assert words_of(message).endswith("within a few minutes. How credits work")
        link = message["props"]["children"][-1]
        assert "https://host.example/help/credits" == link["props"]["href"]


def test_colours_of_the_host_are_in_stylesheet_and_figures(page, two_accounts, tmp_path):
    colours = tmp_path / "tokens.toml"
    colours.write_text('[light]\naccent = "#6A1B9A"\n', "utf-8")
    client = page(two_accounts, CREDITS_TOKENS=str(colours))
    document = client.client.get(client.prefix).text
    sheet = next(part for part in document.split('"') if "/assets/host." in part)
    assert "--accent: #6A1B9A;" in client.client.get(sheet).text
    light, dark = (str(client.show(theme=theme)) for theme in ("light", "dark"))
    assert "#6A1B9A" in light
    assert "#2B5FD9" not in light
    assert "#6E9BFF" in dark
