"""Whose usage is shown in production: the viewer's, whatever the browser asks for."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import delete, update

from callbacks.access import scope_key
from dashboard.exports import BY_PATH
from data import schema
from data.access import NamedMembers, Scope
from data.install import Plan, install
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of, words_of
from tests.signed_page import signed_page

SHEET = "sheet-ask"
MONTH = {"range": "month", "theme": "light"}


@pytest.fixture
def signed(sqlite_alone, sqlite_url, two_accounts, tmp_path):
    """Acme and Zeta, rolled up at NOW, behind a host that signs."""
    install(sqlite_alone, Plan())
    two_accounts.save(sqlite_alone)
    with signed_page(sqlite_alone, sqlite_url, tmp_path) as page:
        page.roll_up()
        yield page


def known(shown):
    steps = shown["steps"]["data"]
    return {name: steps[name] for name in ("account", "scope", "version")} | {"today": steps["max"]}


@pytest.mark.parametrize(
    "wish", ["zeta", "", "nobody", "acme' or '1'='1", None, ["zeta"], {"id": "zeta"}, 7, True]
)
def test_an_account_that_a_browser_asks_for_changes_nothing(signed, wish):
    expected = signed.of().post({**MONTH, "account": "acme"}).data
    answer = signed.of().post({**MONTH, "account": wish})
    assert (200, expected) == (answer.status_code, answer.data)
    assert b"Zeta" not in answer.data


def test_two_viewers_see_their_own_account_and_no_list_of_others(signed):
    acme, zeta = signed.of("acme").show(account="zeta"), signed.of("zeta").show(account="acme")
    assert ["120 credits", "7 credits"] == [total_of(shown) for shown in (acme, zeta)]
    assert [[], []] == [shown["accounts"]["options"] for shown in (acme, zeta)]
    assert ["", ""] == [shown["notice"]["children"] for shown in (acme, zeta)]


def test_a_sheet_is_of_the_viewers_account_too(signed):
    wish = {"open": "workspace:z1", "range": "month", "account": "zeta"}
    answer = signed.of("acme").send(SHEET, wish)
    assert 200 == answer.status_code
    assert "Nothing to show" == json.loads(answer.data)["response"]["sheet-title"]["children"]
    assert b"own" in signed.of("zeta").send(SHEET, wish).data


def test_a_file_is_of_the_viewers_account_too(signed):
    viewer = signed.of("zeta")
    address = f"{viewer.prefix}/export/entries.csv?account=acme&range=month"
    content = viewer.client.get(address, headers=viewer.headers).text
    assert "Zeta's own" in content
    assert "Contracts" not in content


@pytest.mark.parametrize(
    ("account", "claims"),
    [
        ("acme", {"role": "member", "workspaces": []}),
        ("nobody", {}),
        ("nobody", {"role": "member", "workspaces": ["w1"]}),
    ],
)
def test_who_may_see_nothing_gets_the_shell_and_403_from_every_callback(
    signed, account, claims, caplog
):
    """assets/connection.js makes `No permission` of it."""
    viewer = signed.of(account, **claims)
    for path in ("", "/_dash-layout"):
        got = viewer.client.get(viewer.prefix + path, headers=viewer.headers)
        assert 200 == got.status_code
    asks = [
        ("view", MONTH),
        ("view", {**MONTH, "account": "acme"}),
        ("view", {**MONTH, "known": known(signed.of("acme").show())}),
        (SHEET, {"open": "day:2026-11-20", "range": "month"}),
        ("sheet-later", {"open": "day:2026-11-20", "range": "month"}),
    ]
    for store, data in asks:
        answer = viewer.send(store, data)
        assert (403, b"") == (answer.status_code, answer.data), store
    assert len(BY_PATH) > 3
    for path in BY_PATH:
        address = f"{viewer.prefix}/export/{path}?account=acme"
        answer = viewer.client.get(address, headers=viewer.headers)
        assert (403, b"") == (answer.status_code, answer.data), path
    assert "no permission: " in caplog.text


def test_a_member_with_workspaces_sees_the_account(signed):
    assert "120 credits" == total_of(signed.of(role="member", workspaces=["w1"]).show())


# --- plan -------------------------------------------------------------------------------------


def month(shown):
    return words_of(shown["month-card"]["children"])


def test_the_ledgers_plan_wins_over_the_claimed_one(signed):
    assert "Dec · Team plan Used" in month(signed.of(plan="scale").show())
    with signed.ledger.begin() as connection:
        connection.execute(update(schema.accounts).values(plan=None))
    assert "Dec · Scale plan Used" in month(signed.of(plan="scale").show())
    assert "Dec Used" in month(signed.of().show())


# --- what an open page keeps ------------------------------------------------------------------


def test_an_open_page_of_the_same_viewer_is_told_that_nothing_changed(signed):
    again = signed.of().show(known=known(signed.of().show()))
    assert {"freshness", "delay"} == again.keys()


@pytest.mark.parametrize(
    ("account", "claims"),
    [
        ("zeta", {}),
        ("acme", {"role": "member", "workspaces": ["w1"]}),
        ("acme", {"sub": "user-2"}),
    ],
)
def test_an_open_page_is_drawn_anew_for_another_viewer(signed, account, claims):
    """Signed in as somebody else, or shown less than before: nothing of the old stays."""
    shown = signed.of("acme").show()
    again = signed.of(account, **claims).show(known=known(shown))
    assert account == again["steps"]["data"]["account"]
    assert "daily-graph" in again
    assert shown["steps"]["data"]["scope"] != again["steps"]["data"]["scope"]


def test_a_page_that_claims_the_scope_of_another_is_drawn_anew(signed):
    owned = known(signed.of("zeta").show()) | {"account": "acme"}
    assert "acme" == signed.of("acme").show(known=owned)["steps"]["data"]["account"]


def test_scopes_that_differ_have_keys_that_differ():
    """The same in every process, whatever its hashes: several answer one page."""
    scopes = [
        Scope("acme"),
        Scope("zeta"),
        Scope("acme", "anna"),
        Scope("acme", "anna", frozenset()),
        Scope("acme", "anna", frozenset({"w1"})),
        Scope("acme", "anna", frozenset({"w1", "w2"})),
        Scope("acme", "anna", frozenset({"w1, w2"})),
        Scope("acme", "['anna']"),
        Scope("acme", "anna", members=NamedMembers.OWN),
        Scope("acme", "anna", members=NamedMembers.ALL),
    ]
    assert len(scopes) == len({scope_key(scope) for scope in scopes})
    many = frozenset(f"w{number}" for number in range(50))
    assert "7f4d157431d398a2" == scope_key(Scope("acme", "anna", many))


# --- an account that is not ready -------------------------------------------------------------


def test_an_account_that_waits_for_the_rollup_is_prepared(signed):
    rows = LedgerBuilder()
    rows.account("nova", name="Nova")
    rows.use("2026-11-20T09:00Z", 7)
    rows.save(signed.ledger)
    assert {"preparing": None} == signed.of("nova").show()["steps"]["data"]


def test_an_account_that_went_from_the_ledger_is_nobodys(signed):
    """Its sums may still stand in the rollup; they are shown to no one."""
    with signed.ledger.begin() as connection:
        connection.execute(delete(schema.accounts).where(schema.accounts.c.id == "acme"))
    assert 403 == signed.of("acme").post(MONTH).status_code
