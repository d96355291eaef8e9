"""Our tables on Citus as text: distributed by account beside the ledger; never a trigger.

Whatever belongs to an account lies on the worker that has the account's entries; the few rows that
belong to the installation are copied to every worker.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, text

from data.errors import UsageError
from data.schema import OUR_TABLES

# Tables are made and distributed in one transaction, over one connection to each worker.
ONE_BY_ONE = "SET LOCAL citus.multi_shard_modify_mode = 'sequential'"
KNOWN = text("SELECT to_regclass('citus_tables') IS NOT NULL")
PLACED = text("SELECT count(*) FROM citus_tables WHERE table_name = to_regclass(:name)")


def is_distributed(table: Table) -> bool:
    """Whether it belongs to accounts, not to the installation."""
    return "account_id" in table.c


def require_citus(connection: Connection) -> None:
    """UsageError unless this database has the extension."""
    if connection.dialect.name != "postgresql" or not connection.execute(KNOWN).scalar():
        raise UsageError(
            "install.citus",
            "This database has no Citus: CREATE EXTENSION citus, or leave --distributed out.",
        )


def distribute(connection: Connection, ledger: str) -> list[str]:
    """Place our tables that are not placed yet, colocated with the ledger's table."""
    return [
        _placing(table, ledger) for table in OUR_TABLES if not _is_placed(connection, table.name)
    ]


def _placing(table: Table, ledger: str) -> str:
    if not is_distributed(table):
        return f"SELECT create_reference_table('{table.name}')"
    beside = ledger.replace("'", "''")
    return (
        f"SELECT create_distributed_table('{table.name}', 'account_id', "
        f"colocate_with => '{beside}')"
    )


def _is_placed(connection: Connection, name: str) -> bool:
    """As far as can be seen: the SQL can be printed where no Citus is."""
    known = connection.dialect.name == "postgresql" and connection.execute(KNOWN).scalar()
    return bool(known and connection.execute(PLACED, {"name": name}).scalar())
