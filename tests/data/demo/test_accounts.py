"""Each of the other demo accounts has the one trait it is there for, by its rows alone."""

from __future__ import annotations

import calendar
import datetime as dt

from tests.conftest import NOW
from tests.data.demo.conftest import DAY, MICRO, AccountRows, Demo

HELP_PAGE = {"premium_chat", "workflow_run", "enhanced_ocr", "compose_render"}


def _full_months(account: AccountRows, count: int) -> list[tuple[float, float]]:
    """Credits and allowance of the last full billing months, newest first."""
    found = []
    for months_ago in range(1, count + 1):
        first, last = account.month(months_ago)
        used = sum(entry.consumed for entry in account.between(first, last))
        _, allowance = account.periods[first.isoformat(), (last + DAY).isoformat()]
        assert allowance is not None
        found.append((used / MICRO, allowance / MICRO))
    return found


def test_the_personal_plan_has_personal_workspaces_only(demo: Demo) -> None:
    mara = demo.accounts["mara-lindqvist"]
    assert (mara.plan, mara.anchor_day) == ("personal", 15)
    assert {row["kind"] for row in mara.workspaces.values()} == {"personal"}
    assert {row["owner"] for row in mara.workspaces.values()} == set(mara.members)
    assert {allowance for _, allowance in mara.periods.values()} == {500 * MICRO}


def test_the_personal_balance_does_not_last_to_the_end_of_its_month(demo: Demo) -> None:
    mara = demo.accounts["mara-lindqvist"]
    first, last = mara.month()
    used = sum(entry.consumed for entry in mara.between(first, mara.today))
    pace = used / ((mara.today - first).days + 1)
    assert mara.balance is not None
    assert mara.balance < pace * (last - mara.today).days


def test_the_enterprise_plan_has_300_workspaces_with_names_of_their_own(demo: Demo) -> None:
    meridian = demo.accounts["meridian"]
    assert (meridian.plan, meridian.timezone) == ("enterprise", "America/New_York")
    assert len(meridian.workspaces) == 300
    assert len({row["name"] for row in meridian.workspaces.values()}) == 300
    assert {row["kind"] for row in meridian.workspaces.values()} == {"team", "personal"}
    assert len(set(meridian.members.values())) == len(meridian.members) == 60


def test_the_enterprise_plan_has_no_allowance(demo: Demo) -> None:
    meridian = demo.accounts["meridian"]
    assert set(meridian.periods.values()) == {("none", None)}
    assert {entry.kind for entry in meridian.entries} == {"usage", "refund", "purchase"}


def test_the_enterprise_volume_is_the_largest(demo: Demo) -> None:
    used = {key: sum(account.by_day.values()) for key, account in demo.accounts.items()}
    assert max(used, key=lambda key: used[key]) == "meridian"
    assert used["meridian"] > 3 * used["acme-legal"]


def test_most_enterprise_workspaces_are_used_and_none_dominates(demo: Demo) -> None:
    meridian = demo.accounts["meridian"]
    sums = meridian.sums(lambda entry: entry.workspace, meridian.last_days(90))
    assert len(sums) > 270
    assert max(sums.values()) < 0.1 * sum(sums.values())


def test_the_new_account_has_a_welcome_grant_and_nothing_else(demo: Demo) -> None:
    new = demo.accounts["blue-finch"]
    assert [entry.kind for entry in new.entries] == ["grant"]
    assert new.entries[0].at == int((NOW - dt.timedelta(hours=2)).timestamp()) * MICRO
    assert len(new.workspaces) == 1
    assert new.balance == new.entries[0].micro == 2_000 * MICRO


def test_refunds_exceed_use_on_a_day_of_the_last_thirty(demo: Demo) -> None:
    fenwick = demo.accounts["fenwick-studio"]
    negative = {day for day, amount in fenwick.by_day.items() if amount < 0}
    assert negative == {dt.date(2026, 11, 18)}
    assert negative <= {fenwick.today - DAY * back for back in range(30)}


def test_refunds_exceed_use_for_one_reason_and_one_workspace_this_month(demo: Demo) -> None:
    fenwick = demo.accounts["fenwick-studio"]
    for days in (fenwick.last_days(7), fenwick.between(fenwick.month()[0], fenwick.today)):
        reasons = fenwick.sums(lambda entry: entry.reason, days)
        workspaces = fenwick.sums(lambda entry: entry.workspace, days)
        assert {key for key, amount in reasons.items() if amount < 0} == {"compose_render"}
        assert {key for key, amount in workspaces.items() if amount < 0} == {"brochures"}
        assert sum(reasons.values()) > 0


def test_the_studio_uses_less_than_60_percent_of_its_allowance(demo: Demo) -> None:
    months = _full_months(demo.accounts["fenwick-studio"], 3)
    assert all(used < 0.6 * allowance for used, allowance in months)


def test_the_kathmandu_months_begin_on_the_31st_or_the_last_day(demo: Demo) -> None:
    himal = demo.accounts["himal-law"]
    assert (himal.timezone, himal.anchor_day) == ("Asia/Kathmandu", 31)
    starts = [dt.date.fromisoformat(start) for start, _ in sorted(himal.periods)]
    assert all(day.day == calendar.monthrange(day.year, day.month)[1] for day in starts)
    assert [end for _, end in sorted(himal.periods)][:-1] == [day.isoformat() for day in starts[1:]]
    assert dt.date(2026, 2, 28) in starts


def test_the_kathmandu_work_happens_in_its_own_daytime(demo: Demo) -> None:
    himal = demo.accounts["himal-law"]
    offset = dt.timedelta(hours=5, minutes=45) // dt.timedelta(microseconds=1)
    hour = 3_600 * MICRO
    hours = [(entry.at + offset) // hour % 24 for entry in himal.entries if entry.consumed]
    assert {0, 1, 2, 3, 4, 5, 23}.isdisjoint(hours)


def test_the_property_firm_has_what_a_page_must_not_drop(demo: Demo) -> None:
    """Deleted workspaces, entries without one, an unknown reason, a run without a type."""
    oakline = demo.accounts["oakline"]
    month = oakline.between(oakline.month()[0], oakline.today)
    deleted = {k for k, row in oakline.workspaces.items() if row["deleted_at"] is not None}
    workspaces = oakline.sums(lambda entry: entry.workspace, month)
    cells = oakline.sums(lambda entry: (entry.reason, entry.workflow_type), month)
    assert len(deleted) == 4
    assert deleted & set(workspaces) == {"harbour"}
    assert workspaces[None] > 0
    assert {reason for reason, _ in cells} - HELP_PAGE == {"image_generation"}
    assert cells["workflow_run", None] > 0


def test_the_property_firm_was_over_its_allowance_three_months_running(demo: Demo) -> None:
    months = _full_months(demo.accounts["oakline"], 3)
    assert all(used > allowance for used, allowance in months)


def test_the_property_firm_has_months_of_unknown_allowance_and_an_unknown_balance(
    demo: Demo,
) -> None:
    oakline = demo.accounts["oakline"]
    assert len(oakline.periods) == 8
    assert min(oakline.by_day).isoformat() < min(oakline.periods)[0]
    assert oakline.balance is None


def test_every_account_but_the_new_one_was_used_within_a_quarter_of_an_hour(demo: Demo) -> None:
    limit = (int(NOW.timestamp()) - 15 * 60) * MICRO
    late = {key for key, account in demo.accounts.items() if account.entries[-1].at >= limit}
    assert late == set(demo.accounts) - {"blue-finch"}
