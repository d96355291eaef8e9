"""One range picker over five charts: each act is one view, one address and one request."""

from __future__ import annotations

import datetime as dt
import sqlite3
from decimal import ROUND_HALF_UP, Decimal

import pytest
from selenium.webdriver.common.keys import Keys

from dashboard.ids import Act, Id
from dashboard.panels import PANELS

MONTH = "3 – 22 Nov 2026 · 20 days"
WEEK = "16 – 22 Nov 2026 · 7 days"
THIRTY = "24 Oct – 22 Nov 2026 · 30 days"
NINETY = "25 Aug – 22 Nov 2026 · 90 days"
PRESETS = {"7d": WEEK, "30d": THIRTY, "90d": NINETY, "month": MONTH}


@pytest.fixture
def sums(demo):
    """Whole credits of acme-legal (whose days are UTC's) between two days, from the raw rows."""

    def between(first: str, last: str) -> str:
        start, end = (_micros(first), _micros(last) + 86_400_000_000)
        with sqlite3.connect(demo) as connection:
            rows = connection.execute(
                "SELECT kind, amount_micro FROM entries WHERE account_id = 'acme-legal' "
                "AND occurred_at >= ? AND occurred_at < ?",
                (start, end),
            ).fetchall()
        connection.close()
        sign = {"usage": 1, "refund": -1}
        micro = sum(sign.get(kind, 0) * amount for kind, amount in rows)
        whole = (Decimal(micro) / 1_000_000).quantize(Decimal(1), ROUND_HALF_UP)
        return f"{whole:,} credits"

    return between


def _micros(day: str) -> int:
    midnight = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
    return int(midnight.timestamp()) * 1_000_000


def test_the_page_opens_on_this_billing_month(page, sums):
    """One request, five drawings, the range's own sum; the address stays as it was typed."""
    page.open()
    assert MONTH == page.dates
    assert "month" == page.chosen
    assert sums("2026-11-03", "2026-11-22") == page.total
    page.until(lambda: page.drawn == len(PANELS))
    assert "" == page.query
    assert ["month"] == page.asked()


def test_each_preset_is_one_request_and_stands_in_the_address(page, sums):
    page.open()
    for choice, dates in PRESETS.items():
        before = len(page.site.views)
        page.pick(choice)
        page.shows(dates)
        assert f"?range={choice}" == page.query
        assert choice == page.chosen
        assert [choice] == page.asked(before)
    page.pick("90d")
    page.shows(NINETY)
    assert sums("2026-08-25", "2026-11-22") == page.total


def test_a_custom_range_is_typed_and_applied(page, sums):
    page.open()
    page.pick("custom")
    page.until(lambda: page.focus == Id.FROM)
    page.fill(Id.FROM, "2026-03-01")
    page.fill(Id.TO, "2026-03-15")
    page.press(Act.APPLY)
    page.shows("1 – 15 Mar 2026 · 15 days")
    assert "?range=2026-03-01..2026-03-15" == page.query
    assert "custom" == page.chosen
    assert sums("2026-03-01", "2026-03-15") == page.total
    assert ["month", "2026-03-01..2026-03-15"] == page.asked()
    assert not page.is_shown(Id.CUSTOM)


@pytest.mark.parametrize(
    ("first", "last", "error", "sentence"),
    [
        ("2026-11-10", "2026-11-01", Id.FROM_ERROR, "The start is after the end."),
        ("2026-11-10", "2026-11-23", Id.TO_ERROR, "Choose days up to today."),
        ("2024-11-22", "2026-11-22", Id.FROM_ERROR, "Choose 24 months or less."),
    ],
)
def test_an_impossible_range_is_told_under_its_field(page, first, last, error, sentence):
    """Nothing is asked; Escape closes, and picker and focus are where they were."""
    page.open()
    page.pick("custom")
    page.until(lambda: page.focus == Id.FROM)
    page.fill(Id.FROM, first)
    page.fill(Id.TO, last)
    page.type(Keys.ENTER)
    page.until(lambda: page.text(error) == sentence)
    assert f"{page.focus}-error" == error
    page.type(Keys.ESCAPE)
    page.until(lambda: not page.is_shown(Id.CUSTOM))
    page.until(lambda: page.chosen == "month")
    assert page.focus == page.radio("custom").get_attribute("id")
    assert ["month"] == page.asked()


def test_back_and_forward_go_through_the_ranges_and_write_nothing(page):
    page.open()
    for choice in ("7d", "30d"):
        page.pick(choice)
        page.shows(PRESETS[choice])
    entries = page.run("return history.length")
    page.driver.back()
    page.shows(WEEK)
    assert ("7d", "?range=7d") == (page.chosen, page.query)
    page.driver.back()
    page.shows(MONTH)
    assert ("month", "") == (page.chosen, page.query)
    page.driver.forward()
    page.shows(WEEK)
    assert ["month", "7d", "30d", "7d", "month", "7d"] == page.asked()
    assert entries == page.run("return history.length")


def test_steps_move_by_the_ranges_length_and_end_at_today(page):
    page.open()
    page.press(Act.LATER)
    page.press(Act.EARLIER)
    page.shows("3 Oct – 2 Nov 2026 · 31 days")
    assert "?range=month@2026-10-03" == page.query
    assert page.chosen is None
    page.press(Act.LATER)
    page.shows(MONTH)
    later = page.driver.find_element("id", Id.LATER)
    assert "true" == later.get_attribute("aria-disabled")
    assert ["month", "month@2026-10-03", "month"] == page.asked()


def test_arrow_keys_choose_and_custom_does_not_take_the_focus(page):
    page.open("?range=30d")
    page.radio("30d").send_keys(Keys.ARROW_RIGHT)
    page.shows(NINETY)
    page.type(Keys.ARROW_RIGHT)
    page.until(lambda: page.is_shown(Id.CUSTOM))
    assert page.focus == page.radio("custom").get_attribute("id")
    page.type(Keys.TAB)
    assert Id.FROM == page.focus
    assert ["30d", "90d"] == page.asked()


@pytest.mark.parametrize(
    "text",
    [
        "9999d",
        "2026-02-30..2026-03-01",
        "<img src=x onerror=alert(1)>",
        "%00%ff'; drop--",
        "%F0%9F%8E%88" * 201,
    ],
)
def test_a_nonsensical_address_shows_this_billing_month_and_says_why(page, text):
    page.open(f"?range={text}")
    assert MONTH == page.dates
    assert "month" == page.chosen
    assert page.text(Id.NOTICE).endswith("This is the current billing month.")
    page.pick("7d")
    page.shows(WEEK)
    assert "" == page.text(Id.NOTICE)


def test_a_choice_keeps_what_else_the_address_holds(page):
    page.open("?from=mail%20x&range=30d#chart")
    page.pick("7d")
    page.shows(WEEK)
    assert "?from=mail%20x&range=7d#chart" == page.query


def test_two_browsers_do_not_mix(open_page):
    """One changes range and account; the other neither moves nor asks."""
    one, other = open_page(), open_page()
    one.open("?range=30d")
    other.open("?account=himal-law")
    untouched = other.words
    one.pick("7d")
    one.shows(WEEK)
    one.switch_account("Himal Law Chambers")
    one.until(lambda: one.is_settled and "account=himal-law" in one.query)
    one.pick("90d")
    one.shows(NINETY)
    assert untouched == other.words
    assert ["30d", "month", "7d", "7d", "90d"] == one.asked()
    other.pick("90d")
    other.shows(NINETY)
    assert one.words == other.words


def test_the_browsers_zone_changes_no_number(open_page):
    """From the first to the last zone of the earth, the same words in every panel."""
    shown = []
    for zone in ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"):
        page = open_page()
        page.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": zone})
        page.open("?account=himal-law&range=90d")
        assert zone == page.run("return Intl.DateTimeFormat().resolvedOptions().timeZone")
        shown.append(page.words)
    assert shown[0] == shown[1] == shown[2]
