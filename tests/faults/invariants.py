"""What holds after every fault: I1 to I5 of docs/reliability.md, asserted and never mended.

What is compared with is counted from the ledger's raw rows by tests/oracle.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, func, select, update

from dashboard.panels import PANELS
from data import schema
from tests import storm
from tests.live_page import LivePage
from tests.page_client import TABLE_TEXTS, total_of
from tests.rolled import Sums, counted, stored

EVERY_TABLE = {"tables": ",".join(panel.key for panel in PANELS), "workspaces": "all"}
OF_THE_RANGE = {"daily", "reason", "workspace", "team"}  # the months reach beyond it
EDGES = ("Pacific/Kiritimati", "Pacific/Pago_Pago")  # 25 hours apart


def hold(page: LivePage, range_: str = "90d") -> None:
    """All five, on a ledger of which nothing waits for the aggregator."""
    sums_are_the_ledgers(page.ledger)
    for account in accounts(page.ledger):
        shown = page.show(range_, account, **EVERY_TABLE)
        panels_agree(shown)
        nothing_is_anothers(page.ledger, account, shown)
    twice_is_once(page)
    no_zone_changes_a_total(page)


def accounts(ledger: Engine) -> list[str]:
    with ledger.connect() as connection:
        return list(connection.execute(select(schema.accounts.c.id)).scalars())


def sums_are_the_ledgers(ledger: Engine) -> None:
    """I1: by reason, by workspace and in the ledger, account by account, the same sum."""
    found, right = stored(ledger), counted(ledger)
    assert _totals(right) == _totals(found)
    assert right == found


def nothing_is_anothers(ledger: Engine, account: str, answer: Any) -> None:
    """I2: no name of another account's workspaces or members stands in an answer."""
    said = json.dumps(answer, ensure_ascii=False)
    assert [] == [name for name in names_of_others(ledger, account) if name in said]


def names_of_others(ledger: Engine, account: str) -> Iterator[str]:
    with ledger.connect() as connection:
        for table in (schema.workspaces, schema.members):
            others = table.c.account_id != account
            yield from connection.execute(select(table.c.name).where(others)).scalars()


def panels_agree(shown: Any) -> None:
    """I3: the tables of one answer and its headline have one total."""
    assert not shown["grid"]["hidden"]
    totals = dict(_table_totals(shown))
    if totals:
        assert {key: total_of(shown).split()[0] for key in OF_THE_RANGE} == totals


def twice_is_once(page: LivePage) -> None:
    """I4: a pass over all days again changes none, and the daily second look mends nothing."""
    before = stored(page.ledger)
    with page.ledger.begin() as connection:
        marks = select(schema.entries.c.account_id, schema.entries.c.occurred_at)
        connection.execute(schema.dirty.insert().from_select(["account_id", "at"], marks))
    storm.aggregator(page.ledger, "again", lambda: page.now).run_once()
    assert before == stored(page.ledger)
    assert 0 == page.roll_up().mended


def no_zone_changes_a_total(page: LivePage) -> None:
    """I5: all accounts moved to the edges of the calendar and back have the totals they had."""
    before = stored(page.ledger)
    with page.ledger.connect() as connection:
        columns = (schema.accounts.c.id, schema.accounts.c.timezone)
        own = dict(connection.execute(select(*columns)).all())
    for zone in EDGES:
        page.write(update(schema.accounts).values(timezone=zone))
        page.roll_up()
        assert _totals(before) == _totals(stored(page.ledger))
    for account, zone in own.items():
        page.write(update(schema.accounts).filter_by(id=account).values(timezone=zone))
    page.roll_up()
    assert before == stored(page.ledger)


def waiting(ledger: Engine) -> int:
    """How many changes wait for the aggregator."""
    with ledger.connect() as connection:
        return connection.execute(select(func.count()).select_from(schema.dirty)).scalar_one()


def _totals(sums: dict[str, Sums]) -> dict[tuple[str, str], int]:
    """(account, table) -> micro-credits of all time."""
    return {
        (account, name): sum(amount.net for amount in rows.values())
        for account, tables in sums.items()
        for name, rows in tables.items()
        if name != "rollup_movements"
    }


def _table_totals(shown: Any) -> Iterator[tuple[str, str]]:
    """Each open table's total, net where there are refunds."""
    _, heads, _, total = TABLE_TEXTS
    for key in OF_THE_RANGE:
        for part in shown[f"{key}-details"].get("children") or ():
            if total in (props := part["props"]):
                cells = dict(zip(props[heads].split("\t"), props[total].split("\t"), strict=False))
                yield key, cells.get("Net credits") or cells["Credits"]
