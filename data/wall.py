"""One account's rows and no others on PostgreSQL, whatever is asked: the second wall.

`install` makes it (data/install/walls.py): policies on our own tables, and of the host's tables
views in a schema of ours, all with the same condition. A reader comes behind it by naming, in each
transaction, the account; who names none finds no row. It replaces no condition of any query.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from data.errors import UsageError

SETTING = "app.account"
CONDITION = f"NULLIF(current_setting('{SETTING}', true), '')"
SUFFIX = "_scoped"  # of the views' schema, whose name begins with that of our tables

# In one statement, since each costs a way to the server; all of it ends with the transaction, so
# that a pooler may hand the connection to another account's reader.
ENTER = f"""
    SELECT set_config('statement_timeout', %(timeout)s, true),
        set_config('{SETTING}', %(account)s, true),
        set_config('search_path', concat_ws(', ', quote_ident(current_schema() || '{SUFFIX}'),
            current_setting('search_path')), true)
"""
ACCOUNT = "account"  # the execution option of a connection that holds its id

SEES_EVERY_ACCOUNT = text("""
    SELECT NOT row_security_active('rollup_state') OR EXISTS (
        SELECT FROM pg_policy p, unnest(p.polroles) AS role
        WHERE p.polrelid = 'rollup_state'::regclass AND p.polcmd IN ('r', '*')
          AND pg_get_expr(p.polqual, p.polrelid) = 'true'
          AND CASE role WHEN 0 THEN true ELSE pg_has_role(role, 'USAGE') END)
""")


def enter(connection: Connection, timeout: int) -> None:
    """Behind the wall until the transaction ends, in which a statement may take `timeout` ms."""
    account = connection.get_execution_options().get(ACCOUNT, "")
    connection.exec_driver_sql(ENTER, {"timeout": str(timeout), "account": account})


def passes_wall(connection: Connection) -> bool:
    """Whether this user of PostgreSQL sees every account, as the tables' owner does."""
    if connection.dialect.name != "postgresql":
        return False
    return bool(connection.execute(SEES_EVERY_ACCOUNT).scalar())


def require_every_account(connection: Connection) -> None:
    """UsageError for who stands behind the wall and would take one account, or none, for all."""
    if connection.dialect.name == "postgresql" and not passes_wall(connection):
        raise UsageError(
            "db.role",
            "This user sees one account at a time, as the page's does: connect as one with the "
            "role credits_observer to look at accounts, credits_aggregator to roll them up.",
        )
