"""What a sheet says to a reader who may not see everything, and what it never does."""

from __future__ import annotations

import pytest

from dashboard.sheet import SheetWish, open_later, open_sheet
from dashboard.subject import SubjectError
from dashboard.view import Reading
from data import rollup
from data.access import Scope
from data.engine import read_transaction, write_transaction
from data.freshness import Freshness
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder

OWNER = Scope("acme", "u1")
MEMBER = Scope("acme", "u1", frozenset({"open", "theirs"}))
UNLISTED = "Entries of workspaces that you can't open are not listed."
IN_TOTAL = "Workspaces that you can't open are in the total alone."


@pytest.fixture
def sheet(sqlite_ledger):
    """Opens a sheet of a ledger where on 12 Nov a workspace stood out that not all may see."""
    rows = LedgerBuilder()
    rows.account()
    rows.workspace("open", "Team open")
    rows.workspace("shut", "Team shut")
    rows.workspace("mine", "My own", kind="personal", owner="u1")
    rows.workspace("theirs", "Another's", kind="personal", owner="u2")
    for day in range(1, 23):
        for used, place in enumerate(("open", "shut", "mine", "theirs", "unlisted", None), 1):
            rows.use(f"2026-11-{day:02d}T09:00Z", used, workspace=place)
    rows.use("2026-11-12T12:00Z", 99, "enhanced_ocr", workspace="shut")
    rows.save(sqlite_ledger)
    with write_transaction(sqlite_ledger) as connection:
        rolled = rollup.account_to_roll(connection, "acme")
        rollup.rebuild(connection, rolled)
    with read_transaction(sqlite_ledger) as connection:

        def ask(scope, opens, only="", made=open_sheet):
            reading = Reading(connection, scope, Freshness(NOW, None, NOW))
            return made(reading, SheetWish(opens, only))

        yield ask


def places(sheet):
    return {row.place for row in sheet.entries.rows}


def test_a_day_has_its_whole_total_and_the_entries_that_may_be_seen(sheet):
    made = sheet(MEMBER, "day:2026-11-12")
    assert ("120 credits", {"Team open"}) == (made.amount, places(made))
    assert ("of 1 entry", UNLISTED) == (made.later.count, made.note)
    assert ["99", "21"] == [part.value for part in made.later.split.key]
    whole = sheet(OWNER, "day:2026-11-12")
    assert {"Team open", "Team shut", "My own", "unlisted", "No workspace"} == places(whole)
    assert ("of 6 entries, largest first", UNLISTED) == (whole.later.count, whole.note)
    assert "" == sheet(Scope("acme"), "day:2026-11-12").note


@pytest.mark.parametrize(
    ("scope", "filters"),
    [
        (OWNER, ["All entries", "Enhanced OCR", "Team shut"]),
        (MEMBER, ["All entries", "Enhanced OCR"]),
    ],
)
def test_the_cause_offers_a_workspace_that_may_be_seen(sheet, scope, filters):
    assert filters == [one.label for one in sheet(scope, "day:2026-11-12").filters]


def test_what_used_most_of_what_may_be_seen_is_offered(sheet):
    """Nothing where there is but one."""
    assert ["Team shut"] == [one.label for one in sheet(OWNER, "kind:team").filters][1:]
    assert () == sheet(MEMBER, "kind:team").filters


def test_a_kind_has_its_whole_total_and_says_that_the_rest_is_in_it_alone(sheet):
    made = sheet(MEMBER, "kind:personal")
    assert ("154 credits", IN_TOTAL, ()) == (made.amount, made.note, made.entries.rows)
    assert ("No entries", ()) == (made.later.count, made.later.split.key)
    own = sheet(OWNER, "kind:personal")
    assert ("154 credits", IN_TOTAL, {"My own"}) == (own.amount, own.note, places(own))


HIDDEN = {
    OWNER: ("theirs",),
    MEMBER: ("theirs", "shut", "mine", "unlisted", ""),
}


@pytest.mark.parametrize("made", [open_sheet, open_later])
@pytest.mark.parametrize(("scope", "id_"), [(s, id_) for s in HIDDEN for id_ in HIDDEN[s]])
def test_what_may_not_be_seen_is_answered_as_what_does_not_exist(sheet, scope, id_, made):
    errors = []
    for asked in (id_, "nobody's"):
        with pytest.raises(SubjectError) as raised:
            sheet(scope, f"workspace:{asked}", made=made)
        errors.append((raised.value.code, str(raised.value)))
    assert errors[0] == errors[1]
    day = "day:2026-11-12"
    assert sheet(scope, day, "workspace:nobody's") == sheet(scope, day, f"workspace:{id_}")


@pytest.mark.parametrize("scope", [OWNER, MEMBER])
def test_what_may_be_seen_has_its_sheet(sheet, scope):
    made = sheet(scope, "workspace:open")
    assert ("Team open", "22 credits", "") == (made.title, made.amount, made.note)
    assert 22 == len(made.entries.rows)
    assert "No workspace" == sheet(OWNER, "workspace:").title
