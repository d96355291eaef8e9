"""Views and frames made by hand, without a database, and the checks that every figure passes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard import days, months
from dashboard.causes import Breakdown, Cause, Part
from dashboard.panel import Drawing, Panel
from dashboard.panels import daily_usage, monthly_usage
from dashboard.ranges import Bounds, Range, parse
from dashboard.theme import DARK, LIGHT
from dashboard.view import View
from data.accounts import Account
from data.frames import REASON_COLUMNS, WORKSPACE_COLUMNS, day_frame, frame
from data.periods import DAY, Allowance, BillingCalendar, BillingMonth, Period, anchor_month
from data.reasons import Taxonomy

TODAY = dt.date(2026, 11, 22)
MICRO = 1_000_000
BOTH = frozenset({"team", "personal"})
NONE, UNKNOWN = Allowance("none"), Allowance()

Nets = Callable[[dt.date], int]
NO_CAUSES: Mapping[dt.date, Cause] = {}


def number(credits_: int) -> Allowance:
    return Allowance("number", credits_ * MICRO)


def stored_months(
    allowance_of: Callable[[dt.date], Allowance], first: dt.date, anchor_day: int = 3
) -> list[BillingMonth]:
    """Contiguous billing months from the one that holds `first` past today."""
    found, day = [], first
    while day <= TODAY + DAY * 40:
        period = anchor_month(day, anchor_day)
        found.append(BillingMonth(period, allowance_of(period.start)))
        day = period.end
    return found


def drawn_allowance(start: dt.date) -> Allowance:
    """As in the design's pictures: 10,000, then 15,000, from 3 Jul 2026 on 20,000."""
    if start < dt.date(2025, 6, 1):
        return number(10_000)
    return number(15_000) if start < dt.date(2026, 7, 1) else number(20_000)


def account(
    allowance_of: Callable[[dt.date], Allowance] = drawn_allowance,
    *,
    anchor_day: int = 3,
    first_day: dt.date | None = dt.date(2024, 2, 1),
    kinds: Iterable[str] = BOTH,
    taxonomy: Taxonomy | None = None,
) -> Account:
    stored = stored_months(allowance_of, dt.date(2024, 1, 10), anchor_day)
    return Account(
        id="acme",
        name="Acme",
        plan="Team",
        timezone="UTC",
        calendar=BillingCalendar.of(stored, anchor_day),
        taxonomy=taxonomy or Taxonomy(),
        first_day=first_day,
        workspace_kinds=frozenset(kinds),
    )


def view(text: str = "month", today: dt.date = TODAY, of: Account | None = None) -> View:
    of = of or account()
    bounds = Bounds(of.calendar, today, of.first_day)
    return View(of, parse(text, bounds), today)


def view_of_days(first: dt.date, last: dt.date, of: Account | None = None) -> View:
    """A view of any days, beyond what the picker allows."""
    made = Range(f"{first}..{last}", "custom", Period(first, last + DAY))
    return View(of or account(), made, TODAY)


def steady(day: dt.date) -> int:
    """800 and a little on a weekday, 150 and a little on a weekend day."""
    base = 800 if day.weekday() < 5 else 150
    return (base + day.toordinal() % 7 * 10) * MICRO


def with_days(extra: dict[dt.date, int], nets: Nets = steady) -> Nets:
    """`nets` with the credits of some days replaced."""
    return lambda day: extra[day] * MICRO if day in extra else nets(day)


def day_rows(period: Period, today: dt.date, nets: Nets) -> pd.DataFrame:
    """Days with a net below zero as refunds, none after today."""
    rows = ((day, nets(day)) for day in period if day <= today)
    return day_frame(((day, max(net, 0), max(-net, 0)) for day, net in rows), period)


def daily_frame(
    of: View, nets: Nets = steady, causes: Mapping[dt.date, Cause] = NO_CAUSES
) -> pd.DataFrame:
    rows = day_rows(days.counted_days(of), of.today, nets)
    return days.name_causes(days.mark_days(rows, of), causes)


def cause(reason: str, workspace: str | None, credits_: int) -> Cause:
    """A cause by the names of its parts, which are their codes too."""
    none = Breakdown((), 0)
    place = None if workspace is None else Part(workspace, workspace)
    return Cause(Part(reason, reason), place, credits_ * MICRO, 0, none, none)


def monthly_frame(of: View, nets: Nets = steady) -> pd.DataFrame:
    return months.month_frame(day_rows(months.counted_days(of), of.today, nets), of)


def reason_frame(*rows: tuple[str, str | None, int] | tuple[str, str | None, int, int]):
    """(reason, workflow type, used[, refunded]) in credits."""
    return frame(
        ((row[0], row[1], row[2] * MICRO, (row[3] if len(row) > 3 else 0) * MICRO) for row in rows),
        REASON_COLUMNS,
    )


def workspace_frame(*rows: tuple[str | None, str, str | None, int]) -> pd.DataFrame:
    """(id, name, kind, net credits), sorted as the query sorts them."""
    made = frame(
        ((*row[:3], max(row[3], 0) * MICRO, max(-row[3], 0) * MICRO) for row in rows),
        WORKSPACE_COLUMNS,
    )
    return made.sort_values(["net", "name"], ascending=[False, True], ignore_index=True)


def before(made: pd.DataFrame, *credits_: int) -> pd.DataFrame:
    """A frame with what each of its rows was in the previous period, in credits."""
    return made.assign(before=pd.Series([net * MICRO for net in credits_], dtype="int64"))


# --- what is drawn --------------------------------------------------------------------------


def draw(panel: Panel, made: pd.DataFrame, of: View) -> Drawing:
    """The light drawing, after every check that any figure in any theme must pass."""
    for theme in (DARK, LIGHT):
        drawing = panel.draw(made, of, theme)
        check(drawing)
    return drawing


def daily(of: View, nets: Nets = steady, causes: Mapping[dt.date, Cause] = NO_CAUSES) -> Drawing:
    return draw(daily_usage.PANEL, daily_frame(of, nets, causes), of)


def monthly(of: View, nets: Nets = steady) -> Drawing:
    return draw(monthly_usage.PANEL, monthly_frame(of, nets), of)


def check(drawing: Drawing) -> None:
    figure = drawing.figure
    go.Figure(figure)  # raises for any key or value that Plotly does not know
    layout = figure["layout"]
    assert json.loads(json.dumps(figure)) == figure
    assert {trace["type"] for trace in figure["data"]} <= {"bar", "pie", "scatter"}
    assert "template" not in layout
    assert layout["dragmode"] is False
    assert layout["height"] == drawing.height
    assert drawing.answer
    assert drawing.dates
    for name, axis in layout.items():
        if "axis" in name:
            assert axis["fixedrange"] is True
            assert "title" not in axis


def traces(drawing: Drawing, name: str) -> list[dict]:
    return [trace for trace in drawing.figure["data"] if trace["name"] == name]


def trace(drawing: Drawing, name: str) -> dict:
    (found,) = traces(drawing, name)
    return found


def micros(values: Iterable[float | None]) -> list[int]:
    """A figure's numbers back as whole micro-credits."""
    return [round((value or 0) * MICRO) for value in values]


def texts(drawing: Drawing) -> list[str]:
    return [one["text"] for one in drawing.figure["layout"]["annotations"]]


def each(of: dict, *path: str) -> list:
    """A value of each bar, whether it stands once for all or once for each."""
    value = of
    for step in path:
        value = value[step]
    return value if isinstance(value, list) else [value] * len(of["x"])
