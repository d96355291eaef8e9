"""The tables: the host's ledger, which we only read, and our own rollup; never a query.

Every primary key begins with the account's id and no foreign key points at a host's table, so a
view serves as well as a table and the whole can be distributed by account. A host whose tables
differ makes views of these names: docs/ledger.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Table, Text, text

from data.column_types import DatabaseClock, HostId, Instant, LocalDate, Micro, to_micros

MICRO = 1_000_000  # micro-credits in one credit
CONSUMPTION = ("usage", "refund")
MOVEMENTS = ("grant", "purchase", "expiry", "adjustment")  # of the balance, never consumption
KINDS = (*CONSUMPTION, *MOVEMENTS)
WORKSPACE_KINDS = ("team", "personal")
ALLOWANCE_KINDS = ("number", "none", "unknown")

# One entry is at most a billion credits, so that no sum of a believable ledger leaves 64 bits.
MAX_ENTRY_MICRO = 10**15
# Instants whose local day can be asked for in every zone.
FIRST_INSTANT = dt.datetime(1970, 1, 3, tzinfo=dt.UTC)
FIRST_PERIOD_DAY = dt.date(1900, 1, 1)
END_OF_PERIODS = dt.date(9998, 12, 30)
END_OF_INSTANTS = dt.datetime(9998, 12, 29, tzinfo=dt.UTC)
ENTRY_INDEX = ("account_id", "occurred_at", "id")

ledger = MetaData()
rollup = MetaData()


def _one_of(column: str, values: tuple[str, ...]) -> str:
    """A CHECK as an OR: for an IN, SQLite fills a set on every row, 40% of a bulk insert's time."""
    return "(" + " OR ".join(f"{column} = {value!r}" for value in values) + ")"


def _instant_bounds() -> Iterator[CheckConstraint]:
    """One CHECK a dialect: an instant beyond the calendar would stop every sum of its account."""
    first, end = FIRST_INSTANT, END_OF_INSTANTS
    sqlite = f"occurred_at >= {to_micros(first)} AND occurred_at < {to_micros(end)}"
    postgres = f"occurred_at >= '{first.isoformat()}' AND occurred_at < '{end.isoformat()}'"
    yield CheckConstraint(sqlite, name="instant_in_bounds").ddl_if(dialect="sqlite")
    yield CheckConstraint(postgres, name="instant_in_bounds").ddl_if(dialect="postgresql")


accounts = Table(
    "accounts",
    ledger,
    Column("id", HostId(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("plan", Text),
    Column("timezone", Text, nullable=False, server_default=text("'UTC'")),
    Column("anchor_day", Integer, nullable=False, server_default=text("1")),
    Column("balance_micro", Micro),
    CheckConstraint("anchor_day BETWEEN 1 AND 31", name="anchor_day_is_a_day"),
    CheckConstraint("id <> ''", name="account_id_not_empty"),
    sqlite_strict=True,
)

billing_periods = Table(
    "billing_periods",
    ledger,
    Column("account_id", HostId(), primary_key=True),
    Column("starts", LocalDate, primary_key=True),
    Column("ends", LocalDate, nullable=False),  # exclusive
    Column("allowance_kind", Text, nullable=False, server_default=text("'unknown'")),
    Column("allowance_micro", Micro),
    CheckConstraint("starts < ends", name="period_is_forward"),
    # Also on PostgreSQL, whose 'infinity' is no date that Python could hold.
    CheckConstraint(
        f"starts >= '{FIRST_PERIOD_DAY}' AND ends <= '{END_OF_PERIODS}'", name="period_in_bounds"
    ),
    # SQLite keeps dates as text, which takes any text, and '2026-3-1' sorts after '2026-10-1'.
    # The modifier makes date() turn '2026-02-30' into another day, so that it is refused too.
    CheckConstraint(
        "starts IS date(starts, '+0 days') AND ends IS date(ends, '+0 days')",
        name="period_days_are_dates",
    ).ddl_if(dialect="sqlite"),
    CheckConstraint(_one_of("allowance_kind", ALLOWANCE_KINDS), name="allowance_kind_known"),
    CheckConstraint(
        "(allowance_kind = 'number') = (allowance_micro IS NOT NULL)", name="allowance_has_number"
    ),
    CheckConstraint("allowance_micro >= 0", name="allowance_not_negative"),
    sqlite_strict=True,
)

workspaces = Table(
    "workspaces",
    ledger,
    Column("account_id", HostId(), primary_key=True),
    Column("id", HostId(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("owner_member_id", HostId()),
    Column("deleted_at", Instant),
    CheckConstraint(_one_of("kind", WORKSPACE_KINDS), name="workspace_kind_known"),
    CheckConstraint("id <> ''", name="workspace_id_not_empty"),
    sqlite_strict=True,
)

members = Table(
    "members",
    ledger,
    Column("account_id", HostId(), primary_key=True),
    Column("id", HostId(), primary_key=True),
    Column("name", Text, nullable=False),
    sqlite_strict=True,
)

reasons = Table(
    "reasons",
    ledger,
    Column("account_id", HostId(), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("parent", Text),  # the reason that this workflow type stands under
    sqlite_strict=True,
)

entries = Table(
    "entries",
    ledger,
    Column("account_id", HostId(), primary_key=True),
    Column("id", HostId(), primary_key=True),
    Column("occurred_at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text),
    Column("workflow_type", Text),
    Column("workspace_id", HostId()),
    Column("member_id", HostId()),
    Column("amount_micro", Micro, nullable=False),
    Column("reverses_id", HostId()),
    CheckConstraint(_one_of("kind", KINDS), name="entry_kind_known"),
    CheckConstraint(
        f"amount_micro BETWEEN -{MAX_ENTRY_MICRO} AND {MAX_ENTRY_MICRO}", name="amount_in_bounds"
    ),
    CheckConstraint("amount_micro >= 0 OR kind = 'adjustment'", name="amount_has_its_sign"),
    *_instant_bounds(),
    CheckConstraint(
        f"(reason IS NOT NULL AND reason <> '') OR NOT {_one_of('kind', CONSUMPTION)}",
        name="consumption_has_reason",
    ),
    CheckConstraint("workflow_type <> ''", name="workflow_type_not_empty"),
    CheckConstraint("workspace_id <> ''", name="entry_workspace_not_empty"),
    Index("entries_by_time", *ENTRY_INDEX),
    sqlite_strict=True,
)

OPTIONAL_TABLES = frozenset({"members", "reasons"})
OPTIONAL_COLUMNS = frozenset({("accounts", "balance_micro"), ("entries", "reverses_id")})

# The rollup keeps used and refunded apart, by account-local day. Empty text stands for "none":
# a primary key takes no NULL, and the ledger's own checks refuse empty text, so nothing collides.
rollup_by_reason = Table(
    "rollup_by_reason",
    rollup,
    Column("account_id", HostId(), primary_key=True),
    Column("day", LocalDate, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("workflow_type", Text, primary_key=True),
    Column("used_micro", Micro, nullable=False),
    Column("refunded_micro", Micro, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

rollup_by_workspace = Table(
    "rollup_by_workspace",
    rollup,
    Column("account_id", HostId(), primary_key=True),
    Column("day", LocalDate, primary_key=True),
    Column("workspace_id", HostId(), primary_key=True),
    Column("used_micro", Micro, nullable=False),
    Column("refunded_micro", Micro, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# The same by whole weeks, so that the sum over a range of months reads a fifth of the rows. A week
# is the sum of its days, whatever the ledger still has of them.
rollup_weeks = Table(
    "rollup_weeks",
    rollup,
    Column("account_id", HostId(), primary_key=True),
    Column("week", LocalDate, primary_key=True),  # its Monday
    Column("workspace_id", HostId(), primary_key=True),
    Column("used_micro", Micro, nullable=False),
    Column("refunded_micro", Micro, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# What moved the balance beside consumption. Kinds stand apart so that their direction stays with
# the ledger's document; an adjustment has its own sign, the others are 0 or more.
rollup_movements = Table(
    "rollup_movements",
    rollup,
    Column("account_id", HostId(), primary_key=True),
    Column("day", LocalDate, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("amount_micro", Micro, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

rollup_state = Table(
    "rollup_state",
    rollup,
    Column("account_id", HostId(), primary_key=True),
    Column("timezone", Text),  # the zone of the stored days; NULL until they are built
    Column("version", Micro, nullable=False),  # grows with every change of the account's rows
    Column("failures", Micro, nullable=False, server_default=text("0")),  # in a row
    Column("retry_at", Instant),  # not before, after a failure
    Column("failure", Text),  # what kind of error the last one was
    Column(
        "made_by", Integer
    ),  # the ROLLUP_VERSION that built the days; movements stand from 3 on, weeks from 4 on
    # Days before it are frozen: entries before the instant are in them, and may be gone.
    Column("keep_from", LocalDate),
    Column("keep_since", Instant),
    # The second look: when it was, both sides' consumption of all time in whole micro-credits as
    # it left them, and the first and last day that changed since, which the next one compares.
    Column("compared_at", Instant),
    Column("ledger_micro", Micro),
    Column("rollup_micro", Micro),
    Column("changed_first", LocalDate),
    Column("changed_last", LocalDate),
    Index(
        "rollup_state_changed",
        "account_id",
        sqlite_where=text("changed_first IS NOT NULL"),
        postgresql_where=text("changed_first IS NOT NULL"),
    ),
    sqlite_strict=True,
)

ROLLUP_VERSION = 4  # of our tables; a cache of another version is thrown away, `install` upgrades

# What only a running ledger needs. A mark is appended by the writer's own transaction and deleted
# by the aggregator's; it has no key, so that no mark can ever make a writer fail.
feed = MetaData()

dirty = Table(
    "dirty",
    feed,
    Column("account_id", HostId(), nullable=False),
    Column("at", Instant, nullable=False),  # an instant of the day that changed
    Column("marked", Instant, nullable=False, server_default=DatabaseClock()),
    Index("dirty_by_account", "account_id", "marked"),
    sqlite_strict=True,
)

# These two are the installation's, not an account's: a handful of rows.
rollup_heartbeat = Table(
    "rollup_heartbeat",
    feed,
    Column("aggregator", Text, nullable=False),
    Column("beat", Instant, nullable=False),
    sqlite_strict=True,
)

rollup_schema = Table(
    "rollup_schema", feed, Column("version", Integer, nullable=False), sqlite_strict=True
)

OUR_TABLES = (*rollup.sorted_tables, *feed.sorted_tables)
