"""The daily chart as a table: a row for each bar, a column for each reason, newest first.

Days before the range stand under their own sum, so that the last row is the range alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard import target, words
from dashboard.days import Bar, Days
from dashboard.findings import Spike
from dashboard.hover import LONGEST, clip
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
from dashboard.view import View
from data.frames import DAY_REASON_COLUMNS, day_frame
from data.periods import Period

ByReason = Mapping[str, int]
NO_USE: ByReason = {}


@dataclass(frozen=True)
class Form:
    """What all rows have in common: the codes of the reason columns, and whether refunds are."""

    days: Days
    of_day: Mapping[dt.date, ByReason]
    codes: Sequence[str]
    refunds: bool
    view: View

    def row(self, name: str, bars: Sequence[Bar], *against: str) -> tuple[str, ...]:
        """Bars together: their amount, what it is compared with, then each reason."""
        reasons = (words.credits(self.used_for(bars, code)) for code in self.codes)
        cells = against or ("",) * len(self.against)
        return with_cells([name], together(bars), [*cells, *reasons], refunds=self.refunds)

    @property
    def against(self) -> list[Column]:
        """What a bar is compared with: usual days, and the previous period where that is marked."""
        usual = Column("Days that stand out" if self.days.by_week else "Against usual")
        return [usual, *([Column("Same weekday before")] if self.days.weekdays else [])]

    def before(self, bar: Bar) -> list[str]:
        """The cell under the last of those."""
        mean = self.days.before(bar)
        cell = NOTHING if mean is None else words.credits(mean)
        return [cell] if self.days.weekdays else []

    def used_for(self, bars: Iterable[Bar], code: str) -> int:
        """The net of one reason over the days of bars."""
        return sum(self.of_day.get(day, NO_USE).get(code, 0) for bar in bars for day in bar.days)


def days_of(frame: pd.DataFrame, period: Period) -> pd.DataFrame:
    """A frame of days and reasons as one of days: every day of `period`, its reasons summed."""
    sums: dict[dt.date, list[int]] = {}
    columns = (frame[name].tolist() for name in ("day", "used", "refunded"))
    for day, used, refunded in zip(*columns, strict=True):
        into = sums.setdefault(day, [0, 0])
        into[0] += used
        into[1] += refunded
    return day_frame(((day, used, refunded) for day, (used, refunded) in sums.items()), period)


def day_table(days: Days, frame: pd.DataFrame, view: View, caption: str) -> Table:
    """The bars of `days`, with the reasons of `frame`."""
    bars = [bar for bar in reversed(days.bars) if bar.exists]
    of_day = _by_day(frame, bars)
    codes = _codes(of_day, view)
    form = Form(days, of_day, codes, has_refunds(bars), view)
    inside, before = ([b for b in bars if b.in_range == wanted] for wanted in (True, False))
    first = Column("Week" if days.by_week else "Day", "start")
    reasons = [Column(clip(view.account.taxonomy.label(code), LONGEST)) for code in codes]
    return Table(
        caption=caption,
        columns=with_amounts([first], [*form.against, *reasons], refunds=form.refunds),
        rows=(*(_row(bar, form, 0) for bar in inside), *_context(before, form)),
        total=TableRow(form.row(f"{TOTAL}, in range" if before else TOTAL, inside)),
    )


def _context(before: Sequence[Bar], form: Form) -> Iterator[TableRow]:
    if before:
        yield TableRow(form.row("Before the range", before))
        yield from (_row(bar, form, 1) for bar in before)


def _row(bar: Bar, form: Form, level: int) -> TableRow:
    today = form.view.today
    if form.days.by_week:
        name, against = words.sentence(bar.days, today), _spikes_in(bar, form)
    else:
        name, against = words.weekday(bar.days.start, today), _against_usual(bar, form.days)
    cells = form.row(name + (", so far" if bar.running else ""), [bar], against)
    return TableRow(cells, level, opens=target.days(bar.days).text)


def _against_usual(bar: Bar, days: Days) -> str:
    """`0.9×`, `Spike, 2.4×`; nothing where no day is usual yet, or nothing was used."""
    usual = days.usual.get(bar.days.start)
    stands_out = usual is not None and usual.is_exceeded_by(bar.net)
    if usual is None or usual.median <= 0 or bar.net <= 0:
        return "Spike" if stands_out else NOTHING
    times = f"{words.multiple(bar.net, usual.median)}×"
    return f"Spike, {times}" if stands_out else times


def _spikes_in(bar: Bar, form: Form) -> str:
    found = [spike for spike in form.days.spikes if spike.day in bar.days]
    named = sorted(found, key=lambda spike: spike.day)
    return "; ".join(_spike(spike, form.view.today) for spike in named) or NOTHING


def _spike(spike: Spike, today: dt.date) -> str:
    times = f", {words.multiple(spike.net, spike.usual.median)}×" if spike.usual.median > 0 else ""
    return f"{words.weekday(spike.day, today)}{times}"


# --- reasons --------------------------------------------------------------------------------


def _by_day(frame: pd.DataFrame, bars: Sequence[Bar]) -> dict[dt.date, dict[str, int]]:
    """The net of each reason on the days of `bars`, those without use or refund left out."""
    shown = {day for bar in bars for day in bar.days}
    found: dict[dt.date, dict[str, int]] = {}
    columns = (frame[name].tolist() for name in DAY_REASON_COLUMNS)
    for day, code, used, refunded, net in zip(*columns, strict=True):
        if day in shown and (used or refunded):
            found.setdefault(day, {})[code] = net
    return found


def _codes(of_day: Mapping[dt.date, ByReason], view: View) -> list[str]:
    """The reasons that the days have: known ones by credits, largest first, then the unknown."""
    sums: dict[str, int] = {}
    for amounts in of_day.values():
        for code, net in amounts.items():
            sums[code] = sums.get(code, 0) + net
    known = view.account.taxonomy.known
    return sorted(sorted(sums), key=lambda code: (not known(code), -sums[code]))
