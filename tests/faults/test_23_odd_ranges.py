"""Fault 23: the range is reversed, 50 years long, one day, or in the future.

One day is shown as asked for; what cannot be shown becomes this billing month with a sentence that
says why, and never an error. 50 years are answered as fast as two: a range is bounded.
"""

from __future__ import annotations

import pytest

from tests.faults import invariants
from tests.faults.answers import said
from tests.page_client import total_of

MONTH = "3 – 22 Nov 2026 · 20 days"
REFUSED = {
    "reversed": "2026-11-20..2026-11-02",
    "50 years": "1976-11-22..2026-11-22",
    "all in the future": "2027-01-01..2027-02-01",
    "long ago": "1970-01-01..1970-02-01",
    "year 10000": "9999-12-30..10000-01-02",
    "no such day": "2026-02-30..2026-03-02",
    "into the future": "2026-11-21..2026-12-24",
    "a month to come": "month@2027-05-03",
}


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_shown_is_this_month_with_a_reason(live_sqlite, asked):
    shown = live_sqlite.show(asked, **invariants.EVERY_TABLE)
    assert said(shown, "notice").endswith("This is the current billing month.")
    assert (MONTH, "120 credits") == (said(shown, "dates"), total_of(shown))
    invariants.panels_agree(shown)


@pytest.mark.parametrize(
    ("asked", "credits"),
    [
        ("2026-11-20..2026-11-20", "6 credits"),
        ("2026-11-22..2026-11-22", "6 credits"),
    ],
)
def test_one_day_is_shown(live_sqlite, asked, credits):
    shown = live_sqlite.show(asked, **invariants.EVERY_TABLE)
    assert ("", credits) == (said(shown, "notice"), total_of(shown))
    invariants.panels_agree(shown)


def test_the_invariants_hold(live):
    invariants.hold(live, "2026-11-20..2026-11-20")
