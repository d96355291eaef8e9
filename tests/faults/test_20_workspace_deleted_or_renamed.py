"""Fault 20: a workspace is renamed, deleted, or gone from the host's table altogether.

Its past stays in every total, under its new name, as `Name (deleted)`, or under its id.
"""

from __future__ import annotations

from sqlalchemy import delete, update

from data import schema
from tests.conftest import NOW
from tests.faults import invariants
from tests.page_client import total_of

CONTRACTS = schema.workspaces.c.id == "w1"


def test_a_renamed_workspace_has_its_new_name_at_once_and_a_deleted_one_keeps_its_past(live):
    live.write(update(schema.workspaces).where(CONTRACTS).values(name="Briefs"))
    assert "Briefs: 83% of this range." == live.show()["workspace-answer"]["children"]
    live.write(update(schema.workspaces).where(CONTRACTS).values(deleted_at=NOW))
    shown = live.show()
    assert "Briefs (deleted): 83% of this range." == shown["workspace-answer"]["children"]
    assert "120 credits" == total_of(shown)
    invariants.hold(live)


def test_one_whose_row_is_gone_stands_under_its_id_with_its_past(live):
    live.write(delete(schema.workspaces).where(CONTRACTS))
    shown = live.show()
    assert "w1: 83% of this range." == shown["workspace-answer"]["children"]
    assert "120 credits" == total_of(shown)
    invariants.hold(live)
