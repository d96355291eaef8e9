"""Files of usage to ledger rows in a SQLite file; it never changes an entry that is there.

`import_files` does all of it in one transaction: docs/import.md says what it accepts.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from data.importers.accounts_file import AccountsFile, read_accounts, write_accounts
from data.importers.map_file import load_map, shipped_maps
from data.importers.mapping import FileMap
from data.importers.own_csv import own_map
from data.importers.parties import Parties
from data.importers.progress import Progress, progress_bar
from data.importers.reading import Source, open_source, read_header
from data.importers.result import AccountTotal, ImportResult, Tally, describe
from data.importers.rows import FileRows
from data.importers.writing import (
    id_prefix,
    insert_entries,
    insert_labels,
    insert_parties,
    ledger_kinds,
    ledger_transaction,
    next_copy,
    record_file,
    sqlite_path,
)

__all__ = [
    "AccountTotal",
    "ImportResult",
    "describe",
    "import_files",
    "progress_bar",
    "shipped_maps",
]


def import_files(  # noqa: PLR0913  # the options of the command, by name
    files: Sequence[Path],
    database: str,
    *,
    map_name: str | None = None,
    accounts_file: Path | None = None,
    again: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Write the rows of `files` into the SQLite file `database`, all of them or none.

    `map_name` is a shipped map or a TOML file; without one the files are the project's own CSV.
    UsageError, in one sentence, when anything at all is wrong; the database is then as before.
    """
    started = perf_counter()
    path = sqlite_path(database)
    file_map = load_map(map_name) if map_name else None
    terms = read_accounts(accounts_file)
    sources = [open_source(file) for file in files]
    with ledger_transaction(path) as connection:
        run = _Import(connection, file_map, Parties(ledger_kinds(connection)))
        expected = sum(max(source.lines - 1, 0) for source in sources)
        for source in sources:
            run.read(source, again=again, expected=expected, progress=progress)
        made = run.finish(terms)
    return ImportResult(
        database=str(path),
        map_name=map_name or "the project's own CSV",
        files=len(sources),
        rows=run.rows,
        entries=run.entries,
        skipped=tuple(sorted(run.skipped.items())),
        accounts=run.tally.accounts(),
        accounts_made=made[0],
        workspaces_made=made[1],
        members_made=made[2],
        seconds=perf_counter() - started,
    )


class _Import:
    """One import inside its transaction: what has been read so far."""

    def __init__(
        self, connection: sqlite3.Connection, file_map: FileMap | None, parties: Parties
    ) -> None:
        self._connection = connection
        self._map = file_map
        self._parties = parties
        self.tally = Tally()
        self.skipped: Counter[str] = Counter()
        self.rows = 0
        self.entries = 0

    def read(
        self, source: Source, *, again: bool, expected: int, progress: Progress | None
    ) -> None:
        """Write the entries of one file."""
        copy = next_copy(self._connection, source, again=again)
        prefix = id_prefix(source, copy)
        header = read_header(source, self._map.delimiter if self._map else ",")
        file_map = self._map or own_map(header, source.name)
        file_rows = FileRows(source, file_map, header, self._parties)
        rows = entries = 0
        for count, columns in file_rows:
            insert_entries(self._connection, prefix, columns)
            self.tally.add(columns)
            rows += count
            entries += len(columns.amounts)
            if progress:
                progress(self.rows + rows, max(expected, self.rows + rows))
        counts = (rows, entries)
        record_file(self._connection, source, copy, map_name=file_map.name, counts=counts)
        self.skipped.update(file_rows.skipped)
        self.rows += rows
        self.entries += entries

    def finish(self, terms: AccountsFile) -> tuple[int, int, int]:
        """Write what the rows named; how many accounts, workspaces and members were made."""
        names = self._parties.account_names
        accounts = write_accounts(self._connection, names, terms)
        labels = self._map.labels if self._map else ()
        insert_labels(
            self._connection,
            [(account, row.code, row.label, row.parent) for account in names for row in labels],
        )
        return (accounts, *insert_parties(self._connection, self._parties))
