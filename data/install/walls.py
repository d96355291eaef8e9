"""The second wall of PostgreSQL as text: what the page's role may read is one account's at a time.

Policies stand on our own tables alone. The host's tables are read through views of ours with the
same condition, so that nothing of the host is changed: data/wall.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Table, text

from data.schema import OUR_TABLES, dirty, ledger
from data.wall import CONDITION, SUFFIX

STANDING = text("""
    SELECT p.polname AS name, c.relname AS on FROM pg_policy p
    JOIN pg_class c ON c.oid = p.polrelid AND c.relrowsecurity
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY (:ours)
    ORDER BY c.relname, p.polname
""").bindparams(ours=[table.name for table in OUR_TABLES])
COLUMNS = text("""
    SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
    WHERE attrelid = to_regclass(:place) AND attnum > 0 AND NOT attisdropped
""")
SCHEMA = text("SELECT current_schema(), to_regnamespace(quote_ident(current_schema() || :suffix))")
SAID = text("SELECT obj_description(to_regclass(:place), 'pg_class')")


def build(connection: Connection, reader: str, writer: str, observer: str) -> list[str]:
    """The statements that make what does not stand yet; roles and tables are there."""
    return [
        *_policies(connection, reader, writer, observer),
        *_views(connection, reader),
    ]


def take_down(connection: Connection) -> list[str]:
    """The statements that take all of it away."""
    quote = connection.dialect.identifier_preparer.quote
    standing = connection.execute(STANDING).all()
    return [
        f"DROP SCHEMA IF EXISTS {quote(scoped_schema(connection))} CASCADE",
        *(f"DROP POLICY {quote(row.name)} ON {quote(row.on)}" for row in standing),
        *(f"ALTER TABLE {quote(name)} DISABLE ROW LEVEL SECURITY"
          for name in sorted({row.on for row in standing})),
    ]  # fmt: skip


def scoped_schema(connection: Connection) -> str:
    """The schema of our views."""
    return f"{connection.execute(SCHEMA, {'suffix': SUFFIX}).one()[0]}{SUFFIX}"


# --- our own tables -------------------------------------------------------------------------


def _policies(connection: Connection, reader: str, writer: str, observer: str) -> Iterator[str]:
    """Each has the name of the role that it is for. The owner needs none."""
    standing = {(row.on, row.name) for row in connection.execute(STANDING)}
    quote = connection.dialect.identifier_preparer.quote
    rules = {
        reader: f"FOR SELECT TO {quote(reader)} USING (account_id = {CONDITION})",
        observer: f"FOR SELECT TO {quote(observer)} USING (true)",
        writer: f"FOR ALL TO {quote(writer)} USING (true)",
    }
    for table in OUR_TABLES:
        # A host without triggers inserts its marks itself, as whoever it has granted that to.
        more = {"marks": "FOR INSERT TO PUBLIC WITH CHECK (true)"} if table is dirty else {}
        wanted = rules | more if "account_id" in table.c else {}
        missing = [name for name in wanted if (table.name, name) not in standing]
        if missing:
            yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"
        for name in missing:
            yield f"DROP POLICY IF EXISTS {quote(name)} ON {table.name}"
            yield f"CREATE POLICY {quote(name)} ON {table.name} {wanted[name]}"


# --- the host's tables ----------------------------------------------------------------------


def _views(connection: Connection, reader: str) -> Iterator[str]:
    quote = connection.dialect.identifier_preparer.quote
    own, there = connection.execute(SCHEMA, {"suffix": SUFFIX}).one()
    scoped = quote(f"{own}{SUFFIX}")
    if there is None:
        yield f"CREATE SCHEMA {scoped}"
    for table in ledger.sorted_tables:
        place, view = f"{quote(own)}.{table.name}", f"{scoped}.{table.name}"
        query = _query(connection, table, place)
        if query and query != connection.execute(SAID, {"place": view}).scalar():
            yield f"DROP VIEW IF EXISTS {view}"
            yield f"CREATE VIEW {view} WITH (security_barrier) AS {query}"
            literal = query.replace("'", "''")
            yield f"COMMENT ON VIEW {view} IS '{literal}'"
    yield f"GRANT USAGE ON SCHEMA {scoped} TO {quote(reader)}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {scoped} TO {quote(reader)}"


def _query(connection: Connection, table: Table, place: str) -> str:
    """The columns of the contract that are there; empty for an optional table that is not.

    The setting takes the type of the host's column, so that the host's index serves.
    """
    types = {row.name: row.type for row in connection.execute(COLUMNS, {"place": place})}
    names = [column.name for column in table.columns if column.name in types]
    key = "id" if table.name == "accounts" else "account_id"
    if key not in types:
        return ""
    condition = f"{key} = {CONDITION}::{types[key]}"
    return f"SELECT {', '.join(names)} FROM {place} WHERE {condition}"  # noqa: S608
