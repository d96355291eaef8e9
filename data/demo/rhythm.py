"""How much an account uses on each day: months, weekdays, holidays; never an entry.

A month that is over meets its total to the last step, so that the pictures of the page and the
figures of the story are the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from data.demo.clock import Clock, is_weekend
from data.demo.story import Spike, Story
from data.periods import DAY, Period, anchor_month
from data.schema import MICRO

QUIET = {(1, 1): 0.2, (12, 24): 0.4, (12, 25): 0.1, (12, 26): 0.2, (12, 31): 0.5}
UNEVEN = 0.18  # how far a day strays from its weekday's level, either way


@dataclass(frozen=True)
class DayPlan:
    """One local day: how many billing months ago, and what is used net of refunds."""

    day: dt.date
    months_ago: int
    micro: int


def billing_months(anchor_day: int, today: dt.date, count: int) -> list[Period]:
    """The running billing month and the ones before it, newest first."""
    months = [anchor_month(today, anchor_day)]
    while len(months) < count:
        months.append(anchor_month(months[-1].start - DAY, anchor_day))
    return months


def plan_days(story: Story, months: Sequence[Period], clock: Clock, rng: Random) -> list[DayPlan]:
    """Every day of the account's history in order, without the jobs of its spikes."""
    plans = []
    for months_ago in reversed(range(len(months))):
        month = months[months_ago]
        days = list(month.until(clock.today + DAY))
        level = story.totals[months_ago] / month.days / (sum(story.rhythm) / 7)
        wanted = [_of_day(story, day, level, clock, rng) for day in days]
        if months_ago:
            wanted = _scaled(wanted, story.totals[months_ago] - _planted(story, month, clock))
        amounts = whole_steps(wanted, story.step_micro / MICRO)
        plans += [
            DayPlan(day, months_ago, steps * story.step_micro)
            for day, steps in zip(days, amounts, strict=True)
        ]
    return plans


def spike_days(spikes: Iterable[Spike], today: dt.date) -> list[tuple[dt.date, Spike]]:
    """Each spike with its day: a weekend moves back to the Friday before."""
    found = []
    for spike in spikes:
        day = today - DAY * spike.days_ago
        while is_weekend(day):
            day -= DAY
        found.append((day, spike))
    return found


def whole_steps(wanted: Sequence[float], step: float) -> list[int]:
    """The amounts as whole steps; the rounded sum is kept, so nothing drifts over a month."""
    steps, reached, last = [], 0.0, 0
    for amount in wanted:
        reached += amount
        cut = round(reached / step)
        steps.append(cut - last)
        last = cut
    return steps


def _planted(story: Story, month: Period, clock: Clock) -> int:
    jobs = spike_days(story.spikes, clock.today)
    return sum(spike.credits for day, spike in jobs if day in month)


def _of_day(story: Story, day: dt.date, level: float, clock: Clock, rng: Random) -> float:
    uneven = rng.uniform(1 - UNEVEN, 1 + UNEVEN)
    if (day.month, day.day) in story.closed_on:
        return 0.0
    amount = _recent(story, day, clock.today)
    if amount is None:
        amount = level * story.rhythm[day.weekday()] * uneven
        amount *= QUIET.get((day.month, day.day), 1.0)
    return amount * clock.share(day)


def _recent(story: Story, day: dt.date, today: dt.date) -> float | None:
    monday = today - DAY * today.weekday()
    weeks_ago = -((day - monday).days // 7)
    if weeks_ago >= len(story.recent):
        return None
    return float(story.recent[weeks_ago][day.weekday()])


def _scaled(wanted: list[float], total: int) -> list[float]:
    found = sum(wanted)
    return [amount * total / found for amount in wanted] if found else wanted
