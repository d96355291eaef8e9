"""Fault 2: the database's address takes a connection and then says nothing.

The reader is told within the connect timeout of 2 seconds that usage did not load, with a reference
that the log has; the operator finds the connection timeout under it.
"""

from __future__ import annotations

import socket
import time
from contextlib import closing

from data.live_ledger import LiveLedger
from data.reader import Limits, connect_reader
from tests.conftest import NOW
from tests.faults.answers import reference_of_failure
from tests.live_page import page_over

PROMISE = 2  # seconds


def test_the_page_gives_up_after_the_connect_timeout_and_says_so(caplog):
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"postgresql://page@127.0.0.1:{silent.getsockname()[1]}/app"
        reader = connect_reader(url, Limits())
        page = page_over(LiveLedger(reader, lambda: NOW))
        begun = time.monotonic()
        shown = page.show()
        took = time.monotonic() - begun
    assert PROMISE - 0.5 < took < 5 * PROMISE
    assert f"reference={reference_of_failure(shown)}" in caplog.text
    assert "timeout" in caplog.text
    reader.dispose()
