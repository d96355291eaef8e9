"""No file holds a name or an entry that its reader does not see, and each still adds up."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from zipfile import ZipFile

import pytest

from dashboard.exports import EXPORTS, PANEL_EXPORTS
from dashboard.exports.entries import entries_csv
from dashboard.host import NO_HOST
from dashboard.sheet import SheetWish
from dashboard.view import Reading
from data import rollup
from data.access import Scope
from data.engine import read_transaction, write_transaction
from data.freshness import Freshness
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder

OWNER = Scope("acme", "u1")
MEMBER = Scope("acme", "u1", frozenset({"w-open", "w-theirs"}))
HIDDEN = {
    OWNER: ("Another's", "w-theirs", "u2"),
    MEMBER: ("Team shut", "w-shut", "Another's", "w-theirs", "u2"),
}


@pytest.fixture
def read(sqlite_ledger):
    """What a reader gets of a ledger with workspaces that not all may see."""
    rows = LedgerBuilder()
    rows.account()
    rows.workspace("w-open", "Team open")
    rows.workspace("w-shut", "Team shut")
    rows.workspace("w-theirs", "Another's", kind="personal", owner="u2")
    for used, place in enumerate(("w-open", "w-shut", "w-theirs", None), 1):
        rows.use("2026-11-12T09:00Z", used, workspace=place)
    rows.save(sqlite_ledger)
    with write_transaction(sqlite_ledger) as connection:
        rolled = rollup.account_to_roll(connection, "acme")
        rollup.rebuild(connection, rolled)
    with read_transaction(sqlite_ledger) as connection:

        def take(write, scope, wish=SheetWish("")):  # noqa: B008 - a frozen value
            reading = Reading(connection, scope, Freshness(NOW, None, NOW))
            return b"".join(write(reading, wish, NO_HOST)[1])

        yield take


def texts(content):
    """All text of a file, an archive's members unpacked."""
    if content[:2] != b"PK":
        return content.decode("utf-8-sig")
    with ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize("scope", HIDDEN, ids=["owner", "member"])
def test_no_file_names_what_its_reader_may_not_see(read, scope):
    for export in (*EXPORTS, *PANEL_EXPORTS):
        found = texts(read(export.write, scope))
        assert [] == [text for text in HIDDEN[scope] if text in found], export.path


@pytest.mark.parametrize(("scope", "seen", "hidden"), [(OWNER, 7, 3), (MEMBER, 1, 9)])
def test_the_entries_and_what_is_not_listed_make_the_total(read, scope, seen, hidden):
    lines = list(csv.reader(io.StringIO(texts(read(entries_csv, scope)))))
    says = {line[0]: line[1] for line in lines if len(line) == 2}
    amounts = [Decimal(line[-1]) for line in lines[lines.index([]) + 2 :]]
    assert (10, hidden) == (int(says["Total credits"]), int(says["Not listed"]))
    assert seen == sum(amounts)


def test_what_has_no_name_is_one_row_without_an_id(read):
    (export,) = [one for one in EXPORTS if one.path == "charts.json"]
    found = json.loads(read(export.write, MEMBER))["workspaces"]
    assert {(row["id"], row["name"]) for row in found} >= {(None, "Restricted (1 workspace)")}
    assert 10 == sum(int(row["credits"]) for row in found)
