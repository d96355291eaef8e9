"""Sums over raw ledger rows in plain Python: what the page ought to say, found another way.

It never imports what it checks: no periods, no queries, no SQL. A row's local day is the date of
`instant.astimezone(zone)`, row by row.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
Key = TypeVar("Key", bound=Hashable)


class Amount(NamedTuple):
    """Micro-credits used and refunded."""

    used: int = 0
    refunded: int = 0

    @property
    def net(self) -> int:
        return self.used - self.refunded


@dataclass(frozen=True)
class Consumed:
    """What one account consumed on local days, by everything the page breaks it down by.

    `by_day` holds every day asked for; the others hold a key when an entry has it, even where
    use and refunds cancel out. A workspace or kind of None is an entry without a workspace, and a
    kind of None also one whose workspace is not listed.
    """

    total: Amount
    by_day: dict[dt.date, Amount]
    by_reason: dict[tuple[str, str | None], Amount]
    by_workspace: dict[str | None, Amount]
    by_kind: dict[str | None, Amount]
    by_day_and_reason: dict[tuple[dt.date, str, str | None], Amount]
    by_day_and_workspace: dict[tuple[dt.date, str | None], Amount]


def net(amounts: Mapping[Key, Amount]) -> dict[Key, int]:
    """Each amount as used − refunded."""
    return {key: amount.net for key, amount in amounts.items()}


def consumed(
    entries: Iterable[Row],
    account: str,
    zone: str,
    first_day: dt.date,
    last_day: dt.date,
    workspaces: Iterable[Row] = (),
) -> Consumed:
    """What `account` consumed from `first_day` to `last_day`, both inclusive, in `zone`."""
    tz = ZoneInfo(zone)
    kinds = {row["id"]: row["kind"] for row in workspaces if row["account_id"] == account}
    rows = []
    for row in entries:
        if row["account_id"] != account or row["kind"] not in {"usage", "refund"}:
            continue
        day = row["occurred_at"].astimezone(tz).date()
        if first_day <= day <= last_day:
            rows.append((day, row))
    calendar = {
        first_day + dt.timedelta(days=step): Amount()
        for step in range((last_day - first_day).days + 1)
    }
    return Consumed(
        total=_sums(((), row) for _, row in rows).get((), Amount()),
        by_day=calendar | _sums((day, row) for day, row in rows),
        by_reason=_sums(((row["reason"], row["workflow_type"]), row) for _, row in rows),
        by_workspace=_sums((row["workspace_id"], row) for _, row in rows),
        by_kind=_sums((kinds.get(row["workspace_id"]), row) for _, row in rows),
        by_day_and_reason=_sums(
            ((day, row["reason"], row["workflow_type"]), row) for day, row in rows
        ),
        by_day_and_workspace=_sums(((day, row["workspace_id"]), row) for day, row in rows),
    )


def balance(entries: Iterable[Row], account: str) -> int:
    """What the account has left, in micro-credits, by the formula of the ledger's document."""
    signs = {"grant": 1, "purchase": 1, "refund": 1, "adjustment": 1, "usage": -1, "expiry": -1}
    return sum(
        signs[row["kind"]] * row["amount_micro"] for row in entries if row["account_id"] == account
    )


def moved(entries: Iterable[Row], account: str, zone: str) -> dict[tuple[dt.date, str], int]:
    """What moved the account's balance beside consumption, by local day and kind of entry."""
    tz, found = ZoneInfo(zone), defaultdict(int)
    for row in entries:
        if row["account_id"] == account and row["kind"] not in {"usage", "refund"}:
            found[row["occurred_at"].astimezone(tz).date(), row["kind"]] += row["amount_micro"]
    return dict(found)


def _sums(keyed: Iterable[tuple[Key, Row]]) -> dict[Key, Amount]:
    found: dict[Key, Amount] = defaultdict(Amount)
    for key, row in keyed:
        used, refunded = found[key]
        if row["kind"] == "usage":
            found[key] = Amount(used + row["amount_micro"], refunded)
        else:
            found[key] = Amount(used, refunded + row["amount_micro"])
    return dict(found)
