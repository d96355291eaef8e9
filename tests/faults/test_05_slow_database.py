"""Fault 5: a statement takes longer than CREDITS_STATEMENT_TIMEOUT.

The reader sees that one chart did not load, and the others as ever; the operator finds its
reference, its panel and `statement timeout` in the log.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from data.reader import Limits
from tests.faults import invariants
from tests.faults.answers import said
from tests.live_page import fed_page


@pytest.mark.postgres
def test_a_chart_that_takes_too_long_fails_alone(postgres_url, two_accounts, caplog):
    """The table of its workspaces is held by somebody; the other charts stand."""
    with fed_page(postgres_url, two_accounts, Limits(statement=0.3)) as page:
        page.show()
        with page.ledger.begin() as connection:
            connection.execute(text("LOCK TABLE rollup_by_workspace IN ACCESS EXCLUSIVE MODE"))
            shown = page.show()
        assert said(shown, "workspace-state").startswith("This chart didn't load")
        assert shown["daily-graph"]["figure"]["data"]
        assert "" == said(shown, "daily-state")
        assert "panel=workspace" in caplog.text
        assert "statement timeout" in caplog.text
        invariants.hold(page)
