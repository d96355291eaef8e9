"""Marks on SQLite: the triggers as text, and whether they stand; never a row."""

from __future__ import annotations

from sqlalchemy import Connection, text

from data.install.base import BaseTable

NAMES = ("rollup_mark_insert", "rollup_mark_update", "rollup_mark_delete", "rollup_mark_replace")
STANDING = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE :like")


class Sqlite:
    """What a trigger looks like where a function cannot be called."""

    def create_marks(self, connection: Connection, base: BaseTable) -> list[str]:
        """Drop what stands there and make the triggers anew."""
        return [*self.drop_marks(connection), *triggers(base).values()]

    def drop_marks(self, _connection: Connection) -> list[str]:
        """Drop the triggers, whatever table they stand on."""
        return [f"DROP TRIGGER IF EXISTS {name}" for name in NAMES]

    def marks_stand(self, connection: Connection, base: BaseTable) -> bool:
        """Whether exactly these triggers stand on this table."""
        found = connection.execute(STANDING, {"like": "rollup_mark_%"})
        return {row.name: row.sql for row in found} == triggers(base)


def triggers(base: BaseTable) -> dict[str, str]:
    """The triggers by name; a value that is no instant is left to `check`, never to the writer."""
    old, new = _row(base, "OLD"), _row(base, "NEW")
    bodies = {
        "insert": ("AFTER INSERT", new),
        "update": ("AFTER UPDATE", f"{old} UNION {new}"),
        "delete": ("AFTER DELETE", old),
    }
    if base.key:
        # INSERT OR REPLACE deletes the row it replaces without firing a delete trigger.
        same = " AND ".join(f"{column} = NEW.{column}" for column in base.key)
        replaced = f"SELECT CAST({base.account} AS TEXT), {base.at} FROM {base.place}"  # noqa: S608
        bodies["replace"] = ("BEFORE INSERT", f"{replaced} WHERE {same} AND {_usable(base, '')}")
    return {
        f"rollup_mark_{name}": (
            f"CREATE TRIGGER rollup_mark_{name} {when} ON {base.place} BEGIN "
            f"INSERT INTO dirty (account_id, at) {select}; END"
        )
        for name, (when, select) in bodies.items()
    }


def _row(base: BaseTable, row: str) -> str:
    value = f"SELECT CAST({row}.{base.account} AS TEXT), {row}.{base.at}"
    return f"{value} WHERE {_usable(base, f'{row}.')}"


def _usable(base: BaseTable, row: str) -> str:
    return f"typeof({row}{base.at}) = 'integer' AND {row}{base.account} IS NOT NULL"
