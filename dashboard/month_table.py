"""The monthly chart as a table: a row for each billing month with its dates and its allowance.

No gap is filled: an allowance that isn't known has no share and no excess. Where the running
month is likely to end is a column while that can be told.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import target, words
from dashboard.months import Month
from dashboard.table import (
    NOTHING,
    TOTAL,
    Column,
    Table,
    TableRow,
    has_refunds,
    together,
    with_amounts,
    with_cells,
)

ALLOWANCES = {"none": "None", "unknown": "Unknown"}


def month_table(months: Sequence[Month], caption: str) -> Table:
    """The months in the order of the chart."""
    refunds = has_refunds(months)
    over = sum(month.over for month in months)
    limited = any(month.allowance.micro is not None for month in months)
    likely = any(month.likely for month in months)
    names = ["Allowance", "Of allowance", "Over", *(["Likely"] if likely else [])]
    whole = ["", "", words.credits(over) if limited else NOTHING, *([""] if likely else [])]
    return Table(
        caption=caption,
        columns=with_amounts(
            [Column("Billing month", "start")], [Column(name) for name in names], refunds=refunds
        ),
        rows=tuple(_row(month, refunds=refunds, likely=likely) for month in months),
        total=TableRow(with_cells([TOTAL], together(months), whole, refunds=refunds)),
    )


def _row(month: Month, *, refunds: bool, likely: bool) -> TableRow:
    name = words.month_and_year(month.period.start) + (", so far" if month.running else "")
    more = [*_against_allowance(month), *([_likely(month)] if likely else [])]
    cells = with_cells([name], month, more, refunds=refunds)
    return TableRow(cells, detail=_detail(month), opens=target.month(month.period.start).text)


def _detail(month: Month) -> str:
    """The dates, and where the running month is heading."""
    dates = words.heading(month.period)
    if month.projected is None:
        return dates
    return f"{dates} · {words.credits(month.projected)} projected"


def _likely(month: Month) -> str:
    found = month.likely
    return words.between(found.low, found.high) if found else NOTHING


def _against_allowance(month: Month) -> tuple[str, str, str]:
    limit = month.allowance.micro
    if limit is None:
        return ALLOWANCES[month.allowance.kind], NOTHING, NOTHING
    return words.credits(limit), words.share(month.net, limit), words.credits(month.over)
