"""Marks, roles and storage on PostgreSQL as text, and whether the marks stand; never a row."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from data.install.base import BaseTable
from data.schema import OUR_TABLES, ledger

STANDING = text("""
    SELECT p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgname = 'rollup_mark' AND t.tgrelid = to_regclass(:place) AND t.tgenabled = 'A'
      AND p.pronamespace = current_schema()::regnamespace
""")
ROLE = text("SELECT count(*) FROM pg_roles WHERE rolname = :name")


class Postgres:
    """One function and one row trigger, which fires for every role and for replicated rows too."""

    def create_marks(self, connection: Connection, base: BaseTable) -> list[str]:
        """Make function and trigger anew; a trigger on another table goes with the function."""
        schema = _schema(connection)
        return [
            *self.drop_marks(connection),
            # The writer may lack rights on our table, so its owner's count; with the path pinned,
            # no object of the writer's own can stand in for one of ours.
            (
                f"CREATE FUNCTION {schema}.rollup_mark() RETURNS trigger LANGUAGE plpgsql "
                "SECURITY DEFINER SET search_path = pg_catalog, pg_temp "
                f"AS $${_body(base, schema)}$$"
            ),
            f"REVOKE ALL ON FUNCTION {schema}.rollup_mark() FROM PUBLIC",
            (
                f"CREATE TRIGGER rollup_mark AFTER INSERT OR UPDATE OR DELETE ON {base.place} "
                f"FOR EACH ROW EXECUTE FUNCTION {schema}.rollup_mark()"
            ),
            f"ALTER TABLE {base.place} ENABLE ALWAYS TRIGGER rollup_mark",
        ]

    def drop_marks(self, connection: Connection) -> list[str]:
        """Drop the function, and with it the trigger on whatever table."""
        return [f"DROP FUNCTION IF EXISTS {_schema(connection)}.rollup_mark() CASCADE"]

    def marks_stand(self, connection: Connection, base: BaseTable) -> bool:
        """Whether this trigger stands on this table, enabled always."""
        found = connection.execute(STANDING, {"place": base.place}).scalar()
        return bool(found == _body(base, _schema(connection)))


def _body(base: BaseTable, schema: str) -> str:
    mark = f"INSERT INTO {schema}.dirty (account_id, at) VALUES"
    old, new = (f"{row}.{base.account}::text, {row}.{base.at}" for row in ("OLD", "NEW"))
    return f"""
BEGIN
  -- A mark without account or instant would be refused, and the writer with it.
  IF TG_OP <> 'INSERT' AND OLD.{base.account} IS NOT NULL AND OLD.{base.at} IS NOT NULL THEN
    {mark} ({old});
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.{base.account} IS NOT NULL AND NEW.{base.at} IS NOT NULL THEN
    IF TG_OP = 'INSERT' OR ({old}) IS DISTINCT FROM ({new}) THEN
      {mark} ({new});
    END IF;
  END IF;
  RETURN NULL;
END
"""


def storage() -> list[str]:
    """The list of marks is emptied all the time: vacuum by number, and replicate without a key."""
    return [
        (
            "ALTER TABLE dirty SET (autovacuum_vacuum_scale_factor = 0, "
            "autovacuum_vacuum_threshold = 5000)"
        ),
        "ALTER TABLE dirty REPLICA IDENTITY FULL",
    ]


# --- roles ----------------------------------------------------------------------------------


def grant(
    connection: Connection, reader: str, aggregator: str, observer: str, *, walled: bool
) -> list[str]:
    """Three roles without login. The observer reads every account, the aggregator also writes ours.

    The reader reads one account at a time: of the ledger, where it is `walled`, our views alone.
    """
    schema, quote = _schema(connection), connection.dialect.identifier_preparer.quote
    ours = ", ".join(f"{schema}.{table.name}" for table in OUR_TABLES)
    theirs = ", ".join(_ledger_tables(connection))
    others, every = ", ".join(map(quote, (aggregator, observer))), (reader, aggregator, observer)
    statements = [
        *_missing_roles(connection, every),
        f"GRANT USAGE ON SCHEMA {schema} TO {quote(reader)}, {others}",
        f"GRANT SELECT ON {ours} TO {quote(reader)}, {others}",
        f"GRANT INSERT, UPDATE, DELETE ON {ours} TO {quote(aggregator)}",
    ]
    if theirs:
        statements.append(f"GRANT SELECT ON {theirs} TO {others}")
        does, to = ("REVOKE", "FROM") if walled else ("GRANT", "TO")
        statements.append(f"{does} SELECT ON {theirs} {to} {quote(reader)}")
    return statements


def revoke(connection: Connection, *roles: str) -> list[str]:
    """What uninstalling takes from the roles; the roles may serve other databases, and stay."""
    quote, theirs = connection.dialect.identifier_preparer.quote, _ledger_tables(connection)
    there = [quote(name) for name in roles if connection.execute(ROLE, {"name": name}).scalar()]
    if not there or not theirs:
        return []
    return [
        f"REVOKE SELECT ON {', '.join(theirs)} FROM {', '.join(there)}",  # noqa: S608
        f"REVOKE USAGE ON SCHEMA {_schema(connection)} FROM {', '.join(there)}",
    ]


def _missing_roles(connection: Connection, names: Iterable[str]) -> list[str]:
    quote = connection.dialect.identifier_preparer.quote
    return [
        f"DO $$ BEGIN CREATE ROLE {quote(name)} NOLOGIN; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        for name in names
        if not connection.execute(ROLE, {"name": name}).scalar()
    ]


def _ledger_tables(connection: Connection) -> list[str]:
    schema = _schema(connection)
    there = text("SELECT to_regclass(:place) IS NOT NULL")
    places = [f"{schema}.{table.name}" for table in ledger.sorted_tables]
    return [place for place in places if connection.execute(there, {"place": place}).scalar()]


def _schema(connection: Connection) -> str:
    name = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    return str(name)
