"""Back-test of the projection over the demo ledger and the real ones; prints tables, fails nothing.

    make backtest

Each billing month with three months of use before it is projected again from its day 4 to its
last day, at noon unless said otherwise, and compared with what it came to. docs/projection.md
says what the tables mean. Needs benchmarks/requirements.txt; no page and no test ever loads those.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from pathlib import Path

import numpy as np
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.past_months import (
    Moment,
    Series,
    demo_ledgers,
    moments,
    real_ledgers,
    tried_months,
)
from dashboard.projection import Projection, days_needed, expected_days, project
from data.periods import DAY

SAMPLED = (4, 11, 18, 25)  # days on which the library's model is fitted, which takes its time
LARGEST = 20  # series of a column for which it is; no column has as many accounts
FINE = 10_000  # amounts are handed over so many times as large, so that rounding is no part of it
LIBRARY = "exponential smoothing"
PLAIN, PAGE = "used ÷ days gone × days", "8 weeks by fortnight, 4:2:1:1"

# --- the methods ----------------------------------------------------------------------------

Method = Callable[[Moment], float]
Level = Callable[[np.ndarray], float]


def plain(moment: Moment) -> float:
    days = (moment.today - moment.month.start).days
    return moment.used * moment.month.days / (days + moment.gone)


def of_kinds(level: Level, back: int, *, with_today: bool = True) -> Method:
    """The level of each kind of day over so many days."""

    def method(moment: Moment) -> float:
        kinds = (moment.days(back, weekend=weekend) for weekend in (False, True))
        return moment.onward([level(days) for days in kinds], with_today=with_today)

    return method


def trimmed(days: np.ndarray) -> float:
    """The mean without the highest and the lowest eighth."""
    cut = len(days) // 8
    return float(np.sort(days)[cut : len(days) - cut].mean())


def winsorised(days: np.ndarray) -> float:
    """The mean with the highest and the lowest eighth drawn in to the next ones."""
    ordered, cut = np.sort(days), len(days) // 8
    return float(np.clip(days, ordered[cut], ordered[~cut]).mean())


def by_fortnight(*weights: int) -> Method:
    """The mean of the fortnights before, the newest first."""

    def level(days: np.ndarray) -> float:
        each = np.repeat(weights[::-1], len(days) // len(weights))
        return float(np.average(days, weights=each))

    return of_kinds(level, 14 * len(weights))


def by_weekday(moment: Moment) -> float:
    """Seven kinds of day instead of two, over eight weeks."""
    some = moment.series.micro[moment.place - 56 : moment.place].reshape(8, 7).mean(axis=0)
    ahead = some[np.arange(moment.left) % 7]
    return moment.used + max(ahead[0] - moment.net_today, 0) + ahead[1:].sum()


def between(one: Method, other: Method) -> Method:
    return lambda moment: (one(moment) + other(moment)) / 2


@lru_cache(maxsize=4)
def page(moment: Moment, times: int = FINE) -> Projection:
    """What the page itself would say; with amounts so many times as large, without rounding."""
    return project(*known(moment, times))


def known(moment: Moment, times: int) -> tuple:
    """What the page would know, as its rule takes it."""
    series = moment.series
    start = max(series.place(days_needed(moment.month, moment.today).start), 0)
    before = series.micro[start : moment.place].tolist()
    nets = {series.first + DAY * (start + n): times * net for n, net in enumerate(before)}
    today = {moment.today: times * moment.net_today}
    return nets | today, moment.month, moment.today, series.first


def page_amount(moment: Moment) -> float:
    return page(moment).amount / FINE


def page_without_today(moment: Moment) -> float:
    """As if nothing more came today."""
    return page_amount(moment) - float(expected_days(*known(moment, 1))[moment.today])


def is_likely(times: int) -> Method:
    """Whether the month ended where it was likely to."""

    def method(moment: Moment) -> float:
        likely = page(moment, times).likely
        return likely.low <= times * moment.series.used(moment.month) <= likely.high

    return method


def width(moment: Moment) -> float:
    """Of the interval, in percent of the amount."""
    found = page(moment)
    return 100 * (found.likely.high - found.likely.low) / max(found.amount, 1)


def library(moment: Moment) -> float:
    """Additive exponential smoothing with a season of seven days, fitted to 16 weeks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits that do not converge: they count as they are
        past = moment.series.micro[max(moment.place - 112, 0) : moment.place] / 1e6
        fitted = ExponentialSmoothing(past, seasonal="add", seasonal_periods=7).fit()
    ahead = 1e6 * fitted.forecast(moment.left)
    return moment.used + max(ahead[0] - moment.net_today, 0) + max(ahead[1:].sum(), 0)


METHODS: dict[str, Method] = {
    PLAIN: plain,
    "last month": lambda moment: moment.before,
    "median of 28 days, as drawn": of_kinds(np.median, 28, with_today=False),
    "median of 28 days": of_kinds(np.median, 28),
    "mean of 28 days": of_kinds(np.mean, 28),
    "mean of 56 days": of_kinds(np.mean, 56),
    "mean of 84 days": of_kinds(np.mean, 84),
    "trimmed mean of 28 days": of_kinds(trimmed, 28),
    "trimmed mean of 56 days": of_kinds(trimmed, 56),
    "winsorised mean of 28 days": of_kinds(winsorised, 28),
    "mean of 56 days by weekday": by_weekday,
    "half mean of 28, half plain": between(of_kinds(np.mean, 28), plain),
    "8 weeks by fortnight, 8:4:2:1": by_fortnight(8, 4, 2, 1),
    "8 weeks by fortnight, 2:2:1:1": by_fortnight(2, 2, 1, 1),
    PAGE: page_amount,
}
INTERVAL: dict[str, Method] = {"likely": is_likely(FINE), "width": width}
YARDSTICK = {
    PLAIN: plain, "last month": METHODS["last month"], LIBRARY: library, PAGE: page_amount,
}  # fmt: skip


# --- the trials -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """What the methods said at a moment, and what the month came to."""

    moment: Moment
    actual: int
    said: dict[str, float]

    def error(self, method: str) -> float:
        """In percent."""
        return 100 * abs(self.said[method] - self.actual) / self.actual


def tried(some: Iterable[Moment], methods: dict[str, Method]) -> list[Trial]:
    return [
        Trial(one, one.series.used(one.month), {name: of(one) for name, of in methods.items()})
        for one in tqdm(list(some), leave=False)
    ]


def median_error(trials: Iterable[Trial], method: str) -> float:
    return float(np.median([trial.error(method) for trial in trials]))


# --- the tables -----------------------------------------------------------------------------


def sets_of(trials: list[Trial]) -> list[str]:
    return list(dict.fromkeys(one.moment.series.name for one in trials))


def halves(trials: list[Trial], name: str) -> list[list[Trial]]:
    """Those of the earlier months of a set, and those of the later ones."""
    mine = [trial for trial in trials if trial.moment.series.name == name]
    return [[one for one in mine if one.moment.later == later] for later in (False, True)]


def print_sizes(series: list[Series]) -> None:
    print(f"\n{'tried':28}{'series':>8}{'months':>8}{'moments':>9}")
    for name in dict.fromkeys(one.name for one in series):
        of = [one for one in series if one.name == name]
        months, days = (sum(len(list(each(one))) for one in of) for each in (tried_months, moments))
        print(f"{name:28}{len(of):8}{months:8}{days:9}")


def print_errors(trials: list[Trial], methods: Iterable[str]) -> None:
    """Median absolute percentage errors, and the worst of them against the plain rule's."""
    sets = sets_of(trials)
    parts = [half for name in sets for half in halves(trials, name)]
    plains = [median_error(part, PLAIN) for part in parts]
    print(f"{'':32}" + "".join(f"{name:>19}" for name in (*sets, "worst ÷ plain")))
    print(f"{'':32}" + f"{'earlier':>11}{'later':>8}" * (len(sets) + 1))
    for method in methods:
        found = [median_error(part, method) for part in parts]
        ratios = [one / other for one, other in zip(found, plains, strict=True)]
        worst = (max(ratios[::2]), max(ratios[1::2]))
        cells = [*(f"{one:.1f}" for one in found), *(f"{one:.2f}" for one in worst)]
        print(f"{method:32}" + "".join(map(str.rjust, cells, cycle((11, 8)))))


def print_today(accounts: list[Series]) -> None:
    """At three times of the day, with what is missing to a usual day and without."""
    methods = {PLAIN: plain, PAGE: page_amount, "… without the rest of today": page_without_today}
    shown = {"as shown": is_likely(1)}
    at = [
        tried((at for one in accounts for at in moments(one, gone)), methods | shown)
        for gone in (0.0, 0.5, 1.0)
    ]
    print(f"\n{'accounts alone':36}{'midnight':>10}{'noon':>10}{'day’s end':>10}")
    for method in methods:
        print(f"{method:36}" + "".join(f"{median_error(trials, method):10.1f}" for trials in at))
    shares = [100 * np.mean([one.said["as shown"] for one in trials]) for trials in at]
    print(f"{'in the rounded interval, %':36}" + "".join(f"{share:10.1f}" for share in shares))


def print_coverage(trials: list[Trial]) -> None:
    """How often the month ended within the interval, and how wide that was at the median."""
    print(f"\n{'in the interval, %':28}{'earlier':>9}{'later':>9}{'all':>9}{'width, %':>10}")
    for name in sets_of(trials):
        print_covered(name, [one for one in trials if one.moment.series.name == name])
    for name, low, high in (
        ("1 to 7 days left", 1, 8),
        ("8 to 14", 8, 15),
        ("15 and more", 15, 99),
    ):
        print_covered(name, [one for one in trials if low <= one.moment.left < high])
    print_covered("all", trials)


def print_covered(name: str, trials: list[Trial]) -> None:
    parts = [[one for one in trials if one.moment.later == later] for later in (False, True)]
    shares = [100 * np.mean([one.said["likely"] for one in part]) for part in (*parts, trials)]
    wide = np.median([one.said["width"] for one in trials])
    print(f"{name:28}" + "".join(f"{share:9.1f}" for share in shares) + f"{wide:10.1f}")


# --- all of it ------------------------------------------------------------------------------


def sampled(series: list[Series]) -> Iterator[Moment]:
    """A few mornings of accounts and of the largest workspaces, for what takes its time."""
    largest = sorted(series, key=lambda one: -one.micro.sum())
    for name in dict.fromkeys(one.name for one in series):
        few = [one for one in largest if one.name == name][:LARGEST]
        for one in few:
            every = moments(one, step=1)
            yield from (at for at in every if (at.today - at.month.start).days + 1 in SAMPLED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="demo ledgers to make")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ledgers = (demo_ledgers(Path(folder), options.seeds), real_ledgers(Path(folder)))
        series = [one for ledger in ledgers for one in ledger if tried_months(one)]
    print_sizes(series)
    trials = tried((at for one in series for at in moments(one)), METHODS | INTERVAL)
    print("\nMedian absolute percentage error")
    print_errors(trials, METHODS)
    print_coverage(trials)
    accounts = [one for one in series if one.name.endswith("accounts")]
    print_today(accounts)
    print(f"\nThe same on days {SAMPLED}, of workspaces the {LARGEST} largest")
    print_errors(tried(sampled(series), YARDSTICK), YARDSTICK)


if __name__ == "__main__":
    main()
