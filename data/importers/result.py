"""What an import did, as values, and in words for the terminal."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from data.column_types import from_micros
from data.importers.amounts import credits_text
from data.importers.rows import Columns
from data.schema import KINDS


@dataclass(frozen=True)
class AccountTotal:
    """What one account received: entries, used and refunded, other movements, first and last.

    `moved_micro` are grants, purchases and adjustments less expiries: never consumption.
    """

    id: str
    entries: int
    used_micro: int
    refunded_micro: int
    moved_micro: int
    first: dt.datetime
    last: dt.datetime

    @property
    def consumed_micro(self) -> int:
        """Used less refunded."""
        return self.used_micro - self.refunded_micro


@dataclass(frozen=True)
class ImportResult:
    """One import: the files and rows read, the entries written, what was made on the way."""

    database: str
    map_name: str
    files: int
    rows: int
    entries: int
    skipped: tuple[tuple[str, int], ...]
    accounts: tuple[AccountTotal, ...]
    accounts_made: int
    workspaces_made: int
    members_made: int
    seconds: float

    @property
    def rows_per_second(self) -> int:
        """Rows read in a second, all included."""
        return round(self.rows / max(self.seconds, 1e-9))


class Tally:
    """Entries, sums and span of each account, added up a batch at a time."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}

    def add(self, columns: Columns) -> None:
        """Count one batch."""
        self._counts.update(columns.accounts)
        self._add_span(columns.accounts, columns.instants)
        for account, kind, amount in zip(
            columns.accounts, columns.kinds, columns.amounts, strict=True
        ):
            self._sums[account, kind] += amount

    def _add_span(self, accounts: Sequence[str], instants: Sequence[int]) -> None:
        """A dict keeps the last value of a key: in order of time, an account's last instant."""
        by_time = sorted(zip(instants, accounts, strict=True))
        last = {account: instant for instant, account in by_time}
        first = {account: instant for instant, account in reversed(by_time)}
        for account in first:
            low, high = first[account], last[account]
            self._first[account] = min(low, self._first.get(account, low))
            self._last[account] = max(high, self._last.get(account, high))

    def accounts(self) -> tuple[AccountTotal, ...]:
        """The totals of each account, by its id."""
        return tuple(self._total(account) for account in sorted(self._counts))

    def _total(self, account: str) -> AccountTotal:
        used, refunded, *others = (self._sums[account, kind] for kind in KINDS)
        grants, purchases, expiries, adjustments = others
        return AccountTotal(
            id=account,
            entries=self._counts[account],
            used_micro=used,
            refunded_micro=refunded,
            moved_micro=grants + purchases + adjustments - expiries,
            first=from_micros(self._first[account]),
            last=from_micros(self._last[account]),
        )


def describe(result: ImportResult) -> str:
    """The result as lines for a terminal."""
    read = f"{_many(result.rows, 'row')} in {_many(result.files, 'file')}"
    first = (
        f"{_many(result.entries, 'entry')} written to {result.database} from {read} "
        f"({result.map_name}), in {result.seconds:.1f} s "
        f"({result.rows_per_second:,} rows/s)"
    )
    lines = [first]
    lines += [f"  skipped: {_many(count, 'row')}, {name}" for name, count in result.skipped]
    lines += [_account_line(account) for account in result.accounts]
    made = [
        _many(count, thing)
        for count, thing in (
            (result.accounts_made, "account"),
            (result.workspaces_made, "workspace"),
            (result.members_made, "member"),
        )
        if count
    ]
    if made:
        lines.append(f"  made: {', '.join(made)}")
    return "\n".join(lines)


def _many(count: int, thing: str) -> str:
    plural = thing[:-1] + "ies" if thing.endswith("y") else thing + "s"
    return f"{count:,} {thing if count == 1 else plural}"


def _account_line(account: AccountTotal) -> str:
    used, back = credits_text(account.used_micro), credits_text(account.refunded_micro)
    refunded = f" ({used} used - {back} refunded)" if account.refunded_micro else ""
    moved = f", {credits_text(account.moved_micro)} moved" if account.moved_micro else ""
    return (
        f"  {account.id}: {_many(account.entries, 'entry')}, "
        f"{credits_text(account.consumed_micro)} credits consumed{refunded}{moved}, "
        f"{account.first:%Y-%m-%d} to {account.last:%Y-%m-%d} UTC"
    )
