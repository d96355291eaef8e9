"""Whether the charts match the ledger, in one line for the page's foot; computed, never assumed.

Words only: data/reconciled.py compares. Without a comparison nothing is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from dashboard import words
from data.freshness import Freshness
from data.reconciled import Reconciled


def agreement(found: Reconciled, seen: Freshness, zone: ZoneInfo, today: dt.date) -> str:
    """`Matches the ledger: 123,456 credits in all on 22 Nov, 11:26.`, or what is different."""
    at = moment_of(found, seen).astimezone(zone)
    moment = f"{words.on(at.date(), today)}, {at:%H:%M}"
    if found.matches:
        return f"Matches the ledger: {words.amount(found.total_micro)} in all on {moment}."
    return " ".join(_differences(found, moment))


def moment_of(found: Reconciled, seen: Freshness) -> dt.datetime:
    """When both sides were compared; a snapshot is all of one moment."""
    return found.compared_at or seen.watermark or seen.now


def _differences(found: Reconciled, moment: str) -> Iterator[str]:
    apart, newer = found.difference_micro, found.newer_micro
    if apart:
        more = "more" if apart > 0 else "less"
        yield (
            f"The ledger had {words.amount(abs(apart))} {more} than these charts on {moment}, "
            "and nothing newer explains it."
        )
    if newer is None:
        yield "The ledger has more days newer than these charts than are counted here."
    elif newer > 0:
        yield f"The ledger is {words.amount(newer)} newer than these charts."
    elif newer < 0:
        yield (
            f"The ledger is {words.amount(-newer)} lower than these charts: "
            "refunds or corrections are newer."
        )
