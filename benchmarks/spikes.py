"""How well the rule of a spike finds planted ones, and their causes; it prints and never fails.

    python benchmarks/spikes.py

On generated rhythms, the demo ledger and the real sets (in the folder where the tests look for
them, or CREDITS_REAL_DATA) about every fifteenth ordinary day is raised to 1.5, 2 or 3 times its
usual amount, all of it in one reason and one workspace. What is flagged without having been
planted counts as wrong, in real ledgers too, where it may well be right.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import spike_series
from benchmarks.spike_series import Cells, Pair, Series
from dashboard import findings
from dashboard.causes import Evidence, find_cause
from dashboard.findings import Spike, Usual
from data.spike_days import MOST_WORKSPACES

TIMES = (Fraction(3, 2), Fraction(2), Fraction(3))
EVERY = 15


@dataclass(frozen=True)
class Rule:
    """The rule of a spike with other constants: deviations, their least part, least multiple.

    `of_use`: the multiple holds for the median of the days with use, too.
    """

    deviations: int = 5
    least: Fraction = Fraction(5, 100)
    multiple: Fraction = Fraction(3, 2)
    of_use: bool = True

    def flags(self, usual: Usual, net: int) -> bool:
        """Written once more, in fractions."""
        median = usual.median
        deviation = max(Fraction(usual.four_times_deviation, 4), self.least * median)
        limit = median + self.deviations * Fraction(14826, 10000) * deviation
        if self.of_use:
            median = max(median, Fraction(usual.twice_median_of_use, 2))
        return 0 < net > limit and net >= self.multiple * median

    def __str__(self) -> str:
        shown = f"{self.deviations} deviations, {float(self.least):.0%}, {float(self.multiple):g}×"
        return shown if self.of_use else f"{shown}, days without use too"


DRAWN = Rule()
RULES = (
    DRAWN,
    Rule(deviations=3),
    Rule(deviations=4),
    Rule(deviations=6),
    Rule(least=Fraction(0)),
    Rule(least=Fraction(10, 100)),
    Rule(multiple=Fraction(1)),
    Rule(multiple=Fraction(7, 4)),
    Rule(of_use=False),
)


@dataclass(frozen=True)
class Planted:
    """A series with spikes in it, and where they are."""

    series: Series
    nets: dict[dt.date, int]
    spikes: dict[dt.date, Pair]


@dataclass
class Score:
    """Counts over days."""

    planted: int = 0
    found: int = 0
    wrong: int = 0  # flagged without a plant
    days: int = 0  # without one
    reason: int = 0  # of those found: named right
    both: int = 0

    def add(self, other: Score) -> None:
        """Together."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def recall(self) -> str:
        return part(self.found, self.planted)

    @property
    def precision(self) -> str:
        return part(self.found, self.found + self.wrong)


def part(of: int, whole: int) -> str:
    """`97%`, `–` of nothing."""
    return f"{100 * of / whole:.0f}%" if whole else "–"


def usual_days(series: Series, nets: dict[dt.date, int]) -> dict[dt.date, Usual]:
    return findings.usual_days(nets, series.days, series.days)


def plant(series: Series, times: Fraction) -> Planted:
    """Some ordinary days raised to so many times what is usual."""
    nets, draw = series.totals(), random.Random(f"{series.name} {times}")
    usual = usual_days(series, nets)
    ordinary = [
        day
        for day, level in usual.items()
        if level.median > 0 and 0 < nets[day] < times * level.median
        if not level.is_exceeded_by(nets[day]) and day not in series.known
    ]
    chosen = sorted(draw.sample(ordinary, -(-len(ordinary) // EVERY)))
    cells: Cells = {pair: dict(found) for pair, found in series.cells.items()}
    spikes = {}
    for day in chosen:
        spikes[day] = draw.choice(pairs_in_use(series, day))
        more = int(times * usual[day].median) + 1 - nets[day]
        cells[spikes[day]][day] = cells[spikes[day]].get(day, 0) + more
        nets[day] += more
    return Planted(Series(series.name, cells, series.days, series.known), nets, spikes)


def pairs_in_use(series: Series, day: dt.date) -> list[Pair]:
    before = [day - findings.DAY * back for back in range(29)]
    return sorted(pair for pair, nets in series.cells.items() if any(d in nets for d in before))


def score(planted: Planted, rule: Rule = DRAWN) -> Score:
    """What the rule makes of a series with spikes."""
    made, usual = Score(), usual_days(planted.series, planted.nets)
    for day, level in usual.items():
        flagged = rule.flags(level, planted.nets[day])
        if day in planted.spikes:
            made.planted += 1
            made.found += flagged
        elif day not in planted.series.known:
            made.days += 1
            made.wrong += flagged
    return made


def score_causes(planted: Planted) -> Score:
    """How many of the spikes found are given the reason, and the workspace, that was planted."""
    made, usual = Score(), usual_days(planted.series, planted.nets)
    by_reason, by_workspace = (sums(planted.series.cells, place) for place in (0, 1))
    for day, (reason, workspace) in planted.spikes.items():
        spike = Spike(day, planted.nets[day], usual[day])
        if not spike.usual.is_exceeded_by(spike.net):
            continue
        pairs = {pair: nets[day] for pair, nets in planted.series.cells.items() if day in nets}
        history = findings.history_days(day, planted.series.days, weekend=findings.is_weekend(day))
        largest = largest_of(by_workspace, day)
        cause = find_cause(
            Evidence(spike, history, by_reason, largest, pairs), {}, dict.fromkeys(largest, "w")
        )
        named = cause and cause.workspace and cause.workspace.code
        made.found += 1
        made.reason += bool(cause and cause.reason.code == reason)
        made.both += bool(cause and (cause.reason.code, named) == (reason, workspace))
    return made


def largest_of(
    by_workspace: dict[str, dict[dt.date, int]], day: dt.date
) -> dict[str, dict[dt.date, int]]:
    """As the page looks at them."""
    order = sorted(by_workspace, key=lambda code: (-by_workspace[code].get(day, 0), code))
    return {code: by_workspace[code] for code in order[:MOST_WORKSPACES]}


def sums(cells: Cells, place: int) -> dict[str, dict[dt.date, int]]:
    """Nets by reason (0) or by workspace (1)."""
    found: dict[str, dict[dt.date, int]] = {}
    for pair, nets in cells.items():
        into = found.setdefault(pair[place], {})
        for day, micro in nets.items():
            into[day] = into.get(day, 0) + micro
    return found


# --- tables -----------------------------------------------------------------------------------


def row(cells: Iterable[object]) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def rates(series: Series) -> Iterator[object]:
    """One ledger: what is flagged as it is, and at each size recall, precision and causes."""
    nets = series.totals()
    alone = score(Planted(series, nets, {}))
    yield series.name
    yield alone.days
    yield f"{alone.wrong} ({part(alone.wrong, alone.days)})"
    for times in TIMES:
        planted = plant(series, times)
        made, causes = score(planted), score_causes(planted)
        yield f"{made.recall} of {made.planted}"
        yield made.precision
        yield part(causes.both, causes.found)


def constants(every: list[Series]) -> None:
    """Recall and precision over a group of ledgers, with other constants."""
    planted = {times: [plant(series, times) for series in every] for times in TIMES}
    for rule in RULES:
        made = {times: Score() for times in TIMES}
        for times, found in planted.items():
            for one in found:
                made[times].add(score(one, rule))
        shown = (f"{made[times].recall} / {made[times].precision}" for times in TIMES)
        row([f"**{rule}**" if rule == DRAWN else rule, *shown])


def main() -> None:
    with TemporaryDirectory() as folder:
        place = Path(folder)
        groups = {
            "generated": list(spike_series.generated()),
            "demo and real": [*spike_series.demo(place), *spike_series.real(place)],
        }
    at_each = ("recall", "precision", "cause")
    names = (f"{what} at {float(times):g}×" for times in TIMES for what in at_each)
    row(["Ledger", "Days", "Flagged as it is", *names])
    row(["---"] * 12)
    for series in (one for group in groups.values() for one in group):
        row(rates(series))
    for name, group in groups.items():
        print(f"\nOther constants, {name}: recall / precision\n")
        row(["Rule", *(f"{float(t):g}×" for t in TIMES)])
        row(["---"] * 4)
        constants(group)


if __name__ == "__main__":
    main()
