"""The wire: no byte of any answer holds a name or an id that its viewer may not see.

Viewers ask with a host's assertion for everything that a browser can ask for, and for what no
browser would. Every hidden thing has a word of its own in its name and in its id.
"""

from __future__ import annotations

import gzip
import io
import itertools
import re
import uuid
from dataclasses import dataclass
from zipfile import ZipFile

import pytest
from sqlalchemy import make_url

from dashboard.exports import EXPORTS, PANEL_EXPORTS
from dashboard.ids import Id
from dashboard.panels import PANELS
from data import schema
from data.engine import connect, create_tables
from data.install import Plan, install
from tests.ledger_builder import LedgerBuilder
from tests.signed_page import signed_page

pytestmark = pytest.mark.slow

PREFIX = "/app/account/credits"
TABLES = ",".join(panel.key for panel in PANELS)
RANGES = ("month", "7d", "30d", "90d", "2025-12-01..2026-11-22", "month@2026-10-01")
VIEWS = (
    *({"range": range_} for range_ in RANGES),
    {"range": "90d", "tables": TABLES, "workspaces": "all", "compare": "1"},
    {"range": "90d", "tables": TABLES.replace(",", ":2,"), "toggled": "workspace"},
    {"range": "30d", "prints": True, "theme": "dark"},
    {"range": "7d", "account": "bolt-wzx", "refreshed": True},
)

# Word -> whose personal workspace it is, None for a team's.
WORKSPACES = {
    "openqa": None, "sharqb": None, "shutqc": None, "goneqd": None, "mineqe": "u-anna",
    "hersqf": "u-bert", "lostqg": "u-nobody",
}  # fmt: skip
UNLISTED = "purgqh"  # used, but no workspace of the ledger
FOREIGN = "wzx"


@dataclass(frozen=True)
class Viewer:
    """Claims, and the words of what they may see."""

    claims: dict
    sees: frozenset

    @property
    def hidden(self) -> list[str]:
        return [*sorted({*WORKSPACES, UNLISTED} - self.sees), FOREIGN]


TEAM = {"openqa", "sharqb", "shutqc", "goneqd", UNLISTED}


def viewer(sees, **claims):
    return Viewer({"sub": "u-anna"} | claims, frozenset(sees))


VIEWERS = {
    "owner": viewer(TEAM | {"mineqe"}),
    "the other person": viewer(TEAM | {"hersqf"}, sub="u-bert", role="admin"),
    "billing": viewer(TEAM, sub="u-carl", role="billing", workspaces=["id-openqa"]),
    "member of all": viewer(TEAM | {"mineqe"}, role="member"),
    "member of two": viewer(
        {"openqa", "mineqe"}, role="member",
        workspaces=["id-openqa", "id-mineqe", "id-hersqf", "id-wzx"],
    ),
    "member of one": viewer({"sharqb"}, role="member", workspaces=["id-sharqb"]),
}  # fmt: skip


def ledger():
    """Everybody's use of a month, and a day on which a hidden workspace stands out."""
    rows = LedgerBuilder()
    rows.account("acme", name="Acme")
    for word, owner in WORKSPACES.items():
        kind = "personal" if owner else "team"
        gone = "2026-11-20T00:00Z" if word == "goneqd" else None
        rows.workspace(f"id-{word}", f"Name {word}", kind=kind, owner=owner, deleted_at=gone)
    places = [*(f"id-{word}" for word in (*WORKSPACES, UNLISTED)), None]
    for day, place in itertools.product((*range(1, 23), *range(60, 75)), places):
        at = f"2026-{'11' if day < 60 else '09'}-{day % 60 + (day >= 60):02d}T09:00Z"
        word = place.removeprefix("id-") if place else "none"
        rows.use(at, 5, "premium_chat", workspace=place, id=f"e-{word}-{day}")
    for word, number in itertools.product(("shutqc", "hersqf", "sharqb", "openqa"), range(60)):
        at = f"2026-11-12T{number // 60 + 10}:{number % 60:02d}Z"
        used = {"shutqc": 9, "hersqf": 8}.get(word, 1)
        spent = rows.use(at, used, "enhanced_ocr", workspace=f"id-{word}", id=f"e-{word}-s{number}")
    rows.refund("2026-11-13T09:00Z", 1, of=spent, id="e-openqa-back")
    rows.account(f"bolt-{FOREIGN}", name=f"Bolt {FOREIGN}")
    rows.workspace(f"id-{FOREIGN}", f"Name {FOREIGN}")
    rows.use("2026-11-12T09:00Z", 7, workspace=f"id-{FOREIGN}", id=f"e-{FOREIGN}-1")
    return rows


@pytest.fixture(scope="module")
def sqlite_page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wire")
    yield from served(f"sqlite:///{folder / 'ledger.sqlite'}", folder, lambda url: url)


@pytest.fixture(scope="module")
def postgres_page(tmp_path_factory, postgres_server):
    """The page connects as a user with the reader's role alone."""
    user = f"user_{uuid.uuid4().hex[:12]}"

    def reader(url):
        postgres_server.execute(f"CREATE ROLE {user} LOGIN IN ROLE credits_reader")
        return make_url(url).set(username=user).render_as_string()

    with postgres_server.fresh_database() as url:
        yield from served(url, tmp_path_factory.mktemp("wire"), reader)
    postgres_server.execute(f"DROP ROLE {user}")


def served(url, folder, reader_of):
    engine = connect(url)
    create_tables(engine, schema.ledger)
    install(engine, Plan())
    ledger().save(engine)
    with signed_page(engine, reader_of(url), folder) as page:
        page.roll_up()
        yield page
    engine.dispose()


def text_of(response):
    """Every byte, headers too, unpacked."""
    content = response.data
    if response.headers.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    if content[:2] == b"PK":
        with ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    return f"{response.headers}\n{content.decode()}"


def sheets(viewer):
    """(what is opened, filter) of all that the page offers, and of what it does not."""
    opens = [
        *("day:2026-11-12", "day:2026-11-13", "days:2026-11-09..2026-11-15", "month:2026-11-01"),
        *("reason:enhanced_ocr", "reason:premium_chat", "kind:team", "kind:personal"),
        *("kind:unassigned", "rest:reasons", "rest:workspaces", "workspace:", "type:"),
        *(f"workspace:id-{word}" for word in sorted(viewer.sees)),
    ]
    yield from ((one, "") for one in opens)
    for only in ("reason:enhanced_ocr", "workspace:", f"workspace:id-{min(viewer.sees)}"):
        yield from ((one, only) for one in ("day:2026-11-12", "kind:personal", "month:2026-11-01"))


class Wire:
    """One viewer's browser, and all that ever came to it."""

    def __init__(self, page, viewer):
        self.client = page.of("acme", **viewer.claims)
        self.viewer, self.answers = viewer, 0

    def check(self, response, *, echoes=""):
        """The answer's text, without the words that the request itself said."""
        assert 500 > response.status_code
        text = text_of(response).replace(echoes or "\0", "")
        found = [word for word in self.viewer.hidden if word in text]
        assert [] == found, response.request.path
        self.answers += 1
        return text

    def get(self, path, **query):
        headers = {**self.client.headers, "Accept-Encoding": "gzip"}
        return self.client.client.get(f"{PREFIX}{path}", query_string=query, headers=headers)

    def view(self, **more):
        return self.check(self.client.post({"theme": "light", "account": None, **more}))

    def sheet(self, opens, only="", *, echoes="", **more):
        """All pages of a sheet, and what it loads later."""
        ask = {"open": opens, "only": only, "range": "90d", "account": "acme", **more}
        text = self.check(self.client.send(Id.SHEET_ASK, ask), echoes=echoes)
        texts = [text, self.check(self.client.send(Id.SHEET_LATER, ask), echoes=echoes)]
        while found := re.search(r'"more"[^"]{1,30}(?:"value":)?"(-?\d+,-?\d+,[^"]+)"', text):
            ask |= {"more": found[1], "shown": 50}
            text = self.check(self.client.send(Id.SHEET_ASK, ask), echoes=echoes)
            texts.append(text)
        return texts


def everything(page, viewer):
    """What a browser can ask for."""
    wire = Wire(page, viewer)
    for path in ("", "_dash-layout", "_dash-dependencies"):
        wire.check(wire.get(f"/{path}"))
    for view in VIEWS:
        wire.view(**view)
    pages = [wire.sheet(*one) for one in sheets(viewer)]
    for export in (*EXPORTS, *PANEL_EXPORTS):
        wire.check(wire.get(f"/export/{export.path}", range="90d"))
        wire.check(wire.get(f"/export/{export.path}", open="day:2026-11-12", range="90d"))
    for format_ in ("json", "csv"):
        wire.check(wire.get("/api/v1/usage", range="90d", format=format_))
    return wire, pages


def hostile(page, viewer):
    """What is hidden is asked for by its id: the answer is that to an id that never was."""
    wire, unknown = Wire(page, viewer), "id-nevwas"
    for word in viewer.hidden:
        hidden = f"id-{word}"
        for opens, only in (
            ("workspace:{}", ""),
            ("day:2026-11-12", "workspace:{}"),
            ("workspace:{}", "reason:enhanced_ocr"),
            ("kind:personal", "workspace:{}"),
        ):
            answers = [
                wire.sheet(opens.format(id_), only.format(id_), echoes=id_)
                for id_ in (hidden, unknown)
            ]
            assert without_references(answers[0]) == without_references(answers[1])
        after = f"1794474000000000,9000000,e-{word}-s59"
        wire.sheet("day:2026-11-12", more=after, shown=50, account=f"bolt-{FOREIGN}")
        for path in ("entries.csv", "charts.json"):
            asked = {"open": f"workspace:{hidden}", "range": "90d", "account": f"bolt-{FOREIGN}"}
            wire.check(wire.get(f"/export/{path}", **asked), echoes=hidden)
        known = {"account": f"bolt-{FOREIGN}", "version": 1, "today": "2026-11-22", "scope": "x"}
        wire.view(range="month", known=known, tables=f"workspace,{hidden}")
    return wire


def without_references(texts):
    """A failure has a reference of its own, and an answer its length."""
    return [re.sub(r"Reference [0-9A-Z]{6}|Content-Length: \d+", "", text) for text in texts]


@pytest.mark.parametrize("name", VIEWERS)
def test_no_byte_of_an_answer_names_what_its_viewer_may_not_see(sqlite_page, name):
    viewer = VIEWERS[name]
    wire, pages = everything(sqlite_page, viewer)
    assert 70 < wire.answers
    every = "".join(itertools.chain(*pages))
    assert [word for word in sorted(viewer.sees) if word not in every] == []
    assert 1 < max(map(len, pages)) - 1


@pytest.mark.parametrize("name", ["owner", "member of two"])
def test_what_is_hidden_answers_as_what_never_was(sqlite_page, name):
    assert 50 < hostile(sqlite_page, VIEWERS[name]).answers


@pytest.mark.postgres
def test_the_same_holds_behind_the_walls_of_postgresql(postgres_page):
    viewer = VIEWERS["member of two"]
    wire, pages = everything(postgres_page, viewer)
    assert 70 < wire.answers
    assert [word for word in sorted(viewer.sees) if word not in "".join(map(str, pages))] == []
    hostile(postgres_page, VIEWERS["the other person"])


def test_every_word_is_on_the_wire_where_everything_is_visible(page):
    """So that the words are looked for where they would be."""
    client = page(ledger(), first_account="acme")
    shown = client.post({"range": "90d", "tables": TABLES, "workspaces": "all"}).text
    assert [word for word in (*WORKSPACES, UNLISTED) if word not in shown] == []
    day = client.send(Id.SHEET_ASK, {"open": "day:2026-11-12", "account": "acme"}).text
    assert "shutqc" in day
