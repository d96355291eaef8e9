"""The harness itself: both databases take a built ledger, and the oracle sums by local day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from data import schema
from tests import oracle
from tests.ledger_builder import LedgerBuilder, clear, micro
from tests.strategies import ledgers, ranges_near


def built() -> LedgerBuilder:
    rows = LedgerBuilder()
    rows.account("acme", timezone="Asia/Kathmandu", anchor_day=31, balance="12.5")
    rows.period("2026-01-31", "2026-02-28", 20_000)
    rows.workspace("w1", "Legal")
    rows.workspace("w2", kind="personal", owner="m1", deleted_at="2026-02-01T00:00Z")
    rows.member("m1")
    rows.reason("own", "Our own")
    used = rows.use("2026-02-03T18:14:59Z", "1.5", workspace="w1")
    rows.use("2026-02-03T18:15Z", 2, "workflow_run", workflow_type="contract_review")
    rows.refund("2026-02-04T00:00Z", "0.000001", of=used)
    rows.entry("2026-02-04T00:00Z", 100, "grant")
    return rows


def test_a_built_ledger_is_read_back_as_it_was_given(ledger):
    rows = built()
    rows.save(ledger)
    with ledger.connect() as connection:
        for table in schema.ledger.sorted_tables:
            found = [dict(row) for row in connection.execute(select(table)).mappings()]
            assert getattr(rows, table.name) == found


@given(ledgers())
def test_both_dialects_take_every_generated_ledger(ledger, generated):
    clear(ledger)
    generated.rows.save(ledger)
    with ledger.connect() as connection:
        found = connection.execute(select(schema.entries)).mappings()
        saved = {(row["account_id"], row["id"]): dict(row) for row in found}
    assert {(row["account_id"], row["id"]): row for row in generated.rows.entries} == saved


@given(st.data())
def test_the_oracle_counts_each_generated_entry_in_each_breakdown(data):
    generated = data.draw(ledgers())
    for account in generated.rows.accounts:
        first, last = data.draw(ranges_near(generated.focus[account["id"]]))
        found = oracle.consumed(
            generated.rows.entries, account["id"], account["timezone"], first, last
        )
        for breakdown in (found.by_day, found.by_reason, found.by_workspace, found.by_kind):
            assert found.total.used == sum(amount.used for amount in breakdown.values())
            assert found.total.refunded == sum(amount.refunded for amount in breakdown.values())


def test_a_cleared_ledger_is_empty(ledger):
    built().save(ledger)
    clear(ledger)
    with ledger.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar()
            for table in schema.ledger.sorted_tables
        ]
    assert [0] * 6 == counts


def test_the_oracle_sums_by_local_day():
    rows = built()
    day = dt.date(2026, 2, 3)
    found = oracle.consumed(
        rows.entries, "acme", "Asia/Kathmandu", day, day + dt.timedelta(days=2), rows.workspaces
    )
    assert oracle.Amount(micro("3.5"), 1) == found.total
    assert {
        dt.date(2026, 2, 3): oracle.Amount(micro("1.5"), 0),
        dt.date(2026, 2, 4): oracle.Amount(micro(2), 1),
        dt.date(2026, 2, 5): oracle.Amount(0, 0),
    } == found.by_day
    assert {("premium_chat", None): 1_499_999, ("workflow_run", "contract_review"): 2_000_000} == (
        oracle.net(found.by_reason)
    )
    assert {"w1": 1_499_999, None: 2_000_000} == oracle.net(found.by_workspace)
    assert {"team": 1_499_999, None: 2_000_000} == oracle.net(found.by_kind)


def test_the_balance_follows_the_formula():
    assert micro(100) - micro("3.5") + 1 == oracle.balance(built().entries, "acme")


@pytest.mark.parametrize("credits", [0.5, "0.0000001"])
def test_the_builder_takes_exact_credits_only(credits):
    with pytest.raises((TypeError, ValueError)):
        micro(credits)


def test_real_ledgers_are_where_they_are_said_to_be(real_data):
    assert (real_data / "README.md").is_file()
