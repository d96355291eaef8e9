"""The usage and refunds of an account, day by day, to the last step of the plan.

An ordinary refund copies reason, type, workspace and member of the entry that it gives back, and
the day's use grows by as much, so that the plan's net amounts hold. Never a movement of the
balance.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from data.demo.clock import HOUR, MINUTE, Clock
from data.demo.mix import Cell, fit
from data.demo.rhythm import DayPlan, spike_days
from data.demo.story import SIZES, Spike, Story, Workspace
from data.demo.turns import Turns
from data.periods import DAY
from data.schema import MICRO

# A row of the table `entries`, in its order; the id is empty until the day is in order.
Row = tuple[str, str, int, str, str | None, str | None, str | None, str | None, int, str | None]
SMALL_REFUND = 5.0  # an ordinary refund gives back at most so many mean entries
REFUNDED_FROM = 150  # it is picked from the newest so many entries
LAST_STEPS = 4  # of the entry that ends a ledger whose day has no work yet
CREW = 4  # people who work in a team workspace


@dataclass
class Consumption:
    """The rows so far of one account, in order of time; it grows day by day."""

    story: Story
    clock: Clock
    rng: Random
    rows: list[Row] = field(default_factory=list)
    _refunded: set[str] = field(default_factory=set)
    _turns: dict[tuple[int, frozenset[str]], Turns] = field(default_factory=dict)

    def add_day(self, plan: DayPlan) -> int:
        """Write one day and return what it used net of refunds."""
        refunds = self._refunds(plan)
        used = plan.micro + sum(row[8] for row in refunds)
        drafts = [*self._usage(plan, used), *refunds, *self._planted(plan.day)]
        drafts.sort(key=lambda row: row[2])
        first = len(self.rows)
        self.rows += [
            (row[0], f"e{number:06d}", *row[2:]) for number, row in enumerate(drafts, first)
        ]
        return sum(row[8] if row[3] == "usage" else -row[8] for row in drafts)

    # --- ordinary work ------------------------------------------------------------------------

    def _usage(self, plan: DayPlan, micro: int) -> list[Row]:
        """Entries of together `micro`, spread over the cells open on that day."""
        step = self.story.step_micro
        ends_here = self.story.last_minutes_ago is not None and plan.day == self.clock.today
        steps = max(micro // step, LAST_STEPS if ends_here else 0)
        made = list(self._turns_on(plan).spend(steps, self.rng))
        moments = self.clock.moments(plan.day, len(made), self.rng)
        if ends_here:
            moments[-1] = self.clock.minutes_ago(self.story.last_minutes_ago or 0)
        return [
            self._row(at, "usage", cell, amount * step)
            for at, (cell, amount) in zip(moments, made, strict=True)
        ]

    def _turns_on(self, plan: DayPlan) -> Turns:
        """The cells of that day's mix that are open; a change starts their rounds anew."""
        mix = min(plan.months_ago, len(self.story.mixes) - 1)
        closed = frozenset(
            workspace.id
            for workspace in self.story.workspaces
            if closes_on(workspace, self.clock.today) <= plan.day
        )
        if (mix, closed) not in self._turns:
            shares = fit(self.story.mixes[mix])
            shares = {cell: share for cell, share in shares.items() if cell[2] not in closed}
            size = self.story.size * MICRO / self.story.step_micro
            self._turns[mix, closed] = Turns.of(shares, size, self.rng)
        return self._turns[mix, closed]

    def _row(self, at: int, kind: str, cell: Cell, amount: int) -> Row:
        crew = self._crews.get(cell[2], (None,))
        member = crew[int(self.rng.random() * len(crew))]
        return (self.story.id, "", at, kind, *cell, member, amount, None)

    @cached_property
    def _crews(self) -> dict[str | None, tuple[str | None, ...]]:
        """Who works in each workspace: its owner, or a few of the account's members."""
        people = [member.id for member in self.story.members]
        return {
            workspace.id: (workspace.owner,)
            if workspace.owner
            else tuple(people[(place * 3 + step) % len(people)] for step in range(CREW))
            for place, workspace in enumerate(self.story.workspaces)
        }

    # --- refunds and what the story plants ----------------------------------------------------

    def _refunds(self, plan: DayPlan) -> list[Row]:
        """On some days an earlier small entry is given back."""
        if not plan.micro or not self.rows or self.rng.random() >= self.story.refund_rate:
            return []
        row = self.rng.choice(self.rows[-REFUNDED_FROM:])
        largest = SMALL_REFUND * SIZES[row[4] or ""] * self.story.size * MICRO
        if row[3] != "usage" or row[1] in self._refunded or row[8] > largest:
            return []
        self._refunded.add(row[1])
        return [refund(row, self.clock.moments(plan.day, 1, self.rng)[0])]

    def _planted(self, day: dt.date) -> list[Row]:
        """The jobs of the spikes of that day, and the refunds of earlier jobs."""
        drafts = []
        for on, spike in spike_days(self.story.spikes, self.clock.today):
            if on == day:
                drafts += self._jobs(on, spike)
            if spike.refunded_days_ago is not None:
                back = self.clock.today - DAY * spike.refunded_days_ago
                drafts += self._given_back(on, spike, back) if back == day else []
        return drafts

    def _jobs(self, day: dt.date, spike: Spike) -> list[Row]:
        cell = (spike.reason, spike.workflow_type, spike.workspace)
        return [
            self._row(at, "usage", cell, job.credits * MICRO)
            for at, job in zip(self._job_moments(day, spike), spike.jobs, strict=True)
        ]

    def _given_back(self, on: dt.date, spike: Spike, back: dt.date) -> list[Row]:
        moments = set(self._job_moments(on, spike))
        jobs = [row for row in self.rows if row[2] in moments and row[6] == spike.workspace]
        self._refunded.update(row[1] for row in jobs)
        return [
            refund(row, at)
            for row, at in zip(jobs, self.clock.moments(back, len(jobs), self.rng), strict=True)
        ]

    def _job_moments(self, day: dt.date, spike: Spike) -> list[int]:
        start = self.clock.start(day)
        return [start + job.hour * HOUR + job.minute * MINUTE for job in spike.jobs]


def refund(row: Row, at: int) -> Row:
    """The row that gives back all of `row`, with what it was spent on copied."""
    return (row[0], "", at, "refund", *row[4:9], row[1])


def closes_on(workspace: Workspace, today: dt.date) -> dt.date:
    """The local day from which the workspace is deleted; the last of all days for an open one."""
    if workspace.closed_days_ago is None:
        return dt.date.max
    return today - DAY * workspace.closed_days_ago
