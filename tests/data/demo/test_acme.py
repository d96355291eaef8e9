"""The team account shows what the page was drawn from: `expected == actual`, to the credit."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from statistics import median

import pytest

from dashboard.projection import Likely, Projection, project
from data.periods import Period
from tests.conftest import NOW
from tests.data.demo.conftest import DAY, MICRO, AccountRows, Entry

MONTH = (dt.date(2026, 11, 3), dt.date(2026, 11, 22))
OCR_SPIKE = dt.date(2026, 11, 12)
WORKFLOW_SPIKE = dt.date(2026, 10, 27)

# Whole credits of the billing months that begin in … 2025 and 2026.
MONTHS = {
    "2025-12": 9_874,
    "2026-01": 11_286,
    "2026-02": 12_193,
    "2026-03": 13_942,
    "2026-04": 14_508,
    "2026-05": 15_988,
    "2026-06": 16_780,
    "2026-07": 15_236,
    "2026-08": 14_021,
    "2026-09": 16_958,
    "2026-10": 18_214,
    "2026-11": 14_850,
}


def _credits(micro: int) -> float:
    return micro / MICRO


def _month_sums(acme: AccountRows) -> dict[str, tuple[float, float]]:
    """Credits and allowance by the month in which a billing month begins."""
    found = {}
    for (starts, ends), (kind, allowance) in acme.periods.items():
        assert kind == "number"
        days = [day for day in acme.by_day if starts <= day.isoformat() < ends]
        found[starts[:7]] = (_credits(sum(acme.by_day[day] for day in days)), allowance / MICRO)
    return found


def _shares(acme: AccountRows, key: str) -> dict[str, float]:
    sums = acme.sums(lambda entry: getattr(entry, key), acme.between(*MONTH))
    return {name: amount / sum(sums.values()) for name, amount in sums.items()}


def test_the_account_is_a_team_with_twelve_workspaces(acme: AccountRows) -> None:
    kinds = Counter(row["kind"] for row in acme.workspaces.values())
    assert (acme.plan, acme.timezone, acme.anchor_day) == ("team", "UTC", 3)
    assert kinds == {"team": 9, "personal": 3}


def test_the_running_month_is_at_14850_and_the_balance_at_9150(acme: AccountRows) -> None:
    assert sum(entry.consumed for entry in acme.between(*MONTH)) == 14_850 * MICRO
    assert acme.balance == 9_150 * MICRO == acme.moved()


def test_the_twelve_months_are_as_told(acme: AccountRows) -> None:
    found = {month: used for month, (used, _) in _month_sums(acme).items() if month in MONTHS}
    assert found == MONTHS


def test_two_of_the_last_eleven_full_months_are_over_the_allowance(acme: AccountRows) -> None:
    full = {month: pair for month, pair in _month_sums(acme).items() if month in MONTHS}
    assert [month for month, (used, allowed) in full.items() if used > allowed] == [
        "2026-05",
        "2026-06",
    ]


def test_the_allowance_was_raised_twice(acme: AccountRows) -> None:
    steps = [allowed for _, (_, allowed) in sorted(_month_sums(acme).items())]
    assert Counter(steps) == {10_000: 12, 15_000: 15, 20_000: 5}
    assert steps == sorted(steps)


def test_history_reaches_back_to_april_2024(acme: AccountRows) -> None:
    assert min(acme.by_day) == dt.date(2024, 4, 3)


@pytest.mark.parametrize(
    ("reason", "percent"),
    [("enhanced_ocr", 44), ("workflow_run", 26), ("premium_chat", 25), ("compose_render", 5)],
)
def test_reasons_have_the_shares_of_the_pictures(
    acme: AccountRows, reason: str, percent: int
) -> None:
    assert round(100 * _shares(acme, "reason")[reason]) == percent


def test_workflow_runs_have_four_types(acme: AccountRows) -> None:
    types = {e.workflow_type for e in acme.between(*MONTH) if e.reason == "workflow_run"}
    assert types == {
        "contract_review",
        "invoice_extraction",
        "report_drafting",
        "data_enrichment",
    }


def test_workspaces_rank_as_in_the_pictures(acme: AccountRows) -> None:
    shares = sorted(_shares(acme, "workspace").items(), key=lambda pair: -pair[1])
    names = [acme.workspaces[key]["name"] for key, _ in shares]
    assert names[:5] == [
        "Acme contracts",
        "Northwind diligence",
        "Invoices intake",
        "Research library",
        "My workspace",
    ]
    assert round(100 * shares[0][1]) == 34
    assert round(100 * sum(share for _, share in shares[:3])) == 65


def test_team_work_is_88_percent(acme: AccountRows) -> None:
    kinds: Counter[str] = Counter()
    for key, share in _shares(acme, "workspace").items():
        kinds[acme.workspaces[key]["kind"]] += share
    assert round(100 * kinds["team"]) == 88


def test_exactly_the_two_planted_days_stand_out_in_30_days(acme: AccountRows) -> None:
    assert acme.spikes(30) == {OCR_SPIKE, WORKFLOW_SPIKE}


def test_the_rule_finds_no_spike_without_the_planted_jobs(acme: AccountRows) -> None:
    """So that it is the jobs that stand out, and the rule of this test that can say no."""
    calm = replace(acme, entries=[e for e in acme.entries if e.micro < 200 * MICRO])
    assert calm.spikes(30) == set()


def test_the_spikes_have_their_size_and_their_cause(acme: AccountRows) -> None:
    assert acme.by_day[OCR_SPIKE] == 2_038 * MICRO
    assert acme.by_day[WORKFLOW_SPIKE] == 1_672 * MICRO
    assert round(acme.by_day[OCR_SPIKE] / acme.usual(OCR_SPIKE), 1) == 2.4
    assert _cause(acme, OCR_SPIKE) == ("enhanced_ocr", "acme-contracts")
    assert _cause(acme, WORKFLOW_SPIKE) == ("workflow_run", "northwind")


def _cause(acme: AccountRows, day: dt.date) -> tuple[str, str]:
    """The reason and workspace furthest above their own 28-day median."""

    def of(on: dt.date) -> Counter[tuple[str | None, str | None]]:
        return acme.sums(lambda e: (e.reason, e.workspace), acme.between(on, on))

    before = [of(day - DAY * back) for back in range(1, 29)]
    found = of(day)
    rise = {key: found[key] - median(sums[key] for sums in before) for key in found}
    return max(rise, key=lambda key: rise[key])


def test_the_month_is_heading_above_its_allowance(acme: AccountRows) -> None:
    """That is 20,000, and all of what is likely lies above it."""
    month = Period(MONTH[0], dt.date(2026, 12, 3))
    found = project(acme.by_day, month, acme.today, min(acme.by_day))
    assert found == Projection(22_600 * MICRO, Likely(21_300 * MICRO, 23_800 * MICRO))


def test_weeks_have_a_rhythm(acme: AccountRows) -> None:
    days = [day for day in acme.by_day if MONTH[0] <= day < MONTH[1] and day != OCR_SPIKE]
    weekdays = [_credits(acme.by_day[day]) for day in days if day.weekday() < 5]
    weekends = [_credits(acme.by_day[day]) for day in days if day.weekday() > 4]
    assert min(weekdays) > 600
    assert max(weekends) < 250


def test_nothing_was_used_over_christmas(acme: AccountRows) -> None:
    christmas = acme.between(dt.date(2025, 12, 25), dt.date(2025, 12, 27))
    assert [entry for entry in christmas if entry.consumed] == []


def test_the_last_entry_is_now(acme: AccountRows) -> None:
    last: Entry = acme.entries[-1]
    assert (last.at, last.kind) == (int(NOW.timestamp()) * MICRO, "usage")


def test_a_spike_shows_a_few_large_jobs_among_many_small_entries(acme: AccountRows) -> None:
    entries = sorted(acme.between(OCR_SPIKE, OCR_SPIKE), key=lambda entry: -entry.micro)
    assert [entry.micro // MICRO for entry in entries[:2]] == [612, 568]
    assert 100 <= len(entries) <= 200
