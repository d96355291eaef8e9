"""What looks wrong only beside other rows: names that are not listed, pairs that disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, literal, or_, select

from data import schema
from data.check.columns import Tables
from data.check.report import EXAMPLES, Problem, example
from data.check.rows import readable
from data.periods import zone
from data.reasons import HELP_PAGE

accounts, periods, reasons = schema.accounts.c, schema.billing_periods.c, schema.reasons.c
workspaces, entries = schema.workspaces.c, schema.entries.c
COUNT = "rows"  # the column of a rule's SELECT that says how many rows an example stands for


@dataclass(frozen=True)
class SetRule:
    """Groups of rows that are wrong: each row of `found` is an example, COUNT its weight."""

    code: str
    found: Select[Any]
    sentence: str


def set_problems(connection: Connection, tables: Tables) -> Iterator[Problem]:
    """What looks wrong across rows."""
    yield from _unknown_zones(connection)
    for rule in (*_entry_rules(tables), *_refund_rules(tables), _overlaps(), *_repeated(tables)):
        found = rule.found.subquery()
        weight = found.c[COUNT]
        rows = connection.execute(
            select(*found.c, func.sum(weight).over().label("all_of_them"))
            .order_by(weight.desc())
            .limit(EXAMPLES)
        ).mappings()
        examples = [dict(row) for row in rows]
        if examples:
            total = int(examples[0]["all_of_them"])
            yield Problem(rule.code, rule.sentence, total, tuple(map(_example, examples)))


def _example(row: dict[str, object]) -> str:
    return example({name: value for name, value in row.items() if name != "all_of_them"})


def _unknown_zones(connection: Connection) -> Iterator[Problem]:
    groups = connection.execute(
        select(accounts.timezone, func.count().label(COUNT))
        .where(accounts.timezone.is_not(None))
        .group_by(accounts.timezone)
        .order_by(accounts.timezone)
    ).mappings()
    unknown = [dict(row) for row in groups if not _is_zone(row["timezone"])]
    if unknown:
        yield Problem(
            "accounts.unknown_zone",
            "Accounts have a time zone that is no IANA name, and cannot be shown: use a name such "
            "as Europe/Berlin.",
            sum(row[COUNT] for row in unknown),
            tuple(example(row) for row in unknown[:EXAMPLES]),
        )


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except ValueError:
        return False
    return True


def _entry_rules(tables: Tables) -> Iterator[SetRule]:
    listed = exists().where(accounts.id == entries.account_id)
    yield SetRule(
        "entries.unlisted_account",
        _grouped(select(entries.account_id).where(~listed)),
        "Entries name accounts that the table accounts lacks, and nobody sees them: add these "
        "accounts.",
    )
    there = exists().where(
        workspaces.account_id == entries.account_id, workspaces.id == entries.workspace_id
    )
    yield SetRule(
        "entries.unlisted_workspace",
        _grouped(
            select(entries.account_id, entries.workspace_id).where(
                entries.workspace_id.is_not(None), ~there
            )
        ),
        "Entries name workspaces that the table workspaces lacks: they stand under their id and "
        "count as unassigned. Keep deleted workspaces listed, with deleted_at.",
    )
    yield SetRule(
        "entries.unknown_reason",
        _grouped(
            select(entries.account_id, entries.reason).where(
                entries.kind.in_(schema.CONSUMPTION), entries.reason != "", _unknown(tables)
            )
        ),
        "Entries have reasons that are not listed: they are counted, and shown under their code. "
        "List them in the table reasons to give them a name.",
    )


def _unknown(tables: Tables) -> ColumnElement[bool]:
    """An account that lists any reason has those alone, else the four of the help page."""
    not_ours = entries.reason.not_in(list(HELP_PAGE))
    if "reasons" not in tables:
        return not_ours
    own = exists().where(reasons.account_id == entries.account_id, reasons.parent.is_(None))
    return and_(or_(not_ours, own), ~own.where(reasons.code == entries.reason))


def _grouped(found: Select[Any]) -> Select[Any]:
    """The few rows that were found, counted by what they have in common.

    OFFSET keeps SQLite from grouping first: it would walk the index by account and fetch each row
    of the ledger by itself, five times slower than one pass through the table.
    """
    few = found.offset(0).subquery()
    return select(*few.c, func.count().label(COUNT)).group_by(*few.c)


def _refund_rules(tables: Tables) -> Iterator[SetRule]:
    if "reverses_id" not in tables["entries"].types:
        return
    original = schema.entries.alias("original")
    pair = and_(original.c.account_id == entries.account_id, original.c.id == entries.reverses_id)
    shown = (entries.account_id, entries.id, entries.reverses_id, literal(1).label(COUNT))
    yield SetRule(
        "refunds.original_missing",
        select(*shown).where(entries.reverses_id.is_not(None), ~exists().where(pair)),
        "Entries reverse entries that are not there: keep what was reversed, or leave the link "
        "empty. They are counted.",
    )
    yield SetRule(
        "refunds.differ",
        select(*shown)
        .join_from(schema.entries, original, pair)
        .where(
            entries.kind == "refund",
            or_(
                entries.reason.is_distinct_from(original.c.reason),
                entries.workflow_type.is_distinct_from(original.c.workflow_type),
                entries.workspace_id.is_distinct_from(original.c.workspace_id),
            ),
        ),
        "Refunds differ from the entry they reverse in reason, workflow type or workspace, so the "
        "two do not cancel out: let the writer copy these columns.",
    )


def _overlaps() -> SetRule:
    before = select(
        periods.account_id,
        periods.starts,
        periods.ends,
        func.max(periods.ends)
        .over(
            partition_by=periods.account_id,
            order_by=[periods.starts, periods.ends],
            rows=(None, -1),
        )
        .label("earlier_ends"),
    ).subquery()
    return SetRule(
        "periods.overlap",
        select(*map(readable, before.c), literal(1).label(COUNT)).where(
            before.c.earlier_ends > before.c.starts
        ),
        "Billing periods overlap; the page lets the later start end the earlier period: correct "
        "their days.",
    )


def _repeated(tables: Tables) -> Iterator[SetRule]:
    """Rows with one key, where no primary key forbids them: a view's join may repeat rows."""
    for table in schema.ledger.sorted_tables:
        found, key = tables.get(table.name), list(table.primary_key.columns)
        names = {column.name for column in key}
        if found is None or (found.key and found.key <= names):
            continue
        yield SetRule(
            "rows.duplicate",
            select(*key, func.count().label(COUNT)).group_by(*key).having(func.count() > 1),
            f"Rows of {table.name} share one {' and '.join(column.name for column in key)}, so "
            "what they say counts more than once: look for a join in the view that repeats rows.",
        )
