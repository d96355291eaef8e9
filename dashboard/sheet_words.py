"""What the sheet says: comparison, refunds, how many entries, how far back they are kept.

Pure functions of numbers and days; each sentence stands in a test.
"""

from __future__ import annotations

import datetime as dt

from dashboard import findings, words
from dashboard.findings import Usual
from dashboard.ranges import months_back
from dashboard.table import Sum
from data.entries import Order
from data.periods import DAY, Period

KEPT_WITHIN = DAY * 3  # by which the first entry may miss a whole number of months
GOES_BACK = "Daily totals go further back."


def against_usual(net: int, day: dt.date, usual: Usual | None) -> str:
    """`2.4 times a usual weekday`; empty where no day is usual yet, or nothing was used."""
    if usual is None or net <= 0:
        return ""
    kind = "weekend day" if findings.is_weekend(day) else "weekday"
    if usual.median <= 0:
        return f"where a usual {kind} has none"
    return f"{words.multiple(net, usual.median)} times a usual {kind}"


def against_previous(net: int, before: int | None, previous: Period | None, today: dt.date) -> str:
    """`up 72% on 3–22 Oct`; empty where the history is shorter."""
    if previous is None:
        return ""
    return words.compared(net, before or 0, words.sentence(previous, today))


def refunds(amounts: Sum) -> str:
    """`Used 2,158 · refunded 120`, where anything was refunded."""
    if not amounts.refunded:
        return ""
    return f"Used {words.credits(amounts.used)} · refunded {words.credits(amounts.refunded)}"


def count(of: int | None, order: Order) -> str:
    """What follows the number of entries shown: `of 143 entries, largest first`.

    None is a number that is still being counted, and more than are shown.
    """
    if of is None:
        return f"entries or more, {order}"
    if not of:
        return "No entries"
    counted = words.count(of, "entry", "entries")
    return f"of {counted}, {order}" if of > 1 else f"of {counted}"


def kept(first_kept: dt.date | None, first_day: dt.date, period: Period, today: dt.date) -> str:
    """Why entries of `period` are missing; empty when the ledger still has all of them.

    `first_day` is the first of which the totals know; entries may have been dropped since.
    """
    if first_kept is None:
        return f"No entries are kept. {GOES_BACK}"
    if first_kept <= first_day or period.start >= first_kept:
        return ""
    months = (today.year - first_kept.year) * 12 + today.month - first_kept.month
    for whole in (months, months + 1):
        if whole > 0 and abs(months_back(today, whole) - first_kept) <= KEPT_WITHIN:
            return f"Entries are kept for {words.count(whole, 'month')}. {GOES_BACK}"
    return f"Entries are kept from {words.on(first_kept, today)} on. {GOES_BACK}"


def unlisted(*, in_total_alone: bool) -> str:
    """Why the entries are fewer than the total says: some are of workspaces without a name here."""
    if in_total_alone:
        return "Workspaces that you can't open are in the total alone."
    return "Entries of workspaces that you can't open are not listed."
