"""What looks wrong in a ledger, found and counted in both dialects."""

from __future__ import annotations

import datetime as dt

import pytest

from data.check import describe
from tests.data.check.ledgers import (
    DAY,
    NOW,
    checked,
    checked_again,
    codes,
    only,
    plain_tables,
    sound,
    update,
)
from tests.ledger_builder import LedgerBuilder


def test_a_sound_ledger_is_clean(ledger):
    report = checked(ledger, sound())
    assert () == report.problems
    assert 0 == report.exit_code


def test_entries_accounts_and_days_are_counted(ledger):
    rows = sound()
    rows.account("brand new")
    counts = checked(ledger, rows).counts
    assert (5, 2) == (counts.entries, counts.accounts)
    assert (NOW - DAY * 2, NOW) == (counts.first, counts.latest)
    today = NOW.date()
    assert {today - DAY * 2, today - DAY, today} == counts.days


def test_days_with_entries_are_local(ledger):
    """11:29 UTC is past midnight in the Chatham Islands."""
    rows = LedgerBuilder()
    rows.account("acme", timezone="Pacific/Chatham")
    rows.use(NOW, 1)
    rows.entry(NOW - DAY * 9, 1, "grant")
    assert {NOW.date() + DAY, NOW.date() - DAY * 8} == checked(ledger, rows).counts.days


def test_a_day_that_the_clocks_cut_in_two_is_one_day(ledger):
    rows = LedgerBuilder()
    rows.account("acme", timezone="America/New_York")
    rows.use("2026-11-01T04:30Z", 1)
    rows.use("2026-11-01T23:30Z", 1)
    assert {dt.date(2026, 11, 1)} == checked(ledger, rows).counts.days


def test_an_empty_ledger_is_clean(ledger):
    report = checked(ledger, LedgerBuilder())
    assert 0 == report.exit_code
    assert "no day with entries" in describe(report)


def test_the_text_says_tables_counts_and_verdict(sqlite_ledger):
    lines = describe(checked(sqlite_ledger, sound())).splitlines()
    assert f"Ledger {sqlite_ledger.url.database}" == lines[0]
    assert "  entries          strict table, 5 rows" in lines
    assert "  5 entries of 1 account" in lines
    assert "  3 account-local days with entries, 2026-11-20 to 2026-11-22" in lines
    assert "Clean: the page can show this ledger." == lines[-1]


def future(rows):
    rows.use(NOW + dt.timedelta(microseconds=1), 1)
    rows.use(NOW + DAY * 40, 1)


def unknown_reason(rows):
    rows.use(NOW, 1, "teleport")
    rows.refund(NOW, 1, reason="teleport")


def unlisted_workspace(rows):
    rows.use(NOW, 1, workspace="w9")
    rows.use(NOW, 1, workspace="w9")


def unlisted_account(rows):
    rows.use(NOW, 1, account="nobody")
    rows.use(NOW, 1, account="nobody")


def differing_refunds(rows):
    for reason, workflow_type, workspace in (
        ("enhanced_ocr", None, "w1"),
        ("premium_chat", "review", "w1"),
        ("premium_chat", None, None),
    ):
        row = {"reason": reason, "workflow_type": workflow_type, "workspace": workspace}
        rows.refund(NOW, 1, **row, reverses="e1")


def lost_originals(rows):
    rows.refund(NOW, 1, reverses="gone")
    rows.account("other")
    rows.refund(NOW, 1, reverses="e1")  # another account's entry is no original


def overlapping_periods(rows):
    rows.period("2026-11-30", "2026-12-31")
    rows.period("2026-12-05", "2026-12-06")


def unknown_zones(rows):
    rows.account("a2", timezone="Mars/Olympus")
    rows.account("a3", timezone="")


def ownerless(rows):
    rows.workspace("w3", kind="personal")


WRONG = {
    "entries.future": (future, 2),
    "entries.unknown_reason": (unknown_reason, 2),
    "entries.unlisted_workspace": (unlisted_workspace, 2),
    "entries.unlisted_account": (unlisted_account, 2),
    "refunds.differ": (differing_refunds, 3),
    "refunds.original_missing": (lost_originals, 2),
    "periods.overlap": (overlapping_periods, 2),
    "accounts.unknown_zone": (unknown_zones, 2),
    "workspaces.no_owner": (ownerless, 1),
}


@pytest.mark.parametrize("code", WRONG)
def test_what_looks_wrong_is_found_and_counted_and_nothing_else(ledger, code):
    spoil, count = WRONG[code]
    rows = sound()
    spoil(rows)
    report = checked(ledger, rows)
    assert {code: count} == codes(report)
    assert 1 == report.exit_code
    assert 1 <= len(report.problems[0].examples) <= 3
    assert code in describe(report)


def test_the_latest_entry_in_the_future_is_named(ledger):
    rows = sound()
    future(rows)
    assert "The latest is of 2027-01-01 11:29:00 UTC." in (
        only(checked(ledger, rows), "entries.future").sentence
    )


def test_an_entry_of_this_very_moment_is_not_in_the_future(ledger):
    rows = sound()
    rows.use(NOW, 1)
    assert {} == codes(checked(ledger, rows))


def test_examples_say_which_rows_and_the_most_frequent_come_first(ledger):
    rows = sound()
    for number, reason in enumerate(("a", "b", "b", "c", "c", "c", "d", "d")):
        rows.use(NOW - DAY * number, 1, reason)
    examples = only(checked(ledger, rows), "entries.unknown_reason").examples
    assert "account_id=acme reason=c (3 rows)" == examples[0]
    assert {"account_id=acme reason=b (2 rows)", "account_id=acme reason=d (2 rows)"} == set(
        examples[1:]
    )


def test_a_hosts_own_reason_is_known_in_its_account_and_not_in_another(ledger):
    rows = sound()
    rows.account("own")
    rows.reason("teleport")
    rows.reason("review", parent="teleport")
    rows.use(NOW, 1, "teleport")
    rows.account("other")
    rows.use(NOW, 1, "teleport")
    problem = only(checked(ledger, rows), "entries.unknown_reason")
    assert ("account_id=other reason=teleport",) == problem.examples


def test_an_account_that_lists_reasons_has_those_alone(ledger):
    """As on the page, where the four of the help page serve accounts that list none."""
    rows = sound()
    rows.account("own")
    rows.reason("teleport")
    rows.reason("review", parent="teleport")
    rows.use(NOW, 1, "premium_chat")
    rows.use(NOW, 1, "review")
    assert 2 == only(checked(ledger, rows), "entries.unknown_reason").count


def test_periods_that_touch_do_not_overlap_and_a_wide_one_overlaps_all_inside_it(ledger):
    rows = sound()
    rows.account("wide")
    rows.period("2026-01-01", "2026-06-01")
    rows.period("2026-02-01", "2026-03-01")
    rows.period("2026-04-01", "2026-05-01")
    rows.period("2026-06-01", "2026-07-01")
    assert 2 == only(checked(ledger, rows), "periods.overlap").count


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("entries.unknown_kind", "UPDATE entries SET kind = 'charge' WHERE id = 'e1'"),
        ("entries.negative", "UPDATE entries SET amount_micro = -1 WHERE id = 'e4'"),
        (
            "entries.too_large",
            "UPDATE entries SET amount_micro = 1000000000000001 WHERE id = 'e1'",
        ),
        ("entries.no_reason", "UPDATE entries SET reason = NULL WHERE id = 'e1'"),
        ("entries.no_reason", "UPDATE entries SET reason = '' WHERE id = 'e1'"),
        ("entries.empty_text", "UPDATE entries SET workflow_type = '' WHERE id = 'e1'"),
        ("rows.incomplete", "UPDATE entries SET amount_micro = NULL WHERE id = 'e1'"),
        ("rows.incomplete", "UPDATE workspaces SET name = NULL WHERE id = 'w1'"),
        ("rows.incomplete", "UPDATE entries SET occurred_at = NULL WHERE id = 'e1'"),
        ("rows.duplicate", "UPDATE entries SET id = 'e1' WHERE id = 'e4'"),
        ("rows.duplicate", "UPDATE workspaces SET id = 'w1', owner_member_id = 'm1'"),
        ("accounts.anchor_day", "UPDATE accounts SET anchor_day = 32"),
        (
            "periods.backwards",
            "UPDATE billing_periods SET ends = '2026-10-01' WHERE starts = '2026-10-01'",
        ),
        (
            "periods.out_of_calendar",
            "UPDATE billing_periods SET ends = '9999-12-31' WHERE starts = '2026-11-01'",
        ),
        (
            "periods.allowance",
            "UPDATE billing_periods SET allowance_micro = -1 WHERE allowance_kind = 'number'",
        ),
        (
            "periods.allowance",
            "UPDATE billing_periods SET allowance_kind = 'lots' WHERE allowance_kind = 'none'",
        ),
        (
            "periods.allowance",
            "UPDATE billing_periods SET allowance_micro = 0 WHERE allowance_kind = 'none'",
        ),
        ("workspaces.unknown_kind", "UPDATE workspaces SET kind = 'shared' WHERE id = 'w1'"),
    ],
)
def test_what_a_table_without_constraints_holds_is_found(database, code, statement):
    plain_tables(database)
    sound().save(database)
    assert {} == codes(checked_again(database))
    update(database, statement)
    report = checked_again(database)
    assert code in codes(report)
    assert 1 == report.exit_code


BEYOND = {
    "sqlite": ["-1", str(2**62)],
    "postgresql": ["'1969-12-31Z'", "'infinity'", "'-infinity'", "'294000-01-01Z'"],
}


def test_instants_beyond_the_calendar_are_found_and_stop_nothing(database):
    plain_tables(database)
    rows = sound()
    for number in range(len(BEYOND[database.dialect.name])):
        rows.use(NOW, 1, id=f"x{number}")
    rows.save(database)
    for number, value in enumerate(BEYOND[database.dialect.name]):
        update(database, f"UPDATE entries SET occurred_at = {value} WHERE id = 'x{number}'")
    report = checked_again(database)
    assert len(BEYOND[database.dialect.name]) == codes(report)["entries.out_of_calendar"]
    assert NOW == report.counts.latest


def test_a_missing_index_is_found(database):
    plain_tables(database, index=False)
    assert "CREATE INDEX" in only(checked(database, sound()), "schema.no_index").sentence


@pytest.mark.parametrize("columns", ["account_id, id, occurred_at", "account_id, occurred_at"])
def test_an_index_over_other_columns_does_not_serve(database, columns):
    plain_tables(database, index=False)
    update(database, f"CREATE INDEX other ON entries ({columns})")
    assert {"schema.no_index": 1} == codes(checked(database, sound()))


def test_a_partial_index_does_not_serve(database):
    plain_tables(database, index=False)
    update(
        database,
        "CREATE INDEX other ON entries (account_id, occurred_at, id) WHERE kind = 'usage'",
    )
    assert {"schema.no_index": 1} == codes(checked(database, sound()))


@pytest.mark.postgres
def test_a_period_that_never_ends_is_found_and_stops_nothing(postgres_database):
    plain_tables(postgres_database)
    sound().save(postgres_database)
    update(postgres_database, "UPDATE billing_periods SET ends = 'infinity'")
    found = {problem.code: problem for problem in checked_again(postgres_database).problems}
    assert {"periods.out_of_calendar", "periods.overlap"} == set(found)
    assert (
        "account_id=acme starts=2026-10-01 ends=infinity",
        "account_id=acme starts=2026-11-01 ends=infinity",
    ) == found["periods.out_of_calendar"].examples
