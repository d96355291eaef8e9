"""Programs get what the page shows, in its words, and an answer only when something changed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from sqlalchemy import insert, update

from data import schema
from tests.ledger_builder import LedgerBuilder
from tests.live_page import fed_page

MINUTE = dt.timedelta(minutes=1)
PREFIX = "/app/account/credits"
USAGE = f"{PREFIX}/api/v1/usage"
DESCRIPTION = f"{PREFIX}/api/v1/openapi.json"
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]


@pytest.fixture
def live(database_url, two_accounts):
    with fed_page(database_url, two_accounts) as page:
        yield page


@pytest.fixture
def client(page, two_accounts):
    found = page(two_accounts)
    found.show()
    return found.client


def described(client):
    """What can be asked, as the served description has it."""

    def of_this_machine(environ, start):
        environ = environ | {"REMOTE_ADDR": "127.0.0.1"}
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # it would get what it cannot unpack
        return client.application(environ, start)

    return schemathesis.openapi.from_wsgi(DESCRIPTION, of_this_machine)["/usage"]["GET"]


def of_a_live_page(page, query="", **headers):
    return page.client.client.get(f"{USAGE}?{query}", headers=headers)


# --- what is answered ---------------------------------------------------------------------------


def test_the_answer_is_the_report_of_the_page(client):
    answer = client.get(f"{USAGE}?range=7d")
    assert ("application/json", "no-store") == (
        answer.content_type,
        answer.headers["Cache-Control"],
    )
    assert client.get(f"{PREFIX}/export/charts.json?range=7d").data == answer.data
    assert "42" == json.loads(answer.data)["total"]


def test_csv_is_the_same_with_the_cover_before_the_table(client):
    answer = client.get(f"{USAGE}?range=7d&format=csv")
    assert "text/csv; charset=utf-8" == answer.content_type
    lines = list(csv.reader(io.StringIO(answer.text)))
    assert [["Total credits", "42"], []] == lines[5:7]
    exported = client.get(f"{PREFIX}/export/charts.csv?range=7d").data
    assert answer.data == exported.removeprefix("\ufeff".encode())


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("range=soon", 400, "range.text"),
        ("format=pdf", 400, "format.text"),
        ("rnage=7d", 400, "parameter.unknown"),
        ("range=7d&range=30d", 400, "parameter.twice"),
        ("account=nobody", 404, "account.unknown"),
    ],
)
def test_what_cannot_be_answered_is_said_in_the_words_of_the_page(client, query, status, code):
    answer = client.get(f"{USAGE}?{query}")
    assert (status, code) == (answer.status_code, json.loads(answer.data)["error"]["code"])


def test_an_account_that_is_being_prepared_is_told_when_to_come_again(live):
    live.write(insert(schema.accounts).values(id="new", name="New", timezone="UTC", anchor_day=1))
    answer = of_a_live_page(live, "account=new")
    assert (503, "account.preparing") == (
        answer.status_code,
        json.loads(answer.data)["error"]["code"],
    )
    assert answer.headers["Retry-After"]


# --- versions -----------------------------------------------------------------------------------


def test_who_has_this_version_is_told_so_without_the_charts_being_read(live):
    tag = of_a_live_page(live).headers["ETag"]
    assert tag.startswith('W/"')
    live.now += MINUTE
    live.roll_up()
    with live.listening() as sent:
        answer = of_a_live_page(live, **{"If-None-Match": tag})
    assert (304, b"", tag) == (answer.status_code, answer.data, answer.headers["ETag"])
    assert [] == [text for text in sent if "sum(" in text]


def test_every_change_of_what_is_answered_is_a_new_version(live):
    late = LedgerBuilder()
    late.use("2026-11-22T11:00Z", 1, account="acme", id="late")
    changes = [
        insert(schema.entries).values(**late.entries[0]),
        update(schema.workspaces).where(schema.workspaces.c.id == "w1").values(name="Renamed"),
        update(schema.accounts).where(schema.accounts.c.id == "acme").values(plan="other"),
    ]
    tags = [of_a_live_page(live).headers["ETag"]]
    for change in changes:
        live.write(change)
        live.roll_up()
        answer = of_a_live_page(live, **{"If-None-Match": tags[-1]})
        assert 200 == answer.status_code
        tags.append(answer.headers["ETag"])
    other = [of_a_live_page(live, query).headers["ETag"] for query in ("range=7d", "format=csv")]
    live.now += dt.timedelta(days=1)
    other.append(of_a_live_page(live).headers["ETag"])
    assert 7 == len({*tags, *other})


def test_a_snapshot_has_the_version_of_its_content(client):
    tag = client.get(USAGE).headers["ETag"]
    answer = client.get(USAGE, headers={"If-None-Match": tag})
    assert (304, b"") == (answer.status_code, answer.data)
    assert 200 == client.get(f"{USAGE}?range=7d", headers={"If-None-Match": tag}).status_code


# --- the description ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("mode", GenerationMode)
def test_the_answers_are_what_the_description_says(client, mode):
    """Requests made from it, by its rules and against them; each answer is held against it."""
    operation = described(client)
    statuses = set()

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    def ask(case):
        response = case.call()
        case.validate_response(response, checks=CHECKS)
        statuses.add(response.status_code)

    ask()
    assert 400 in statuses


def test_each_range_of_the_page_is_answered_as_described(client):
    operation = described(client)
    for range_ in ("month", "7d", "90d", "2026-11-05..2026-11-20"):
        for asked in ("json", "csv"):
            case = operation.Case(query={"range": range_, "format": asked})
            case.call_and_validate(checks=CHECKS[:5])
