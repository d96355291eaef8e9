"""The bars of the daily chart as values: its window, days or weeks, and what stands out in them.

It decides nothing about how a bar looks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

import pandas as pd

from dashboard import findings
from dashboard.causes import Cause, causes_of
from dashboard.findings import Spike, Usual
from dashboard.view import View
from dashboard.weekday_means import WeekdayMeans, weekday_means
from data.periods import DAY, Period

SHORTEST_WINDOW = 30
LONGEST_BY_DAY = 92
MOST_MARKS = 3
MOST_REASONS = 3

Reasons = tuple[tuple[str, int], ...]  # code and net


@dataclass(frozen=True)
class Bar:
    """One bar: the days that it stands for and what they used."""

    days: Period
    used: int
    refunded: int
    in_range: bool
    running: bool
    exists: bool  # False before the account's first day
    largest: Reasons = ()  # of a day, most credits first; a week has none

    @property
    def net(self) -> int:
        """Used less refunded."""
        return self.used - self.refunded

    @property
    def place(self) -> str:
        """Where it stands on the axis: its first day."""
        return str(self.days.start)


@dataclass(frozen=True)
class Days:
    """All that the daily chart shows."""

    bars: tuple[Bar, ...]
    by_week: bool
    usual: dict[dt.date, Usual]
    spikes: tuple[Spike, ...]  # of the window, most credits first
    causes: Mapping[dt.date, Cause]  # of the spikes that get a mark
    weekdays: WeekdayMeans | None = None  # of the previous period, where its marks are asked for

    def before(self, bar: Bar) -> Fraction | None:
        """What the weekdays of a bar in the range used on average in the previous period."""
        return self.weekdays.over(bar.days) if self.weekdays and bar.in_range else None


def chart_window(period: Period) -> Period:
    """The range, and at least 30 days up to its end."""
    return Period(min(period.start, period.end - DAY * SHORTEST_WINDOW), period.end)


def history_window(period: Period) -> Period:
    """The chart's days and the 28 before them, which say what is usual."""
    window = chart_window(period)
    return Period(window.start - findings.HISTORY, window.end)


def counted_days(view: View) -> Period:
    """All days that the chart needs: the history, and those that it is compared with."""
    history = history_window(view.period)
    compared = view.compared
    return Period(min(history.start, compared.start), history.end) if compared else history


def mark_days(days: pd.DataFrame, view: View) -> pd.DataFrame:
    """`days` with `shown`, the days of the chart, and `in_range`."""
    window = chart_window(view.period)
    return days.assign(
        shown=[day in window for day in days["day"]],
        in_range=[day in view.period for day in days["day"]],
    )


def is_by_week(period: Period) -> bool:
    """Whether the chart of this range has a bar a week."""
    return chart_window(period).days > LONGEST_BY_DAY


def name_reasons(days: pd.DataFrame, by_reason: pd.DataFrame) -> pd.DataFrame:
    """`days` with `largest`: the reasons of each day that used most, at most three."""
    found: dict[dt.date, list[tuple[str, int]]] = {}
    columns = (by_reason[name].tolist() for name in ("day", "reason", "net"))
    for day, reason, net in zip(*columns, strict=True):
        found.setdefault(day, []).append((reason, net))
    largest = [_largest(found.get(day, [])) for day in days["day"]]
    return days.assign(largest=pd.Series(largest, index=days.index, dtype="object"))


def name_usual(days: pd.DataFrame, view: View) -> pd.DataFrame:
    """`days` with `usual`: what is usual for a day of the chart, None where nothing tells."""
    found = _usual(days, view)
    usual = [found.get(day) for day in days["day"]]
    return days.assign(usual=pd.Series(usual, index=days.index, dtype="object"))


def name_causes(days: pd.DataFrame, causes: Mapping[dt.date, Cause]) -> pd.DataFrame:
    """`days` with `cause`: why a day stands out, None on the others."""
    named = [causes.get(day) for day in days["day"]]
    return days.assign(cause=pd.Series(named, index=days.index, dtype="object"))


def _largest(reasons: list[tuple[str, int]]) -> Reasons:
    ordered = sorted(reasons, key=lambda reason: (-reason[1], reason[0]))
    return tuple(reason for reason in ordered[:MOST_REASONS] if reason[1] > 0)


def read_days(frame: pd.DataFrame, view: View) -> Days:
    """A marked frame as bars, with the usual amount of each day that has enough history."""
    nets = dict(zip(frame["day"].tolist(), frame["net"].tolist(), strict=True))
    bars = _day_bars(frame[frame["shown"]], view)
    usual = _named(frame, "usual") if "usual" in frame else _usual(frame, view)
    by_week = is_by_week(view.period)
    return Days(
        bars=_week_bars(bars) if by_week else bars,
        by_week=by_week,
        usual=usual,
        spikes=findings.spikes(nets, usual),
        causes=causes_of(frame) if "cause" in frame else {},
        weekdays=weekday_means(nets, view.compared),
    )


def _usual(days: pd.DataFrame, view: View) -> dict[dt.date, Usual]:
    """The usual amount of each day of the chart that has enough history."""
    nets = dict(zip(days["day"].tolist(), days["net"].tolist(), strict=True))
    shown = days["day"][days["shown"]].tolist()
    first = view.account.first_day or view.period.end
    complete = findings.complete_days(view.account.first_day, view.today)
    return findings.usual_days(nets, (day for day in shown if day >= first), complete)


def _named(days: pd.DataFrame, column: str) -> dict[dt.date, Any]:
    """A column by day, without the days that have none."""
    pairs = zip(days["day"].tolist(), days[column].tolist(), strict=True)
    return {day: value for day, value in pairs if value is not None}


def marked(days: Days, view: View) -> tuple[Spike, ...]:
    """The spikes that get a mark: at most three, those of the range before its context's."""
    chosen = sorted(days.spikes, key=lambda spike: spike.day not in view.period)[:MOST_MARKS]
    return tuple(spike for spike in days.spikes if spike in chosen)


def _day_bars(shown: pd.DataFrame, view: View) -> tuple[Bar, ...]:
    first = view.account.first_day or view.period.end
    names = ("day", "used", "refunded", "in_range")
    columns = (shown[name].tolist() for name in names)
    reasons = shown["largest"].tolist() if "largest" in shown else [()] * len(shown)
    return tuple(
        Bar(
            Period(day, day + DAY),
            used,
            refunded,
            in_range,
            running=day == view.today,
            exists=day >= first,
            largest=largest,
        )
        for day, used, refunded, in_range, largest in zip(*columns, reasons, strict=True)
    )


def _week_bars(days: Sequence[Bar]) -> tuple[Bar, ...]:
    """Monday to Sunday; the first and the last week only as far as the window goes."""
    weeks = groupby(days, lambda bar: bar.days.start - DAY * bar.days.start.weekday())
    return tuple(_together(list(week)) for _, week in weeks)


def _together(days: Sequence[Bar]) -> Bar:
    return Bar(
        days=Period(days[0].days.start, days[-1].days.end),
        used=sum(day.used for day in days),
        refunded=sum(day.refunded for day in days),
        in_range=any(day.in_range for day in days),
        running=any(day.running for day in days),
        exists=any(day.exists for day in days),
    )
