"""What days that stand out hold, against plain Python over the raw rows, in awkward zones."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from data import rollup, spike_days
from data.access import snapshot_scope
from data.engine import read_transaction, write_transaction
from tests import strategies
from tests.examples import examples
from tests.ledger_builder import clear, micro

DAY = dt.timedelta(days=1)
SCOPE = snapshot_scope("acme")


def roll(engine, account="acme"):
    with write_transaction(engine) as connection:
        rolled = rollup.account_to_roll(connection, account)
        rollup.rebuild(connection, rolled)


def held_of(engine, timezone, days, scope=SCOPE):
    with read_transaction(engine) as connection:
        return spike_days.read_spike_days(connection, scope, timezone, days)


def sums(rows, account, timezone, key):
    """Net by what `key` says of a row and its local day, the date that its instant has there."""
    found = defaultdict(int)
    for row in rows:
        if row["account_id"] == account and row["kind"] in {"usage", "refund"}:
            day = row["occurred_at"].astimezone(ZoneInfo(timezone)).date()
            sign = 1 if row["kind"] == "usage" else -1
            found[key(row, day)] += sign * row["amount_micro"]
    return found


def expected_pairs(rows, account, timezone, day):
    every = sums(rows, account, timezone,
                 lambda row, at: (at, row["reason"], row["workspace_id"] or ""))  # fmt: skip
    return {(reason, id_): net for (at, reason, id_), net in every.items() if at == day}


ZONES = [
    ("Asia/Kathmandu", "2026-11-12"),  # +5:45
    ("Europe/London", "2026-03-29"),  # 23 hours
    ("Europe/London", "2026-10-25"),  # 25 hours
    ("America/Sao_Paulo", "2018-11-04"),  # has no midnight
    ("America/Havana", "2026-11-01"),  # has midnight twice
    ("Australia/Lord_Howe", "2026-04-05"),  # half an hour more
    ("Pacific/Apia", "2011-12-29"),  # the day after it never was
]


@pytest.mark.parametrize(("timezone", "day"), ZONES)
def test_a_day_holds_the_entries_of_that_local_day_alone(ledger, builder, timezone, day):
    """An entry every quarter of an hour, and a microsecond before each, two days either side."""
    day = dt.date.fromisoformat(day)
    builder.account(timezone=timezone)
    noon = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)
    for quarter in range(-200, 200):
        at = noon + dt.timedelta(minutes=15 * quarter)
        builder.use(at, 1, "enhanced_ocr", workspace=f"w{quarter % 3}")
        builder.use(at - dt.timedelta(microseconds=1), "0.000001", "premium_chat")
        if quarter % 5 == 0:
            builder.refund(at, "0.5", reason="enhanced_ocr", workspace="w1")
    builder.save(ledger)
    roll(ledger)
    held = held_of(ledger, timezone, {day: [day - DAY]})
    assert held.pairs == {day: expected_pairs(builder.entries, "acme", timezone, day)}


@given(strategies.ledgers(), st.data())
@examples(20)
def test_reasons_and_workspaces_of_the_days_are_those_of_the_raw_rows(ledger, made, data):
    clear(ledger)
    made.rows.save(ledger)
    account = made.rows.accounts[0]
    roll(ledger, account["id"])
    _, last = data.draw(strategies.ranges_near(made.focus[account["id"]]))
    usual = [last - DAY * step for step in range(1, 29)]
    scope = snapshot_scope(account["id"])
    held = held_of(ledger, account["timezone"], {last: usual}, scope)
    own = (made.rows.entries, account["id"], account["timezone"])
    pairs = expected_pairs(*own, last)
    reasons = sums(*own, lambda row, day: (row["reason"], day))
    workspaces = sums(*own, lambda row, day: (row["workspace_id"] or "", day))
    asked = {last, *usual}
    assert held.pairs == {last: pairs}
    assert flat(held.reasons) == {key: net for key, net in reasons.items() if key[1] in asked}
    largest = {workspace for _, workspace in pairs}
    assert flat(held.workspaces) == {
        key: net for key, net in workspaces.items() if key[1] in asked and key[0] in largest
    }
    assert held.names.keys() == largest


def flat(of):
    return {(code, day): net for code, nets in of.items() for day, net in nets.items()}


def test_workspaces_go_by_the_names_of_the_page(ledger, builder):
    builder.account()
    builder.workspace("w1", "Legal")
    builder.workspace("w2", "Archive", deleted_at="2026-11-13T00:00Z")
    for workspace in ("w1", "w2", "gone", None):
        builder.use("2026-11-12T12:00Z", 1, workspace=workspace)
    builder.save(ledger)
    roll(ledger)
    held = held_of(ledger, "UTC", {dt.date(2026, 11, 12): []})
    named = {"w1": "Legal", "w2": "Archive (deleted)", "gone": "gone", "": "No workspace"}
    assert held.names == named


def test_of_many_workspaces_the_twenty_largest_of_the_day_are_looked_at(ledger, builder):
    builder.account()
    for number in range(30):
        builder.use("2026-11-12T12:00Z", 1 + number, workspace=f"w{number:02d}")
        builder.use("2026-11-11T12:00Z", 100 - number, workspace=f"w{number:02d}")
    builder.save(ledger)
    roll(ledger)
    day = dt.date(2026, 11, 12)
    held = held_of(ledger, "UTC", {day: [day - DAY]})
    assert sorted(held.workspaces) == [f"w{number:02d}" for number in range(10, 30)]
    assert held.workspaces["w10"] == {day: micro(11), day - DAY: micro(90)}
    assert len(held.pairs[day]) == 30


def test_a_day_whose_entries_are_gone_still_has_its_reasons(ledger, builder):
    builder.account()
    builder.use("2026-11-12T12:00Z", 5, workspace="w1")
    builder.save(ledger)
    roll(ledger)
    with ledger.begin() as connection:
        connection.exec_driver_sql("DELETE FROM entries")
    day = dt.date(2026, 11, 12)
    held = held_of(ledger, "UTC", {day: []})
    assert held.reasons == {"premium_chat": {day: micro(5)}}
    assert (held.workspaces, held.pairs, held.names) == ({}, {day: {}}, {})


def test_statements_do_not_grow_with_the_account(ledger, builder):
    """Three, and one for each segment of each day; none when no day stands out."""
    builder.account(timezone="Europe/London")
    days = [dt.date(2026, 10, 25), dt.date(2026, 11, 12)]
    for number in range(300):
        for day in days:
            builder.use(f"{day}T12:00Z", 1, f"own_{number % 40}", workspace=f"w{number}")
    builder.save(ledger)
    roll(ledger)
    sent = []
    event.listen(ledger, "before_cursor_execute", lambda *told: sent.append(told[2]))
    held_of(ledger, "Europe/London", {day: [day - DAY] for day in days})
    reads = [text for text in sent if text.startswith("SELECT")]
    assert sum("FROM entries" in text for text in reads) == 3, "a day of 25 hours has two segments"
    assert len(reads) == 6
    sent.clear()
    assert held_of(ledger, "Europe/London", {}) == spike_days.Held()
    assert [text for text in sent if text.startswith("SELECT")] == []
