"""The shape of a ledger: which tables and columns are there, and of which type; never a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, Connection, text
from sqlalchemy.types import Text, TypeEngine

from data.check.report import Problem
from data.column_types import HostId, Instant, LocalDate, Micro
from data.schema import OPTIONAL_COLUMNS, OPTIONAL_TABLES, ledger

TABLE, STRICT_TABLE, VIEW = "table", "strict table", "view"
UNDECLARED = ""  # an expression of a SQLite view has no type: its stored values are looked at


@dataclass(frozen=True)
class FoundTable:
    """A table or view of the host: its form, its columns' types, and its primary key."""

    form: str
    types: Mapping[str, str]
    key: frozenset[str] = frozenset()


Tables = Mapping[str, FoundTable]


# --- reading the catalogue --------------------------------------------------------------------

POSTGRES_TABLES = text("""
    SELECT c.relkind::text AS form, a.attname AS name,
           format_type(COALESCE(NULLIF(t.typbasetype, 0), a.atttypid), NULL) AS type,
           EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
                   AND a.attnum = ANY (i.indkey)) AS in_key
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.oid = to_regclass(:name) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
""")
SQLITE_TABLES = text("""
    SELECT l.type AS form, l.strict, c.name, upper(c.type) AS type, c.pk > 0 AS in_key
    FROM pragma_table_list(:name) AS l, pragma_table_xinfo(:name) AS c WHERE l.schema = 'main'
""")


def read_tables(connection: Connection) -> Tables:
    """The ledger's tables that are there, by name."""
    read = _read_sqlite if connection.dialect.name == "sqlite" else _read_postgres
    found = {table.name: read(connection, table.name) for table in ledger.sorted_tables}
    return {name: table for name, table in found.items() if table.types}


def _read_sqlite(connection: Connection, name: str) -> FoundTable:
    rows = connection.execute(SQLITE_TABLES, {"name": name}).all()
    form = VIEW if any(row.form == "view" for row in rows) else TABLE
    if any(row.strict for row in rows):
        form = STRICT_TABLE
    return FoundTable(
        form,
        {row.name: row.type for row in rows},
        frozenset(row.name for row in rows if row.in_key),
    )


def _read_postgres(connection: Connection, name: str) -> FoundTable:
    rows = connection.execute(POSTGRES_TABLES, {"name": name}).all()
    form = TABLE if any(row.form in {"r", "p"} for row in rows) else VIEW
    return FoundTable(
        form,
        {row.name: row.type for row in rows},
        frozenset(row.name for row in rows if row.in_key),
    )


# --- the types that serve -----------------------------------------------------------------------

TEXTS = frozenset({"text", "character varying"})
INTEGERS = frozenset({"bigint", "integer", "smallint"})
POSTGRES_TYPES: Mapping[str, frozenset[str]] = {
    "text": TEXTS,
    "id": TEXTS | INTEGERS | {"uuid"},
    "amount": INTEGERS,
    "instant": frozenset({"timestamp with time zone"}),
    "date": frozenset({"date"}),
    "number": INTEGERS,
}
SHOULD_BE = {
    "text": ("text", "TEXT"),
    "id": ("text, uuid or bigint", "TEXT or INTEGER"),
    "amount": ("bigint, in micro-credits", "INTEGER, in micro-credits"),
    "instant": ("timestamptz", "INTEGER, microseconds since 1970-01-01 UTC"),
    "date": ("date", "TEXT such as 2026-11-22"),
    "number": ("integer", "INTEGER"),
}
# What to write in the view instead, for the types that hosts are found to have.
CAST = {
    ("amount", "numeric"): "(amount * 1000000)::bigint",
    ("instant", "timestamp without time zone"): "column AT TIME ZONE 'UTC', or the zone it is in",
    ("instant", "bigint"): "to_timestamp(column), for seconds since 1970",
    ("date", "timestamp with time zone"): "(column AT TIME ZONE 'the account''s zone')::date",
    ("date", "timestamp without time zone"): "column::date",
}


def role(kind: TypeEngine[object]) -> str:
    """What a column of our contract holds: id, instant, amount, date, text or number."""
    roles: tuple[tuple[type, str], ...] = (
        (HostId, "id"),
        (Instant, "instant"),
        (LocalDate, "date"),
        (type(Micro), "amount"),
        (Text, "text"),
    )
    return next((name for type_, name in roles if isinstance(kind, type_)), "number")


def serves(kind: str, found: str, dialect: str) -> bool:
    """Whether a column of type `found` can hold what `kind` names."""
    if dialect != "sqlite":
        return found in POSTGRES_TYPES[kind]
    whole = "INT" in found
    texts = not whole and any(word in found for word in ("CHAR", "CLOB", "TEXT"))
    if found in {UNDECLARED, "ANY"} or (kind == "id" and whole):
        return True
    return texts if kind in {"text", "id", "date"} else whole


# --- what is missing or of the wrong type ---------------------------------------------------------


def shape_problems(tables: Tables, dialect: str) -> Iterator[Problem]:
    """Missing tables, missing columns, wrong types, ids that cannot be compared."""
    for table in ledger.sorted_tables:
        found = tables.get(table.name)
        if found is not None:
            for column in table.columns:
                yield from _column_problems(found, column, dialect)
        elif table.name not in OPTIONAL_TABLES:
            yield Problem(
                "schema.table_missing",
                f"There is no table or view {table.name}: make one with the columns "
                f"{', '.join(table.columns.keys())}, as docs/ledger.md shows.",
            )
    if dialect != "sqlite":
        yield from _mixed_ids(tables)


def _column_problems(found: FoundTable, column: Column[object], dialect: str) -> Iterator[Problem]:
    place, kind = f"{column.table.name}.{column.name}", role(column.type)
    wanted = SHOULD_BE[kind][dialect == "sqlite"]
    type_ = found.types.get(column.name)
    if type_ is None and (column.table.name, column.name) not in OPTIONAL_COLUMNS:
        yield Problem(
            "schema.column_missing", f"There is no column {place}: add it to the view as {wanted}."
        )
    if type_ is not None and not serves(kind, type_, dialect):
        instead = CAST.get((kind, type_), f"a cast to {wanted}")
        yield Problem(
            "schema.wrong_type",
            f"{place} is {type_.lower()} and must be {wanted}: in the view, write {instead}.",
        )


# Ids of one kind stand in several tables and are compared with each other.
SAME_IDS = {
    "account": ("accounts.id", *(f"{t.name}.account_id" for t in ledger.sorted_tables)),
    "workspace": ("workspaces.id", "entries.workspace_id"),
    "member": ("members.id", "entries.member_id", "workspaces.owner_member_id"),
    "entry": ("entries.id", "entries.reverses_id"),
}


def _mixed_ids(tables: Tables) -> Iterator[Problem]:
    for what, places in SAME_IDS.items():
        families: dict[str, str] = {}
        for place in places:
            type_ = _type_at(tables, place)
            if type_ is not None:
                families.setdefault(_family(type_), f"{place} is {type_}")
        if len(families) > 1:
            yield Problem(
                "schema.mixed_ids",
                f"The {what}'s id has types that cannot be compared ({', '.join(families.values())}"
                "): give it one type in all views.",
            )


def _type_at(tables: Tables, place: str) -> str | None:
    name, column = place.split(".")
    found = tables.get(name)
    return None if found is None else found.types.get(column)


def _family(type_: str) -> str:
    families: Iterable[tuple[str, frozenset[str]]] = (("text", TEXTS), ("integer", INTEGERS))
    return next((name for name, types in families if type_ in types), type_)
