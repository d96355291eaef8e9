"""Fault 3: the database ends a connection while an answer is read on it.

The reader sees nothing of it: the answer is read once more, on another connection. The log has one
warning. A database that does so twice in one answer is a failure that is told.
"""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from dashboard.ids import Id
from tests.faults import invariants
from tests.faults.answers import reference_of_failure

pytestmark = pytest.mark.postgres


@contextmanager
def killing(page, before, times=1):
    """The first connections that are about to send what holds `before` are ended by the server."""
    killed = []

    def kill(connection, _cursor, statement, *_more):
        if before in statement and len(killed) < times:
            process = connection.connection.driver_connection.info.backend_pid
            killed.append(process)
            page.write(text(f"SELECT pg_terminate_backend({process}, 5000)"))

    event.listen(page.reader, "before_cursor_execute", kill)
    yield killed
    event.remove(page.reader, "before_cursor_execute", kill)


@pytest.mark.parametrize("before", ["FROM accounts", "FROM rollup_by_workspace"])
def test_an_answer_is_read_once_more_on_another_connection(live_postgres, before, caplog):
    """Whether a panel's statement was running or one that all of them need."""
    whole = live_postgres.show()
    with killing(live_postgres, before) as killed:
        again = live_postgres.show()
    assert 1 == len(killed)
    assert whole == again
    assert "read once more" in caplog.text
    invariants.hold(live_postgres)


def test_what_is_opened_is_read_once_more_too(live_postgres, caplog):
    """A day, and the reasons of many days, which follow it."""
    client = live_postgres.client
    for store, opens in ((Id.SHEET_ASK, "day:2026-11-20"), (Id.SHEET_LATER, "workspace:w1")):
        ask = {"open": opens, "only": "", "range": "90d", "account": "acme"}
        whole = client.ask(store, ask)
        with killing(live_postgres, "FROM entries") as killed:
            again = client.ask(store, ask)
        assert 1 == len(killed)
        assert whole == again
    assert 2 == caplog.text.count("read once more")


def test_a_download_is_read_once_more_too(live_postgres, caplog):
    address = f"{live_postgres.client.prefix}/export/entries.csv?account=acme&range=month"
    whole = live_postgres.client.client.get(address)
    with killing(live_postgres, "FROM entries") as killed:
        again = live_postgres.client.client.get(address)
    assert 1 == len(killed)
    assert (200, whole.data) == (again.status_code, again.data)
    assert "read once more" in caplog.text


def test_a_second_loss_in_one_answer_is_told_and_the_next_answer_is_whole(live_postgres, caplog):
    with killing(live_postgres, "FROM accounts", times=2) as killed:
        reference = reference_of_failure(live_postgres.show())
    assert 2 == len(killed)
    assert f"reference={reference}" in caplog.text
    invariants.hold(live_postgres)
