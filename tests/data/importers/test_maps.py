"""The four shipped maps, on a few lines in each set's own columns, and the sample that ships."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from data import importers
from data.errors import UsageError
from data.importers import import_files

SAMPLE = Path(importers.__file__).parent / "samples" / "focus-2024-09.csv"
ENTRIES = """SELECT strftime('%Y-%m-%dT%H:%M:%S', occurred_at / 1000000, 'unixepoch'), kind, reason,
    workflow_type, workspace_id, amount_micro FROM entries ORDER BY account_id, id"""


# --- online-retail ----------------------------------------------------------------------------

RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def test_online_retail(take, rows):
    take(
        RETAIL,
        "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
        'C536379,D,"Discount, all",-1,2011-06-01 09:41:00,27.50,14527.0,United Kingdom',
        "536370,POST,POSTAGE,3,2011-06-01 08:45:00,18.125,12583.0,France",
        "540000,22423,STAND,2,2011-06-01 10:00:00,0.0,17850.0,United Kingdom",
        map_name="online-retail",
    )
    assert rows(ENTRIES) == [
        ("2010-12-01T08:26:00", "usage", "goods_other", None, "17850", 15_300_000),
        ("2011-06-01T08:41:00", "refund", "manual", None, "14527", 27_500_000),
        ("2011-06-01T07:45:00", "usage", "carriage", None, "12583", 54_375_000),
        ("2011-06-01T09:00:00", "usage", "goods_22", None, "17850", 0),
    ]
    assert rows("SELECT id, name, timezone FROM accounts") == [
        ("online-retail", "Online Retail", "UTC")
    ]
    assert rows("SELECT id, name, kind FROM workspaces ORDER BY id LIMIT 1") == [
        ("12583", "Customer 12583", "team")
    ]
    assert rows("SELECT label FROM reasons WHERE code = 'manual'") == [("Manual, fees, discounts",)]


# --- servegen -----------------------------------------------------------------------------------

SERVEGEN = "category,model,client,timestamp,rate,cv,pattern,param1,param2"


def test_servegen_keeps_the_clients_of_two_models_apart(take, rows):
    result = take(
        SERVEGEN,
        "language,m-mid,0,0,0,0,,0,0",
        "language,m-mid,0,135600,1.3133333333333332,6.0,Weibull,0.3,0.01",
        "reason,deepseek-r1,0,600,0.075,2.2,Gamma,0.2,0.1",
        map_name="servegen",
    )
    assert result.skipped == (("window without requests", 1),)
    assert rows(ENTRIES) == [
        ("2025-01-02T13:40:00", "usage", "m-mid", None, "m-mid/0", 788_000_000),
        ("2025-01-01T00:10:00", "usage", "deepseek-r1", None, "deepseek-r1/0", 45_000_000),
    ]
    assert rows("SELECT name FROM workspaces ORDER BY id") == [
        ("deepseek-r1 client 0",),
        ("m-mid client 0",),
    ]


def test_a_rate_that_is_no_whole_number_of_requests_is_refused(take):
    with pytest.raises(UsageError, match=r"line 2, column rate, value .1[.]313.: rounding"):
        take(SERVEGEN, "language,m-mid,0,0,1.313,0,,0,0", map_name="servegen")


# --- azure-llm ----------------------------------------------------------------------------------

AZURE = b"TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.6805900,374,44"


def test_azure_llm_tells_its_two_files_apart_by_name(db, write, rows):
    paths = [
        write("AzureLLMInferenceTrace_conv.csv", AZURE),
        write("AzureLLMInferenceTrace_code.csv.gz", gzip.compress(AZURE.replace(b"374", b"4808"))),
    ]
    import_files(paths, str(db), map_name="azure-llm")
    expected = [
        ("2023-11-16T18:15:46", "premium_chat", None, None, 418_000),
        ("2023-11-16T18:15:46", "workflow_run", "code_completion", None, 4_852_000),
    ]
    found = [
        (at, reason, kind, place, micro) for at, _, reason, kind, place, micro in rows(ENTRIES)
    ]
    assert expected == sorted(found, key=lambda row: row[1])
    assert {at % 10**6 for (at,) in rows("SELECT occurred_at FROM entries")} == {680_590}


def test_azure_llm_refuses_a_file_whose_name_says_neither(db, write):
    with pytest.raises(UsageError, match="column reason"):
        import_files([write("trace.csv", AZURE)], str(db), map_name="azure-llm")


# --- focus --------------------------------------------------------------------------------------

FOCUS = (
    "BilledCost,BillingAccountId,BillingAccountName,ChargeCategory,ChargePeriodStart,ProviderName,"
    "ServiceCategory,SubAccountId,SubAccountName"
)


def test_focus(take, rows):
    take(
        FOCUS,
        "0.00000000001,1,SunBird,Usage,2024-09-18 22:00:00,AWS,Integration,51,Atlas",
        "-2.61370000000,1,SunBird,Credit,2024-09-18 22:00:00,AWS,Compute,51,Atlas",
        "0.08,2,NULL,Adjustment,2024-09-01T00:00:00Z,Oracle,Compute,NULL,NULL",
        "-0.5,2,,Usage,2024-09-02 00:00:00,Oracle,Storage,61,Nimbus",
        "0E-11,2,,Usage,2024-09-02 00:00:00,Oracle,Storage,61,Nimbus",
        map_name="focus",
    )
    assert rows(ENTRIES) == [
        ("2024-09-18T22:00:00", "usage", "Integration", None, "51", 1),
        ("2024-09-18T22:00:00", "refund", "Compute", None, "51", 261_370_000_000),
        ("2024-09-01T00:00:00", "adjustment", "Compute", None, None, 8_000_000_000),
        ("2024-09-02T00:00:00", "refund", "Storage", None, "61", 50_000_000_000),
        ("2024-09-02T00:00:00", "usage", "Storage", None, "61", 0),
    ]
    assert rows("SELECT id, name FROM accounts ORDER BY id") == [
        ("1", "AWS SunBird"),
        ("2", "Oracle"),
    ]


def test_focus_refuses_a_credit_that_adds_to_the_bill(take):
    row = "1.5,1,SunBird,Credit,2024-09-18 22:00:00,AWS,Compute,51,Atlas"
    with pytest.raises(
        UsageError, match=r"line 2, column BilledCost, value .1[.]5.: -150,000 credits"
    ):
        take(FOCUS, row, map_name="focus")


# --- the sample ---------------------------------------------------------------------------------


def test_the_sample_imports_to_the_sum_of_its_own_rows(db, rows):
    result = import_files([SAMPLE], str(db), map_name="focus")
    with SAMPLE.open(newline="", encoding="utf-8") as stream:
        raw = list(csv.DictReader(stream))
    consumed: dict[str, Decimal] = defaultdict(Decimal)
    for row in raw:
        if row["ChargeCategory"] != "Adjustment":
            consumed[row["BillingAccountId"]] += Decimal(row["BilledCost"]) * 100_000
    found = {total.id: Decimal(total.consumed_micro) / 10**6 for total in result.accounts}
    assert dict(consumed) == found
    assert (result.rows, result.entries, result.workspaces_made) == (1_000, 1_000, 73)
    assert sum(Decimal(row["BilledCost"]) for row in raw) == Decimal("20.52022672899")
    assert rows("SELECT count(DISTINCT reason) FROM entries") == [(10,)]


def test_the_sample_is_small_and_has_its_licence_beside_it():
    assert SAMPLE.stat().st_size < 200_000
    readme = (SAMPLE.parent / "README.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in readme
    assert "FinOps Foundation" in readme
    licence = (SAMPLE.parent / "LICENSE-CC-BY-4.0.txt").read_text(encoding="utf-8-sig")
    assert licence.startswith("Attribution 4.0 International")
