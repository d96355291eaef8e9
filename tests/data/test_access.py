"""Which scope a viewer gets."""

from __future__ import annotations

import pytest

from data.access import AccessDeniedError, Scope, Viewer, scope_of, snapshot_scope

LISTED = frozenset({"w1", "w2"})


@pytest.mark.parametrize("role", ["owner", "admin", "billing"])
@pytest.mark.parametrize("workspaces", [None, LISTED, frozenset()])
def test_who_answers_for_the_account_sees_the_whole_of_it(role, workspaces):
    assert Scope("acme", "u1") == scope_of(Viewer("acme", "u1", role, workspaces))


@pytest.mark.parametrize("workspaces", [None, LISTED])
def test_a_member_sees_the_workspaces_that_the_host_lists(workspaces):
    assert Scope("acme", "u1", workspaces) == scope_of(Viewer("acme", "u1", "member", workspaces))


def test_a_member_without_any_workspace_sees_nothing():
    with pytest.raises(AccessDeniedError, match="'u1'"):
        scope_of(Viewer("acme", "u1", "member", frozenset()))


def test_on_a_snapshot_every_name_is_visible():
    assert Scope("acme", None, None) == snapshot_scope("acme")
