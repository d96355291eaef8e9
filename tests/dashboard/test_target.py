"""What a click opens, as text: each target comes back from its text, hostile text is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import target
from dashboard.target import Form, TargetError, parse
from data.periods import FIRST_DAY, LAST_DAY, Period

NOV_12 = dt.date(2026, 11, 12)
WEEK = Period(dt.date(2026, 11, 9), dt.date(2026, 11, 16))

NAMED = [
    ("day:2026-11-12", target.day(NOV_12)),
    ("days:2026-11-09..2026-11-15", target.days(WEEK)),
    ("month:2026-11-03", target.month(dt.date(2026, 11, 3))),
    ("reason:enhanced_ocr", target.reason("enhanced_ocr")),
    ("type:contract_review", target.workflow_type("contract_review")),
    ("type:", target.workflow_type(None)),
    ("workspace:ws-1", target.workspace("ws-1")),
    ("workspace:", target.workspace(None)),
    ("kind:team", target.kind("team")),
    ("kind:unassigned", target.kind("unassigned")),
    ("rest:reasons", target.OTHER_REASONS),
    ("rest:workspaces", target.OTHER_WORKSPACES),
]

HOSTILE = [
    "", ":", "day", "day:", "Day:2026-11-12", " day:2026-11-12", "day:2026-11-31",
    "day:2026-11-1", "day:20261112", "day:2026-W46-4", "day:0001-01-01", "day:9999-12-31",
    "day:2026-11-12..2026-11-13", "days:2026-11-12", "days:2026-11-13..2026-11-12",
    "days:2026-11-12..", "days:..", "month:2026-11", "month:", "reason:", "kind:",
    "kind:Team", "kind:all", "rest:", "rest:types", "entry:1", "open:day", "day:２０２６-11-12",
    "reason:" + "x" * 200, "workspace:a\0b", "'; drop table entries",
    "{{7*7}}", "<img onerror=x>", "javascript:alert(1)",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NAMED)
def test_a_text_names_one_target(text, expected):
    assert expected == parse(text)
    assert text == expected.text


@pytest.mark.parametrize("text", HOSTILE)
def test_what_names_nothing_is_refused_with_a_sentence(text):
    with pytest.raises(TargetError, match="names nothing"):
        parse(text)


@given(st.text())
def test_no_text_does_anything_else(text):
    """A target that says the same again, or the one error."""
    try:
        found = parse(text)
    except TargetError:
        return
    assert found == parse(found.text)


@given(st.sampled_from([Form.REASON, Form.TYPE, Form.WORKSPACE]), st.text(min_size=1))
def test_a_code_or_id_of_any_characters_comes_back(form, value):
    """Unless it is too long for an address, or no browser can send it: then nothing opens it."""
    made = target.Target(form, value)
    expected = made if made.text else None
    found = parse(made.text) if made.text else None
    assert expected == found
    assert bool(made.text) == (len(value) <= 200 - len(f"{form}:") and "\0" not in value)


@given(st.dates(FIRST_DAY, LAST_DAY - dt.timedelta(1)), st.integers(1, 700))
def test_days_come_back(first, count):
    end = min(first + dt.timedelta(count), LAST_DAY)
    made = target.days(Period(first, end))
    assert made == parse(made.text)
    assert made.days == Period(first, end)


def test_a_bar_of_one_day_is_that_day():
    assert target.day(NOV_12) == target.days(Period(NOV_12, NOV_12 + dt.timedelta(1)))
