"""The types of stored values, for SQLite only: a plain table or a view keeps what it is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Column, ColumnElement, Connection, case, func, literal_column, select

from data import schema
from data.check.columns import SHOULD_BE, STRICT_TABLE, UNDECLARED, Tables, role
from data.check.report import Problem

STORED = {
    "text": ("text",),
    "id": ("text", "integer"),
    "amount": ("integer",),
    "instant": ("integer",),
    "date": ("text",),
    "number": ("integer",),
}


def stored_problems(connection: Connection, tables: Tables) -> Iterator[Problem]:
    """Columns that hold values of another type than their contract's; PostgreSQL cannot."""
    if connection.dialect.name != "sqlite":
        return
    for table in schema.ledger.sorted_tables:
        found = tables.get(table.name)
        if found is not None and found.form != STRICT_TABLE:
            columns = [column for column in table.columns if column.name in found.types]
            yield from _table(connection, columns, found.types)


def _table(
    connection: Connection, columns: list[Column[object]], types: Mapping[str, str]
) -> Iterator[Problem]:
    wrong = {column.name: _wrong(column, types[column.name]) for column in columns}
    counted = connection.execute(
        select(
            *(func.count(case((bad, 1))).label(name) for name, bad in wrong.items())
        ).select_from(columns[0].table)
    ).one()
    for column, count in zip(columns, counted, strict=True):
        if count:
            yield Problem(
                "schema.stored_type",
                f"{column.table.name}.{column.name} holds values that are not "
                f"{SHOULD_BE[role(column.type)][1]}: cast them in the view, or correct the rows.",
                count,
            )


def _wrong(column: Column[object], declared: str) -> ColumnElement[bool]:
    name = f"{column.table.name}.{column.name}"
    kind = role(column.type)
    allowed = set(STORED[kind])
    if kind == "id" and declared == UNDECLARED:
        # No affinity: the text that is bound would never equal a number.
        allowed.discard("integer")
    words = ", ".join(repr(word) for word in (*sorted(allowed), "null"))
    bad = f"typeof({name}) NOT IN ({words})"
    if kind == "date":
        bad += f" OR {name} <> coalesce(date({name}, '+0 days'), '')"
    return literal_column(f"({bad})")
