"""A file of entries beside a ledger that moved on: what is newer is said, what is gone refused."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import delete

from dashboard.exports.entries import entries_csv
from dashboard.host import NO_HOST
from dashboard.sheet import SheetWish
from dashboard.view import Reading
from data import rollup
from data.access import snapshot_scope
from data.engine import read_transaction, write_transaction
from data.errors import UsageError
from data.freshness import Freshness
from data.schema import entries
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder, instant


@pytest.fixture
def ledger_of_a_year(sqlite_ledger):
    rows = LedgerBuilder()
    rows.account()
    rows.use("2025-11-02T09:00Z", 1)
    rows.use("2026-10-01T09:00Z", 2)
    rows.use("2026-11-20T09:00Z", 4)
    rows.save(sqlite_ledger)
    with write_transaction(sqlite_ledger) as connection:
        rolled = rollup.account_to_roll(connection, "acme")
        rollup.rebuild(connection, rolled)
    return sqlite_ledger


def lines_of(engine, range_):
    with read_transaction(engine) as connection:
        reading = Reading(connection, snapshot_scope("acme"), Freshness(NOW, None, NOW))
        content = b"".join(entries_csv(reading, SheetWish("", range=range_), NO_HOST)[1])
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_entries_that_the_charts_do_not_have_yet_are_in_the_file_and_said(ledger_of_a_year):
    late = LedgerBuilder()
    late.account()
    late.use("2026-11-10T09:00Z", 8, id="late")
    with ledger_of_a_year.begin() as connection:
        connection.execute(entries.insert(), late.entries)
    lines = lines_of(ledger_of_a_year, "month")
    says = {line[0]: line[1] for line in lines if len(line) == 2}
    assert ("4", "-8") == (says["Total credits"], says["Not listed"])
    assert ["8", "4"] == [line[-1] for line in lines[-2:]]


def test_a_part_of_the_entries_never_passes_for_all(ledger_of_a_year):
    with ledger_of_a_year.begin() as connection:
        connection.execute(delete(entries).where(entries.c.occurred_at < instant("2026-09-01T00Z")))
    with pytest.raises(UsageError, match="from Thu 1 Oct 2026 on, or download") as refused:
        lines_of(ledger_of_a_year, "2025-11-01..2026-11-22")
    assert "export.kept" == refused.value.code
    assert ["2", "4"] == [
        line[-1] for line in lines_of(ledger_of_a_year, "2026-10-01..2026-11-22")[-2:]
    ]


def test_without_any_entry_left_only_the_charts_can_be_had(ledger_of_a_year):
    with ledger_of_a_year.begin() as connection:
        connection.execute(delete(entries))
    with pytest.raises(UsageError, match=r"No entries are kept.*Download the chart data"):
        lines_of(ledger_of_a_year, "month")
