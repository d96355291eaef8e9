"""What a host's ledger may lack: looked up once a ledger is opened, and asked by the queries.

It never makes up what is not there.
"""

from __future__ import annotations

from sqlalchemy import Connection

from data.check.columns import read_tables, shape_problems
from data.errors import UsageError
from data.schema import OPTIONAL_COLUMNS, OPTIONAL_TABLES

LACKING = "lacking"  # the execution option of a connection that holds the names


def find_lacking(connection: Connection) -> frozenset[str]:
    """Optional tables and columns that are not there, `reasons` or `accounts.balance_micro`.

    UsageError for a ledger that cannot be read at all: the first thing that is wrong with it.
    """
    tables = read_tables(connection)
    for problem in shape_problems(tables, connection.dialect.name):
        raise UsageError(problem.code, problem.sentence)
    missing = OPTIONAL_TABLES - tables.keys()
    columns = {
        f"{name}.{column}"
        for name, column in OPTIONAL_COLUMNS
        if name in tables and column not in tables[name].types
    }
    return missing | columns


def lacks(connection: Connection, name: str) -> bool:
    """Whether the ledger behind this connection has no such table or column."""
    return name in connection.get_execution_options().get(LACKING, frozenset())
