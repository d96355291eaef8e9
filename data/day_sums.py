"""One walk over an account's entries: what its local days hold, from the ledger alone.

Never a row of the rollup: data/verify.py compares with it what is found here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from operator import add
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    bindparam,
    case,
    cast,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from data.column_types import Instant, Micro
from data.engine import day_index
from data.periods import DAY, Period, Segment, local_day, zone
from data.rolled_account import RolledAccount
from data.schema import CONSUMPTION, MOVEMENTS, entries

SMALL = 5_000  # entries
MOST_SEGMENTS = 8  # of one statement: four years where clocks change

Key = tuple[Any, ...]  # a local day and the labels that a table sums by
Amounts = tuple[int, ...]  # in micro-credits: used and refunded, or what moved


@dataclass(frozen=True)
class Sums:
    """Some local days: consumption by (day, reason, type) and (day, workspace), what moved by

    (day, kind). In the order of SUMMED.
    """

    by_reason: dict[Key, Amounts] = field(default_factory=dict)
    by_workspace: dict[Key, Amounts] = field(default_factory=dict)
    by_kind: dict[Key, Amounts] = field(default_factory=dict)

    @property
    def breakdowns(self) -> tuple[dict[Key, Amounts], ...]:
        """One for each table of SUMMED."""
        return self.by_reason, self.by_workspace, self.by_kind


def day_number(dialect: str, count: int) -> ColumnElement[int]:
    """The local day of an entry in `count` segments that follow each other, from the first's."""
    at = entries.c.occurred_at
    number: ColumnElement[int] = day_index(dialect, at, bindparam("midnight_0", type_=Instant))
    for place in range(1, count):
        later = day_index(dialect, at, bindparam(f"midnight_{place}", type_=Instant))
        later += bindparam(f"days_{place}", type_=Integer)
        number = case((at < bindparam(f"end_{place - 1}"), number), else_=later)
    return number


def within(count: int) -> tuple[ColumnElement[bool], ...]:
    """The entries of those segments: one range of the ledger's index."""
    own, at = entries.c.account_id == bindparam("account_id"), entries.c.occurred_at
    return own, at >= bindparam("start"), at < bindparam(f"end_{count - 1}")


@cache
def day_sums(dialect: str, count: int) -> Select[Any]:
    """`count` segments that follow each other, by day, kind of movement, reason, type, workspace.

    What moved the balance comes by its kind with the amount under `used`; consumption has no such
    kind. Made once for each count: to put it together costs more than to run it on a small account.
    """
    kind, amount = entries.c.kind, entries.c.amount_micro
    consumed = or_(*(kind == known for known in CONSUMPTION))
    group = (
        day_number(dialect, count).label("day_number"),
        case((consumed, null()), else_=kind).label("moved_by"),
        entries.c.reason,
        entries.c.workflow_type,
        entries.c.workspace_id,
    )
    # PostgreSQL sums bigint into numeric; what leaves 64 bits is an error here, on both.
    used = cast(func.sum(case((kind == "refund", 0), else_=amount)), Micro)
    refunded = cast(func.sum(case((kind == "refund", amount), else_=0)), Micro)
    return (
        select(*group, used.label("used"), refunded.label("refunded"))
        .where(*within(count))
        .group_by("day_number", "moved_by", *group[2:])
    )


def runs(found: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Segments that follow each other without a gap, a few at a time."""
    run: list[Segment] = []
    for segment in found:
        if run and (segment.start != run[-1].end or len(run) == MOST_SEGMENTS):
            yield run
            run = []
        run.append(segment)
    if run:
        yield run


def bounds(run: list[Segment]) -> dict[str, Any]:
    """What the statements of a run bind."""
    given: dict[str, Any] = {"start": run[0].start}
    for place, segment in enumerate(run):
        days = (segment.first_day - run[0].first_day).days
        given |= {f"midnight_{place}": segment.midnight, f"days_{place}": days}
        given[f"end_{place}"] = segment.end
    return given


def ledger_sums(ledger: Connection, account: RolledAccount, days: Period) -> Sums:
    """What these local days hold, from the ledger's entries; nothing for a frozen day."""
    found = Sums()
    for run in runs(account.segments(days)):
        query = day_sums(ledger.dialect.name, len(run))
        for row in ledger.execute(query, {"account_id": account.id, **bounds(run)}):
            number, moved_by, reason, workflow_type, workspace, used, refunded = row
            day = account.counted_on(run[0].first_day + DAY * number)
            if moved_by is None:
                _add(found.by_reason, (day, reason, workflow_type or ""), (used, refunded))
                _add(found.by_workspace, (day, workspace or ""), (used, refunded))
            elif moved_by in MOVEMENTS:  # an unknown kind is in no sum
                _add(found.by_kind, (day, moved_by), (used,))
    return found


def _add(sums: dict[Key, Amounts], key: Key, amounts: Amounts) -> None:
    before = sums.get(key)
    sums[key] = tuple(map(add, before, amounts)) if before else amounts


# Made once, as above.
_own = entries.c.account_id == bindparam("account_id")
# A statement with both min and max of one scan would read the whole index.
EDGES = select(
    *(
        select(edge(entries.c.occurred_at)).where(_own).scalar_subquery()
        for edge in (func.min, func.max)
    )
)
COUNTED = select(func.count()).select_from(select(entries.c.id).where(_own).limit(SMALL).subquery())


def ledger_days(ledger: Connection, account: RolledAccount) -> Period | None:
    """The local days from the account's first entry to its last, None without any to count."""
    first, last = ledger.execute(EDGES, {"account_id": account.id}).one()
    if first is None:
        return None
    tz = zone(account.timezone)
    # A repeated hour across midnight can put a later instant on an earlier day, by one at most.
    days = account.unfrozen(Period(local_day(first, tz) - DAY, local_day(last, tz) + DAY * 2))
    return days if days.days else None


def is_small(ledger: Connection, account: RolledAccount) -> bool:
    """Whether the account has fewer entries than SMALL; never a count of more."""
    return bool(ledger.execute(COUNTED, {"account_id": account.id}).scalar_one() < SMALL)
