"""The four real ledgers: every sum equals Python's Decimal over the raw rows, and the figures
that came with the sets.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections import defaultdict
from decimal import Decimal, localcontext

import pytest

from data.importers import import_files

pytestmark = pytest.mark.real_data

RETAIL = ("online-retail/online_retail.csv.gz",)
SERVEGEN = ("servegen/servegen_m-mid.csv.gz", "servegen/servegen_deepseek-r1.csv.gz")
AZURE = tuple(f"azure-llm-2023/AzureLLMInferenceTrace_{part}.csv" for part in ("conv", "code"))
FOCUS = ("focus/focus_sample.csv",)


def raw(folder, name):
    """The rows of a set as the csv module alone gives them."""
    path = folder / name
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


@pytest.fixture
def taken(real_data, db):
    """A function that imports files of a real set by its map."""

    def taken(names, map_name):
        return import_files([real_data / name for name in names], str(db), map_name=map_name)

    return taken


def credits_by(rows, column):
    """Consumed credits by a column of the entries, as exact decimals."""
    found = rows(
        f"SELECT {column}, sum(CASE kind WHEN 'usage' THEN amount_micro "
        "WHEN 'refund' THEN -amount_micro ELSE 0 END) FROM entries GROUP BY 1"
    )
    return {key: Decimal(micro) / 10**6 for key, micro in found}


@pytest.mark.slow
def test_online_retail_adds_up(real_data, taken, rows):
    result = taken(RETAIL, "online-retail")
    customers, months = defaultdict(Decimal), defaultdict(Decimal)
    for row in raw(real_data, RETAIL[0]):
        amount = Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
        customers[row["CustomerID"].removesuffix(".0")] += amount
        months[row["InvoiceDate"][:7]] += amount
    assert credits_by(rows, "workspace_id") == customers
    month = "strftime('%Y-%m', occurred_at / 1000000, 'unixepoch')"
    assert credits_by(rows, month) == months  # the shop was closed at every month's midnight
    assert sum(customers.values()) == Decimal("4155604.053")
    assert (result.rows, result.entries, result.workspaces_made) == (194_630, 194_630, 2_187)
    assert rows("SELECT count(*) FROM entries WHERE kind = 'refund'") == [(4_058,)]
    assert rows("SELECT count(*) FROM entries WHERE amount_micro = 0") == [(17,)]


@pytest.mark.slow
def test_online_retail_stands_on_londons_clock(real_data, taken, rows):
    taken(RETAIL, "online-retail")
    written = [
        dt.datetime.fromisoformat(row["InvoiceDate"]).hour for row in raw(real_data, RETAIL[0])
    ]
    stored = rows("SELECT occurred_at / 3600000000 % 24 FROM entries ORDER BY id")
    ahead = [hour - utc for hour, (utc,) in zip(written, stored, strict=True)]
    assert set(ahead) == {0, 1}  # London is never behind UTC, and an hour ahead in summer


@pytest.mark.slow
def test_servegen_adds_up(real_data, taken, rows):
    result = taken(SERVEGEN, "servegen")
    clients, idle = defaultdict(Decimal), 0
    for name in SERVEGEN:
        for row in raw(real_data, name):
            requests = Decimal(row["rate"]) * 600
            whole = requests.to_integral_value()
            assert abs(requests - whole) < Decimal("1e-6")
            if whole:
                clients[f"{row['model']}/{row['client']}"] += whole
            else:
                idle += 1
    assert credits_by(rows, "workspace_id") == clients
    assert credits_by(rows, "reason") == {"m-mid": 2_165_253_970, "deepseek-r1": 1_383_669}
    assert result.skipped == (("window without requests", idle),)
    assert (result.rows, result.entries) == (230_256, 106_385 + 3_111)
    assert result.workspaces_made == 108 + 73


def test_azure_llm_adds_up(real_data, taken, rows):
    result = taken(AZURE, "azure-llm")
    services = {}
    for name, reason in zip(AZURE, ("premium_chat", "workflow_run"), strict=True):
        tokens = sum(
            int(row["ContextTokens"]) + int(row["GeneratedTokens"]) for row in raw(real_data, name)
        )
        services[reason] = Decimal(tokens) / 1000
    assert credits_by(rows, "reason") == services
    assert services == {
        "premium_chat": Decimal(22_361_870 + 4_088_665) / 1000,
        "workflow_run": Decimal(18_059_974 + 245_896) / 1000,
    }
    assert rows("SELECT DISTINCT reason, workflow_type FROM entries ORDER BY 1") == [
        ("premium_chat", None),
        ("workflow_run", "code_completion"),
    ]
    assert result.entries == 19_366 + 8_819


def test_focus_adds_up(real_data, taken, rows):
    result = taken(FOCUS, "focus")
    accounts, categories, adjusted = defaultdict(Decimal), defaultdict(Decimal), Decimal(0)
    with localcontext() as context:
        context.prec = 60
        for row in raw(real_data, FOCUS[0]):
            amount = Decimal(row["BilledCost"]) * 100_000
            if row["ChargeCategory"] == "Adjustment":
                adjusted += amount
                continue
            accounts[row["BillingAccountId"]] += amount
            categories[row["ServiceCategory"]] += amount
        assert credits_by(rows, "account_id") == accounts
        assert credits_by(rows, "reason") == categories
        billed = (sum(accounts.values()) + adjusted) / 100_000
        assert billed == Decimal("20.52022672899")
    assert (result.entries, result.workspaces_made, len(categories)) == (1_000, 73, 10)
    assert sum(total.moved_micro for total in result.accounts) == adjusted * 10**6


@pytest.mark.slow
def test_all_four_sets_stand_in_one_ledger(taken, rows):
    for names, map_name in (
        (FOCUS, "focus"),
        (AZURE, "azure-llm"),
        (SERVEGEN, "servegen"),
        (RETAIL, "online-retail"),
    ):
        taken(names, map_name)
    assert rows("SELECT count(*) FROM entries") == [(1_000 + 28_185 + 109_496 + 194_630,)]
    assert rows("SELECT count(*) FROM accounts") == [(6,)]
