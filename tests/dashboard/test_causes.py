"""Causes by hand, and against the rule written a second time; what adds up adds up exactly."""

from __future__ import annotations

import datetime as dt
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import causes, findings
from dashboard.causes import Contribution, Evidence, Part
from dashboard.findings import Spike
from data.periods import DAY, Period
from tests.dashboard.built_frames import cause, daily_frame, view

M = 1_000_000
THURSDAY = dt.date(2026, 11, 12)
HISTORY = findings.history_days(
    THURSDAY, Period(dt.date(2026, 1, 1), dt.date(2026, 11, 22)), weekend=False
)
REASONS = {"enhanced_ocr": "Enhanced OCR", "premium_chat": "Premium-model chats"}
NAMES = {"w1": "Acme contracts", "w2": "Archive (deleted)", "": "No workspace"}


def nets(usual: int, spike: int) -> dict[dt.date, int]:
    """`usual` credits on each day of the history, and on the day itself `spike`."""
    return {**dict.fromkeys(HISTORY, usual * M), THURSDAY: spike * M}


def evidence(reasons, workspaces, pairs=(), net=None, usual=None) -> Evidence:
    net = sum(found.get(THURSDAY, 0) for found in reasons.values()) if net is None else net
    median = sum(found[HISTORY[0]] for found in reasons.values()) if usual is None else usual
    spike = Spike(THURSDAY, net, findings.Usual(2 * median, 0, 0))
    micro = {pair: credits_ * M for pair, credits_ in dict(pairs).items()}
    return Evidence(spike, HISTORY, reasons, workspaces, micro)


def found(*of, **more):
    return causes.find_cause(evidence(*of, **more), REASONS, NAMES)


OCR, CHAT = "enhanced_ocr", "premium_chat"
PLAIN = (
    {OCR: nets(300, 1580), CHAT: nets(550, 458)},
    {"w1": nets(250, 1500), "w2": nets(600, 538)},
    {(OCR, "w1"): 1375, (OCR, "w2"): 205, (CHAT, "w1"): 125, (CHAT, "w2"): 333},
)


def test_the_cause_is_the_reason_and_the_workspace_furthest_above_their_usual():
    made = found(*PLAIN)
    assert made.reason == Part(OCR, "Enhanced OCR")
    assert made.workspace == Part("w1", "Acme contracts")
    assert made.amount == 1375 * M
    assert made.excess == (2038 - 850) * M
    assert made.named(", ") == "Enhanced OCR, Acme contracts"
    assert made.named(" in ") == "Enhanced OCR in Acme contracts"


def test_the_largest_is_not_the_cause_when_it_is_always_large():
    made = found(
        {OCR: nets(900, 900), CHAT: nets(10, 700)},
        {"w1": nets(890, 890), "w2": nets(20, 710)},
        {(OCR, "w1"): 890, (OCR, "w2"): 10, (CHAT, "w2"): 700},
    )
    assert made.named(" in ") == "Premium-model chats in Archive (deleted)"


def test_contributions_and_the_rest_are_the_excess():
    made = found(*PLAIN, usual=800 * M)
    assert made.excess == 1238 * M
    assert made.reasons.parts == (
        Contribution(OCR, 1580 * M, 1280 * M),
        Contribution(CHAT, 458 * M, -92 * M),
    )
    assert made.reasons.other == 50 * M
    assert made.workspaces.parts == (
        Contribution("w1", 1500 * M, 1250 * M),
        Contribution("w2", 538 * M, -62 * M),
    )
    assert made.workspaces.other == 50 * M


@pytest.mark.parametrize(
    ("in_w1", "workspace", "amount"), [(640, "w1", 640), (639, None, 1580), (0, None, 1580)]
)
def test_a_workspace_is_named_where_it_holds_half_of_what_the_reason_is_above_usual(
    in_w1, workspace, amount
):
    """Of 1,280 above the usual; else the reason stands alone, with what it used everywhere."""
    reasons, workspaces, _ = PLAIN
    made = found(reasons, workspaces, {(OCR, "w1"): in_w1})
    assert (made.workspace.code if made.workspace else None) == workspace
    assert made.amount == amount * M
    assert made.named(" in ").startswith("Enhanced OCR")


def test_entries_without_a_workspace_are_a_workspace_of_their_own():
    made = found({OCR: nets(0, 500)}, {"": nets(0, 500)}, {(OCR, ""): 500})
    assert made.workspace == Part("", "No workspace")


def test_a_workspace_whose_name_may_not_be_seen_is_never_the_cause():
    """The next one is not blamed in its place: it holds too little."""
    made = found(
        {OCR: nets(100, 900)},
        {"hidden": nets(50, 800), "w1": nets(50, 100)},
        {(OCR, "hidden"): 800, (OCR, "w1"): 100},
    )
    assert made.workspace is None
    assert made.named(", ") == "Enhanced OCR"


def test_an_unknown_reason_goes_by_its_own_text():
    made = found({"own_code": nets(0, 500)}, {}, {})
    assert made.reason == Part("own_code", "own_code")


def test_of_two_alike_the_first_by_code_is_the_cause():
    made = found(
        {CHAT: nets(0, 500), OCR: nets(0, 500)},
        {"w2": nets(0, 500), "w1": nets(0, 500)},
        {(OCR, "w1"): 500, (CHAT, "w2"): 500},
    )
    assert (made.reason.code, made.workspace.code) == (OCR, "w1")


def test_a_reason_that_only_refunds_less_than_usual_is_no_cause():
    """From −500 to 0 it is furthest above its usual, and used nothing."""
    made = found(
        {OCR: nets(-500, 0), CHAT: nets(100, 500)}, {"w1": nets(100, 500)}, {(CHAT, "w1"): 500}
    )
    assert made.named(" in ") == "Premium-model chats in Acme contracts"


def test_without_a_reason_above_its_usual_there_is_no_cause():
    """Medians of parts may add up to more than the median of their sum."""
    assert found({OCR: nets(900, 900)}, {"w1": nets(900, 900)}, usual=300 * M) is None


def test_the_frame_of_the_panel_carries_them_by_day():
    made = {THURSDAY: cause("Enhanced OCR", "Acme contracts", 1375)}
    assert causes.causes_of(daily_frame(view("month"), causes=made)) == made
    assert causes.causes_of(daily_frame(view("month"))) == {}


# --- the rule again, from the medians of the standard library ---------------------------------

AMOUNTS = st.integers(-3, 12) | st.integers(-(10**12), 10**12)


@st.composite
def days_of_parts(draw, codes):
    """For some codes the nets of some days: a day without any stays away."""
    days = [*HISTORY, THURSDAY]
    names = draw(st.lists(st.sampled_from(codes), unique=True, max_size=len(codes)))
    return {name: draw(st.dictionaries(st.sampled_from(days), AMOUNTS)) for name in names}


def expected_excess(of):
    usual = statistics.median([of.get(day, 0) for day in HISTORY])
    return of.get(THURSDAY, 0) - int(usual // 1)


@given(
    days_of_parts(["a", "b", "c", "d"]),
    days_of_parts(["", "w1", "w2", "w3"]),
    st.integers(1, 10**12),
    st.integers(-(10**12), 10**12),
    st.randoms(use_true_random=False),
)
def test_both_breakdowns_add_up_and_no_order_matters(reasons, workspaces, net, twice, draw):
    spike = Spike(THURSDAY, net, findings.Usual(twice, 0, 0))
    pairs = {(r, w): draw.randrange(10**6) for r in reasons for w in workspaces}
    names = {code: code.upper() for code in workspaces}
    made = causes.find_cause(Evidence(spike, HISTORY, reasons, workspaces, pairs), {}, names)
    above = {c: expected_excess(of) for c, of in reasons.items() if of.get(THURSDAY, 0) > 0}
    if max(above.values(), default=0) <= 0:
        assert made is None
        return
    assert above[made.reason.code] == max(above.values())
    assert made.excess == net - twice // 2
    for breakdown, parts in ((made.reasons, reasons), (made.workspaces, workspaces)):
        assert {one.code: one.excess for one in breakdown.parts} == {
            code: expected_excess(of) for code, of in parts.items()
        }
        assert sum(one.excess for one in breakdown.parts) + breakdown.other == made.excess
    mixed = Evidence(
        spike,
        draw.sample(HISTORY, len(HISTORY)),
        shuffled(reasons, draw),
        shuffled(workspaces, draw),
        shuffled(pairs, draw),
    )
    assert causes.find_cause(mixed, {}, shuffled(names, draw)) == made


def shuffled(of: dict, draw: random.Random) -> dict:
    keys = draw.sample(list(of), len(of))
    return {key: of[key] for key in keys}


def test_history_is_of_the_same_kind_of_day():
    assert len(HISTORY) == 20
    assert all(day.weekday() < 5 and THURSDAY - DAY * 28 <= day < THURSDAY for day in HISTORY)
