"""Rows of text to ledger columns, by a map, a batch at a time; it never touches the database.

Work is by column: each cell is converted once per distinct text. When a batch fails, it is
walked again row by row to name the line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

from data.errors import UsageError
from data.importers.amounts import amounts_reader, credits_text
from data.importers.cells import BadCellError, Cells, Cleaning, Header, Remembered, shortened
from data.importers.mapping import Decision, FileMap, rules_reader, template_reader
from data.importers.parties import Parties
from data.importers.reading import Source, line_of, read_batches
from data.importers.stamps import stamps_reader
from data.schema import CONSUMPTION, KINDS

Rows = Sequence[Sequence[str]]
Texts = Sequence[str | None]


@dataclass(frozen=True)
class Columns:
    """The ledger columns of one batch; `numbers` are the rows' places in the file, from 1."""

    numbers: Sequence[int]
    accounts: Sequence[str]
    instants: Sequence[int]
    kinds: Sequence[str]
    reasons: Texts
    workflow_types: Texts
    workspaces: Texts
    members: Texts
    amounts: Sequence[int]


class FileRows:
    """The rows of one file under its map; who and where they name goes into `parties`."""

    def __init__(
        self, source: Source, file_map: FileMap, header: Sequence[str], parties: Parties
    ) -> None:
        self._source = source
        self._map = file_map
        self._header = Header(header, source.name)
        self._cleaning = file_map.cleaning()
        self._parties = parties
        self._read = _Readers(file_map, self._cleaning, source.name)
        self._refuse_unknown_columns()
        self.skipped: Counter[str] = Counter()

    def _refuse_unknown_columns(self) -> None:
        """An empty batch asks for every column that the map names."""
        self._columns([], ())
        for column in (*self._map.skip_rules.columns, *self._map.remove):
            self._header.place(column)

    def __iter__(self) -> Iterator[tuple[int, Columns]]:
        """Each batch: how many rows were read, and what became of those that were not skipped."""
        first = 1
        for rows in read_batches(self._source, self._map.delimiter):
            try:
                skips = self._skips(rows)
                columns = self._converted(rows, first, skips)
            except BadCellError:
                raise self._first_error(rows, first) from None
            self.skipped.update(skip[0] for skip in skips if skip and skip[0])
            yield len(rows), columns
            first += len(rows)

    def _first_error(self, rows: Rows, first: int) -> UsageError:
        for number, row in enumerate(rows, first):
            try:
                self._converted([row], number, self._skips([row]))
            except BadCellError as error:
                line = line_of(self._source, self._map.delimiter, number)
                return _sentence(self._source.name, line, error, self._value(row, error))
        raise AssertionError("a batch failed, but none of its rows does")

    def _value(self, row: Sequence[str], error: BadCellError) -> str:
        """What stands in the file: of an amount that is made of columns, their cells."""
        amount = self._map.amount
        if error.column != amount.label:
            return error.value
        return ", ".join(row[self._header.place(column)].strip() for column in amount.columns)

    def _skips(self, rows: Rows) -> list[Decision]:
        width = len(self._header.names)
        if set(map(len, rows)) - {width}:
            odd = next(row for row in rows if len(row) != width)
            why = f"{len(odd)} values where the header has {width}"
            raise BadCellError(None, ", ".join(odd), why)
        return self._read.skips(Cells(self._cleaning, self._header, rows))

    def _converted(self, rows: Rows, first: int, skips: Sequence[Decision]) -> Columns:
        numbers: Sequence[int] = range(first, first + len(rows))
        if any(skips):
            kept = [skip is None for skip in skips]
            rows, numbers = list(compress(rows, kept)), list(compress(numbers, kept))
        return self._columns(rows, numbers)

    def _columns(self, rows: Rows, numbers: Sequence[int]) -> Columns:
        cells = Cells(self._cleaning, self._header, rows)
        read = self._read
        accounts = self._parties.accounts(read.account(cells), read.account_name(cells))
        instants = read.stamps(cells)
        kinds, amounts = read.moves(cells)
        reasons, types = read.reasons(cells, kinds)
        workspaces = self._parties.workspaces(
            accounts,
            read.workspace(cells),
            read.workspace_name(cells),
            read.workspace_kind(cells),
        )
        members = self._parties.members(accounts, read.member(cells), read.member_name(cells))
        return Columns(
            numbers, accounts, instants, kinds, reasons, types, workspaces, members, amounts
        )


def _sentence(file: str, line: int, error: BadCellError, value: str) -> UsageError:
    column = "" if error.column is None else f", column {error.column}"
    return UsageError(
        "import.row",
        f"{file}, line {line}{column}, value {shortened(value)!r}: {error.why}. "
        "Nothing was imported",
    )


class _Readers:
    """One function a ledger field, each from the cells of a batch to a list."""

    def __init__(self, file_map: FileMap, cleaning: Cleaning, file: str) -> None:
        self.account = template_reader(file_map.account, cleaning)
        self.account_name = template_reader(file_map.account_name, cleaning)
        self.workspace = template_reader(file_map.workspace, cleaning)
        self.workspace_name = template_reader(file_map.workspace_name, cleaning)
        self.workspace_kind = template_reader(file_map.workspace_kind, cleaning)
        self.member = template_reader(file_map.member, cleaning)
        self.member_name = template_reader(file_map.member_name, cleaning)
        self.stamps = stamps_reader(file_map.occurred_at, cleaning)
        self.skips = rules_reader(file_map.skip_rules, file)
        self._signed = amounts_reader(file_map.amount, cleaning)
        self._kind = template_reader(file_map.kind, cleaning)
        self._kind_rule = rules_reader(file_map.kind_rules, file)
        self._reason = template_reader(file_map.reason, cleaning)
        self._type = template_reader(file_map.workflow_type, cleaning)
        self._reason_rule = rules_reader(file_map.reason_rules, file)
        self._move = Remembered(_mover(file_map))
        self._why = Remembered(_why)

    def moves(self, cells: Cells) -> tuple[Sequence[str], Sequence[int]]:
        """Kind and amount of each row, the amount with the sign that the kind allows."""
        keys = zip(self._kind_rule(cells), self._kind(cells), self._signed(cells), strict=True)
        found = [self._move[key] for key in keys]
        return [kind for kind, _ in found], [amount for _, amount in found]

    def reasons(self, cells: Cells, kinds: Sequence[str]) -> tuple[Texts, Texts]:
        """Reason and workflow type of each row; consumption has a reason."""
        keys = zip(
            self._reason_rule(cells), self._reason(cells), self._type(cells), kinds, strict=True
        )
        found = [self._why[key] for key in keys]
        return [reason for reason, _ in found], [workflow_type for _, workflow_type in found]


MoveKey = tuple[Decision, str | None, int]
WhyKey = tuple[Decision, str | None, str | None, str]


def _mover(file_map: FileMap) -> Callable[[MoveKey], tuple[str, int]]:
    """The kind and the amount that a rule, a written kind and a signed amount come to."""
    column = file_map.amount.label

    def move(key: MoveKey) -> tuple[str, int]:
        rule, written, signed = key
        kind = rule[0] if rule else written.lower() if written else None
        if rule and rule[1] == "negate":
            signed = -signed
        if kind is None:
            return ("refund", -signed) if signed < 0 else ("usage", signed)
        if kind not in KINDS:
            raise BadCellError("kind", kind, f"not one of {', '.join(KINDS)}")
        if signed < 0 and kind != "adjustment":
            why = f"{credits_text(signed)} credits, but the amount of a {kind} is not negative"
            raise BadCellError(column, "", why)
        return kind, signed

    return move


def _why(key: WhyKey) -> tuple[str | None, str | None]:
    """The reason and workflow type that a rule, the written ones and the kind come to."""
    rule, reason, workflow_type, kind = key
    if rule:
        reason, workflow_type = rule[0], rule[1] or workflow_type
    if reason is None and kind in CONSUMPTION:
        raise BadCellError("reason", "", f"empty; a row of kind {kind} needs a reason")
    return reason, workflow_type
