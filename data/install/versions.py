"""From every version of our tables that was ever released to this one; never a host's table.

The statements of a step are frozen as text: today's tables may differ from what a step made.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, inspect, select

from data.errors import UsageError
from data.schema import ROLLUP_VERSION, rollup_schema, rollup_state

# 1 had no list of marks, so nothing is known of what came after its last build.
FROM_1 = {
    "postgresql": (
        (
            "ALTER TABLE rollup_state ALTER COLUMN timezone DROP NOT NULL, "
            "ADD COLUMN failures BIGINT NOT NULL DEFAULT 0, "
            "ADD COLUMN retry_at TIMESTAMP WITH TIME ZONE, ADD COLUMN failure TEXT"
        ),
        "UPDATE rollup_state SET timezone = NULL",
    ),
    "sqlite": (
        "ALTER TABLE rollup_state RENAME TO rollup_state_1",
        (
            "CREATE TABLE rollup_state (account_id TEXT NOT NULL, timezone TEXT, "
            "version INTEGER NOT NULL, failures INTEGER DEFAULT 0 NOT NULL, retry_at INTEGER, "
            "failure TEXT, PRIMARY KEY (account_id)) STRICT"
        ),
        (
            "INSERT INTO rollup_state (account_id, version) "
            "SELECT account_id, version FROM rollup_state_1"
        ),
        "DROP TABLE rollup_state_1",
    ),
}
# 2 had no movements. Its charts stay as they are; who was built by less than 3 is built anew, and
# has no balance until then.
FROM_2 = {
    "postgresql": (
        (
            "ALTER TABLE rollup_state ADD COLUMN made_by INTEGER, ADD COLUMN keep_from DATE, "
            "ADD COLUMN keep_since TIMESTAMP WITH TIME ZONE, "
            "ADD COLUMN compared_at TIMESTAMP WITH TIME ZONE, ADD COLUMN ledger_micro BIGINT, "
            "ADD COLUMN rollup_micro BIGINT, ADD COLUMN changed_first DATE, "
            "ADD COLUMN changed_last DATE"
        ),
    ),
    "sqlite": (
        "ALTER TABLE rollup_state ADD COLUMN made_by INTEGER",
        "ALTER TABLE rollup_state ADD COLUMN keep_from TEXT",
        "ALTER TABLE rollup_state ADD COLUMN keep_since INTEGER",
        "ALTER TABLE rollup_state ADD COLUMN compared_at INTEGER",
        "ALTER TABLE rollup_state ADD COLUMN ledger_micro INTEGER",
        "ALTER TABLE rollup_state ADD COLUMN rollup_micro INTEGER",
        "ALTER TABLE rollup_state ADD COLUMN changed_first TEXT",
        "ALTER TABLE rollup_state ADD COLUMN changed_last TEXT",
    ),
}
# 3 had no weeks, which are sums of its days, and no walls, which are no part of the tables: what it
# built is right.
WEEKS = (
    "CREATE TABLE rollup_weeks (account_id TEXT NOT NULL, week {date} NOT NULL, "
    "workspace_id TEXT NOT NULL, used_micro {micro} NOT NULL, refunded_micro {micro} NOT NULL, "
    "PRIMARY KEY (account_id, week, workspace_id)){end}"
)
SUMMED = (
    "INSERT INTO rollup_weeks SELECT account_id, {monday}, workspace_id, sum(used_micro), "
    "sum(refunded_micro) FROM rollup_by_workspace GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)
KINDS = {
    "postgresql": {
        "date": "DATE",
        "micro": "BIGINT",
        "end": "",
        "monday": "CAST(date_trunc('week', day) AS DATE)",
    },
    "sqlite": {
        "date": "TEXT",
        "micro": "INTEGER",
        "end": " WITHOUT ROWID, STRICT",
        "monday": "date(day, 'weekday 0', '-6 days')",
    },
}
MADE = "UPDATE rollup_state SET made_by = 4 WHERE made_by = 3"
FROM_3: dict[str, tuple[str, ...]] = {
    dialect: (WEEKS.format(**kinds), SUMMED.format(**kinds), MADE)
    for dialect, kinds in KINDS.items()
}
STEPS: Mapping[int, Mapping[str, tuple[str, ...]]] = {1: FROM_1, 2: FROM_2, 3: FROM_3}


def installed_version(connection: Connection) -> int:
    """The version of our tables in this database, 0 without any."""
    found = inspect(connection)
    if found.has_table(rollup_schema.name):
        return connection.execute(select(rollup_schema.c.version)).scalar() or 0
    # The first version kept no number.
    return 1 if found.has_table(rollup_state.name) else 0


def upgrade(connection: Connection, version: int) -> list[str]:
    """The statements that bring tables of `version` to ours; none when there are none."""
    if version > ROLLUP_VERSION:
        raise UsageError(
            "install.newer",
            f"This ledger has the rollup of version {version}, and this program makes version "
            f"{ROLLUP_VERSION}: use the newer program.",
        )
    steps = range(version, ROLLUP_VERSION) if version else ()
    return [statement for step in steps for statement in STEPS[step][connection.dialect.name]]
