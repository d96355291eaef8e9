"""The table in which entries really stand, behind a host's view: found and checked, never read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from data.errors import UsageError

POSTGRES = text("""
    SELECT format('%I.%I', n.nspname, c.relname) AS place, c.relkind::text AS form,
           a.attname AS name, format_type(a.atttypid, NULL) AS type, false AS in_key
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.oid = to_regclass(:name) AND a.attnum > 0 AND NOT a.attisdropped
""")
SQLITE = text("""
    SELECT l.name AS place, l.type AS form, c.name, upper(c.type) AS type, c.pk > 0 AS in_key
    FROM pragma_table_list(:name) AS l, pragma_table_xinfo(:name) AS c WHERE l.schema = 'main'
""")
TABLES = {"r", "p", "table"}


@dataclass(frozen=True)
class Marks:
    """Where a row trigger stands, and the columns that say whose entry and when."""

    ledger: str = "entries"
    account: str = "account_id"
    at: str = "occurred_at"


@dataclass(frozen=True)
class BaseTable:
    """A table that holds entries, every name quoted; `key` is its primary key on SQLite."""

    place: str
    account: str
    at: str
    key: tuple[str, ...]

    @classmethod
    def find(cls, connection: Connection, marks: Marks) -> BaseTable:
        """UsageError when it is no table, or its columns could not be marked."""
        sqlite = connection.dialect.name == "sqlite"
        rows = connection.execute(SQLITE if sqlite else POSTGRES, {"name": marks.ledger}).all()
        if not rows:
            raise UsageError("install.ledger", f"There is no table {marks.ledger}: give --ledger.")
        if rows[0].form not in TABLES:
            raise UsageError(
                "install.view",
                f"{marks.ledger} is a view, which has no row trigger: name the table behind it "
                "with --ledger, --account and --at.",
            )
        types = {row.name: row.type for row in rows}
        _check_columns(marks, types, "INT" if sqlite else "timestamp with time zone")
        quote = connection.dialect.identifier_preparer.quote
        place = quote(rows[0].place) if sqlite else rows[0].place
        key = tuple(quote(row.name) for row in rows if row.in_key)
        return cls(place, quote(marks.account), quote(marks.at), key)


def _check_columns(marks: Marks, types: dict[str, str], wanted: str) -> None:
    for option, name in (("--account", marks.account), ("--at", marks.at)):
        if name not in types:
            raise UsageError(
                "install.column", f"{marks.ledger} has no column {name}: give {option}."
            )
    if wanted not in types[marks.at]:
        raise UsageError(
            "install.at",
            f"{marks.ledger}.{marks.at} is {types[marks.at].lower() or 'of no type'}, from which "
            "a trigger cannot tell the instant: install with --no-triggers, and let the writer "
            "insert its marks (docs/rollup.md).",
        )
