"""The stamps of a file to whole microseconds UTC; never a guess that is not written down here.

A stamp with an offset says itself when it was. One without is read in the zone that the map
names (the project's own CSV: UTC). Where clocks went back, a local time happened twice: the
earlier one is meant, unless the map says `later`, or `refuse`. Where they went forward, a local
time never happened: it is refused, unless the map says `shift` (the clock had not been put
forward: 01:30 is 02:30). A number is counted from the map's epoch. What is finer than a
microsecond is cut off, never rounded up, so that no stamp moves into the next day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from data.column_types import EPOCH, to_micros
from data.importers.amounts import read_number, scaled
from data.importers.cells import BadCellError, Cells, Cleaning, Remembered
from data.schema import END_OF_INSTANTS, FIRST_INSTANT

Unit = Literal["seconds", "milliseconds", "microseconds"]
Ambiguous = Literal["earlier", "later", "refuse"]
Nonexistent = Literal["refuse", "shift"]
UNIT_DECIMALS: dict[Unit, int] = {"seconds": 6, "milliseconds": 3, "microseconds": 0}
AMBIGUOUS: tuple[Ambiguous, ...] = ("earlier", "later", "refuse")
NONEXISTENT: tuple[Nonexistent, ...] = ("refuse", "shift")

STAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[T ](\d\d:\d\d(?::\d\d)?)(?:(?<=:\d\d:\d\d)\.(\d+))?)?"
    r" ?(?:(Z|z)|([+-])(\d\d):?(\d\d))?",
    re.ASCII,
)
FIRST, END = to_micros(FIRST_INSTANT), to_micros(END_OF_INSTANTS)
SECOND = dt.timedelta(seconds=1)
NAIVE_EPOCH = EPOCH.replace(tzinfo=None)
# Complete with an offset, as most exports write it: what the standard library reads alone.
COMPLETE = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:[0-5]\d)", re.ASCII
)
NOT_A_STAMP = "not a stamp such as 2026-11-22T11:29:00Z"


@dataclass(frozen=True)
class StampRule:
    """How a column is read: its zone, or an epoch (microseconds UTC) and the unit counted."""

    column: str
    zone: ZoneInfo | None
    epoch: int | None = None
    unit: Unit = "seconds"
    ambiguous: Ambiguous = "earlier"
    nonexistent: Nonexistent = "refuse"

    def micros(self, text: str) -> int:
        """Microseconds since 1970-01-01 UTC; BadCellError when the text is no stamp."""
        if not text:
            raise BadCellError(self.column, text, "empty; a stamp is needed")
        if self.epoch is not None:
            found = self._counted(self.epoch, text)
        else:
            found = self._complete(text) if COMPLETE.fullmatch(text) else self._local(text)
        if not FIRST <= found < END:
            raise BadCellError(self.column, text, "outside the years 1970 to 9998")
        return found

    def _counted(self, epoch: int, text: str) -> int:
        number = read_number(self.column, text)
        return epoch + scaled(number, UNIT_DECIMALS[self.unit])[0]

    def _local(self, text: str) -> int:
        match = STAMP.fullmatch(text)
        if match is None:
            raise BadCellError(self.column, text, NOT_A_STAMP)
        day, clock, fraction, utc, sign, hours, minutes = match.groups()
        try:
            naive = dt.datetime.fromisoformat(f"{day}T{clock or '00:00'}")
        except ValueError as error:
            raise BadCellError(self.column, text, f"{NOT_A_STAMP}: {error}") from error
        since = naive - NAIVE_EPOCH
        seconds = since.days * 86_400 + since.seconds
        if sign:
            seconds -= self._written_offset(text, sign, int(hours), int(minutes))
        elif not utc:
            seconds -= self._zone_offset(text, naive)
        return seconds * 1_000_000 + (int(f"{fraction:0<6.6}") if fraction else 0)

    def _complete(self, text: str) -> int:
        try:
            since = dt.datetime.fromisoformat(text) - EPOCH
        except (ValueError, OverflowError) as error:
            raise BadCellError(self.column, text, f"{NOT_A_STAMP}: {error}") from error
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds

    def _written_offset(self, text: str, sign: str, hours: int, minutes: int) -> int:
        if hours > 23 or minutes > 59:
            raise BadCellError(self.column, text, "an offset from UTC that no zone has")
        offset = hours * 3600 + minutes * 60
        return -offset if sign == "-" else offset

    def _zone_offset(self, text: str, naive: dt.datetime) -> int:
        """Seconds ahead of UTC at that local time, by the rules for gaps and overlaps."""
        assert self.zone is not None  # a rule without an epoch has a zone
        first, second = (
            naive.replace(tzinfo=self.zone, fold=fold).utcoffset() or dt.timedelta(0)
            for fold in (0, 1)
        )
        if first < second and self.nonexistent == "refuse":
            raise BadCellError(
                self.column, text, f"clocks in {self.zone.key} skipped this local time"
            )
        if first > second and self.ambiguous == "refuse":
            raise BadCellError(
                self.column, text, f"clocks in {self.zone.key} showed this local time twice"
            )
        chosen = second if first > second and self.ambiguous == "later" else first
        return chosen // SECOND


def stamps_reader(rule: StampRule, cleaning: Cleaning) -> Callable[[Cells], list[int]]:
    """A function from the cells of a batch to its instants in microseconds."""
    clean = cleaning.cleaner(rule.column)
    micros: Remembered[str, int] = Remembered(lambda cell: rule.micros(clean(cell)))
    return lambda cells: [micros[cell] for cell in cells.raw(rule.column)]
