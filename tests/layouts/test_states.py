"""What stands where a chart cannot: the words of each state, and only buttons that help."""

from __future__ import annotations

from typing import get_args

import pytest

from dashboard.host import Host
from dashboard.ids import Act, Id
from dashboard.panel import Shape
from layouts import states
from tests.layouts.tree import attribute, elements, with_id, words


def acts(state):
    return [attribute(button, "data-act") for button in elements(state, "Button")]


@pytest.mark.parametrize(
    ("state", "said", "offered"),
    [
        (
            states.empty("25–27 Dec 2025"),
            (
                "No credits used in this range Nothing was used on 25–27 Dec 2025. "
                "Show this billing month"
            ),
            [Act.MONTH],
        ),
        (
            states.empty("3–22 Nov", offer_month=False),
            "No credits used in this range Nothing was used on 3–22 Nov.",
            [],
        ),
        (
            states.failed("7F3K20"),
            "This chart didn't load The other charts are up to date. Reference 7F3K20. Try again",
            [Act.RETRY],
        ),
        (
            states.all_failed("7F3K20"),
            (
                "Credit usage didn't load Your balance in the ledger isn't affected. "
                "Reference 7F3K20. Try again"
            ),
            [Act.RETRY],
        ),
        (
            states.new_account(),
            (
                "No usage yet Credits spent on premium-model chats, workflow runs, Enhanced "
                "OCR and Compose renders show up here within a few minutes."
            ),
            [],
        ),
        (
            states.no_permission(),
            (
                "You can't see credit usage for this account Account owners and billing "
                "admins can. Ask one of them for access."
            ),
            [],
        ),
    ],
)
def test_a_state_says_what_happened_and_what_to_do(state, said, offered):
    assert said == words(state)
    assert offered == acts(state)


@pytest.mark.parametrize("shape", get_args(Shape))
def test_there_is_a_skeleton_in_each_shape_without_words(shape):
    grey = states.skeleton(shape)
    assert f"skeleton skeleton-{shape}" == grey.className
    assert "" == words(grey)
    assert "true" == attribute(grey, "aria-hidden")


@pytest.mark.parametrize(
    ("make", "link"),
    [
        (states.new_account, ("How credits work", "/help")),
        (states.no_permission, ("Back to account", "/account")),
        (states.strips, ("Sign in", "/sign-in")),
    ],
)
def test_what_the_host_has_told_is_a_link_in_place(make, link):
    made = make(Host(help="/help", account="/account", sign_in="/sign-in", ledger="/ledger"))
    assert [link] == [(words(a), a.href) for a in elements(made, "A")]
    assert Act.RELOAD not in acts(made)


def test_both_strips_wait_hidden_inside_an_alert():
    strips = states.strips()
    assert "alert" == strips.role
    lost, signed_out = (with_id(strips, i) for i in (Id.STRIP_LOST, Id.STRIP_SIGNED_OUT))
    assert (True, True) == (lost.hidden, signed_out.hidden)
    assert "Connection lost. Try again" == words(lost)
    assert "You're signed out. Sign in" == words(signed_out)
