"""Every component id and every name that page, callbacks and browser scripts share.

Nothing else defines an id; a test reads the sources, assets/*.js included, and keeps this.
"""

from __future__ import annotations

from enum import StrEnum


class Id(StrEnum):
    """One of each on the page."""

    URL = "url"  # dcc.Location
    VIEW = "view"  # Store {range, account, theme, n}: what is asked of the server
    STEPS = "steps"  # Store: what the server answered, for picker, steps and date fields
    ACT = "act"  # Store {act, value, n}: the last thing that the reader did
    THEME = "theme"
    ACCOUNTS = "accounts"
    FRESHNESS = "freshness"
    EXPORT = "export"
    EXPORT_TITLE = "export-title"
    PRINT = "print"
    PRINT_LINE = "print-line"
    STRIP_LOST = "strip-lost"
    STRIP_LOST_SINCE = "strip-lost-since"
    STRIP_SIGNED_OUT = "strip-signed-out"
    NO_PERMISSION = "no-permission"
    DELAY = "delay"
    MAIN = "main"
    PAGE_STATE = "page-state"
    MONTH = "month-card"  # of the billing month that is running
    MONTH_TITLE = "month-title"
    TOOLBAR = "toolbar"
    RANGE = "range"
    CUSTOM = "custom"
    FROM = "custom-from"
    FROM_ERROR = "custom-from-error"
    TO = "custom-to"
    TO_ERROR = "custom-to-error"
    EARLIER = "earlier"
    LATER = "later"
    DATES = "dates"
    COMPARE = "compare"  # the switch that marks the previous period in the charts
    COMPARE_WITH = "compare-with"  # its days, in the switch's name
    FINDINGS = "findings"
    NOTICE = "notice"
    STATUS = "status"
    GRID = "grid"
    SHEET = "sheet"  # the dialog that a click opens
    SHEET_ASK = "sheet-ask"  # Store: what is asked of the server for it
    SHEET_ANSWER = "sheet-answer"  # Store: what the browser needs to know of the answer
    SHEET_LATER = "sheet-later"  # Store: what is still to be asked, of a sheet of many days
    SHEET_TITLE = "sheet-title"
    SHEET_STEPS = "sheet-steps"
    SHEET_HEAD = "sheet-head"
    SHEET_SPLIT = "sheet-split"
    SHEET_FILTERS = "sheet-filters"
    SHEET_LIST = "sheet-list"
    SHEET_ENTRIES = "sheet-entries"
    SHEET_WHEN = "sheet-when"  # the head of the list's first column
    SHEET_MORE = "sheet-more"
    SHEET_NOTE = "sheet-note"
    SHEET_STATE = "sheet-state"  # the message that stands in place of all of it
    SHEET_SHOWN = "sheet-shown"
    SHEET_COUNT = "sheet-count"
    SHEET_RANGE = "sheet-range"
    SHEET_STATUS = "sheet-status"
    DAY_BEFORE = "day-before"
    DAY_AFTER = "day-after"
    PAPER = "paper"  # every table once more, where the page is for printing
    FOOT = "foot"


class Part(StrEnum):
    """The parts of each panel; `part_id` makes their ids."""

    TITLE = "title"
    ANSWER = "answer"
    DATES = "dates"
    CHART = "chart"  # the named group around the drawing; hidden while it has no data
    GRAPH = "graph"
    TABLE = "table"  # the button that shows the panel as a table
    DETAILS = "details"  # key, key table, notes; or the table
    STATE = "state"  # skeleton at first, then empty or a message instead of the chart


class Act(StrEnum):
    """What a reader can do: the `data-act` of a button, handled in assets/credits.js."""

    RANGE = "range"
    MONTH = "month"
    EARLIER = "earlier"
    LATER = "later"
    APPLY = "apply"
    CANCEL = "cancel"
    ACCOUNT = "account"
    THEME = "theme"
    TABLE = "table"
    ROWS = "rows"
    WORKSPACES = "workspaces"
    COMPARE = "compare"
    OPEN = "open"
    ONLY = "only"
    CLOSE = "close"
    MORE = "more"
    DAY_BEFORE = "before"
    DAY_AFTER = "after"
    RETRY = "retry"
    REFRESH = "refresh"
    RELOAD = "reload"
    DOWNLOAD = "download"
    PICTURE = "picture"
    COPY = "copy"


def part_id(panel_key: str, part: Part) -> str:
    """The id of one part of the panel called `panel_key`."""
    return f"{panel_key}-{part}"
