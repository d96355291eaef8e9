"""Rows that look wrong by themselves: each table is read once for all of its rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    not_,
    or_,
    select,
)

from data import schema
from data.check.columns import INTEGERS, Tables
from data.check.counts import in_calendar
from data.check.report import EXAMPLES, Problem, example
from data.column_types import LocalDate

accounts, periods = schema.accounts.c, schema.billing_periods.c
workspaces, entries = schema.workspaces.c, schema.entries.c
NEVER_EMPTY = INTEGERS | {"uuid"}


@dataclass(frozen=True)
class RowRule:
    """Rows of one table that are wrong where `where` holds; examples show the key and `shown`."""

    code: str
    table: Table
    where: ColumnElement[bool]
    sentence: str
    shown: tuple[ColumnElement[Any], ...] = ()


def row_problems(connection: Connection, tables: Tables, now: dt.datetime) -> Iterator[Problem]:
    """What looks wrong in single rows."""
    rules = [*_incomplete(tables), *_entry_rules(tables, now), *_other_rules()]
    rules.sort(key=lambda rule: rule.table.name)
    for _, group in groupby(rules, key=lambda rule: rule.table.name):
        yield from _count(connection, list(group))


def _count(connection: Connection, rules: Sequence[RowRule]) -> Iterator[Problem]:
    counted = connection.execute(
        select(*(func.count(case((rule.where, 1))) for rule in rules)).select_from(rules[0].table)
    ).one()
    for rule, count in zip(rules, counted, strict=True):
        if count:
            shown = map(readable, dict.fromkeys((*rule.table.primary_key.columns, *rule.shown)))
            rows = connection.execute(select(*shown).where(rule.where).limit(EXAMPLES)).mappings()
            examples = tuple(example(row) for row in rows)
            yield Problem(rule.code, rule.sentence + _latest(connection, rule), count, examples)


def readable(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column for an example: days as text, since Python cannot hold each of them."""
    if not isinstance(column.type, LocalDate):
        return column
    return cast(column, Text).label(column.key)


def _latest(connection: Connection, rule: RowRule) -> str:
    if rule.code != "entries.future":
        return ""
    where = and_(rule.where, in_calendar())
    latest = connection.execute(select(func.max(entries.occurred_at)).where(where)).scalar()
    return "" if latest is None else f" The latest is of {latest:%Y-%m-%d %H:%M:%S} UTC."


def _incomplete(tables: Tables) -> Iterator[RowRule]:
    for table in schema.ledger.sorted_tables:
        if table.name in tables:
            required = [column for column in table.columns if not column.nullable]
            yield RowRule(
                "rows.incomplete",
                table,
                or_(*(column.is_(None) for column in required)),
                f"Rows of {table.name} lack a value in one of "
                f"{', '.join(column.name for column in required)}: none of these may be NULL.",
            )


def _entry_rules(tables: Tables, now: dt.datetime) -> Iterator[RowRule]:
    table = schema.entries
    consumption = entries.kind.in_(schema.CONSUMPTION)
    yield RowRule(
        "entries.future",
        table,
        entries.occurred_at > now,
        f"Entries are dated after now ({now:%Y-%m-%d %H:%M:%S} UTC): no day after today is shown, "
        "so correct the writer's clock and these rows.",
        (entries.account_id,),
    )
    yield RowRule(
        "entries.out_of_calendar",
        table,
        not_(in_calendar()),
        f"Entries are dated outside {schema.FIRST_INSTANT:%Y-%m-%d} to "
        f"{schema.END_OF_INSTANTS:%Y-%m-%d} and are in no sum: correct their time.",
    )
    yield RowRule(
        "entries.unknown_kind",
        table,
        entries.kind.not_in(schema.KINDS),
        f"Entries have a kind that means nothing here, and are in no sum: use one of "
        f"{', '.join(schema.KINDS)}.",
        (entries.kind,),
    )
    yield RowRule(
        "entries.negative",
        table,
        and_(entries.amount_micro < 0, entries.kind != "adjustment"),
        "Amounts are below zero: the kind gives the direction, so write what was given back as a "
        "refund of a positive amount; only an adjustment is signed.",
        (entries.kind, entries.amount_micro),
    )
    yield RowRule(
        "entries.too_large",
        table,
        not_(entries.amount_micro.between(-schema.MAX_ENTRY_MICRO, schema.MAX_ENTRY_MICRO)),
        "Amounts are beyond a billion credits in one entry: amounts are in micro-credits, so "
        "look whether they were multiplied twice.",
        (entries.amount_micro,),
    )
    yield RowRule(
        "entries.no_reason",
        table,
        and_(consumption, or_(entries.reason.is_(None), entries.reason == "")),
        "Usage or refunds have no reason: give each the code of what consumed the credits.",
    )
    yield from _empty_texts(tables)


def _empty_texts(tables: Tables) -> Iterator[RowRule]:
    """Empty text is the rollup's word for none; a uuid cannot even be compared with it."""
    types = tables["entries"].types
    columns = [
        column
        for column in (entries.workflow_type, entries.workspace_id)
        if types[column.name] not in NEVER_EMPTY
    ]
    yield RowRule(
        "entries.empty_text",
        schema.entries,
        or_(*(column == "" for column in columns)),
        "Entries have empty text for no workflow type or no workspace: write NULL.",
    )


def _other_rules() -> Iterator[RowRule]:
    yield RowRule(
        "accounts.anchor_day",
        schema.accounts,
        not_(accounts.anchor_day.between(1, 31)),
        "Anchor days are no day of a month: use 1 to 31; 31 is the last day of shorter months.",
        (accounts.anchor_day,),
    )
    yield RowRule(
        "periods.backwards",
        schema.billing_periods,
        periods.starts >= periods.ends,
        "Billing periods end before they begin, or on that day: `ends` is the first day after.",
        (periods.ends,),
    )
    yield RowRule(
        "periods.out_of_calendar",
        schema.billing_periods,
        or_(periods.starts < schema.FIRST_PERIOD_DAY, periods.ends > schema.END_OF_PERIODS),
        f"Billing periods begin before {schema.FIRST_PERIOD_DAY} or end after "
        f"{schema.END_OF_PERIODS}, which cannot be read: end an open one at the next renewal.",
        (periods.ends,),
    )
    yield RowRule(
        "periods.allowance",
        schema.billing_periods,
        or_(
            periods.allowance_kind.not_in(schema.ALLOWANCE_KINDS),
            and_(periods.allowance_kind == "number", periods.allowance_micro.is_(None)),
            and_(periods.allowance_kind != "number", periods.allowance_micro.is_not(None)),
            periods.allowance_micro < 0,
        ),
        "Allowances contradict themselves: `number` has an amount of 0 or more, `none` and "
        "`unknown` have NULL.",
        (periods.allowance_kind, periods.allowance_micro),
    )
    yield RowRule(
        "workspaces.unknown_kind",
        schema.workspaces,
        workspaces.kind.not_in(schema.WORKSPACE_KINDS),
        "Workspaces are neither team nor personal, and count as unassigned: use one of the two.",
        (workspaces.kind,),
    )
    yield RowRule(
        "workspaces.no_owner",
        schema.workspaces,
        and_(workspaces.kind == "personal", workspaces.owner_member_id.is_(None)),
        "Personal workspaces have no owner, so nobody may see their names: fill owner_member_id.",
    )
