"""Files of what the page shows: a table of formats, each a pure writer of one answer's moment.

They read through the functions that the page reads through, so no file holds a name or an entry
that its reader does not see. To add a format: a writer, and its row in EXPORTS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from dashboard.exports.charts import charts_csv, charts_json, panel_csv
from dashboard.exports.entries import entries_csv
from dashboard.exports.focus import focus_csv
from dashboard.exports.workbook import charts_xlsx
from dashboard.host import Host
from dashboard.panels import PANELS
from dashboard.sheet import SheetWish
from dashboard.view import Reading
from data.periods import Period

CSV = "text/csv; charset=utf-8"
JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Write = Callable[[Reading, SheetWish, Host], tuple[Period, Iterator[bytes]]]


@dataclass(frozen=True)
class Export:
    """One entry of a menu: its words, the last part of its address, and how it is written.

    `write` gives the days of the file and its bytes; it raises a UsageError before any of them.
    """

    label: str
    path: str
    mimetype: str
    write: Write

    def file_name(self, days: Period) -> str:
        """`credits-entries-2026-11-03_2026-11-22.csv`."""
        name, _, suffix = self.path.rpartition(".")
        return f"credits-{name}-{days.start}_{days.last}.{suffix}"


EXPORTS = (
    Export("Entries (CSV)", "entries.csv", CSV, entries_csv),
    Export("Chart data (CSV)", "charts.csv", CSV, charts_csv),
    Export("Chart data (JSON)", "charts.json", JSON, charts_json),
    Export("Chart data (Excel)", "charts.xlsx", XLSX, charts_xlsx),
    Export("Entries (FOCUS 1.2)", "focus.csv", CSV, focus_csv),
)
PANEL_EXPORTS = tuple(
    Export("Data (CSV)", f"{panel.key}.csv", CSV, partial(panel_csv, panel)) for panel in PANELS
)
BY_PATH = {export.path: export for export in (*EXPORTS, *PANEL_EXPORTS)}
