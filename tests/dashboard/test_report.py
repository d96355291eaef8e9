"""The report says what the raw rows say, in every section, to the last micro-credit."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ranges import RangeError
from dashboard.report import CSV_COLUMNS, FORMATS, exact, report
from dashboard.view import Reading
from data import rollup
from data.access import AccessDeniedError, snapshot_scope
from data.engine import read_transaction, write_transaction
from data.freshness import Freshness
from data.reconcile import compare_copy
from data.schema import MICRO
from tests import oracle, strategies
from tests.conftest import NOW
from tests.examples import examples
from tests.ledger_builder import clear

DAY = dt.timedelta(days=1)


def micro(text):
    """Micro-credits of the report's own text, exactly."""
    amount = Decimal(text) * MICRO
    assert amount == int(amount)
    return int(amount)


def made(engine, text="month", account="acme", now=NOW):
    with write_transaction(engine) as connection:
        rolled = rollup.account_to_roll(connection, account)
        if rolled:
            rollup.rebuild(connection, rolled)
    return told(engine, text, account, now)


def told(engine, text="month", account="acme", now=NOW):
    """The report of what was rolled up before."""
    with read_transaction(engine) as connection:
        seen = Freshness(watermark=now, heartbeat=None, now=now)
        return report(Reading(connection, snapshot_scope(account), seen), text)


@given(strategies.ledgers(), st.data())
@examples(40)
def test_every_section_equals_the_sum_over_the_raw_rows(sqlite_ledger, ledger_, data):
    clear(sqlite_ledger)
    ledger_.rows.save(sqlite_ledger)
    zone = ledger_.rows.accounts[0]["timezone"]
    first, last = data.draw(strategies.ranges_near(ledger_.focus["acme"]))
    now = dt.datetime.combine(last + DAY * data.draw(st.integers(1, 40)), dt.time(12), dt.UTC)
    found = made(sqlite_ledger, f"{first}..{last}", now=now)

    def consumed(start, end):
        return oracle.consumed(
            ledger_.rows.entries, "acme", zone, start, end, ledger_.rows.workspaces
        )

    want = consumed(first, last)
    assert want.total.net == micro(found["total"])
    assert oracle.net(want.by_day) == {
        dt.date.fromisoformat(row["day"]): micro(row["credits"])
        for row in found["daily"]
        if row["in_range"]
    }
    before = None
    if found["previous"]:
        edges = (dt.date.fromisoformat(found["previous"][edge]) for edge in ("start", "end"))
        before = consumed(*edges)
        assert before.total.net == micro(found["previous"]["total"])
    check_rows(found["reasons"], ("reason", "workflow_type"), want.by_reason,
               before and before.by_reason)  # fmt: skip
    check_rows(found["workspaces"], ("id",), want.by_workspace, before and before.by_workspace)
    kinds = {key or "unassigned": of.net for key, of in want.by_kind.items() if any(of)}
    assert kinds == {
        row["kind"]: micro(row["credits"]) for row in found["split"] if row["kind"] in kinds
    }
    assert want.total.net == sum(micro(row["credits"]) for row in found["split"])
    for row in found["daily"]:
        day = dt.date.fromisoformat(row["day"])
        assert consumed(day, day).total == (micro(row["used"]), micro(row["refunded"]))
    for row in found["monthly"]:
        start, end = dt.date.fromisoformat(row["start"]), dt.date.fromisoformat(row["end"])
        today = now.astimezone(oracle.ZoneInfo(zone)).date()
        assert consumed(start, min(end, today)).total.net == micro(row["credits"])


def check_rows(rows, labels, now, before):
    """Each label of the raw rows has its row; where it is compared, only with any amount."""
    found = {}
    for row in rows:
        key = tuple(row[label] for label in labels)
        found[key if len(labels) > 1 else key[0]] = row
    nets, nets_before = oracle.net(now), oracle.net(before or {})
    there = {key for key, of in now.items() if before is None or of.used or of.refunded}
    assert there | {key for key, net in nets_before.items() if net} == found.keys()
    assert {key: nets.get(key, 0) for key in found} == {
        key: micro(row["credits"]) for key, row in found.items()
    }
    for key, row in found.items():
        assert row["previous"] == (None if before is None else exact(nets_before.get(key, 0)))


def test_a_report_in_full(ledger, builder):
    """Every key and its form, on a ledger small enough to add up by hand."""
    builder.account(timezone="Asia/Kathmandu", anchor_day=31)
    builder.period("2026-10-31", "2026-11-30", 20_000)
    builder.period("2026-09-30", "2026-10-31", "none")
    builder.workspace("w1", "Legal")
    used = builder.use("2026-11-20T18:14:59Z", "2.5", "enhanced_ocr", workspace="w1")
    builder.refund("2026-11-21T00:00Z", "0.500001", of=used)
    builder.use("2026-11-21T00:00Z", 1, "workflow_run")
    builder.save(ledger)
    found = made(ledger, "2026-11-20..2026-11-21")
    assert "2026-11-22T17:14:00+05:45" == found["now"]
    assert ("acme", "Asia/Kathmandu") == (found["account"], found["zone"])
    assert {"start": "2026-11-20", "end": "2026-11-21"} == found["range"]
    assert ("2.999999", None) == (found["total"], found["previous"])
    assert 30 == len(found["daily"])
    assert [
        {"day": "2026-11-20", "credits": "2.5", "used": "2.5", "refunded": "0", "in_range": True},
        {
            "day": "2026-11-21",
            "credits": "0.499999",
            "used": "1",
            "refunded": "0.500001",
            "in_range": True,
        },
    ] == found["daily"][-2:]
    assert [
        {
            "start": "2026-08-31",
            "end": "2026-09-29",
            "credits": "0",
            "allowance": None,
            "in_range": False,
        },
        {
            "start": "2026-09-30",
            "end": "2026-10-30",
            "credits": "0",
            "allowance": "none",
            "in_range": False,
        },
        {
            "start": "2026-10-31",
            "end": "2026-11-29",
            "credits": "2.999999",
            "allowance": "20000",
            "in_range": True,
        },
    ] == found["monthly"][-3:]
    assert [
        {"reason": "enhanced_ocr", "workflow_type": None, "credits": "1.999999", "previous": None},
        {"reason": "workflow_run", "workflow_type": None, "credits": "1", "previous": None},
    ] == found["reasons"]
    assert [
        {"id": "w1", "name": "Legal", "kind": "team", "credits": "1.999999", "previous": None},
        {"id": None, "name": "No workspace", "kind": None, "credits": "1", "previous": None},
    ] == found["workspaces"]
    assert [
        {"kind": "team", "credits": "1.999999", "previous": None},
        {"kind": "unassigned", "credits": "1", "previous": None},
    ] == found["split"]


def test_the_running_month_is_that_of_the_card_whatever_the_range(ledger, builder):
    """40 a day from 8 Oct to 21 Nov: 760 in November's month, and 11 days of 40 to come."""
    builder.account(anchor_day=3)
    builder.period("2026-11-03", "2026-12-03", 1_000)
    builder.entry("2026-10-03T00:00Z", 5_000, "grant")
    for place in range(45):
        builder.use(NOW.replace(month=10, day=8) + place * DAY, 40)
    builder.save(ledger)
    month = made(ledger)["month"]
    assert {
        "start": "2026-11-03",
        "end": "2026-12-02",
        "plan": "team",
        "credits": "760",
        "allowance": "1000",
        "projected": "1200",
        "likely_low": None,
        "likely_high": None,
        "balance": "3200",
        "advice": "Trending above your allowance",
    } == month
    assert month == made(ledger, "2026-10-10..2026-10-12")["month"]


def test_whether_the_charts_match_the_ledger_is_said_once_they_were_compared(ledger, builder):
    builder.account(timezone="Asia/Kathmandu")
    builder.use("2026-09-20T12:00Z", "2.75")
    builder.refund("2026-11-20T12:00Z", "0.5")
    builder.save(ledger)
    found = made(ledger)
    assert found["ledger"] is None
    assert "\nledger\n  never compared\n" in FORMATS["text"](found)
    assert "\nledger," not in FORMATS["csv"](found)
    with write_transaction(ledger) as connection:
        compare_copy(connection, "acme")
    assert {
        "credits": "2.25",
        "at": "2026-11-22T17:14:00+05:45",
        "difference": "0",
        "newer": "0",
        "says": "Matches the ledger: 2 credits in all on 22 Nov, 17:14.",
    } == told(ledger)["ledger"]


def test_what_was_used_in_the_previous_period_stands_beside_it(ledger, builder):
    """What had credits then only is there too, with none now."""
    builder.account(anchor_day=3)
    builder.workspace("w1", "Legal")
    builder.workspace("w2", "Drafts", kind="personal", owner="m1")
    builder.use("2026-10-03T12:00Z", "2.5", "enhanced_ocr", workspace="w2")
    builder.use("2026-10-23T12:00Z", 90, "enhanced_ocr", workspace="w2")
    builder.use("2026-11-20T12:00Z", 5, workspace="w1")
    builder.save(ledger)
    found = made(ledger)
    assert {
        "start": "2026-10-03",
        "end": "2026-10-22",
        "total": "2.5",
        "change": "+100%",
    } == found["previous"]
    assert [
        {"reason": "enhanced_ocr", "workflow_type": None, "credits": "0", "previous": "2.5"},
        {"reason": "premium_chat", "workflow_type": None, "credits": "5", "previous": "0"},
    ] == found["reasons"]
    assert [("w1", "5", "0"), ("w2", "0", "2.5")] == [
        (row["id"], row["credits"], row["previous"]) for row in found["workspaces"]
    ]
    assert [("team", "5", "0"), ("personal", "0", "2.5")] == [
        (row["kind"], row["credits"], row["previous"]) for row in found["split"]
    ]
    text = FORMATS["text"](found)
    assert "Used in 2026-10-03 to 2026-10-22: 2.5 credits (+100%)" in text
    assert "previous,used" in FORMATS["csv"](found)


def test_an_empty_range_is_zero_and_not_an_error(ledger, builder):
    builder.account()
    builder.save(ledger)
    found = made(ledger, "2020-01-01..2020-01-31")
    assert ("0", [], []) == (found["total"], found["reasons"], found["workspaces"])
    assert 31 == len(found["daily"])


@pytest.mark.parametrize("text", ["yesterday", "2026-11-01..2026-12-01"])
def test_a_bad_range_is_refused(ledger, builder, text):
    builder.account()
    builder.save(ledger)
    with pytest.raises(RangeError):
        made(ledger, text)


def test_an_unknown_account_is_refused(ledger):
    with pytest.raises(AccessDeniedError):
        made(ledger, account="nobody")


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "0"),
        (1, "0.000001"),
        (-1, "-0.000001"),
        (340_000_000, "340"),
        (12_500_000, "12.5"),
        (-120_000_000, "-120"),
        (10**18 + 1, "1000000000000.000001"),
    ],
)
def test_amounts_are_exact_and_have_no_trailing_zeros(micros, text):
    assert text == exact(micros)


@given(st.integers(-(2**63), 2**63))
def test_an_amount_reads_back(micros):
    assert micros == micro(exact(micros))


def test_the_three_formats_hold_the_same_rows(ledger, builder):
    builder.account()
    builder.workspace("w1", '=cmd,"x"')
    builder.use("2026-11-20T12:00Z", "1.25", workspace="w1")
    builder.save(ledger)
    found = made(ledger, "7d")
    assert found == json.loads(FORMATS["json"](found))
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](found))))
    lists = ("daily", "monthly", "reasons", "workspaces", "split", "spikes", "contributions")
    sections = ("month", *lists, "ledger")
    assert list(CSV_COLUMNS) == list(rows[0])
    single = [section for section in ("month", "ledger") if found[section]]
    assert len(single) + sum(len(found[section]) for section in lists) == len(rows)
    assert '\'=cmd,"x"' == next(row["name"] for row in rows if row["section"] == "workspaces")
    text = FORMATS["text"](found)
    assert "Used in this range: 1.25 credits" in text
    assert all(f"\n{section}\n" in text for section in sections)


def test_a_day_that_stands_out_has_its_cause_and_what_makes_up_its_excess(ledger, builder):
    """14 usual days of 10 + 5, then 10 + 25 + 2: 22 above usual."""
    builder.account()
    builder.workspace("w1", "Legal")
    builder.workspace("w2", "Archive", deleted_at="2026-11-21T00:00Z")
    for step in range(20):
        at = dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC) + DAY * step
        builder.use(at, 10, "premium_chat", workspace="w1")
        builder.use(at, 25 if step == 19 else 5, "enhanced_ocr", workspace="w2")
    builder.use("2026-11-20T10:00Z", "2.000001", "enhanced_ocr")
    builder.save(ledger)
    found = made(ledger, "7d")
    assert [
        {
            "day": "2026-11-20",
            "credits": "37.000001",
            "excess": "22.000001",
            "reason": "enhanced_ocr",
            "id": "w2",
            "name": "Archive (deleted)",
            "cause": "25",
            "in_range": True,
        }
    ] == found["spikes"]
    of = {"day": "2026-11-20"}
    reasons, places = of | {"breakdown": "reasons"}, of | {"breakdown": "workspaces"}
    assert [
        reasons | {"code": "enhanced_ocr", "other": False, "excess": "22.000001"},
        reasons | {"code": None, "other": True, "excess": "0"},
        places | {"code": "w2", "other": False, "excess": "20"},
        places | {"code": None, "other": False, "excess": "2.000001"},
        places | {"code": None, "other": True, "excess": "0"},
    ] == found["contributions"]
