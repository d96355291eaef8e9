"""Fault 4: connections that wait in the pool were closed by the server, or by a firewall.

Nobody sees anything: each is tried before it is used and replaced, and the log has no line.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from data.engine import read_transaction
from tests.faults import invariants


def process_of(connection):
    return connection.execute(text("SELECT pg_backend_pid()")).scalar_one()


@pytest.mark.postgres
def test_a_connection_that_went_stale_is_replaced_in_silence(live_postgres, caplog):
    whole = live_postgres.show()
    with read_transaction(live_postgres.reader) as connection:
        stale = process_of(connection)
    live_postgres.write(text(f"SELECT pg_terminate_backend({stale}, 5000)"))
    assert whole == live_postgres.show()
    assert [] == caplog.records
    with read_transaction(live_postgres.reader) as connection:
        assert stale != process_of(connection)
    invariants.hold(live_postgres)
