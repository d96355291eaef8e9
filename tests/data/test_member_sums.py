"""Who used what of a workspace, as far as a scope names members; always all of it together."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from data import rollup
from data.access import NamedMembers, Scope, Viewer, scope_of, snapshot_scope
from data.engine import read_transaction
from data.entries import Filter, Listing, Some
from data.entry_stream import stream_entries
from data.member_sums import NOBODYS, OTHERS, OWN, MemberUse, usage_by_member
from data.optional import LACKING
from data.periods import Period
from tests.ledger_builder import micro

NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
UTC = ZoneInfo("UTC")
ALL = snapshot_scope("acme", by_member=True)
OWNER = scope_of(Viewer("acme", "ann", "owner"), by_member=True)
BILLING = scope_of(Viewer("acme", "ann", "billing"), by_member=True)
MEMBER = scope_of(Viewer("acme", "ann", "member", frozenset({"few", "many"})), by_member=True)


def of(workspace):
    return Listing(NOVEMBER, UTC, Filter(workspaces=Some((workspace,))))


@pytest.fixture
def rolled(ledger, builder):
    """`many` has four members and an entry of nobody, `few` has two, `hers` is another's own."""
    builder.account()
    builder.workspace("many", "Many")
    builder.workspace("few", "Few")
    builder.workspace("hers", "Bea's own", kind="personal", owner="bea")
    for who, name in (("ann", "Ann"), ("bea", "Bea"), ("cyd", "Cyd"), ("dot", "Dot")):
        builder.member(who, name)
    for used, who in enumerate(("ann", "bea", "cyd", "dot", None, "gone"), 1):
        builder.use("2026-11-05T10:00Z", used, workspace="many", member=who)
    builder.refund("2026-11-20T10:00Z", 1, workspace="many", member="dot")
    builder.use("2026-11-06T10:00Z", 10, workspace="few", member="ann")
    builder.use("2026-11-06T10:00Z", 20, workspace="few", member="bea")
    builder.use("2026-11-06T10:00Z", 30, workspace="few")
    builder.use("2026-11-06T10:00Z", 40, workspace="hers", member="bea")
    builder.use("2026-11-06T10:00Z", 50, workspace="many", member="eve", account="zeta")
    builder.use("2026-10-06T10:00Z", 60, workspace="many", member="ann")
    builder.save(ledger)
    with ledger.begin() as connection:
        rollup.rebuild(connection, rollup.account_to_roll(connection, "acme"))
    with read_transaction(ledger) as connection:
        yield connection


def shown(found):
    return [(one.who or one.name, one.net // micro(1), one.count) for one in found]


def test_owners_see_every_member_by_name_and_what_is_nobodys(rolled):
    expected = [("gone", 6, 1), ("Cyd", 3, 1), ("Dot", 3, 1), ("Bea", 2, 1), ("Ann", 1, 1)]
    for scope in (ALL, OWNER):
        found = usage_by_member(rolled, scope, of("many"))
        assert [*expected, (NOBODYS, 5, 0)] == shown(found)


def test_anyone_else_sees_their_own_and_the_sum_of_at_least_three(rolled):
    for scope in (BILLING, MEMBER):
        found = usage_by_member(rolled, scope, of("many"))
        assert [(OWN, 1, 1), (OTHERS, 14, 4), (NOBODYS, 5, 0)] == shown(found)


def test_fewer_than_three_others_are_told_with_what_is_nobodys_and_not_counted(rolled):
    for scope in (BILLING, MEMBER):
        found = usage_by_member(rolled, scope, of("few"))
        assert [(OWN, 10, 1), (OTHERS, 50, 0)] == shown(found)


def test_they_make_up_the_workspace_whoever_looks(rolled):
    for scope in (ALL, OWNER, BILLING, MEMBER):
        for workspace, total in (("many", 20), ("few", 60)):
            found = usage_by_member(rolled, scope, of(workspace))
            assert micro(total) == sum(one.net for one in found)


def test_of_another_persons_own_workspace_nobody_learns_a_member(rolled):
    assert [] == usage_by_member(rolled, OWNER, of("hers"))
    assert [] == list(stream_entries(rolled, OWNER, of("hers")))


def test_without_the_hosts_wish_nothing_is_read(rolled):
    sent = []
    listen = ("before_cursor_execute", lambda *call: sent.append(call[2]))
    event.listen(rolled, *listen)
    off = scope_of(Viewer("acme", "ann", "owner"))
    assert NamedMembers.NONE is off.members is snapshot_scope("acme").members
    assert [] == usage_by_member(rolled, off, of("many")) == sent
    assert {None} == {one.member_id for one in stream_entries(rolled, off, of("many"))}
    event.remove(rolled, *listen)


def test_the_ids_of_others_are_never_fetched_for_anyone_else(rolled):
    found = {one.member_id for one in stream_entries(rolled, MEMBER, of("many"))}
    assert {None, "ann"} == found
    found = {one.member_id for one in stream_entries(rolled, OWNER, of("many"))}
    assert {"ann", "bea", "cyd", "dot", "gone", None} == found


def test_a_host_without_names_has_ids(rolled):
    without = rolled.execution_options(**{LACKING: frozenset({"members"})})
    assert MemberUse(micro(3), id="cyd", name="cyd") in usage_by_member(without, OWNER, of("many"))


def test_a_scope_says_whose_use_is_told():
    assert (NamedMembers.ALL, NamedMembers.OWN, NamedMembers.OWN) == (
        OWNER.members,
        BILLING.members,
        MEMBER.members,
    )
    assert Scope("acme", "ann", None, NamedMembers.ALL) == scope_of(
        Viewer("acme", "ann", "admin"), by_member=True
    )
