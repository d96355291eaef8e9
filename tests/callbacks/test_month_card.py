"""The billing month card comes with every answer, of the running month, and fails alone."""

from __future__ import annotations

import pytest

from tests.dashboard.test_plan_fit import EXAMPLE
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of, words_of


def card(shown):
    return words_of(shown["month-card"]["children"]).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def acme():
    """Two billing months, the first not whole; 40 a day, 1,000 granted a month."""
    rows = LedgerBuilder()
    rows.account("acme", name="Acme", anchor_day=3)
    for start, end in (("2026-10-03", "2026-11-03"), ("2026-11-03", "2026-12-03")):
        rows.period(start, end, 1_000)
        rows.entry(f"{start}T00:00Z", 1_000, "grant")
    rows.workspace("w1")
    for month, days in ((10, range(8, 32)), (11, range(1, 22))):
        for day in days:
            rows.use(f"2026-{month}-{day:02d}T09:00Z", 40, workspace="w1")
    return rows


def test_the_card_of_the_running_month(page, acme):
    """760 used by the 21st; 11 days of 40 to come; 2,000 granted, 1,800 used."""
    assert (
        "This billing month · 3 Nov – 2 Dec 2026 · 3 Nov – 2 Dec · Team plan "
        "Used so far 760 76% used, 67% of the month gone "
        "Allowance 1,000 Renews on 3 Dec "
        "Projected by 2 Dec 1,200 200 over the allowance "
        "Balance 200 "
        "Used 760 Allowance 1,000 "
        "Balance runs out early At this pace your balance is used up around 27 Nov, "
        "before it renews on 3 Dec."
    ) == card(page(acme).show())


def test_the_range_does_not_change_it(page, acme):
    client = page(acme)
    found = {card(client.show(text)) for text in ("month", "7d", "2026-10-10..2026-10-12", "no")}
    assert 1 == len(found)


def test_the_hosts_addresses_and_plans_are_in_it(page, acme):
    shown = page(
        acme,
        CREDITS_LEDGER_URL="/ledger",
        CREDITS_BUNDLE_URL="/bundle",
        CREDITS_PLAN_CATALOGUE=str(EXAMPLE),
    ).show()
    text = str(shown["month-card"]["children"])
    assert "'href': '/ledger'" in text
    assert "'href': '/bundle'" in text
    assert "cheapest" not in text  # one full month is no year


def test_a_new_account_has_its_card(page):
    rows = LedgerBuilder()
    rows.account(anchor_day=3)
    rows.period("2026-11-03", "2026-12-03", 1_000)
    rows.entry("2026-11-20T09:00Z", 1_000, "grant")
    said = card(page(rows).show())
    assert "Used so far 0 0% used, 67% of the month gone" in said
    assert "Projected by 2 Dec – Too few days to tell Balance 1,000" in said


def test_a_card_that_fails_leaves_the_charts_alone(page, acme, caplog):
    client = page(acme)
    client.show()
    with client.opened._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE rollup_movements")
    shown = client.show()
    said = card(shown)
    assert said.startswith("This billing month This didn't load The charts are up to date.")
    reference = said.split("Reference ")[1][:6]
    assert f"reference={reference} panel=month " in caplog.text
    assert "760 credits" == total_of(shown)
    for key in ("daily", "reason", "workspace", "monthly", "team"):
        assert False is shown[f"{key}-chart"]["hidden"]


def test_where_no_chart_is_shown_neither_is_the_card(page, acme):
    client = page(acme)
    assert False is client.show()["month-card"]["hidden"]
    with client.opened._engine.begin() as connection:
        for table in ("rollup_by_workspace", "rollup_by_reason"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    assert True is client.show()["month-card"]["hidden"]
