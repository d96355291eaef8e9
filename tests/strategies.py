"""Generated ledgers where sums go wrong: clock changes, midnights, refunds, gaps, lost workspaces.

They are rows only; what they ought to sum to is tests/oracle.py's to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.ledger_builder import LedgerBuilder

Draw = Callable[[st.SearchStrategy], object]

# Each zone with local days on or beside which its clocks change, or that are hard otherwise.
HARD_DAYS: dict[str, tuple[dt.date, ...]] = {
    "America/New_York": (dt.date(2026, 3, 8), dt.date(2026, 11, 1)),
    "Europe/Berlin": (dt.date(2026, 3, 29), dt.date(2026, 10, 25)),
    "Australia/Lord_Howe": (dt.date(2026, 4, 5), dt.date(2026, 10, 4)),  # half an hour
    "Pacific/Chatham": (dt.date(2026, 4, 5), dt.date(2026, 9, 27)),  # +12:45, +13:45
    "Asia/Kathmandu": (dt.date(2026, 11, 22), dt.date(1986, 1, 1)),  # +5:45, +5:30 before
    "Africa/Cairo": (dt.date(2026, 4, 24), dt.date(2026, 10, 30)),  # no midnight, two midnights
    "Asia/Beirut": (dt.date(2026, 3, 29), dt.date(2026, 10, 25)),  # no midnight, two midnights
    "Pacific/Apia": (dt.date(2011, 12, 30), dt.date(2012, 1, 1)),  # a day that never was
    "America/St_Johns": (dt.date(2006, 4, 2), dt.date(2006, 10, 29)),  # changes at 00:01
    "UTC": (dt.date(2026, 2, 28), dt.date(2028, 2, 29)),
}
REASONS = ("premium_chat", "workflow_run", "enhanced_ocr", "compose_render", "teleport", "own")
TYPES = (None, "contract_review", "redaction", "e-mail triage")
BALANCE_KINDS = ("grant", "purchase", "expiry", "adjustment")
WORKSPACES = ("w1", "w2", "w3", "w4")
UNLISTED = "w9"
ANCHORS = (1, 15, 28, 29, 30, 31)
MICROSECOND = Decimal("0.000001")

_nudges = st.sampled_from(
    [
        dt.timedelta(seconds=sign * seconds)
        for seconds in (0, 1e-6, 1, 59, 60, 1800, 2700, 3600, 7200, 10800, 43200)
        for sign in (1, -1)
    ]
)
_far = st.integers(-400, 400)
_near = st.integers(-3, 3)
amounts = st.one_of(
    st.sampled_from([Decimal(0), MICROSECOND, Decimal("0.3"), Decimal(1), Decimal(10**9)]),
    st.integers(0, 10**12).map(lambda micros: micros * MICROSECOND),
)


@dataclass(frozen=True)
class GeneratedLedger:
    """Rows, and for each account a local day that much of them lies around."""

    rows: LedgerBuilder
    focus: dict[str, dt.date]


def instants_near(zone: str, day: dt.date) -> st.SearchStrategy[dt.datetime]:
    """UTC instants around local midnights, most of them close to `day`."""
    tz = ZoneInfo(zone)

    def at(steps: int, nudge: dt.timedelta, fold: int) -> dt.datetime:
        local = dt.datetime.combine(day + dt.timedelta(days=steps), dt.time(), tz)
        return local.replace(fold=fold).astimezone(dt.UTC) + nudge

    return st.builds(at, st.one_of(_near, _near, _far), _nudges, st.integers(0, 1))


def ranges_near(day: dt.date) -> st.SearchStrategy[tuple[dt.date, dt.date]]:
    """First and last day of ranges of one day to a year and more that touch or miss `day`."""
    return st.builds(
        lambda start, length: (
            day + dt.timedelta(days=start),
            day + dt.timedelta(days=start + length),
        ),
        st.one_of(_near, st.integers(-120, 40)),
        st.one_of(st.integers(0, 4), st.sampled_from([6, 29, 89, 400])),
    )


@st.composite
def ledgers(draw: Draw, max_entries: int = 30) -> GeneratedLedger:
    """One or two accounts that share workspace ids, each with everything that makes sums hard."""
    rows = LedgerBuilder()
    focus = {}
    for account in draw(st.sampled_from([("acme",), ("acme", "Ωmega 2")])):
        zone = draw(st.sampled_from(sorted(HARD_DAYS)))
        focus[account] = draw(st.sampled_from(HARD_DAYS[zone]))
        rows.account(account, timezone=zone, anchor_day=draw(st.sampled_from(ANCHORS)))
        _add_periods(draw, rows, focus[account])
        _add_names(draw, rows, focus[account])
        for _ in range(draw(st.integers(0, max_entries))):
            _add_entry(draw, rows, instants_near(zone, focus[account]))
    return GeneratedLedger(rows, focus)


def _add_periods(draw: Draw, rows: LedgerBuilder, focus: dt.date) -> None:
    """Stored periods in order, some with gaps between them; none is a ledger's right too."""
    start = focus - dt.timedelta(days=draw(st.integers(0, 90)))
    for _ in range(draw(st.integers(0, 4))):
        start += dt.timedelta(days=draw(st.sampled_from([0, 0, 1, 20, 75])))
        end = start + dt.timedelta(days=draw(st.sampled_from([1, 14, 28, 30, 31, 45])))
        rows.period(start, end, draw(st.sampled_from(["none", "unknown", 0, 20_000])))
        start = end


def _add_names(draw: Draw, rows: LedgerBuilder, focus: dt.date) -> None:
    """A member, a host's own reason, and workspaces: same names, deleted ones, both kinds."""
    rows.member("m1")
    if draw(st.booleans()):
        rows.reason("own", "Our own")
    for name in draw(st.lists(st.sampled_from(WORKSPACES), unique=True)):
        kind = draw(st.sampled_from(["team", "personal"]))
        deleted = draw(st.sampled_from([None, dt.datetime.combine(focus, dt.time(), dt.UTC)]))
        owner = "m1" if kind == "personal" else None
        rows.workspace(name, "Legal", kind=kind, owner=owner, deleted_at=deleted)


def _add_entry(draw: Draw, rows: LedgerBuilder, instants: st.SearchStrategy) -> None:
    kind = draw(st.sampled_from(["usage"] * 5 + ["refund", "refund of", *BALANCE_KINDS]))
    at, amount = draw(instants), draw(amounts)
    account = rows.accounts[-1]["id"]
    used = [r for r in rows.entries if r["kind"] == "usage" and r["account_id"] == account]
    if kind == "refund of" and used:
        rows.refund(at, amount, of=draw(st.sampled_from(used))["id"])
    elif kind in BALANCE_KINDS:
        sign = draw(st.sampled_from([1, -1])) if kind == "adjustment" else 1
        rows.entry(at, sign * amount, kind)
    else:
        rows.entry(
            at,
            amount,
            "usage" if kind == "usage" else "refund",
            reason=draw(st.sampled_from(REASONS)),
            workflow_type=draw(st.sampled_from(TYPES)),
            workspace=draw(st.sampled_from([None, *WORKSPACES, UNLISTED])),
        )
