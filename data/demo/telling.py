"""One story told as rows of the ledger's tables; it writes nothing and knows no file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import Table

from data.demo.balance import settle
from data.demo.clock import HOUR, Clock
from data.demo.consumption import Consumption, closes_on
from data.demo.rhythm import billing_months, plan_days
from data.demo.story import Story, Workspace
from data.periods import Period, zone
from data.schema import MICRO, accounts, billing_periods, entries, members, workspaces

CLOSED_AT = 9 * HOUR  # on the morning of its first day without use
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Told:
    """The rows of one account by table, plain SQLite values in the order of the columns."""

    tables: tuple[tuple[Table, Rows], ...]
    entries: int


def tell(story: Story, seed: int, now: dt.datetime) -> Told:
    """The account as of `now`; its random numbers depend on the seed and its own id only."""
    rng = Random(f"{seed} {story.id}")  # noqa: S311 - believable, not secret
    clock = Clock(zone(story.timezone), now)
    anchor_day = story.anchor_day or _opening_day(story, clock)
    months = billing_months(anchor_day, clock.today, len(story.totals))
    consumption = Consumption(story, clock, rng)
    used = {plan.day: consumption.add_day(plan) for plan in plan_days(story, months, clock, rng)}
    balance = settle(story, clock, months, used)
    rows = sorted((*consumption.rows, *balance.rows), key=lambda row: row[2])
    shown = balance.micro if story.shows_balance else None
    account = (story.id, story.name, story.plan, story.timezone, anchor_day, shown)
    tables: tuple[tuple[Table, Rows], ...] = (
        (accounts, [account]),
        (billing_periods, _period_rows(story, months)),
        (workspaces, [_workspace_row(story, each, clock) for each in story.workspaces]),
        (members, [(story.id, member.id, member.name) for member in story.members]),
        (entries, rows),
    )
    return Told(tables, len(rows))


def _opening_day(story: Story, clock: Clock) -> int:
    opened = clock.now - dt.timedelta(hours=story.opened_hours_ago or 0)
    return opened.astimezone(clock.zone).day


def _period_rows(story: Story, months: Sequence[Period]) -> Rows:
    rows = []
    for months_ago, month in enumerate(months[: story.stored_months]):
        granted = story.allowance(months_ago)
        kind = "none" if granted is None else "number"
        micro = None if granted is None else granted * MICRO
        rows.append((story.id, month.start.isoformat(), month.end.isoformat(), kind, micro))
    return rows


def _workspace_row(story: Story, each: Workspace, clock: Clock) -> tuple[Any, ...]:
    deleted = None
    if each.closed_days_ago is not None:
        deleted = clock.start(closes_on(each, clock.today)) + CLOSED_AT
    return (story.id, each.id, each.name, each.kind, each.owner, deleted)
