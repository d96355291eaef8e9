"""How a database would run a statement, bound exactly as the page binds it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Executable, event

WORDS = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


def plan_of(connection: Connection, statement: Executable, parameters: Any = None) -> str:
    """The plan's lines; the statement itself is not run."""
    word = WORDS[connection.dialect.name]

    def explain(
        _connection: Any, _cursor: Any, text: str, bound: Any, _context: Any, _many: Any
    ) -> tuple[str, Any]:
        return word + text, bound

    event.listen(connection, "before_cursor_execute", explain, retval=True)
    try:
        # A plan has columns of its own, which the statement's types would misread.
        rows = connection.execute(statement, parameters or {}).cursor.fetchall()
    finally:
        event.remove(connection, "before_cursor_execute", explain)
    return "\n".join(str(row[-1]) for row in rows)
