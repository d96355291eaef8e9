"""Put our tables, triggers and roles beside a host's ledger, upgrade them, take them away.

Everything is one list of statements in one transaction, so that what `--print` shows is what runs.
A host's rows are never touched, and nothing is rolled up here: the aggregator does that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex, CreateTable

from data.engine import read_transaction, write_transaction
from data.errors import UsageError
from data.install import citus, postgres, sqlite, walls
from data.install.base import BaseTable, Marks
from data.install.versions import installed_version, upgrade
from data.schema import OUR_TABLES, ROLLUP_VERSION, rollup_state

__all__ = ["Marks", "Plan", "install", "planned", "require_installed", "uninstall"]

PATIENCE = "5s"  # for the ledger's lock: writers queue behind whoever waits for it
LOCK_NOT_AVAILABLE = "55P03"
NOT_BUILT = "UPDATE rollup_state SET timezone = NULL"


@dataclass(frozen=True)
class Plan:
    """What to install: where entries are marked (None: the writer does), and the three roles.

    `beside` is the ledger's table on Citus, None where nothing is distributed.
    """

    marks: Marks | None = field(default_factory=Marks)
    beside: str | None = None
    reader: str = "credits_reader"
    aggregator: str = "credits_aggregator"
    observer: str = "credits_observer"


def install(engine: Engine, plan: Plan) -> None:
    """Make or upgrade everything of ours; a ledger may be in use meanwhile."""
    try:
        with write_transaction(engine) as connection:
            if plan.beside:
                citus.require_citus(connection)
            _run(connection, plan_install(connection, plan))
    except DBAPIError as error:
        raise _refused(error) from error


def uninstall(engine: Engine, plan: Plan) -> None:
    """Take away everything of ours but the roles; UsageError where only the rollup has it."""
    try:
        with write_transaction(engine) as connection:
            _refuse_frozen(connection)
            _run(connection, plan_uninstall(connection, plan))
    except DBAPIError as error:
        raise _refused(error) from error


def planned(engine: Engine, plan: Plan, *, away: bool) -> str:
    """The statements as a script; nothing is changed."""
    with read_transaction(engine) as connection:
        statements = (plan_uninstall if away else plan_install)(connection, plan)
    return "\n".join(("BEGIN;", *(f"{text};" for text in statements), "COMMIT;"))


def plan_install(connection: Connection, plan: Plan) -> list[str]:
    """The statements that bring this database to what `plan` and this version want."""
    version = installed_version(connection)
    statements = [*_patience(connection), *([citus.ONE_BY_ONE] if plan.beside else [])]
    statements += [*upgrade(connection, version), *_tables(connection)]
    statements += citus.distribute(connection, plan.beside) if plan.beside else []
    if plan.marks is None:
        statements += _dialect(connection).drop_marks(connection)
    else:
        base = BaseTable.find(connection, plan.marks)
        if not _dialect(connection).marks_stand(connection, base):
            # Triggers first: what was written before them is found by building every account.
            statements += [*_dialect(connection).create_marks(connection, base), NOT_BUILT]
    statements += _grants(connection, plan)
    note = f"INSERT INTO rollup_schema (version) VALUES ({ROLLUP_VERSION})"  # noqa: S608
    return [*statements, "DELETE FROM rollup_schema", note]


def plan_uninstall(connection: Connection, plan: Plan) -> list[str]:
    """The statements that take everything of ours away."""
    statements = [*_patience(connection), *_dialect(connection).drop_marks(connection)]
    if connection.dialect.name == "postgresql":
        statements += walls.take_down(connection)
        statements += postgres.revoke(connection, plan.reader, plan.aggregator, plan.observer)
    return [*statements, *(f"DROP TABLE IF EXISTS {table.name}" for table in OUR_TABLES)]


def require_installed(connection: Connection) -> None:
    """UsageError unless our tables stand there in this version."""
    version = installed_version(connection)
    if version != ROLLUP_VERSION:
        found = "has no rollup" if not version else f"has the rollup of version {version}"
        raise UsageError(
            "rollup.not_installed",
            f"This ledger {found}: run `python app.py install` with the same --db first.",
        )


def _refuse_frozen(connection: Connection) -> None:
    frozen = select(rollup_state.c.account_id).where(rollup_state.c.keep_from.is_not(None))
    current = installed_version(connection) == ROLLUP_VERSION
    if current and connection.execute(frozen.limit(1)).first():
        raise UsageError(
            "uninstall.frozen",
            "Some days are frozen: their entries may be gone, and the rollup alone has them. To "
            "lose them for good, run the SQL that --print shows.",
        )


def _dialect(connection: Connection) -> sqlite.Sqlite | postgres.Postgres:
    return sqlite.Sqlite() if connection.dialect.name == "sqlite" else postgres.Postgres()


def _run(connection: Connection, statements: list[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def _patience(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        return []
    return [f"SET LOCAL lock_timeout = '{PATIENCE}'"]


def _tables(connection: Connection) -> list[str]:
    dialect = connection.dialect
    made: list[CreateTable | CreateIndex] = []
    for table in OUR_TABLES:
        made.append(CreateTable(table, if_not_exists=True))
        made += [CreateIndex(index, if_not_exists=True) for index in table.indexes]
    statements = [str(ddl.compile(dialect=dialect)).strip() for ddl in made]
    return statements + (postgres.storage() if dialect.name == "postgresql" else [])


def _grants(connection: Connection, plan: Plan) -> list[str]:
    if connection.dialect.name == "sqlite":
        return []
    roles, walled = (plan.reader, plan.aggregator, plan.observer), plan.beside is None
    # A worker of Citus knows no setting of the coordinator's transaction.
    made = walls.build(connection, *roles) if walled else walls.take_down(connection)
    return [*postgres.grant(connection, *roles, walled=walled), *made]


def _refused(error: DBAPIError) -> UsageError:
    if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
        return UsageError(
            "install.locked",
            f"A transaction held the ledger for longer than {PATIENCE}, and writers would have "
            "queued: nothing was changed, try again when it is over.",
        )
    said = " ".join(str(error.orig).split())
    return UsageError("install.refused", f"Nothing was changed: {said}")
