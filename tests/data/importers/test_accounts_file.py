"""accounts.toml: plans, zones, anchors and allowances, as accounts and billing periods."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from itertools import pairwise

import pytest

from data.errors import UsageError
from data.importers.accounts_file import Terms, months_of
from data.periods import UNLIMITED, Allowance, anchor_month

HEADER = "occurred_at,account,reason,credits"
ACCOUNTS = "SELECT * FROM accounts ORDER BY id"
PERIODS = "SELECT starts, ends, allowance_kind, allowance_micro FROM billing_periods ORDER BY 1"


@pytest.fixture
def with_accounts(take, write):
    """A function that imports entries (day, account) with an accounts file."""

    def with_accounts(text, *entries, **options):
        lines = [f"{day},{account},premium_chat,1" for day, account in entries]
        path = write("accounts.toml", text)
        return take(HEADER, *lines, accounts_file=path, **options)

    return with_accounts


def test_an_account_has_what_the_file_says_and_the_defaults_else(with_accounts, rows):
    with_accounts(
        """
        [defaults]
        plan = "Team"
        timezone = "Europe/Berlin"
        anchor_day = 15

        [account."acme inc."]
        plan = "Enterprise"
        name = "Acme"
        balance = 12.5
        """,
        ("2026-11-22", "acme inc."),
        ("2026-11-22", "other"),
    )
    assert rows(ACCOUNTS) == [
        ("acme inc.", "Acme", "Enterprise", "Europe/Berlin", 15, 12_500_000),
        ("other", "other", "Team", "Europe/Berlin", 15, None),
    ]
    assert rows(PERIODS) == []


def test_allowances_are_written_from_the_first_step_through_the_last_entrys_month(
    with_accounts, rows
):
    with_accounts(
        """
        [account.acme]
        anchor_day = 31
        allowances = [
            { from = "2025-12-31", credits = 20000 },
            { from = 2026-02-15, credits = "none" },
            { from = "2026-03-31", credits = 0 },
            { from = "2030-01-01", credits = 7 },
        ]
        """,
        ("2026-04-30", "acme"),
        ("2026-01-01", "acme"),
    )
    assert rows(PERIODS) == [
        ("2025-12-31", "2026-01-31", "number", 20_000_000_000),
        ("2026-01-31", "2026-02-28", "number", 20_000_000_000),
        ("2026-02-28", "2026-03-31", "none", None),
        ("2026-03-31", "2026-04-30", "number", 0),
        ("2026-04-30", "2026-05-31", "number", 0),
    ]


def test_a_first_step_inside_a_month_counts_from_the_next_one(with_accounts, rows):
    text = '[account.acme]\nallowances = [{ from = "2026-10-02", credits = "1.5" }]'
    with_accounts(text, ("2026-11-30", "acme"))
    assert rows(PERIODS) == [("2026-11-01", "2026-12-01", "number", 1_500_000)]


def test_the_last_entrys_month_is_the_accounts_local_one(with_accounts, rows):
    text = """
    [account.acme]
    timezone = "Asia/Tokyo"
    allowances = [{ from = "2026-11-01", credits = 1 }]
    """
    with_accounts(text, ("2026-11-30T16:00Z", "acme"))  # 1 December in Tokyo
    assert [starts for starts, *_ in rows(PERIODS)] == ["2026-11-01", "2026-12-01"]


def test_the_months_written_are_anchor_months_that_meet(with_accounts):
    terms = Terms(allowances=((dt.date(2013, 1, 1), Allowance("number", 5)),))
    for anchor in (1, 15, 28, 29, 30, 31):
        months = list(months_of(terms, anchor, dt.date(2016, 3, 1)))
        periods = [month.period for month in months]
        assert all(a.end == b.start for a, b in pairwise(periods))
        assert all(anchor_month(p.start, anchor) == p for p in periods)
        assert dt.date(2016, 3, 1) in periods[-1]
        assert periods[0].start >= dt.date(2013, 1, 1)


def test_default_allowances_reach_every_account_that_is_made(with_accounts, rows):
    text = '[defaults]\nallowances = [{ from = "2026-11-01", credits = "none" }]'
    with_accounts(text, ("2026-11-22", "a"), ("2026-11-22", "b"))
    assert rows("SELECT account_id, allowance_kind FROM billing_periods ORDER BY 1") == [
        ("a", "none"),
        ("b", "none"),
    ]


# --- a ledger that is there -------------------------------------------------------------------


def test_an_account_of_the_ledger_takes_what_is_said_by_name_and_no_default(
    take, with_accounts, rows
):
    take(HEADER, "2026-10-01,acme,premium_chat,1", "2026-10-01,other,premium_chat,1")
    with_accounts(
        '[defaults]\nplan = "Team"\n[account.acme]\ntimezone = "Asia/Tokyo"\n',
        ("2026-11-22", "acme"),
        ("2026-11-22", "new"),
        name="second.csv",
    )
    assert rows("SELECT id, plan, timezone FROM accounts ORDER BY id") == [
        ("acme", None, "Asia/Tokyo"),
        ("new", "Team", "UTC"),
        ("other", None, "UTC"),
    ]


def test_an_account_may_stand_in_the_ledger_alone(take, with_accounts, rows):
    take(HEADER, "2026-10-01,acme,premium_chat,1")
    text = """
    [account.acme]
    plan = "Team"
    allowances = [{ from = "2026-10-01", credits = 3 }]
    """
    with_accounts(text, ("2026-11-22", "new"), name="second.csv")
    assert rows("SELECT id, plan FROM accounts ORDER BY id") == [("acme", "Team"), ("new", None)]
    assert rows(PERIODS) == [("2026-10-01", "2026-11-01", "number", 3_000_000)]


def test_stored_periods_give_way_from_the_first_written_month_on(take, with_accounts, rows, db):
    take(HEADER, "2026-10-01,acme,premium_chat,1")
    with closing(sqlite3.connect(db)) as connection:
        connection.executemany(
            "INSERT INTO billing_periods VALUES ('acme', ?, ?, 'unknown', NULL)",
            [
                ("2026-08-10", "2026-09-10"),
                ("2026-09-10", "2026-10-10"),
                ("2026-10-10", "2026-11-10"),
            ],
        )
        connection.commit()
    text = '[account.acme]\nallowances = [{ from = "2026-10-01", credits = 3 }]'
    with_accounts(text, ("2026-10-22", "acme"), name="second.csv")
    assert rows(PERIODS) == [
        ("2026-08-10", "2026-09-10", "unknown", None),
        ("2026-09-10", "2026-10-01", "unknown", None),
        ("2026-10-01", "2026-11-01", "number", 3_000_000),
    ]


def test_a_second_import_carries_the_allowances_on(take, with_accounts, rows):
    text = '[account.acme]\nallowances = [{ from = "2026-10-01", credits = 3 }]'
    with_accounts(text, ("2026-10-22", "acme"))
    with_accounts(text, ("2026-11-22", "acme"), name="second.csv")
    assert [starts for starts, *_ in rows(PERIODS)] == ["2026-10-01", "2026-11-01"]


# --- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[account.ghost]\nplan = 'x'", "there is no account 'ghost', neither in the files nor"),
        ("[accounts.acme]", "accounts is not a key"),
        ("[account.acme]\nplann = 'x'", "account.acme.plann is not a key that is known here"),
        ("[defaults]\nname = 'x'", "defaults.name is not a key"),
        ("[account.acme]\ntimezone = 'Mars'", "account.acme.timezone cannot be used: 'Mars'"),
        ("[account.acme]\ntimezone = ''", "account.acme.timezone is a text that is not empty"),
        ("[account.acme]\nanchor_day = 32", "a whole number from 1 to 31, not 32"),
        ("[account.acme]\nanchor_day = true", "a whole number from 1 to 31, not True"),
        ("[account.acme]\nplan = 7", "account.acme.plan is a text"),
        ("[account.acme]\nbalance = 'many'", "account.acme.balance is not a decimal number"),
        ("[account.acme]\nbalance = 1e13", "is more than 1,000,000,000,000 credits"),
        ("[account.acme]\nallowances = []", "needs one step or more"),
        (
            "[account.acme]\nallowances = [{ from = '2026-01-01' }]",
            "allowances[1].credits is missing",
        ),
        ("[account.acme]\nallowances = [{ credits = 1 }]", "allowances[1].from is missing"),
        ("[account.acme]\nallowances = [{ from = '1.1.2026', credits = 1 }]", "is a day such as"),
        (
            "[account.acme]\nallowances = [{ from = 2026-01-01T00:00:00, credits = 1 }]",
            "is a day such as",
        ),
        (
            "[account.acme]\nallowances = [{ from = '2026-01-01', credits = 0.0000001 }]",
            "has more than 6 decimals",
        ),
        ("[account.acme]\nallowances = [{ from = '2026-01-01', credits = -1 }]", "not negative"),
        (
            "[account.acme]\nallowances = [{ from = '2026-01-01', credits = 'unlimited' }]",
            "credits is not a decimal number",
        ),
        (
            """[account.acme]
            allowances = [
                { from = "2026-02-01", credits = 1 },
                { from = "2026-01-01", credits = 1 },
            ]""",
            "each `from` after the one before",
        ),
        ("nonsense", "accounts.toml is not TOML"),
    ],
)
def test_a_mistake_in_the_file_names_its_key(with_accounts, db, text, words):
    with pytest.raises(UsageError) as caught:
        with_accounts(text, ("2026-11-22", "acme"))
    assert words in caught.value.sentence
    assert "\n" not in caught.value.sentence
    assert not db.exists()


def test_a_missing_accounts_file_is_named(take, tmp_path, db):
    with pytest.raises(UsageError, match="There is no file"):
        take(HEADER, accounts_file=tmp_path / "accounts.toml")
    assert not db.exists()


def test_an_allowance_is_the_last_step_at_the_months_start():
    steps = ((dt.date(2026, 1, 1), UNLIMITED), (dt.date(2026, 3, 1), Allowance("number", 0)))
    found = [
        month.allowance for month in months_of(Terms(allowances=steps), 1, dt.date(2026, 3, 9))
    ]
    assert found == [UNLIMITED, UNLIMITED, Allowance("number", 0)]
