"""What FOCUS 1.2 asks of a file, read back with another library; docs/exports.md has the validator.

The lists of columns are the specification's: those that MUST be there in every file, and those of a
provider with prices in a virtual currency and with sub accounts.
"""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pandas as pd
import pytest

from dashboard.exports.focus import COLUMNS, decimal, focus_csv
from dashboard.host import NO_HOST, CreditPrice, Host
from dashboard.sheet import SheetWish
from dashboard.view import Reading
from data import rollup
from data.access import snapshot_scope
from data.engine import read_transaction, write_transaction
from data.freshness import Freshness
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder

MANDATORY = {
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd",
    "ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost",
    "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory",
    "ServiceName",
}  # fmt: skip
OF_A_VIRTUAL_CURRENCY = {
    "PricingCurrency", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
}  # fmt: skip
OF_SUB_ACCOUNTS = {"SubAccountId", "SubAccountName"}
MAY_BE_NULL = {"ChargeClass", "InvoiceId", "SkuPriceDetails", "x_WorkflowType", *OF_SUB_ACCOUNTS}
HOST = Host(product="Docly", price=CreditPrice(Decimal("0.012"), "EUR"))


@pytest.fixture
def charges(sqlite_ledger):
    """The file of a billing month as a frame of texts, by entry."""
    rows = LedgerBuilder()
    rows.account("acme", name="=Acme", anchor_day=3, timezone="Asia/Kathmandu")
    rows.workspace("w1", "=cmd|'/c calc'!A1")
    before = rows.use("2026-11-02T09:00Z", 9, "enhanced_ocr", workspace="w1", id="before")
    used = rows.use("2026-11-05T20:00Z", 100, "workflow_run", workflow_type="redaction", id="used")
    rows.use("2026-11-07T09:00Z", "0.000001", "own_reason", workspace="w1", id="least")
    rows.refund("2026-11-20T09:00Z", "2.5", of=before, id="of-before")
    rows.refund("2026-11-21T09:00Z", 1, of=used, id="of-used")
    rows.refund("2026-11-21T09:00Z", 1, id="of-nothing-known")
    rows.save(sqlite_ledger)
    with write_transaction(sqlite_ledger) as connection:
        rolled = rollup.account_to_roll(connection, "acme")
        rollup.rebuild(connection, rolled)
    with read_transaction(sqlite_ledger) as connection:

        def read(host=HOST):
            reading = Reading(connection, snapshot_scope("acme"), Freshness(NOW, None, NOW))
            content = b"".join(focus_csv(reading, SheetWish(""), host)[1])
            frame = pd.read_csv(io.BytesIO(content), dtype=str, na_values="", keep_default_na=False)
            return frame.set_index("x_EntryId", drop=False)

        yield read


def added(column):
    return sum(map(Decimal, column))


def test_every_column_that_must_be_there_is_and_ours_come_last(charges):
    frame = charges()
    wanted = MANDATORY | OF_A_VIRTUAL_CURRENCY | OF_SUB_ACCOUNTS
    assert set() == wanted - set(frame.columns)
    assert list(COLUMNS) == list(frame.columns)
    assert sorted(COLUMNS[-4:]) == [name for name in sorted(COLUMNS) if name.startswith("x_")]
    empty = {name for name in frame.columns if frame[name].isna().any()}
    assert set() == empty - MAY_BE_NULL


def test_credits_are_the_currency_of_prices_and_add_up_to_the_page(charges):
    frame = charges()
    assert {"Credits"} == set(frame["PricingCurrency"]) == set(frame["PricingUnit"])
    total = Decimal("95.500001")
    assert total == added(frame["PricingQuantity"])
    assert total == added(frame["PricingCurrencyEffectiveCost"])


def test_costs_are_the_quantity_at_the_hosts_price_and_nothing_is_billed_twice(charges):
    frame = charges()
    assert {"EUR"} == set(frame["BillingCurrency"])
    assert {"0.012"} == set(frame["ListUnitPrice"])
    assert {"0.0"} == set(frame["BilledCost"])
    for name in ("ListCost", "ContractedCost", "EffectiveCost"):
        assert Decimal("0.012") * Decimal("95.500001") == added(frame[name])
    assert {"Docly"} == set(frame["ProviderName"])


def test_without_a_price_no_money_is_made_up(charges):
    frame = charges(NO_HOST)
    assert {"XXX"} == set(frame["BillingCurrency"])
    costs = ("BilledCost", "ListCost", "ContractedCost", "EffectiveCost", "ListUnitPrice")
    assert {"0.0"} == {cost for name in costs for cost in frame[name]}
    assert Decimal("95.500001") == added(frame["PricingQuantity"])


def test_a_refund_is_negative_usage_and_corrects_only_what_an_earlier_month_was_charged(charges):
    frame = charges()
    assert {"Usage"} == set(frame["ChargeCategory"])
    assert {"of-before": "Correction"} == frame["ChargeClass"].dropna().to_dict()
    assert "-2.5" == frame.loc["of-before", "PricingQuantity"]
    assert "Enhanced OCR, refund" == frame.loc["of-before", "ChargeDescription"]


def test_a_charge_is_of_its_local_day_and_billing_month_in_utc(charges):
    frame = charges()
    times = ["ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd"]
    # 01:45 on the sixth of November in Kathmandu
    assert [
        "2026-11-05T18:15:00Z",
        "2026-11-06T18:15:00Z",
        "2026-11-02T18:15:00Z",
        "2026-12-02T18:15:00Z",
    ] == frame.loc["used", times].tolist()


def test_known_reasons_have_a_category_and_a_hosts_own_are_other(charges):
    of = ["ServiceCategory", "ServiceSubcategory", "ServiceName", "SkuId"]
    frame = charges()
    ai = ["AI and Machine Learning", "Other (AI and Machine Learning)"]
    assert [*ai, "Workflow runs", "workflow_run/redaction"] == frame.loc["used", of].tolist()
    assert ["Other", "Other (Other)", "own_reason", "own_reason"] == frame.loc["least", of].tolist()


def test_texts_stay_texts_and_numbers_are_plain_decimals(charges):
    frame = charges()
    assert "'=Acme" == frame["BillingAccountName"].iloc[0]
    assert "'=cmd|'/c calc'!A1" == frame.loc["least", "SubAccountName"]
    numbers = [name for name in COLUMNS if name.endswith(("Cost", "Price", "Quantity"))]
    shown = {value for name in numbers for value in frame[name]}
    assert [] == [value for value in shown if not re.fullmatch(r"-?[0-9]+\.[0-9]+", value)]
    assert ["12.0", "0.125", "-1.0", "0.000000012"] == [
        decimal(Decimal(text)) for text in ("12", "0.1250", "-1", "1.2E-8")
    ]
