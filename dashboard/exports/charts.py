"""What the charts show as files: all of them as CSV, JSON or a workbook, or one panel's as CSV.

The numbers are those of `report`, from the same queries as the page; nothing is folded or rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.csv_cells import BYTE_ORDER_MARK, csv_chunks
from dashboard.exports.cover import Cover
from dashboard.exports.entries import cover_rows
from dashboard.host import Host
from dashboard.panel import Panel
from dashboard.panels import PANELS
from dashboard.report import Report, as_csv, as_json, csv_row, report
from dashboard.sheet import SheetWish
from dashboard.view import Reading, load_view
from data.periods import Period
from data.schema import MICRO

# The section of the report that each panel's numbers are.
SECTION = {
    "daily": "daily",
    "monthly": "monthly",
    "reason": "reasons",
    "workspace": "workspaces",
    "team": "split",
}
COLUMNS = {
    "daily": ("day", "credits", "used", "refunded", "in_range"),
    "monthly": ("start", "end", "credits", "allowance", "in_range"),
    "reasons": ("reason", "workflow_type", "credits", "previous"),
    "workspaces": ("id", "name", "kind", "credits", "previous"),
    "split": ("kind", "credits", "previous"),
}


@dataclass(frozen=True)
class PanelData:
    """One panel's numbers: `rows` are the report's, in the order of `columns`."""

    panel: Panel
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class ChartData:
    """One moment's report, and the cover over it."""

    cover: Cover
    report: Report

    @classmethod
    def read(cls, reading: Reading, wish: SheetWish, shows: str = "All charts") -> ChartData:
        """RangeError for a range that the page does not show."""
        view = load_view(reading, wish.range)
        made = report(reading, wish.range)
        return cls(Cover.of(reading, view, view.period, shows, micro(made["total"])), made)

    @property
    def panels(self) -> Iterator[PanelData]:
        """Each panel's numbers, in the page's order."""
        for panel in PANELS:
            section = SECTION[panel.key]
            columns = COLUMNS[section]
            rows = [[row[name] for name in columns] for row in self.report[section]]
            yield PanelData(panel, columns, rows)


def micro(exact: str) -> int:
    """The micro-credits of the report's text."""
    whole, _, fraction = exact.removeprefix("-").partition(".")
    size = int(whole) * MICRO + int(fraction.ljust(6, "0"))
    return -size if exact.startswith("-") else size


def charts_csv(reading: Reading, wish: SheetWish, _host: Host) -> tuple[Period, Iterator[bytes]]:
    """One table of all sections under the cover."""
    data = ChartData.read(reading, wish)
    return data.cover.period, iter([BYTE_ORDER_MARK.encode(), *sections_csv(data)])


def sections_csv(data: ChartData) -> Iterator[bytes]:
    """The same without a mark for spreadsheets."""
    yield from csv_chunks([*cover_rows(data.cover), ()])
    yield as_csv(data.report).encode()


def charts_json(reading: Reading, wish: SheetWish, _host: Host) -> tuple[Period, Iterator[bytes]]:
    """The report, which says itself what it is about."""
    data = ChartData.read(reading, wish)
    return data.cover.period, iter([as_json(data.report).encode()])


def panel_csv(
    panel: Panel, reading: Reading, wish: SheetWish, _host: Host
) -> tuple[Period, Iterator[bytes]]:
    """One panel's numbers under the cover."""
    data = ChartData.read(reading, wish, panel.name)
    section = SECTION[panel.key]
    columns = COLUMNS[section]
    found = (csv_row(row) for row in data.report[section])
    rows = ([row[name] for name in columns] for row in found)
    head = csv_chunks([*cover_rows(data.cover), (), columns])
    return data.cover.period, iter([BYTE_ORDER_MARK.encode(), *head, *csv_chunks(rows)])
