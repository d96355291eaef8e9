"""What moves an account's balance besides its use: grants, bundles, corrections and expiries.

The rows written here and the consumption add up to the balance exactly. Never consumption.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.demo.clock import HOUR, MINUTE, SECOND, Clock
from data.demo.consumption import Row
from data.demo.story import Story
from data.periods import DAY, Period
from data.schema import MICRO

BOUGHT_AT = 8 * HOUR + 55 * MINUTE  # someone notices in the morning
DIRECTION = {"grant": 1, "purchase": 1, "adjustment": 1, "expiry": -1}


@dataclass
class Balance:
    """The movements so far and the balance that they and the use so far leave."""

    story: Story
    clock: Clock
    micro: int = 0
    rows: list[Row] = field(default_factory=list)

    def move(self, at: int, kind: str, micro: int) -> None:
        """Write one movement; one of nothing is not written."""
        if micro:
            number = sum(row[3] == kind for row in self.rows) + 1
            entry = f"{kind}-{number:03d}"
            self.rows.append((self.story.id, entry, at, kind, None, None, None, None, micro, None))
            self.micro += DIRECTION[kind] * micro

    def open_month(self, month: Period, months_ago: int, first: bool) -> None:
        """What is left beyond the carry expires, then the allowance is granted."""
        start = self.clock.start(month.start)
        allowance = self.story.allowance(months_ago)
        if allowance is not None and not first:
            left = max(0, self.micro - self.story.carry * MICRO)
            self.move(start - SECOND, "expiry", left)
        opened = self.story.opened_hours_ago
        at = start if opened is None else self.clock.now_micros - opened * HOUR
        self.move(at, "grant", (allowance or 0) * MICRO)

    def pass_day(self, day: dt.date, used: int) -> None:
        """The corrections of the day, a bundle if its use would empty the balance, the use."""
        at = min(self.clock.start(day) + BOUGHT_AT, self.clock.now_micros)
        for extra in self.story.extras:
            if self.clock.today - DAY * extra.days_ago == day:
                self.move(at, extra.kind, extra.credits * MICRO)
        bundle = self.story.bundle * MICRO
        short = used - self.micro
        self.move(at, "purchase", -(-short // bundle) * bundle if short > 0 else 0)
        self.micro -= used


def settle(
    story: Story, clock: Clock, months: Sequence[Period], used: Mapping[dt.date, int]
) -> Balance:
    """Walk the account's days in order (`months` are newest first) and keep its balance."""
    balance = Balance(story, clock)
    for months_ago in reversed(range(len(months))):
        month = months[months_ago]
        balance.open_month(month, months_ago, first=months_ago == len(months) - 1)
        for day in month.until(clock.today + DAY):
            balance.pass_day(day, used[day])
    return balance
