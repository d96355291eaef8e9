"""A PostgreSQL ledger shown as a snapshot: a restored dump, or one without a running rollup.

Each account is copied, when it is first opened, into a SQLite file of this process, which goes with
it, and is rolled up there. The ledger itself is only read.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    MetaData,
    Select,
    Table,
    func,
    insert,
    null,
    select,
    type_coerce,
)

from data import rollup
from data.access import Scope
from data.builds import PATIENCE, Builds
from data.engine import connect, create_tables, insert_rows, read_transaction, write_transaction
from data.errors import PreparingError
from data.freshness import Freshness
from data.install.versions import installed_version
from data.optional import find_lacking
from data.periods import FIRST_DAY, Period
from data.queries import list_accounts
from data.schema import ENTRY_INDEX, ROLLUP_VERSION, accounts, entries, ledger, rollup_state
from data.schema import rollup as rollup_tables
from data.snapshot import is_built, roll_up, room_in
from data.watermark import Standing
from data.weeks import fill_weeks

CHUNK = 10_000  # rows in memory
COPIED = 0.8  # of the work; the rest is rolling up


class CopiedLedger:
    """The ledger behind `engine`, each account as it was when it was first opened."""

    def __init__(
        self,
        engine: Engine,
        copy: Engine,
        now: dt.datetime | None,
        clock: Callable[[], dt.datetime],
    ) -> None:
        """Copy the list of accounts into an `empty_copy`; `now` in place of the last entry's."""
        self._ledger, self._copy, self._turn = engine, copy, threading.Lock()
        with read_transaction(engine) as source, write_transaction(copy) as target:
            self._lacking = find_lacking(source)
            self._last = _last_entry(source)
            self._has_rollup = installed_version(source) == ROLLUP_VERSION
            for _ in copy_rows(source, target, accounts, _rows(accounts, self._lacking)):
                pass
        self._now = now or self._last or clock()
        self._builds = Builds(self._build)

    def accounts(self, *also: str) -> list[tuple[str, str]]:
        """(id, name) of accounts by name, those of `also` among them: data/queries.py."""
        with read_transaction(self._copy) as connection:
            return list_accounts(connection, *also)

    def preparing(self, scope: Scope, patience: float = PATIENCE) -> float | None:
        """None once the account is copied and rolled up, else the part that is done."""
        return self._builds.preparing(scope, patience)

    def standing(self, _scope: Scope) -> Standing | None:
        """None: what was copied never changes."""
        return None

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[tuple[Connection, Freshness]]:
        """A connection inside one read transaction of the copy, and its moment.

        PreparingError while the account is copied and rolled up.
        """
        if (part := self.preparing(scope)) is not None:
            raise PreparingError(part)
        with read_transaction(self._copy) as connection:
            yield connection, Freshness(self._last, None, self._now)

    def _build(self, scope: Scope, progress: rollup.Progress) -> None:
        with (
            room_in(Path(self._copy.url.database or "").parent),
            self._turn,  # the file has one writer at a time
            read_transaction(self._ledger) as source,
            write_transaction(self._copy) as target,
        ):
            account = rollup.account_to_roll(target, scope.account_id)
            if account is None or is_built(target, account):
                return
            self._take(source, target, account.id, lambda part: progress(COPIED * part))
            if self._has_rollup:
                account = _take_frozen(source, target, account)
            roll_up(target, account, lambda part: progress(COPIED + (1 - COPIED) * part))

    def _take(
        self,
        source: Connection,
        target: Connection,
        account_id: str,
        progress: rollup.Progress,
    ) -> None:
        """Copy every row of the account; entries are nearly all of them."""
        own = entries.c.account_id == account_id
        total = source.execute(select(func.count()).select_from(entries).where(own)).scalar_one()
        taken = 0
        for table in ledger.sorted_tables:
            if table is accounts or table.name in self._lacking:
                continue
            query = _rows(table, self._lacking).where(table.c.account_id == account_id)
            for count in copy_rows(source, target, table, query):
                taken += count if table is entries else 0
                progress(taken / max(total, 1))


def _take_frozen(
    source: Connection, target: Connection, account: rollup.RolledAccount
) -> rollup.RolledAccount:
    """Copy the days whose entries were pruned, which nothing but their rollup tells of."""
    found = rollup.account_to_roll(source, account.id)
    if found is None or found.kept is None:
        return account
    kept = {"keep_from": found.kept.day, "keep_since": found.kept.since}
    target.execute(insert(rollup_state), [{"account_id": account.id, "version": 0, **kept}])
    for table in rollup.SUMMED:
        frozen = select(table).where(table.c.account_id == account.id, table.c.day < found.kept.day)
        for _ in copy_rows(source, target, table, frozen):
            pass
    fill_weeks(target, account.id, Period(FIRST_DAY, found.kept.day))
    return replace(account, kept=found.kept)


def copy_rows(
    source: Connection, target: Connection, table: Table, query: Select[tuple[object, ...]]
) -> Iterator[int]:
    """Copy what the query finds, chunk by chunk; yields how many rows each one had."""
    found = source.execute(query, execution_options={"yield_per": CHUNK})
    for chunk in found.partitions():
        insert_rows(target, table, [tuple(row) for row in chunk])
        yield len(chunk)


def _rows(table: Table, lacking: frozenset[str]) -> Select[tuple[object, ...]]:
    """The table's columns in their order, NULL for the optional ones that are not there."""
    columns = (
        type_coerce(null(), column.type).label(column.name)
        if f"{table.name}.{column.name}" in lacking
        else column
        for column in table.columns
    )
    return select(*columns)


def empty_copy(path: Path) -> Engine:
    """Tables without a rule, since a host's rows are shown as they are; and with our indexes."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # a build does not keep readers waiting
    copies = MetaData()
    for table in ledger.sorted_tables:
        keys = ENTRY_INDEX if table is entries else table.primary_key.columns.keys()
        columns = (Column(column.name, column.type) for column in table.columns)
        Table(table.name, copies, *columns, Index(f"{table.name}_by_key", *keys))
    engine = connect(str(path))
    create_tables(engine, copies)
    create_tables(engine, rollup_tables)
    return engine


def _last_entry(source: Connection) -> dt.datetime | None:
    """The instant of the last entry of any account: one step into the index for each."""
    times, own = entries.c.occurred_at, entries.c.account_id == accounts.c.id
    last = select(func.max(times)).where(own).correlate(accounts).scalar_subquery()
    found: dt.datetime | None = source.execute(select(func.max(last))).scalar()
    return found
