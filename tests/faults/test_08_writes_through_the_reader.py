"""Fault 8: something in the page tries to write.

The database refuses it, whatever it is: no row of a ledger or of its rollup can be changed through
the page's connections. (That the page's role has no right to either: tests/data/test_pooler.py.)
"""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, text
from sqlalchemy.exc import DBAPIError

from data import schema
from data.engine import read_transaction
from tests.faults import invariants
from tests.rolled import stored

WRITES = {
    "an account": insert(schema.accounts).values(id="new", name="New"),
    "an entry": text("UPDATE entries SET amount_micro = 0"),
    "every entry": delete(schema.entries),
    "a sum": text("UPDATE rollup_by_reason SET used_micro = 0"),
    "a mark": delete(schema.dirty),
    "a table": text("DROP TABLE rollup_by_workspace"),
    "a new table": text("CREATE TABLE notes (text text)"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_write_is_refused(live, write):
    refused = pytest.raises(DBAPIError, match=r"(?i)read-?only")
    with refused, read_transaction(live.reader) as connection:
        connection.execute(write)


def test_what_was_refused_changed_nothing(live):
    before, shown = stored(live.ledger), live.show()
    for write in WRITES.values():
        with pytest.raises(DBAPIError), read_transaction(live.reader) as connection:
            connection.execute(write)
    assert (before, shown) == (stored(live.ledger), live.show())
    invariants.hold(live)
