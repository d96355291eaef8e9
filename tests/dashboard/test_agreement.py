"""The line on the ledger at the page's foot: one golden sentence for each case."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from dashboard.agreement import agreement
from data.freshness import Freshness
from data.reconciled import Reconciled
from data.schema import MICRO
from tests.conftest import NOW

UTC, KATHMANDU = ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu")
AT = NOW - dt.timedelta(minutes=3)
MATCHES = "Matches the ledger: 123,456 credits in all on 22 Nov, 11:26."


def said(difference=0, newer=0, *, at=AT, total=123_456, zone=UTC):
    """Amounts in credits."""
    found = Reconciled(
        total_micro=int(total * MICRO),
        compared_at=at,
        difference_micro=int(difference * MICRO),
        newer_micro=None if newer is None else int(newer * MICRO),
    )
    seen = Freshness(watermark=NOW - dt.timedelta(hours=1), heartbeat=None, now=NOW)
    text = agreement(found, seen, zone, NOW.astimezone(zone).date())
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("difference", "newer", "sentence"),
    [
        (0, 0, MATCHES),
        (0, 12, "The ledger is 12 credits newer than these charts."),
        (0, 1, "The ledger is 1 credit newer than these charts."),
        (0, 0.25, "The ledger is <1 credit newer than these charts."),
        (
            0,
            -12,
            "The ledger is 12 credits lower than these charts: refunds or corrections are newer.",
        ),
        (0, None, "The ledger has more days newer than these charts than are counted here."),
        (
            12,
            0,
            (
                "The ledger had 12 credits more than these charts on 22 Nov, 11:26, "
                "and nothing newer explains it."
            ),
        ),
        (
            -1,
            0,
            (
                "The ledger had 1 credit less than these charts on 22 Nov, 11:26, "
                "and nothing newer explains it."
            ),
        ),
        (
            12,
            -5,
            (
                "The ledger had 12 credits more than these charts on 22 Nov, 11:26, "
                "and nothing newer explains it. The ledger is 5 credits lower than these charts: "
                "refunds or corrections are newer."
            ),
        ),
    ],
)
def test_it_matches_or_the_difference_is_named_with_its_cause(difference, newer, sentence):
    assert sentence == said(difference, newer)


@pytest.mark.parametrize(
    ("total", "amount"),
    [(0, "0 credits"), (1, "1 credit"), (0.5, "1 credit"), (-120, "−120 credits")],
)
def test_the_total_that_matches(total, amount):
    assert f"Matches the ledger: {amount} in all on 22 Nov, 11:26." == said(total=total)


def test_the_moment_is_on_the_accounts_clock_with_a_year_that_is_not_this_one():
    assert said(zone=KATHMANDU).endswith("in all on 22 Nov, 17:11.")
    last_year = dt.datetime(2025, 12, 31, 23, 0, tzinfo=dt.UTC)
    assert said(at=last_year).endswith("in all on 31 Dec 2025, 23:00.")


def test_a_snapshot_matches_at_its_own_moment():
    assert said(at=None).endswith("in all on 22 Nov, 10:29.")
