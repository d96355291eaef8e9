"""Import, roll up, report: over ledgers that nobody here wrote, in two zones each.

The other side is plain Python over the files' own rows: csv, Decimal and zoneinfo, none of ours.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

import app
from data import schema
from data.engine import connect, create_tables, insert_rows
from tests import oracle
from tests.rolled import counted, stored

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

LONDON = ZoneInfo("Europe/London")
MICRO = 1_000_000
WIDE = (dt.date(2009, 1, 1), dt.date(2026, 1, 1))
Rows = Iterator[dict[str, object]]


def entry(account, at, reason, amount, **more):
    """A row as the oracle takes it; below zero it is a refund."""
    micro = amount * MICRO
    assert micro == int(micro)
    kind = more.pop("kind", "usage" if amount >= 0 else "refund")
    row = {"account_id": account, "occurred_at": at, "reason": reason, "kind": kind}
    row |= {"workflow_type": None, "workspace_id": None, "amount_micro": abs(int(micro))}
    return row | more


def retail(name: str, lines: csv.DictReader) -> Rows:
    for line in lines:
        local = dt.datetime.fromisoformat(line["InvoiceDate"]).replace(tzinfo=LONDON)
        yield entry(
            "online-retail",
            local,
            None,
            Decimal(line["Quantity"]) * Decimal(line["UnitPrice"]),
            workspace_id=line["CustomerID"].removesuffix(".0"),
        )


def servegen(name: str, lines: csv.DictReader) -> Rows:
    start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    for line in lines:
        requests = round(Decimal(line["rate"]) * 600)
        if requests:
            yield entry(
                "servegen",
                start + dt.timedelta(seconds=int(line["timestamp"])),
                line["model"],
                requests,
                workspace_id=f"{line['model']}/{line['client']}",
            )


def azure(name: str, lines: csv.DictReader) -> Rows:
    chat = fnmatch(name, "*_conv*")
    for line in lines:
        tokens = int(line["ContextTokens"]) + int(line["GeneratedTokens"])
        yield entry(
            "azure-llm",
            dt.datetime.fromisoformat(line["TIMESTAMP"][:26]).replace(tzinfo=dt.UTC),
            "premium_chat" if chat else "workflow_run",
            Decimal(tokens) / 1000,
            workflow_type=None if chat else "code_completion",
        )


def focus(name: str, lines: csv.DictReader) -> Rows:
    for line in lines:
        cost = Decimal(line["BilledCost"]) * 100_000
        adjusted = {"kind": "adjustment"} if line["ChargeCategory"] == "Adjustment" else {}
        yield entry(
            line["BillingAccountId"],
            dt.datetime.fromisoformat(line["ChargePeriodStart"]).replace(tzinfo=dt.UTC),
            line["ServiceCategory"],
            cost,
            workspace_id=line["SubAccountId"],
            **adjusted,
        )


@dataclass(frozen=True)
class RealSet:
    """One set: its files, how its rows are read here, zones and ranges to look at it in."""

    map: str
    files: tuple[str, ...]
    read: Callable[[str, csv.DictReader], Rows]
    zones: tuple[str, str]
    ranges: tuple[str, ...]
    account: str
    consumed: str | None  # what the set's own description says, where it says it
    reasons: bool = True  # whether the map keeps the set's own reasons


SETS = (
    RealSet(
        "online-retail",
        ("online-retail/online_retail.csv.gz",),
        retail,
        ("Europe/London", "Pacific/Chatham"),
        ("2010-12-01..2011-12-09", "2011-03-20..2011-04-02", "2011-10-25..2011-11-05", "90d"),
        "online-retail",
        "4155604.053",
        reasons=False,
    ),
    RealSet(
        "servegen",
        ("servegen/servegen_m-mid.csv.gz", "servegen/servegen_deepseek-r1.csv.gz"),
        servegen,
        ("UTC", "Asia/Kathmandu"),
        ("2024-12-31..2025-01-14", "7d", "2025-01-01..2025-01-01"),
        "servegen",
        str(2_165_253_970 + 1_383_669),
    ),
    RealSet(
        "azure-llm",
        (
            "azure-llm-2023/AzureLLMInferenceTrace_conv.csv",
            "azure-llm-2023/AzureLLMInferenceTrace_code.csv",
        ),
        azure,
        ("UTC", "Asia/Beirut"),
        ("2023-11-16..2023-11-16", "30d"),
        "azure-llm",
        str(Decimal(22_361_870 + 4_088_665 + 18_059_974 + 245_896) / 1000),
    ),
    RealSet(
        "focus",
        ("focus/focus_sample.csv",),
        focus,
        ("UTC", "America/New_York"),
        ("2024-08-31..2024-09-30", "7d", "2024-09-10..2024-09-17"),
        "1234567890123",
        None,
    ),
)


def raw_rows(real_data, real_set: RealSet) -> list[dict[str, object]]:
    found = []
    for name in real_set.files:
        path = real_data / name
        unpack = gzip.decompress if path.suffix == ".gz" else bytes
        lines = io.StringIO(unpack(path.read_bytes()).decode(), newline="")
        found += real_set.read(path.name, csv.DictReader(lines))
    return found


def amount(text: str) -> int:
    micro = Decimal(text) * MICRO
    assert micro == int(micro)
    return int(micro)


def report(ledger, account, text):
    printed = io.StringIO()
    with redirect_stdout(printed):
        arguments = ["report", "--db", str(ledger), "--account", account, "--range", text]
        assert 0 == app.main([*arguments, "--format", "json"])
    return json.loads(printed.getvalue())


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("CREDITS_CACHE_DIR", str(tmp_path / "cache"))


def imported(real_data, real_set: RealSet, zone: str, folder: Path) -> Path:
    """The ledger that `import` makes of the set, in that zone."""
    ledger = folder / f"{zone.replace('/', '-')}.sqlite"
    terms = folder / "accounts.toml"
    terms.write_text(f'[account."{real_set.account}"]\ntimezone = "{zone}"\n')
    files = [str(real_data / name) for name in real_set.files]
    options = ["--map", real_set.map, "--db", str(ledger), "--accounts", str(terms)]
    with redirect_stdout(io.StringIO()):
        assert 0 == app.main(["import", *files, *options])
    return ledger


EACH_SET = pytest.mark.parametrize("real_set", SETS, ids=lambda found: found.map)


@EACH_SET
def test_the_report_equals_an_independent_sum(real_data, real_set, tmp_path):
    rows = raw_rows(real_data, real_set)
    for zone in real_set.zones:
        ledger = imported(real_data, real_set, zone, tmp_path)
        ever = oracle.consumed(rows, real_set.account, zone, *WIDE)
        assert real_set.consumed in {None, str(Decimal(ever.total.net) / MICRO)}
        for text in real_set.ranges:
            compare(report(ledger, real_set.account, text), rows, ever, real_set)


def compare(found, rows, ever, real_set):
    first, last = (dt.date.fromisoformat(found["range"][edge]) for edge in ("start", "end"))
    want = oracle.consumed(rows, real_set.account, found["zone"], first, last)
    assert want.total.net == amount(found["total"])
    assert oracle.net(want.by_day) == {
        dt.date.fromisoformat(row["day"]): amount(row["credits"])
        for row in found["daily"]
        if row["in_range"]
    }
    assert moved(want.by_workspace) == {
        row["id"]: amount(row["credits"])
        for row in found["workspaces"]
        if row["id"] in moved(want.by_workspace) or row["credits"] != "0"
    }
    assert want.total.net == sum(amount(row["credits"]) for row in found["split"])
    if real_set.reasons:
        assert moved(want.by_reason) == {
            (row["reason"], row["workflow_type"]): amount(row["credits"])
            for row in found["reasons"]
            if (row["reason"], row["workflow_type"]) in moved(want.by_reason)
            or row["credits"] != "0"
        }
    assert want.total.net == sum(amount(row["credits"]) for row in found["reasons"])
    for row in found["monthly"]:
        start, end = (dt.date.fromisoformat(row[edge]) for edge in ("start", "end"))
        days = (net.net for day, net in ever.by_day.items() if start <= day <= end)
        assert sum(days) == amount(row["credits"])


def moved(sums):
    """The nets of labels with an amount: entries of nothing have no row beside a comparison."""
    return {key: of.net for key, of in sums.items() if of.used or of.refunded}


@EACH_SET
def test_verify_finds_no_difference(real_data, real_set, tmp_path, database, database_url, capsys):
    """Rolled up on both databases; an independent count agrees."""
    ledger = connect(str(imported(real_data, real_set, real_set.zones[1], tmp_path)))
    create_tables(database, schema.ledger)
    with ledger.connect() as source, database.begin() as target:
        for table in schema.ledger.sorted_tables:
            if rows := [tuple(row) for row in source.execute(select(table))]:
                insert_rows(target, table, rows)
    ledger.dispose()
    for command in (["install"], ["rollup", "--once"], ["verify"]):
        assert 0 == app.main([*command, "--db", database_url])
    assert ": 0 differences, 0 not built, 0 days wait" in capsys.readouterr().out
    assert counted(database) == stored(database)


def test_retail_is_shown_as_it_is(real_data, tmp_path):
    """2,187 customers, thirteen months, refunds, London's clocks: nothing folded in the report."""
    ledger = tmp_path / "retail.sqlite"
    file = str(real_data / SETS[0].files[0])
    with redirect_stdout(io.StringIO()):
        assert 0 == app.main(["import", file, "--map", "online-retail", "--db", str(ledger)])
    found = report(ledger, "online-retail", "2010-12-01..2011-12-09")
    assert 2_187 == len(found["workspaces"])
    assert ("2011-01-01", "2011-12-01") == (
        found["monthly"][0]["start"],
        found["monthly"][-1]["start"],
    )
    assert any(row["credits"].startswith("-") for row in found["workspaces"])
    with redirect_stdout(io.StringIO()):
        assert 0 == app.main(["check", "--db", str(ledger)])
