"""What the check found, as values and as text; never a query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Weight(IntEnum):
    """How much a problem matters; its value is the exit code of a ledger with no heavier one."""

    NOTE = 0  # said, but nothing is known to be wrong
    WRONG = 1  # the page works, and some of what it shows is not what was meant
    UNUSABLE = 2  # the page cannot read this ledger, or shows what is long past


@dataclass(frozen=True)
class Problem:
    """One thing that was found: how many rows, what to do, and a few examples."""

    code: str
    sentence: str
    count: int = 1
    examples: tuple[str, ...] = ()

    @property
    def weight(self) -> Weight:
        """How much it matters, by its code."""
        return PROBLEMS[self.code]


@dataclass(frozen=True)
class TableCount:
    """One table of the contract: what form it has in this ledger, and how many rows."""

    name: str
    form: str
    rows: int | None = None


@dataclass(frozen=True)
class Counts:
    """What the entries span; nothing is known of a ledger that cannot be read."""

    entries: int | None = None
    accounts: int = 0
    first: dt.datetime | None = None
    latest: dt.datetime | None = None
    days: frozenset[dt.date] = frozenset()


@dataclass(frozen=True)
class CheckReport:
    """All that was found in one ledger; `place` is its address without the password."""

    place: str
    now: dt.datetime
    problems: tuple[Problem, ...]
    tables: tuple[TableCount, ...]
    counts: Counts

    @property
    def exit_code(self) -> int:
        """0 clean, 1 something looks wrong, 2 unusable."""
        return int(max((problem.weight for problem in self.problems), default=Weight.NOTE))


EXAMPLES = 3


def example(row: Mapping[Any, Any]) -> str:
    """A row in words; one that stands for several says for how many."""
    words = " ".join(f"{name}={value}" for name, value in row.items() if name != "rows")
    count = row.get("rows", 1)
    return words if count == 1 else f"{words} ({count:,} rows)"


# Every code that a report can hold; docs/ledger.md explains each.
PROBLEMS = {
    "schema.table_missing": Weight.UNUSABLE,
    "schema.column_missing": Weight.UNUSABLE,
    "schema.wrong_type": Weight.UNUSABLE,
    "schema.mixed_ids": Weight.UNUSABLE,
    "schema.stored_type": Weight.UNUSABLE,
    "schema.no_index": Weight.WRONG,
    "schema.index_unseen": Weight.NOTE,
    "rows.incomplete": Weight.WRONG,
    "rows.duplicate": Weight.WRONG,
    "entries.future": Weight.WRONG,
    "entries.out_of_calendar": Weight.WRONG,
    "entries.unknown_kind": Weight.WRONG,
    "entries.negative": Weight.WRONG,
    "entries.too_large": Weight.WRONG,
    "entries.no_reason": Weight.WRONG,
    "entries.empty_text": Weight.WRONG,
    "entries.unknown_reason": Weight.WRONG,
    "entries.unlisted_account": Weight.WRONG,
    "entries.unlisted_workspace": Weight.WRONG,
    "refunds.differ": Weight.WRONG,
    "refunds.original_missing": Weight.WRONG,
    "periods.overlap": Weight.WRONG,
    "periods.backwards": Weight.WRONG,
    "periods.out_of_calendar": Weight.WRONG,
    "periods.allowance": Weight.WRONG,
    "accounts.unknown_zone": Weight.WRONG,
    "accounts.anchor_day": Weight.WRONG,
    "workspaces.unknown_kind": Weight.WRONG,
    "workspaces.no_owner": Weight.WRONG,
    "rollup.late": Weight.WRONG,
    "rollup.delayed": Weight.UNUSABLE,
}

VERDICTS = {
    0: "Clean: the page can show this ledger.",
    1: "The page can show this ledger, but something looks wrong.",
    2: "Unusable: the page cannot read this ledger until this is put right.",
}
DELAYED = "Delayed: the page shows this ledger, but not what was written of late."


def describe(report: CheckReport) -> str:
    """The report as text, the verdict last."""
    return "\n".join(_lines(report))


def _lines(report: CheckReport) -> Iterator[str]:
    yield f"Ledger {report.place}"
    yield from _tables(report)
    yield from _counts(report)
    yield from _problems(report)
    yield from ("", _verdict(report))


def _verdict(report: CheckReport) -> str:
    worst = {problem.code for problem in report.problems if problem.weight == Weight.UNUSABLE}
    return DELAYED if worst == {"rollup.delayed"} else VERDICTS[report.exit_code]


def _tables(report: CheckReport) -> Iterator[str]:
    for table in report.tables:
        rows = "" if table.rows is None else f", {_some(table.rows, 'row')}"
        yield f"  {table.name:<16} {table.form}{rows}"


def _counts(report: CheckReport) -> Iterator[str]:
    counts = report.counts
    if counts.entries is None:
        return
    yield f"  {_some(counts.entries, 'entry', 'entries')} of {_some(counts.accounts, 'account')}"
    if counts.days:
        days = _some(len(counts.days), "account-local day")
        yield f"  {days} with entries, {min(counts.days)} to {max(counts.days)}"
    else:
        yield "  no day with entries"


def _problems(report: CheckReport) -> Iterator[str]:
    for problem in sorted(report.problems, key=lambda found: -found.weight):
        yield ""
        counted = f" ({problem.count:,})" if problem.count > 1 else ""
        yield f"{problem.code}{counted}: {problem.sentence}"
        if problem.examples:
            yield f"  such as {'; '.join(problem.examples)}"


def _some(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
