"""The numbers without a browser: what the page shows, from the very same queries.

Amounts are decimal strings without trailing zeros, ends are inclusive, nothing is folded.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from dashboard import csv_cells, words
from dashboard.advice import advise
from dashboard.agreement import agreement, moment_of
from dashboard.causes import Cause
from dashboard.compared import before_total
from dashboard.panels import by_reason, by_workspace, daily_usage, monthly_usage
from dashboard.panels.team_personal import kind_frame
from dashboard.standing import Standing, load_standing
from dashboard.view import Reading, View, load_view
from data import reconciled
from data.frames import total
from data.periods import DAY
from data.reconciled import Reconciled
from data.schema import MICRO

Report = dict[str, Any]
SECTIONS = (
    "month", "ledger", "daily", "monthly", "reasons", "workspaces", "split", "spikes",
    "contributions",
)  # fmt: skip
CSV_COLUMNS = (
    "section", "day", "start", "end", "reason", "workflow_type", "id", "name", "kind",
    "credits", "previous", "used", "refunded", "allowance", "in_range", "plan", "projected",
    "likely_low", "likely_high", "balance", "advice", "at", "difference", "newer", "says",
    "cause", "excess", "breakdown", "code", "other",
)  # fmt: skip


def exact(micro: int) -> str:
    """Micro-credits as credits, exactly: `12.5`, `-0.000001`, `340`."""
    whole, fraction = divmod(abs(int(micro)), MICRO)
    sign = "-" if micro < 0 else ""
    return f"{sign}{whole}.{fraction:06d}".rstrip("0").rstrip(".")


def report(reading: Reading, text: str) -> Report:
    """The report of one range at one moment; RangeError or UsageError for bad input."""
    view = load_view(reading, text)
    daily, monthly, reasons, workspaces = (
        module.PANEL.query(reading.connection, reading.scope, view)
        for module in (daily_usage, monthly_usage, by_reason, by_workspace)
    )
    in_range = daily.loc[daily["in_range"].astype(bool), "net"]
    return {
        "account": view.account.id,
        "zone": view.account.timezone,
        "now": _instant(reading.now, view),
        "watermark": _instant(reading.freshness.watermark, view),
        "range": {"start": str(view.period.start), "end": str(view.period.last)},
        "total": exact(total(in_range)),
        "previous": _previous(reasons, total(in_range), view),
        "month": _running_month(load_standing(reading.connection, reading.scope, view), view),
        "ledger": _ledger(reconciled.load(reading.connection, reading.scope), reading, view),
        "daily": [_day(row) for row in _rows(daily[daily["shown"].astype(bool)])],
        "monthly": [_month(row) for row in _rows(monthly)],
        "reasons": [_pick(row, "reason", "workflow_type") for row in _rows(reasons)],
        "workspaces": [_workspace(row) for row in _rows(workspaces)],
        "split": [_pick(row, "kind") for row in _rows(kind_frame(workspaces))],
        "spikes": [_spike(row) for row in _rows(daily) if row["cause"]],
        "contributions": [one for row in _rows(daily) if row["cause"] for one in _parts(row)],
    }


def _running_month(month: Standing, view: View) -> dict[str, Any]:
    """What the billing month card says; it is that of the report's day, whatever the range."""
    projected, limit = month.projected, month.month.allowance
    likely = projected.likely if projected else None
    advice = advise(month)
    return {
        "start": str(month.month.period.start),
        "end": str(month.last),
        "plan": view.account.plan,
        "credits": exact(month.used),
        "allowance": _allowance(limit.kind, limit.micro),
        "projected": exact(projected.amount) if projected else None,
        "likely_low": exact(likely.low) if likely else None,
        "likely_high": exact(likely.high) if likely else None,
        "balance": None if month.balance is None else exact(month.balance),
        "advice": advice.title if advice else None,
    }


def _ledger(found: Reconciled | None, reading: Reading, view: View) -> dict[str, Any] | None:
    """The line at the page's foot, and what it is made of; None where nothing was compared."""
    if found is None:
        return None
    seen = reading.freshness
    says = agreement(found, seen, view.account.zone, view.today)
    return {
        "credits": exact(found.total_micro),
        "at": _instant(moment_of(found, seen), view),
        "difference": exact(found.difference_micro),
        "newer": None if found.newer_micro is None else exact(found.newer_micro),
        "says": says.replace(words.NO_BREAK, " "),
    }


def _previous(reasons: pd.DataFrame, now: int, view: View) -> dict[str, str] | None:
    """What the range is compared with; None where the account's history is shorter."""
    before = before_total(reasons)
    if view.previous is None or before is None:
        return None
    return {
        "start": str(view.previous.start),
        "end": str(view.previous.last),
        "total": exact(before),
        "change": words.change(now, before),
    }


def _instant(instant: dt.datetime | None, view: View) -> str | None:
    return instant.astimezone(view.account.zone).isoformat() if instant else None


def _rows(frame: pd.DataFrame) -> Iterable[dict[str, Any]]:
    return frame.to_dict("records")  # type: ignore[return-value]


def _day(row: dict[str, Any]) -> dict[str, Any]:
    amounts = {"credits": row["net"], "used": row["used"], "refunded": row["refunded"]}
    return {
        "day": str(row["day"]),
        **{name: exact(micro) for name, micro in amounts.items()},
        "in_range": bool(row["in_range"]),
    }


def _month(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "start": str(row["start"]),
        "end": str(row["end"] - DAY),
        "credits": exact(row["net"]),
        "allowance": _allowance(row["allowance_kind"], row["allowance_micro"]),
        "in_range": bool(row["in_range"]),
    }


def _allowance(kind: str, micro: int | None) -> str | None:
    if kind == "number" and micro is not None:
        return exact(micro)
    return "none" if kind == "none" else None


def _workspace(row: dict[str, Any]) -> dict[str, Any]:
    """What is not named has no id."""
    id_ = row["id"] if isinstance(row["id"], str) else None
    return {**_pick(row, "id", "name", "kind"), "id": id_}


def _pick(row: dict[str, Any], *labels: str) -> dict[str, Any]:
    previous = exact(row["before"]) if "before" in row else None
    amounts = {"credits": exact(row["net"]), "previous": previous}
    return {**{label: row[label] for label in labels}, **amounts}


def _spike(row: dict[str, Any]) -> dict[str, Any]:
    """A marked day: what it used, how much above its usual, and what of it was the cause."""
    cause: Cause = row["cause"]
    place = cause.workspace
    return {
        "day": str(row["day"]),
        "credits": exact(row["net"]),
        "excess": exact(cause.excess),
        "reason": cause.reason.code,
        "id": (place.code or None) if place else None,
        "name": place.name if place else None,
        "cause": exact(cause.amount),
        "in_range": bool(row["in_range"]),
    }


def _parts(row: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Each breakdown of a marked day's excess; `other` makes it add up."""
    cause: Cause = row["cause"]
    for name, breakdown in (("reasons", cause.reasons), ("workspaces", cause.workspaces)):
        shown = [(part.code or None, part.excess, False) for part in breakdown.parts if part.excess]
        for code, excess, other in [*shown, (None, breakdown.other, True)]:
            of = {"day": str(row["day"]), "breakdown": name, "code": code, "other": other}
            yield {**of, "excess": exact(excess)}


# --- formats --------------------------------------------------------------------------------


def as_json(made: Report) -> str:
    """One JSON document, indented."""
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def as_csv(made: Report) -> str:
    """One table of all sections, a `section` column first; what a row has not is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for section in SECTIONS:
        for row in rows_of(made, section):
            writer.writerow({"section": section, **csv_row(row)})
    return text.getvalue()


def csv_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of one row, its texts safe in a spreadsheet."""
    return {name: _cell(name, value) for name, value in row.items()}


def rows_of(made: Report, section: str) -> list[dict[str, Any]]:
    """The rows of a section; that of a month or a comparison has one, or none."""
    found = made[section]
    return found if isinstance(found, list) else [found] if found else []


def _cell(name: str, value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return csv_cells.plain(value) if name in TEXT_COLUMNS and isinstance(value, str) else value


def as_text(made: Report) -> str:
    """Tables for a terminal."""
    head = [
        f"{made['account']}  {made['range']['start']} to {made['range']['end']}  ({made['zone']})",
        f"Used in this range: {made['total']} credits",
        *_previous_line(made["previous"]),
        f"Now: {made['now']}   Complete through: {made['watermark'] or 'unknown'}",
    ]
    tables = (_text_table(section, rows_of(made, section)) for section in SECTIONS)
    return "\n".join([*head, *(line for table in tables for line in table)]) + "\n"


def _previous_line(previous: dict[str, str] | None) -> Iterable[str]:
    if previous:
        dates = f"{previous['start']} to {previous['end']}"
        yield f"Used in {dates}: {previous['total']} credits ({previous['change']})"


def _text_table(section: str, rows: list[dict[str, Any]]) -> Iterable[str]:
    yield f"\n{section}"
    if not rows:
        yield f"  {EMPTY.get(section, 'nothing used in this range')}"
        return
    columns = list(rows[0])
    cells = [columns, *([_text_cell(row[name]) for name in columns] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(columns))]
    for row in cells:
        padded = (
            cell.rjust(width) if name in CREDIT_COLUMNS else cell.ljust(width)
            for cell, width, name in zip(row, widths, columns, strict=True)
        )
        yield ("  " + "  ".join(padded)).rstrip()


TEXT_COLUMNS = frozenset({"reason", "workflow_type", "id", "name", "plan", "advice", "code"})
EMPTY = {
    "ledger": "never compared",
    "spikes": "no day stands out",
    "contributions": "no day stands out",
}
CREDIT_COLUMNS = frozenset(
    {"credits", "previous", "used", "refunded", "allowance", "projected", "likely_low"}
    | {"likely_high", "balance", "difference", "newer", "cause", "excess"}
)


def _text_cell(value: object) -> str:
    if value is None:
        return "-"
    return {True: "yes", False: ""}[value] if isinstance(value, bool) else str(value)


FORMATS: dict[str, Callable[[Report], str]] = {
    "text": as_text,
    "json": as_json,
    "csv": as_csv,
}
