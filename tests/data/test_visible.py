"""What a scope names and what it only sums, against plain Python over the raw rows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from data import entries, queries, spike_days
from data.access import Scope
from data.engine import read_transaction
from data.entries import ALL, Filter, Listing, Order, Some
from data.frames import Unnamed, total
from data.periods import DAY, Period
from tests import oracle, strategies
from tests.data.test_entries import listed, wanted
from tests.data.test_queries import roll
from tests.examples import examples
from tests.ledger_builder import clear

PERIOD = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
IDS = (*strategies.WORKSPACES, strategies.UNLISTED, "nobody's")

scopes = st.builds(
    Scope,
    st.just("acme"),
    st.sampled_from([None, "m1", "somebody"]),
    st.none() | st.frozensets(st.sampled_from(IDS)),
)


def why_unnamed(scope, rows, id_):
    """As data/visible.py says it, None of a workspace that is named."""
    own = {row["id"]: row for row in rows.workspaces if row["account_id"] == scope.account_id}
    row = own.get(id_, {"kind": None})
    if scope.subject and row["kind"] == "personal" and row["owner_member_id"] != scope.subject:
        return "members"
    if scope.workspaces is None or id_ in scope.workspaces:
        return None
    return "nowhere" if id_ is None else "restricted"


def expected_rows(scope, rows, now, before):
    """{id, or why and kind: used, refunded, before}, and how many workspaces make each of these."""
    kinds = {row["id"]: row["kind"] for row in rows.workspaces if row["account_id"] == "acme"}
    amounts, counts = defaultdict(lambda: [0, 0, 0]), defaultdict(int)
    for id_ in now.by_workspace | before.by_workspace:
        why = why_unnamed(scope, rows, id_)
        key = (why, kinds.get(id_)) if why else id_
        of, earlier = (side.by_workspace.get(id_, oracle.Amount()) for side in (now, before))
        values = (of.used, of.refunded, earlier.net)
        amounts[key] = [one + more for one, more in zip(amounts[key], values, strict=True)]
        counts[key] += why != "nowhere"
    return {key: tuple(values) for key, values in amounts.items() if any(values)}, counts


@given(strategies.ledgers(), scopes, st.data())
@examples(30)
def test_whatever_is_visible_the_rows_add_up_and_no_other_is_named(ledger, made, scope, data):
    clear(ledger)
    made.rows.save(ledger)
    roll(ledger, "acme")
    zone = made.rows.accounts[0]["timezone"]
    first, last = data.draw(strategies.ranges_near(made.focus["acme"]))
    periods = Period(first, last + DAY), Period(first - DAY * 9, first)
    now, before = (oracle.consumed(made.rows.entries, "acme", zone, days.start, days.last)
                   for days in periods)  # fmt: skip
    with read_transaction(ledger) as connection:
        alone = queries.usage_by_workspace(connection, scope, periods[0])
        found = queries.usage_by_workspace(connection, scope, *periods)
        days = queries.usage_by_day(connection, scope, periods[0])
        names = queries.named_workspaces(connection, scope)
    amounts, counts = expected_rows(scope, made.rows, now, before)
    rows = found.to_dict("records")
    assert {key_of(row): (row["used"], row["refunded"], row["before"]) for row in rows} == amounts
    assert {total(frame["net"]) for frame in (alone, found, days)} == {now.total.net}
    for row in rows:
        if isinstance(row["id"], Unnamed):
            assert counts[key_of(row)] == row["id"].count
    own = [row for row in made.rows.workspaces if row["account_id"] == "acme"]
    visible = {row["id"] for row in own if not why_unnamed(scope, made.rows, row["id"])}
    assert visible == names.keys()


def key_of(row):
    """Whose row it is: an id, None for no workspace, or why it has none and of which kind."""
    id_ = row["id"]
    return (id_.why, row["kind"]) if isinstance(id_, Unnamed) else id_


FILTERS = [
    ALL,
    Filter(reasons=Some(("enhanced_ocr",))),
    Filter(workspaces=Some(("w1",))),
    Filter(workspaces=Some(("",))),
    Filter(workspaces=Some(("w9", ""), but=True)),
    Filter(workspace_kind="personal"),
    Filter(workspace_kind="unassigned"),
]


@given(strategies.ledgers(), scopes, st.data())
@examples(30)
def test_only_entries_of_named_workspaces_are_listed_and_counted(ledger, made, scope, data):
    clear(ledger)
    made.rows.save(ledger)
    roll(ledger, "acme")
    zone = ZoneInfo(made.rows.accounts[0]["timezone"])
    first, last = data.draw(strategies.ranges_near(made.focus["acme"]))
    only, order = data.draw(st.sampled_from(FILTERS)), data.draw(st.sampled_from(Order))
    listing = Listing(Period(first, last + DAY), zone, only, order)
    with read_transaction(ledger) as connection:
        found = listed(connection, scope, listing)
        tally = entries.tally(connection, scope, listing)
    rows = wanted(made.rows, "acme", zone, listing.period, only)
    expected = [row["id"] for row in rows if not why_unnamed(scope, made.rows, row["workspace_id"])]
    assert sorted(expected) == sorted(entry.id for entry in found)
    assert len(expected) == sum(tally["entries"])


# --- what is sent and what comes back -----------------------------------------------------------


def hidden_ledger(builder):
    """Two workspaces of a team, one of each of two people, one without owner, one not listed."""
    builder.account()
    for name in ("open", "shut"):
        builder.workspace(name, f"Team {name}")
    builder.workspace("mine", "My own", kind="personal", owner="u1")
    builder.workspace("theirs", "Another's", kind="personal", owner="u2")
    builder.workspace("ownerless", "Nobody's", kind="personal")
    places = ("open", "shut", "mine", "theirs", "ownerless", "unlisted", None)
    for used, place in enumerate(places, start=1):
        builder.use("2026-11-12T09:00Z", used, workspace=place)
    return builder


LISTED = frozenset({"open", "theirs"})
CASES = [
    (Scope("acme"), 7, []),
    (Scope("acme", "u1"), 5, [("members", "personal", 2)]),
    (
        Scope("acme", "u1", LISTED),
        1,
        [
            ("members", "personal", 2),
            ("nowhere", None, 0),
            ("restricted", "personal", 1),
            ("restricted", "team", 1),
            ("restricted", None, 1),
        ],
    ),
]


@pytest.mark.parametrize(("scope", "named", "unnamed"), CASES)
def test_a_personal_workspace_is_named_to_its_owner_alone_even_where_it_is_listed(
    ledger, builder, scope, named, unnamed
):
    hidden_ledger(builder).save(ledger)
    roll(ledger, "acme")
    with read_transaction(ledger) as connection:
        found = queries.usage_by_workspace(connection, scope, PERIOD)
    of = [(id_, kind) for id_, kind in zip(found["id"], found["kind"], strict=True)]
    hidden = [(id_.why, kind, id_.count) for id_, kind in of if isinstance(id_, Unnamed)]
    assert unnamed == sorted(hidden, key=repr)
    assert named == len(of) - len(hidden)
    assert [False] * named + [True] * len(hidden) == [isinstance(id_, Unnamed) for id_, _ in of]


@pytest.mark.parametrize("scope", [case[0] for case in CASES])
def test_a_cause_is_looked_for_in_what_is_named_alone(ledger, builder, scope):
    rows = hidden_ledger(builder)
    rows.save(ledger)
    roll(ledger, "acme")
    day = dt.date(2026, 11, 12)
    with read_transaction(ledger) as connection:
        held = spike_days.read_spike_days(connection, scope, "UTC", {day: [day - DAY]})
    places = {row["workspace_id"] for row in rows.entries}
    visible = {id_ or "" for id_ in places if not why_unnamed(scope, rows, id_)}
    assert visible == {id_ for _, id_ in held.pairs[day]} == held.names.keys()
    assert visible == held.workspaces.keys()
    assert sum(range(1, 8)) == sum(held.reasons["premium_chat"].values()) // 10**6


@pytest.mark.parametrize("scope", [case[0] for case in CASES])
def test_no_answer_of_the_database_holds_a_name_or_id_that_is_not_visible(ledger, builder, scope):
    """What is fetched is what could leak; the names are looked for in every row that came."""
    rows = hidden_ledger(builder)
    rows.save(ledger)
    roll(ledger, "acme")
    fetched = []
    with read_transaction(ledger) as connection:

        def keep(_connection, cursor, statement, *_more):
            found = connection.connection.cursor()
            found.execute(statement, _more[0])
            fetched.extend(map(repr, found.fetchall()))

        event.listen(ledger, "after_cursor_execute", keep)
        queries.load_account(connection, scope)
        queries.usage_by_workspace(connection, scope, PERIOD, PERIOD)
        listing = Listing(PERIOD, ZoneInfo("UTC"))
        entries.entry_page(connection, scope, listing)
        entries.tally(connection, scope, listing)
        day = dt.date(2026, 11, 12)
        spike_days.read_spike_days(connection, scope, "UTC", {day: [day - DAY]})
        event.remove(ledger, "after_cursor_execute", keep)
    said = "\n".join(fetched)
    for row in rows.workspaces:
        for text in (row["id"], row["name"]):
            assert (why_unnamed(scope, rows, row["id"]) is None) == (repr(text)[1:-1] in said), text
