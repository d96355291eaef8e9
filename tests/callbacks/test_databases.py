"""The same page to the last digit, whether SQLite, PostgreSQL or a host's views hold the ledger."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import uuid
from decimal import Decimal

import pytest
from sqlalchemy import make_url, text

import app
from dashboard.exports import BY_PATH
from dashboard.ids import Id
from dashboard.panels import PANELS
from data import schema
from data.engine import connect, create_tables
from data.install import Plan, install
from data.opening import Opener
from data.reader import Limits
from tests.conftest import NOW
from tests.data.check.ledgers import DOCUMENT
from tests.ledger_builder import LedgerBuilder
from tests.live_page import live_page, page_over
from tests.page_client import PageClient, words_of
from tests.signed_page import signed_page

pytestmark = pytest.mark.slow

EVERY_TABLE = {"tables": ",".join(panel.key for panel in PANELS), "workspaces": "all"}
LONG = "2024-12-01..2026-11-22"
RANGES = ("month", "7d", "30d", "90d", LONG, "2026-01-01..2026-11-22")
VIEWS = (
    *((range_, {}) for range_ in RANGES),
    ("90d", EVERY_TABLE),
    (LONG, EVERY_TABLE),
    ("30d", {"compare": "1"}),
)
OF_THE_SOURCE = {Id.FRESHNESS, Id.DELAY, Id.STEPS, Id.FOOT}  # how far it reaches, and when compared
OPENS = (
    *("day:2026-11-20", "days:2026-11-09..2026-11-15", "month:2026-11-03", "rest:reasons"),
    *("type:summarise", "workspace:", "kind:team", "kind:unassigned", "rest:workspaces"),
)


def the_same(expected: PageClient, found: PageClient, account: str, *opens: str) -> None:
    """Every panel, chart, table and card of many views, and what opens from them."""
    for range_, more in VIEWS:
        shown, other = (page.show(range_, account, **more) for page in (expected, found))
        assert shown.keys() == other.keys()
        for name in shown.keys() - OF_THE_SOURCE:
            assert shown[name] == other[name], (range_, name)
    for one in (*OPENS, *opens):
        asked = {"open": one, "only": "", "range": "90d", "account": account}
        sheet, other = (page.ask(Id.SHEET_ASK, asked) for page in (expected, found))
        assert sheet == other, one
        assert sheet[Id.SHEET_TITLE]["children"]
        if later := sheet.get(Id.SHEET_LATER, {}).get("data"):
            rest, other = (page.ask(Id.SHEET_LATER, later) for page in (expected, found))
            assert rest == other, one


def varied():
    """Refunds, types, unknown reasons, deleted and unknown workspaces, far from UTC."""
    rows = LedgerBuilder()
    rows.account("acme", name="Acme", timezone="Asia/Kathmandu", anchor_day=31, balance="7.5")
    rows.period("2026-10-31", "2026-11-30", "123.456789")
    rows.workspace("w0", "Contracts")
    rows.workspace("w1", "Drafts", kind="personal", owner="m1")
    rows.workspace("w2", "Old", deleted_at="2026-11-01T00:00Z")
    for number in range(300):
        at = NOW - dt.timedelta(days=number, minutes=17 * number + 1)
        kind = ("premium_chat", "workflow_run", "teleport")[number % 3]
        type_ = "summarise" if number % 6 == 1 else None
        place = (*(f"w{n}" for n in range(4)), None)[number % 5]
        rows.use(at, f"{number}.000001", kind, workflow_type=type_, workspace=place)
    rows.refund("2026-11-21T09:00Z", "5.5", of="e3")
    rows.entry("2026-11-20T09:00Z", 500, "purchase")
    return rows


def test_the_page_is_that_of_a_snapshot_of_the_same_rows(database, database_url, page):
    """Only how far it reaches is its own."""
    create_tables(database, schema.ledger)
    install(database, Plan())
    rows = varied()
    rows.save(database)
    snapshot = page(rows)
    with live_page(database, database_url) as live:
        live.roll_up()
        the_same(snapshot, live.client, "acme", "reason:teleport", "workspace:w1", "workspace:w3")


# --- views over a host's own schema ---------------------------------------------------------------


CUSTOMER = "00000000-0000-4000-8000-000000000001"
PROJECT = "00000000-0000-4000-8000-000000000112"
HOST = """
INSERT INTO customer SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'Customer ' || n,
  'team', (ARRAY['Asia/Kathmandu', NULL])[n], 3 FROM generate_series(1, 2) AS n;
INSERT INTO project SELECT ('00000000-0000-4000-8000-0000000001' || customer || n)::uuid,
  ('00000000-0000-4000-8000-00000000000' || customer)::uuid, 'Project ' || n,
  CASE WHEN n > 7 THEN gen_random_uuid() END, CASE WHEN n = 3 THEN '2026-11-01Z'::timestamptz END
  FROM generate_series(1, 2) AS customer, generate_series(1, 9) AS n;
INSERT INTO contract_month SELECT id, '2026-11-03', '2026-12-02', 55.5 FROM customer;
INSERT INTO usage_event (customer_id, happened_at, feature, workflow, project_id, credits)
  SELECT ('00000000-0000-4000-8000-00000000000' || customer)::uuid,
    '2026-11-22 11:00Z'::timestamptz - n * interval '17 hours',
    (ARRAY['chat', 'flow', 'scan', 'teleport'])[1 + n % 4],
    CASE WHEN n % 8 = 1 THEN 'summarise' END,
    CASE WHEN n % 11 > 0
      THEN ('00000000-0000-4000-8000-0000000001' || customer || 1 + n % 9)::uuid END,
    CASE WHEN n % 13 = 0 THEN -1.5 ELSE n + 0.000001 END
  FROM generate_series(1, 2) AS customer, generate_series(1, 300) AS n;
"""


@pytest.fixture
def views(postgres_database, postgres_url):
    """The URL of the document's own example, with rows, and a rollup fed by its base table."""
    script = "".join(re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL))
    with postgres_database.begin() as connection:
        connection.exec_driver_sql(f"{script}\n{HOST}".replace("%", "%%"))
    url = f"{postgres_url}&options=-csearch_path%3Dcredits_page,public"
    words = ("--ledger", "usage_event", "--account", "customer_id", "--at", "happened_at")
    assert 0 == app.main(["install", "--db", url, *words])
    return url


@pytest.fixture
def copied(views, tmp_path):
    """The page over a copy of what the views give."""
    with Opener(tmp_path, Limits(), lambda: NOW, now=NOW).open(views) as opened:
        client = page_over(opened.source)
        while "preparing" in client.show(account=CUSTOMER)["steps"]["data"]:
            pass
        yield client


@pytest.mark.postgres
def test_the_page_over_views_is_that_of_a_copy_of_what_they_give(views, copied):
    """uuid ids, numbered entries, decimal credits and no column of ours."""
    ledger = connect(views)
    with live_page(ledger, views) as live:
        assert {"preparing": None} == live.show()["steps"]["data"]
        live.roll_up()
        the_same(copied, live.client, CUSTOMER, "reason:chat", f"workspace:{PROJECT}")
    ledger.dispose()


@pytest.mark.postgres
def test_what_a_host_writes_in_its_own_table_is_rolled_up_and_shown(views):
    ledger = connect(views)
    with live_page(ledger, views) as live:
        live.roll_up()
        shown = live.show("7d", CUSTOMER)
        live.write(
            text(
                "INSERT INTO usage_event (customer_id, happened_at, feature, credits) "
                f"VALUES ('{CUSTOMER}', '2026-11-22 11:05Z', 'chat', 1000)"
            )
        )
        live.roll_up()
        assert live.look(shown, "7d")["daily-graph"] != shown["daily-graph"]
    ledger.dispose()


@pytest.mark.postgres
def test_what_is_no_id_of_the_hosts_type_is_nobodys_account(views, tmp_path):
    """A host whose ids are uuids: a claim that is none is no error of the page."""
    ledger = connect(views)
    with signed_page(ledger, views, tmp_path) as page:
        assert {"preparing": None} == page.of(CUSTOMER).show()["steps"]["data"]
        assert 403 == page.of("acme").post({"range": "month"}).status_code
    ledger.dispose()


OTHERS = "00000000-0000-4000-8000-000000000118"  # of the two projects with an owner, one is listed


@pytest.fixture
def production(views, postgres_server, tmp_path):
    """The page of production over the views, as a user whose search path stands at the user."""
    ledger, user = connect(views), f"user_{uuid.uuid4().hex[:12]}"
    place = make_url(views)
    for statement in (
        f"CREATE ROLE {user} LOGIN IN ROLE credits_reader",
        f"ALTER ROLE {user} SET search_path = credits_page, public",
    ):
        postgres_server.execute(statement)
    url = place.set(username=user).difference_update_query(["options"]).render_as_string()
    with signed_page(ledger, url, tmp_path) as page:
        page.roll_up()
        yield page
    ledger.dispose()
    postgres_server.execute(f"DROP ROLE {user}")


@pytest.mark.postgres
def test_walls_stand_before_a_hosts_views_and_its_ids_are_compared_as_text(views, production):
    """A viewer's ids are texts of the host's assertion, whether or not they are such as its own."""
    view = {"range": "90d", "tables": "workspace"}
    listed = {"role": "member", "workspaces": [PROJECT, OTHERS, "no uuid"]}
    member = production.of(CUSTOMER, sub="no uuid", **listed).post(view).text
    said = {"Project 2", "Personal (members)", "Restricted (6 workspaces)"}
    assert {name for name in said if name in member} == said
    assert [n for n in (1, *range(3, 10)) if f"Project {n}" in member] == []
    owner = production.of(CUSTOMER).post(view).text
    assert [n for n in range(1, 10) if f"Project {n}" in owner] == list(range(1, 8))
    assert 403 == production.of("no uuid").post({"range": "month"}).status_code


@pytest.mark.postgres
def test_files_over_a_hosts_views_add_up_and_use_by_member_is_told(views, tmp_path):
    """Entries are numbered there, workspaces and members are uuids."""
    ledger = connect(views)
    with signed_page(ledger, views, tmp_path, CREDITS_MEMBERS="on") as page:
        page.roll_up()
        owner = page.of(CUSTOMER)
        found = {}
        for path in BY_PATH:
            address = f"{owner.prefix}/export/{path}?range=90d"
            answer = owner.client.get(address, headers=owner.headers)
            assert 200 == answer.status_code, answer.text
            found[path] = answer.data
        lines = list(csv.reader(io.StringIO(found["entries.csv"].decode("utf-8-sig"))))
        says = {line[0]: Decimal(line[1]) for line in lines[5:7]}
        head, *rows = lines[lines.index([]) + 1 :]
        listed = sum(Decimal(row[head.index("credits")]) for row in rows)
        assert says["Total credits"] == says["Not listed"] + listed
        assert listed > 0
        charges = csv.DictReader(io.StringIO(found["focus.csv"].decode()))
        assert listed == sum(Decimal(charge["PricingQuantity"]) for charge in charges)
        sheet = owner.ask(Id.SHEET_ASK, {"open": f"workspace:{PROJECT}", "range": "30d"})
        assert "Members Credits Share No member" in words_of(sheet[Id.SHEET_SPLIT]["children"])
    ledger.dispose()
