"""Ledgers for tests as plain rows: say what happened, save it, and sum the same rows elsewhere.

It never sums, and it never reads a database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from itertools import islice
from typing import Any, Literal

from sqlalchemy import Engine

from data import schema

Row = dict[str, Any]
Credits = Decimal | str | int
When = dt.datetime | str
CHUNK = 5_000


def micro(credits: Credits) -> int:
    """Credits as whole micro-credits, exactly; floats and finer amounts are refused."""
    if isinstance(credits, float):
        raise TypeError(f"credits are exact: write {credits!r} as text")
    amount = Decimal(credits) * schema.MICRO
    if amount != int(amount):
        raise ValueError(f"{credits!r} has more than 6 decimals")
    return int(amount)


def instant(when: When) -> dt.datetime:
    """An aware datetime, or its ISO text; an offset is required."""
    moment = dt.datetime.fromisoformat(when) if isinstance(when, str) else when
    if moment.tzinfo is None:
        raise ValueError(f"{when!r} has no offset")
    return moment.astimezone(dt.UTC)


def date(day: dt.date | str) -> dt.date:
    """A date, or its ISO text."""
    return dt.date.fromisoformat(day) if isinstance(day, str) else day


class LedgerBuilder:
    """Rows of every table, each list under the table's name.

    A row belongs to the account named last unless it says `account=`; a first row without any
    account makes the account `acme` in UTC. Entries get the ids e1, e2, … unless they say `id=`.
    """

    def __init__(self) -> None:
        self.accounts: list[Row] = []
        self.billing_periods: list[Row] = []
        self.workspaces: list[Row] = []
        self.members: list[Row] = []
        self.reasons: list[Row] = []
        self.entries: list[Row] = []

    def account(
        self,
        id: str = "acme",
        *,
        name: str | None = None,
        plan: str | None = "team",
        timezone: str = "UTC",
        anchor_day: int = 1,
        balance: Credits | None = None,
    ) -> str:
        """An account; what follows belongs to it."""
        row = {"id": id, "name": name or id.title(), "plan": plan, "timezone": timezone}
        row["anchor_day"] = anchor_day
        row["balance_micro"] = None if balance is None else micro(balance)
        self.accounts.append(row)
        return id

    def period(
        self,
        starts: dt.date | str,
        ends: dt.date | str,
        allowance: Credits | Literal["none", "unknown"] = "unknown",
        *,
        account: str | None = None,
    ) -> None:
        """A stored billing period, its end exclusive; allowance in credits, none or unknown."""
        named = allowance in {"none", "unknown"}
        self.billing_periods.append(
            {
                "account_id": self._account(account),
                "starts": date(starts),
                "ends": date(ends),
                "allowance_kind": allowance if named else "number",
                "allowance_micro": None if named else micro(allowance),
            }
        )

    def workspace(
        self,
        id: str,
        name: str | None = None,
        *,
        kind: Literal["team", "personal"] = "team",
        owner: str | None = None,
        deleted_at: When | None = None,
        account: str | None = None,
    ) -> str:
        """A workspace; its name is its id in words unless given."""
        row = {"account_id": self._account(account), "id": id, "name": name or id.title()}
        row |= {"kind": kind, "owner_member_id": owner}
        row["deleted_at"] = None if deleted_at is None else instant(deleted_at)
        self.workspaces.append(row)
        return id

    def member(self, id: str, name: str | None = None, *, account: str | None = None) -> str:
        """A member."""
        row = {"account_id": self._account(account), "id": id, "name": name or id.title()}
        self.members.append(row)
        return id

    def reason(
        self,
        code: str,
        label: str | None = None,
        *,
        parent: str | None = None,
        account: str | None = None,
    ) -> str:
        """A reason of the host's own, or with `parent` a workflow type."""
        row = {"account_id": self._account(account), "code": code, "label": label or code.title()}
        self.reasons.append(row | {"parent": parent})
        return code

    def use(self, at: When, credits: Credits, reason: str = "premium_chat", **columns: Any) -> str:
        """A usage entry; columns as of `entry`."""
        return self.entry(at, credits, "usage", reason=reason, **columns)

    def refund(self, at: When, credits: Credits, *, of: str | None = None, **columns: Any) -> str:
        """A refund; with `of` it copies reason, type, workspace and member as a writer does."""
        copied: Row = {"reason": "premium_chat"}
        if of is not None:
            account = self._account(columns.get("account"))
            original = next(
                row for row in self.entries if (row["account_id"], row["id"]) == (account, of)
            )
            copied = {
                "reason": original["reason"],
                "workflow_type": original["workflow_type"],
                "workspace": original["workspace_id"],
                "member": original["member_id"],
                "reverses": of,
            }
        return self.entry(at, credits, "refund", **(copied | columns))

    def entry(
        self,
        at: When,
        credits: Credits,
        kind: str,
        *,
        reason: str | None = None,
        workflow_type: str | None = None,
        workspace: str | None = None,
        member: str | None = None,
        reverses: str | None = None,
        account: str | None = None,
        id: str | None = None,
    ) -> str:
        """An entry of any kind, as it stands in the table; returns its id."""
        row = {
            "account_id": self._account(account),
            "id": id or f"e{len(self.entries) + 1}",
            "occurred_at": instant(at),
            "kind": kind,
            "reason": reason,
            "workflow_type": workflow_type,
            "workspace_id": workspace,
            "member_id": member,
            "amount_micro": micro(credits),
            "reverses_id": reverses,
        }
        self.entries.append(row)
        return row["id"]

    def save(self, engine: Engine) -> None:
        """Insert every row in one transaction; the tables must be there."""
        with engine.begin() as connection:
            for table in schema.ledger.sorted_tables:
                for chunk in _chunks(getattr(self, table.name)):
                    connection.execute(table.insert(), chunk)

    def _account(self, named: str | None) -> str:
        if named is not None:
            return named
        if not self.accounts:
            self.account()
        return str(self.accounts[-1]["id"])


def clear(engine: Engine) -> None:
    """Delete every row of ledger and rollup, for tests that save many ledgers into one database."""
    with engine.begin() as connection:
        for tables in (schema.ledger, schema.rollup):
            for table in tables.sorted_tables:
                connection.execute(table.delete())


def _chunks(rows: Iterable[Row]) -> Iterable[list[Row]]:
    left = iter(rows)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
