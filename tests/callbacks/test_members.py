"""Use by member on the wire: nothing unless the host wants it, then what a role may see."""

from __future__ import annotations

import csv
import io
from zipfile import ZipFile

import pytest

from dashboard.exports import BY_PATH
from dashboard.ids import Id
from dashboard.panels.team_personal import NOTE
from data.install import Plan, install
from tests.ledger_builder import LedgerBuilder
from tests.page_client import words_of
from tests.signed_page import signed_page

PEOPLE = {
    "mem-ann": "Ann Quill",
    "mem-bea": "Bea Farr",
    "mem-cyd": "Cyd Moss",
    "mem-dot": "Dot Voss",
}
OTHERS = sorted({*PEOPLE, *PEOPLE.values()} - {"mem-ann", "Ann Quill"})
WORKSPACE = {"open": "workspace:w1", "range": "month"}


@pytest.fixture
def people():
    rows = LedgerBuilder()
    rows.account("acme", name="Acme", anchor_day=3)
    rows.workspace("w1", "Contracts")
    rows.workspace("w2", "Drafts", kind="personal", owner="mem-ann")
    for used, (id_, name) in enumerate(PEOPLE.items(), 1):
        rows.member(id_, name)
        rows.use(f"2026-11-0{used + 3}T09:00Z", used, workspace="w1", member=id_)
    rows.use("2026-11-09T09:00Z", 10, workspace="w1")
    rows.use("2026-11-09T09:00Z", 10, workspace="w2", member="mem-ann")
    return rows


@pytest.fixture
def served(sqlite_alone, sqlite_url, people, tmp_path):
    """The page of production with these settings."""
    install(sqlite_alone, Plan())
    people.save(sqlite_alone)
    pages = []

    def serve(**env):
        pages.append(signed_page(sqlite_alone, sqlite_url, tmp_path, **env))
        page = pages[-1].__enter__()
        page.roll_up()
        return page

    yield serve
    for page in pages:
        page.__exit__(None, None, None)


def everything(client):
    """All that a viewer can be sent: the page, the sheet, each file and the interface."""
    yield str(client.show(range_="month", tables="daily,reason,workspace,team"))
    for opens in ("workspace:w1", "day:2026-11-04", "kind:team", "reason:premium_chat"):
        yield str(client.ask(Id.SHEET_ASK, {"open": opens, "range": "month"}))
    for address in (*(f"export/{path}" for path in BY_PATH), "api/v1/usage", "", "_dash-layout"):
        answer = client.client.get(f"{client.prefix}/{address}", headers=client.headers)
        assert 200 == answer.status_code, address
        yield _text(answer.data)


def _text(content):
    if content[:2] != b"PK":
        return content.decode()
    with ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def lines_of_members(client):
    said = words_of(client.ask(Id.SHEET_ASK, WORKSPACE)[Id.SHEET_SPLIT]["children"])
    return said.partition("Members Credits Share ")[2]


def exported(client):
    answer = client.client.get(f"{client.prefix}/export/entries.csv", headers=client.headers)
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    head, *rows = lines[lines.index([]) + 1 :]
    return [dict(zip(head, row, strict=True)) for row in rows]


# --- off ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["owner", "member"])
def test_off_no_byte_tells_a_member(served, role):
    viewer = served().of(sub="mem-ann", role=role, workspaces=["w1", "w2"])
    for sent in everything(viewer):
        assert [] == [text for text in (*PEOPLE, *PEOPLE.values()) if text in sent]
    assert NOTE in str(viewer.show())


def test_off_a_snapshot_tells_none_either(page, people):
    client = page(people)
    client.show()
    for sent in everything(client):
        assert [] == [text for text in (*PEOPLE, *PEOPLE.values()) if text in sent]


# --- on -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_owners_and_admins_see_who_used_what(served, role):
    viewer = served(CREDITS_MEMBERS="on").of(sub="mem-ann", role=role)
    people = "Dot Voss 4 20% Cyd Moss 3 15% Bea Farr 2 10% Ann Quill 1 5%"
    assert f"{people} No member 10 50%" == lines_of_members(viewer)
    rows = exported(viewer)
    assert ["Ann Quill", "Bea Farr", "Cyd Moss", "Dot Voss", "", "Ann Quill"] == [
        row["member"] for row in rows
    ]
    assert NOTE not in str(viewer.show())


@pytest.mark.parametrize("role", ["billing", "member"])
def test_anyone_else_sees_their_own_part_alone(served, role):
    viewer = served(CREDITS_MEMBERS="on").of(sub="mem-ann", role=role, workspaces=["w1", "w2"])
    assert "You 1 5% 3 other members 9 45% No member 10 50%" == lines_of_members(viewer)
    assert {"mem-ann", ""} == {row["member_id"] for row in exported(viewer)}
    for sent in everything(viewer):
        assert [] == [text for text in OTHERS if text in sent]


def test_on_a_snapshot_every_member_is_told(page, people):
    client = page(people, CREDITS_MEMBERS="on")
    client.show()
    assert lines_of_members(client).startswith("Dot Voss 4 20% Cyd Moss")


def test_a_sheet_of_anything_else_has_no_members(served):
    viewer = served(CREDITS_MEMBERS="on").of(sub="mem-ann")
    shown = viewer.ask(Id.SHEET_ASK, {"open": "kind:team", "range": "month"})
    assert "Members" not in words_of(shown[Id.SHEET_SPLIT]["children"])
