"""An account's local days as rows of the rollup, summed from the ledger inside the database.

Only adds: what stood there before is deleted by data/rollup.py. data/day_sums.py makes the same
sums in Python, by which `verify` and the second look check these.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.sql.elements import KeyedColumnElement, Label

from data.column_types import LocalDate, Micro
from data.day_sums import bounds, day_number, runs, within
from data.engine import day_at, insert_found
from data.periods import Period
from data.rolled_account import RolledAccount
from data.schema import (
    CONSUMPTION,
    MOVEMENTS,
    entries,
    rollup_by_reason,
    rollup_by_workspace,
    rollup_movements,
)

EVER = -(10**6)  # days before any

Named = KeyedColumnElement[Any]

# By what each table sums beside account and day, and which kinds of entry.
_moved, _none = entries.c, cast("", Text)
TABLES: tuple[tuple[Table, tuple[Named, ...], tuple[str, ...]], ...] = (
    (
        rollup_by_reason,
        (_moved.reason, func.coalesce(_moved.workflow_type, _none).label("workflow_type")),
        CONSUMPTION,
    ),
    (
        rollup_by_workspace,
        (func.coalesce(cast(_moved.workspace_id, Text), _none).label("workspace_id"),),
        CONSUMPTION,
    ),
    (rollup_movements, (_moved.kind,), MOVEMENTS),
)


@cache
def insertions(dialect: str, count: int, *, adding: bool) -> tuple[Any, ...]:
    """One INSERT for each table, of `count` segments that follow each other.

    `adding` to a day that is there already. The account is that of the entries, so that each row
    stays where its entries are. Made once for each count: to put a statement together costs more
    than to run it on a small account.
    """
    return tuple(
        insert_found(dialect, table, _rows(dialect, count, labels, kinds), adding=adding)
        for table, labels, kinds in TABLES
    )


def _rows(
    dialect: str, count: int, labels: tuple[Named, ...], kinds: tuple[str, ...]
) -> Select[Any]:
    """In the order of the key, into which each row is then put beside the one before."""
    found = (
        select(
            cast(_moved.account_id, Text).label("account_id"),
            day_number(dialect, count).label("day_number"),
            *labels,
            *_amounts(kinds),
        )
        .where(*within(count), or_(*(_moved.kind == kind for kind in kinds)))
        .subquery("found")
        .c
    )
    # In a zone further west than before, the first kept instants lie on a frozen day.
    first = bindparam("first_kept", type_=Integer)
    number = case((found.day_number < first, first), else_=found.day_number)
    day = day_at(dialect, bindparam("first_day", type_=LocalDate()), number)
    names = [found[label.name] for label in labels]
    # PostgreSQL sums bigint into numeric; what leaves 64 bits is an error here, on both.
    sums = (cast(func.sum(found[amount.name]), Micro) for amount in _amounts(kinds))
    key = (found.account_id, number, *names)
    return select(found.account_id, day, *names, *sums).group_by(*key).order_by(*key)


def _amounts(kinds: tuple[str, ...]) -> tuple[Label[int], ...]:
    """What an entry adds: used and refunded apart, or what it moved."""
    amount, refund = _moved.amount_micro, _moved.kind == "refund"
    if kinds is not CONSUMPTION:
        return (amount.label("moved"),)
    return (
        case((refund, 0), else_=amount).label("used"),
        case((refund, amount), else_=0).label("refunded"),
    )


def store_days(connection: Connection, account: RolledAccount, days: Period) -> int:
    """Insert what these local days hold, nothing for a frozen day; how many rows they made."""
    rows = 0
    for place, run in enumerate(runs(account.segments(days))):
        first = run[0].first_day
        kept = (account.kept.day - first).days if account.kept else EVER
        given = bounds(run) | {"account_id": account.id, "first_day": first, "first_kept": kept}
        # A day that a repeated hour tears apart comes in two runs, which add up.
        for statement in insertions(connection.dialect.name, len(run), adding=place > 0):
            rows += connection.execute(statement, given).rowcount
    return rows
