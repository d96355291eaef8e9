"""Every sentence of the findings, when each is said, and that the best of each kind is named."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import target
from dashboard.highlights import (
    NO_HIGHLIGHTS,
    Frames,
    Highlight,
    Total,
    compared,
    find_highlights,
)
from tests.dashboard.built_frames import (
    MICRO,
    account,
    before,
    cause,
    daily_frame,
    reason_frame,
    view,
    with_days,
    workspace_frame,
)

THURSDAY = dt.date(2026, 11, 12)
OCR = ("enhanced_ocr", None, 440)
NONE = workspace_frame()


def reasons(*rows):
    """(code, credits, credits before) as a frame; None is no previous period."""
    made = reason_frame(*((code, None, max(net, 0), max(-net, 0)) for code, net, _ in rows))
    return made if any(row[2] is None for row in rows) else before(made, *(row[2] for row in rows))


def workspaces(*rows):
    """(id, credits, credits before); the name is the id's."""
    listed = sorted(rows, key=lambda row: (-row[1], f"W{row[0]}"))
    made = workspace_frame(*((id_, f"W{id_}", "team", net) for id_, net, _ in listed))
    return before(made, *(row[2] for row in listed))


def highlights(found=None, *, places=None, days=None, of=None):
    of = of or view()
    found = reasons(("premium_chat", 1, 1)) if found is None else found
    places = workspaces() if places is None else places
    return find_highlights(Frames(daily_frame(of) if days is None else days, found, places), of)


def said(made):
    return [(one.label, f"{one.name}{one.says}".replace("\u00a0", " ")) for one in made.found]


def sentence(label, made):
    return dict(said(made)).get(label)


# --- the biggest reason ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("enhanced_ocr", 6594, 3833), ("premium_chat", 8256, 7843)], None),
        (
            [("enhanced_ocr", 44, 25), ("premium_chat", 28, 0), ("own", 28, 0)],
            "Enhanced OCR is 44% of this range, up 76% on 3–22 Oct.",
        ),
        ([("enhanced_ocr", 9, 10)], "Enhanced OCR is 100% of this range, down 10% on 3–22 Oct."),
        (
            [("workflow_run", 5, 5)],
            "Workflow runs are 100% of this range, the same as in 3–22 Oct.",
        ),
        (
            [("workflow_run", 1001, 1000)],
            "Workflow runs are 100% of this range, about the same as in 3–22 Oct.",
        ),
        ([("own", 5, 0)], "own is 100% of this range, up from none in 3–22 Oct."),
        ([("own", 5, -7)], "own is 100% of this range, up from −7 in 3–22 Oct."),
        (
            [("own", 110, 10)],
            "own is 100% of this range, 10 times or more what it was in 3–22 Oct.",
        ),
        ([("own", 5, None)], "own is 100% of this range."),
    ],
)
def test_the_biggest_reason(rows, words):
    made = highlights(reasons(*rows))
    found = sentence("Biggest reason", made)
    assert (words or "Premium-model chats are 56% of this range, up 5% on 3–22 Oct.") == found


def test_a_reason_is_said_from_a_quarter_on():
    def four(first):
        rest = [(f"r{n}", 300, 300) for n in range(3)]
        return highlights(reasons(("enhanced_ocr", first, first), *rest))

    assert sentence("Biggest reason", four(300)) == (
        "Enhanced OCR is 25% of this range, the same as in 3–22 Oct."
    )
    five = reasons(*((f"r{n}", 300, 300) for n in range(5)))
    assert sentence("Biggest reason", highlights(five)) is None


def test_its_mark_is_that_of_the_chart_and_a_press_opens_it():
    (made,) = highlights(reasons(("enhanced_ocr", 9, 9))).found
    assert ("enhanced_ocr", "solid", "reason:enhanced_ocr") == (
        made.token,
        made.texture,
        made.opens,
    )
    (other,) = highlights(reasons(("own", 9, 9))).found
    assert ("other", "dots") == (other.token, other.texture)


def test_reasons_that_are_folded_together_are_not_one():
    rows = [(f"r{n}", 100 - n, 100 - n) for n in range(12)]
    assert sentence("Biggest reason", highlights(reasons(*rows))) is None


# --- the biggest spike ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("because", "words"),
    [
        (
            cause("Enhanced OCR", "Acme contracts", 1375),
            "Thu 12 Nov used 2,038: 1,375 were Enhanced OCR in Acme contracts.",
        ),
        (cause("Workflow runs", None, 900), "Thu 12 Nov used 2,038: 900 were Workflow runs."),
        (cause("Enhanced OCR", "Acme", 1), "Thu 12 Nov used 2,038: 1 was Enhanced OCR in Acme."),
        (None, "Thu 12 Nov used 2,038, 2.5 times a usual weekday."),
    ],
)
def test_the_biggest_spike_and_its_cause(because, words):
    of, nets = view(), with_days({THURSDAY: 2038, dt.date(2026, 11, 18): 1900})
    days = daily_frame(of, nets, {THURSDAY: because} if because else {})
    made = highlights(days=days)
    assert words == sentence("Biggest spike", made)
    (spike,) = (one for one in made.found if one.label == "Biggest spike")
    assert ("day:2026-11-12", "diamond") == (spike.opens, spike.texture)


def test_a_spike_where_nothing_is_usual():
    days = daily_frame(view(), lambda day: 50 * MICRO if day == THURSDAY else 0)
    assert "Thu 12 Nov used 50, where a usual weekday has none." == sentence(
        "Biggest spike", highlights(days=days)
    )


def test_a_spike_before_the_range_is_none_of_it():
    days = daily_frame(view(), with_days({dt.date(2026, 10, 27): 1672}))
    assert sentence("Biggest spike", highlights(days=days)) is None


# --- the biggest rise -----------------------------------------------------------------------

STEADY = ("enhanced_ocr", 1000, 1000)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", 171, 100)], "Wa used 171, up 71% on 3–22 Oct."),
        ([("a", 171, 100), ("b", 400, 320)], "Wb used 400, up 25% on 3–22 Oct."),
        ([("a", 120, 100), ("b", 900, 800)], None),  # 20, below 5%; 100, but only 12.5%
        ([("a", 300, 250)], "Wa used 300, up 20% on 3–22 Oct."),
        ([("a", 300, 251)], None),
        ([("a", 50, 0)], "Wa used 50, up from none in 3–22 Oct."),
        ([("a", 49, 0)], None),
        ([("a", 20, -60)], "Wa used 20, up from −60 in 3–22 Oct."),
        ([("a", 550, 50)], "Wa used 550, 10 times or more what it was in 3–22 Oct."),
        ([("a", 50, 500)], None),
        ([(None, 500, 50)], None),  # no workspace
    ],
)
def test_the_biggest_rise_of_a_workspace(rows, words):
    made = highlights(reasons(STEADY), places=workspaces(*rows))
    assert words == sentence("Biggest rise", made)


def test_a_reason_rises_only_where_no_other_finding_names_it():
    named = reasons(("enhanced_ocr", 900, 100), ("own", 100, 40))
    assert "own used 100, up 150% on 3–22 Oct." == sentence("Biggest rise", highlights(named))
    of = view()
    because = cause("own", None, 900)
    days = daily_frame(of, with_days({THURSDAY: 2038}), {THURSDAY: because})
    assert because.reason.code == "own"
    assert sentence("Biggest rise", highlights(named, days=days)) is None


def test_of_equal_rises_the_workspace_is_named_and_a_press_opens_it():
    made = highlights(reasons(STEADY, ("own", 200, 100)), places=workspaces(("a", 200, 100)))
    (rise,) = (one for one in made.found if one.label == "Biggest rise")
    assert Highlight("Biggest rise", "Wa", rise.says, "workspace:a", "text", "rise") == rise


def test_nothing_rises_without_a_previous_period():
    of = view(of=account(first_day=dt.date(2026, 11, 1)))
    made = highlights(reasons(("own", 9, None)), places=workspace_frame(), of=of)
    assert ["Biggest reason"] == [one.label for one in made.found]


# --- the total, and nothing to say ----------------------------------------------------------


def test_the_total_is_that_of_the_days_and_of_what_the_reasons_were():
    of = view()
    days = daily_frame(of)
    wanted = sum(net for net, inside in zip(days["net"], days["in_range"], strict=True) if inside)
    made = highlights(reasons(("own", 5, 30), ("premium_chat", 0, 12)), days=days)
    assert Total(wanted, 42 * MICRO) == made.total


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(f"r{n}", 100, 100) for n in range(5)], "Nothing unusual in this range."),
        ([("own", 0, 100)], "No credits used in this range."),
        ([], "No credits used in this range."),
    ],
)
def test_when_there_is_nothing_to_find_that_is_said(rows, words):
    found = reasons(*rows) if rows else reason_frame()
    made = highlights(found)
    assert ((), words) == (made.found, made.otherwise)


def test_what_could_not_be_read_is_not_called_usual():
    of, usual = view(), reasons(*((f"r{n}", 100, 100) for n in range(5)))
    days, places = daily_frame(of), workspaces()
    for frames in (
        Frames(None, usual, places),
        Frames(days, None, places),
        Frames(days, usual, None),
    ):
        assert ((), "") == (
            find_highlights(frames, of).found,
            find_highlights(frames, of).otherwise,
        )
    assert NO_HIGHLIGHTS == find_highlights(Frames(None, None, None), of)
    without = find_highlights(Frames(days, None, places), of)
    assert without.total is not None
    assert without.total.before is None


def test_a_change_is_said_only_where_there_is_one():
    assert ", up 27% on 3–22\u00a0Oct" == compared(127, 100, view())
    assert "" == compared(127, None, view())
    assert "" == compared(127, 100, view(of=account(first_day=dt.date(2026, 11, 1))))


amounts = st.integers(0, 2_000)


@given(st.lists(st.tuples(amounts, amounts), max_size=8))
def test_a_rise_is_the_largest_of_those_that_are_large_enough(rows):
    found = [(f"w{n}", net, earlier) for n, (net, earlier) in enumerate(rows)]
    made = highlights(reasons(STEADY), places=workspaces(*found))
    rises = [(now - was, id_) for id_, now, was in found
             if now > was and 5 * (now - was) >= was and 20 * (now - was) >= 1000]  # fmt: skip
    (rise,) = [one for one in made.found if one.label == "Biggest rise"] or [None]
    assert bool(rises) == bool(rise)
    if rise:
        opened = {target.workspace(id_).text for size, id_ in rises if size == max(rises)[0]}
        assert rise.opens in opened
