"""accounts.toml: what an export of entries lacks (plan, name, zone, anchor, allowances).

It changes accounts and billing periods, never an entry.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data.column_types import from_micros
from data.errors import UsageError
from data.importers.amounts import Exact, scaled
from data.importers.toml import Section, read_toml
from data.periods import (
    DAY,
    FIRST_DAY,
    LAST_DAY,
    UNLIMITED,
    Allowance,
    BillingMonth,
    anchor_month,
    local_day,
    zone,
)

CODE = "import.accounts"
KEYS = ("plan", "name", "timezone", "anchor_day", "balance", "allowances")
DEFAULT_KEYS = tuple(key for key in KEYS if key != "name")  # not every account has one name
MAX_CREDITS = 10**12  # an allowance or balance of more is a mistake


@dataclass(frozen=True)
class Terms:
    """What the file says of one account; None where it says nothing."""

    plan: str | None = None
    name: str | None = None
    timezone: str | None = None
    anchor_day: int | None = None
    balance_micro: int | None = None
    allowances: tuple[tuple[dt.date, Allowance], ...] | None = None

    def or_else(self, defaults: Terms) -> Terms:
        """These, and the defaults where these say nothing."""
        missing = {
            key: value
            for key, value in vars(defaults).items()
            if getattr(self, key) is None and value is not None
        }
        return replace(self, **missing)


@dataclass(frozen=True)
class AccountsFile:
    """The defaults of accounts that an import makes, and the terms of single accounts."""

    defaults: Terms
    accounts: Mapping[str, Terms]
    file: str

    def of_new(self, account: str) -> Terms:
        """The terms of an account that this import makes."""
        return self.accounts.get(account, NOTHING).or_else(self.defaults)

    def of_existing(self, account: str) -> Terms:
        """The terms of an account that the ledger has: only what the file says of it by name."""
        return self.accounts.get(account, NOTHING)


NOTHING = Terms()
NO_FILE = AccountsFile(NOTHING, {}, "")


def read_accounts(path: Path | None) -> AccountsFile:
    """The accounts file, or one that says nothing; UsageError names the key that is wrong."""
    if path is None:
        return NO_FILE
    top = read_toml(path, CODE)
    top.allow(("defaults", "account"))
    defaults = top.section("defaults")
    defaults.allow(DEFAULT_KEYS)
    accounts = top.section("account")
    terms = {}
    for account in accounts.values:
        table = accounts.section(account)
        table.allow(KEYS)
        terms[account] = _terms(table)
    return AccountsFile(_terms(defaults), terms, path.name)


def _terms(table: Section) -> Terms:
    return Terms(
        plan=table.text("plan"),
        name=table.text("name"),
        timezone=_timezone(table),
        anchor_day=table.integer("anchor_day", 1, 31),
        balance_micro=_micro(table, "balance", table.number("balance")),
        allowances=_allowances(table),
    )


def _timezone(table: Section) -> str | None:
    name = table.text("timezone")
    if name is not None:
        try:
            zone(name)
        except ValueError as error:
            raise table.refuse("timezone", f"cannot be used: {error}") from error
    return name


def _micro(table: Section, key: str, number: Exact | None) -> int | None:
    if number is None:
        return None
    whole, left, _ = scaled(number, 6)
    if left:
        raise table.refuse(key, "has more than 6 decimals")
    if abs(whole) > MAX_CREDITS * 10**6:
        raise table.refuse(key, f"is more than {MAX_CREDITS:,} credits")
    return whole


def _allowances(table: Section) -> tuple[tuple[dt.date, Allowance], ...] | None:
    if "allowances" not in table:
        return None
    steps = [_step(step) for step in table.sections("allowances")]
    days = [day for day, _ in steps]
    if not days or days != sorted(set(days)):
        raise table.refuse("allowances", "needs one step or more, each `from` after the one before")
    return tuple(steps)


def _step(step: Section) -> tuple[dt.date, Allowance]:
    step.allow(("from", "credits"), need=("from", "credits"))
    if step.values["credits"] == "none":
        return _day(step), UNLIMITED
    micro = _micro(step, "credits", step.number("credits"))
    assert micro is not None  # needed above
    if micro < 0:
        raise step.refuse("credits", 'is a number that is not negative, or "none"')
    return _day(step), Allowance("number", micro)


def _day(step: Section) -> dt.date:
    value: Any = step.values["from"]
    try:
        day = dt.date.fromisoformat(value) if isinstance(value, str) else value
        if type(day) is dt.date and FIRST_DAY <= day <= LAST_DAY:
            return day
    except ValueError:
        pass
    raise step.refuse("from", f'is a day such as "2026-01-01", not {value!r}')


# --- into the ledger ------------------------------------------------------------------------


def months_of(terms: Terms, anchor_day: int, last_day: dt.date) -> Iterator[BillingMonth]:
    """The billing months from the first step of the allowances to the one that holds `last_day`.

    A month has the allowance in force when it starts, so a step inside a month counts from the
    next one on; the month in which the first step lies otherwise has none known.
    """
    steps = terms.allowances or ()
    if not steps:
        return
    period = anchor_month(steps[0][0], anchor_day)
    while period.start <= last_day:
        in_force = [allowance for day, allowance in steps if day <= period.start]
        if in_force:
            yield BillingMonth(period, in_force[-1])
        period = anchor_month(period.end, anchor_day)


def write_accounts(
    connection: sqlite3.Connection, names: Mapping[str, str | None], file: AccountsFile
) -> int:
    """Make the accounts that are missing, apply the file's terms; how many were made."""
    there = {account for (account,) in connection.execute("SELECT id FROM accounts")}
    unknown = [account for account in file.accounts if account not in there | names.keys()]
    if unknown:
        raise UsageError(
            CODE,
            f"{file.file}: there is no account {unknown[0]!r}, neither in the files nor in the "
            "ledger. Nothing was imported",
        )
    made = [account for account in names if account not in there]
    for account in made:
        connection.execute(
            "INSERT INTO accounts (id, name) VALUES (?, ?)", (account, names[account] or account)
        )
        _apply(connection, account, file.of_new(account))
    for account in file.accounts.keys() & there:
        _apply(connection, account, file.of_existing(account))
    return len(made)


def _apply(connection: sqlite3.Connection, account: str, terms: Terms) -> None:
    connection.execute(
        "UPDATE accounts SET plan = coalesce(?, plan), name = coalesce(?, name), "
        "timezone = coalesce(?, timezone), anchor_day = coalesce(?, anchor_day), "
        "balance_micro = coalesce(?, balance_micro) WHERE id = ?",
        (
            terms.plan,
            terms.name,
            terms.timezone,
            terms.anchor_day,
            terms.balance_micro,
            account,
        ),
    )
    if terms.allowances:
        _write_periods(connection, account, terms)


def _write_periods(connection: sqlite3.Connection, account: str, terms: Terms) -> None:
    """Put the file's months in the place of those stored from the first of them on."""
    timezone, anchor_day = connection.execute(
        "SELECT timezone, anchor_day FROM accounts WHERE id = ?", (account,)
    ).fetchone()
    last = _last_day(connection, account, timezone)
    months = list(months_of(terms, anchor_day, last)) if last else []
    if not months:
        return
    first = months[0].period.start.isoformat()
    connection.execute(
        "DELETE FROM billing_periods WHERE account_id = ? AND starts >= ?", (account, first)
    )
    connection.execute(
        "UPDATE billing_periods SET ends = ? WHERE account_id = ? AND ends > ?",
        (first, account, first),
    )
    connection.executemany(
        "INSERT INTO billing_periods (account_id, starts, ends, allowance_kind, allowance_micro) "
        "VALUES (?, ?, ?, ?, ?)",
        [(account, *_period_row(month)) for month in months],
    )


def _period_row(month: BillingMonth) -> tuple[str, str, str, int | None]:
    period, allowance = month.period, month.allowance
    return period.start.isoformat(), period.end.isoformat(), allowance.kind, allowance.micro


def _last_day(connection: sqlite3.Connection, account: str, timezone: str) -> dt.date | None:
    micros = connection.execute(
        "SELECT max(occurred_at) FROM entries WHERE account_id = ?", (account,)
    ).fetchone()[0]
    if micros is None:
        return None
    return min(local_day(from_micros(micros), ZoneInfo(timezone)), LAST_DAY - DAY)
