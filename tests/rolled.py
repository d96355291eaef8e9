"""What stands in a rollup and what its ledger's raw rows sum to, side by side, by account.

The sums are those of tests/oracle.py over rows read one by one; no code under test is used.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Engine, select

from data import schema
from tests import oracle

DAY = dt.timedelta(days=1)
Sums = dict[str, dict[tuple[Any, ...], oracle.Amount | int]]


def stored(engine: Engine) -> dict[str, Sums]:
    """Account -> table -> (day, …labels) -> Amount or what moved, of accounts that have a row."""
    found: dict[str, Sums] = {}
    with engine.connect() as connection:
        for name in ("rollup_by_reason", "rollup_by_workspace", "rollup_weeks"):
            for row in connection.execute(select(schema.rollup.tables[name])):
                amount = oracle.Amount(row.used_micro, row.refunded_micro)
                found.setdefault(row.account_id, {}).setdefault(name, {})[tuple(row[1:-2])] = amount
        for account, day, kind, amount in connection.execute(select(schema.rollup_movements)):
            moved = found.setdefault(account, {}).setdefault("rollup_movements", {})
            moved[day, kind] = amount
    return found


def counted(engine: Engine) -> dict[str, Sums]:
    """The same from the entries of every listed account, empty text for none as the tables have."""
    with engine.connect() as connection:
        zones = dict(
            connection.execute(select(schema.accounts.c.id, schema.accounts.c.timezone)).all()
        )
        rows = [row._asdict() for row in connection.execute(select(schema.entries))]
    own: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        own.setdefault(row["account_id"], []).append(row)
    return {
        account: _tables(
            oracle.consumed(own[account], account, zone, *_around(own[account])),
            oracle.moved(own[account], account, zone),
        )
        for account, zone in zones.items()
        if account in own
    }


def _around(rows: list[dict[str, Any]]) -> tuple[dt.date, dt.date]:
    """From before the first local day to after the last, in whatever zone."""
    days = [row["occurred_at"].date() for row in rows]
    return min(days) - 2 * DAY, max(days) + 2 * DAY


def _tables(found: oracle.Consumed, moved: dict[tuple[dt.date, str], int]) -> Sums:
    """Every table that has a row."""
    tables = {
        "rollup_by_reason": {
            (day, reason, kind or ""): amount
            for (day, reason, kind), amount in found.by_day_and_reason.items()
        },
        "rollup_by_workspace": {
            (day, workspace or ""): amount
            for (day, workspace), amount in found.by_day_and_workspace.items()
        },
        "rollup_weeks": weeks(found.by_day_and_workspace),
        "rollup_movements": dict(moved),
    }
    return {name: rows for name, rows in tables.items() if rows}


def weeks(by_day: dict[tuple[dt.date, str | None], oracle.Amount]) -> dict[Any, oracle.Amount]:
    """(Monday, workspace) -> Amount."""
    sums: dict[Any, oracle.Amount] = {}
    for (day, workspace), amount in by_day.items():
        key = day - dt.timedelta(days=day.weekday()), workspace or ""
        before = sums.get(key, oracle.Amount())
        sums[key] = oracle.Amount(before.used + amount.used, before.refunded + amount.refunded)
    return sums
