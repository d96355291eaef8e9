"""Whatever a browser says it wants to see, only known names and numbers come out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks import asked
from dashboard.answer import Wish
from dashboard.panels import PANELS

KEYS = [panel.key for panel in PANELS]


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("", {}),
        ("daily", {"daily": 1}),
        ("daily,reason", {"daily": 1, "reason": 1}),
        ("workspace:401", {"workspace": 401}),
        ("daily,daily:7", {"daily": 7}),
        ("nobody,Daily, daily,reason ", {}),
        ("daily:0,reason:-3,team:1e3,monthly:٣,workspace:9999999999", dict.fromkeys(
            ("daily", "reason", "team", "monthly", "workspace"), 1)),
        ("daily:", {"daily": 1}),
        ("'; drop table entries; --,{{7*7}},<img onerror=x>", {}),
        ("daily" + "," * 5_000 + "reason", {"daily": 1}),
    ],
)  # fmt: skip
def test_open_tables_are_known_panels_and_rows(text, tables):
    assert tables == asked.read({"tables": text}).tables


@pytest.mark.parametrize("text", [None, 1, True, [], {}, ["daily"], {"daily": 1}])
def test_what_is_no_text_opens_nothing(text):
    found = asked.read({"tables": text, "workspaces": text, "toggled": text})
    assert ({}, False, None) == (found.tables, found.all_workspaces, found.toggled)


@pytest.mark.parametrize(("text", "found"), [("all", True), ("ALL", False), ("8", False)])
def test_all_workspaces_are_asked_for_by_one_word(text, found):
    assert found is asked.read({"workspaces": text}).all_workspaces


def test_a_change_is_told_of_panels_only():
    assert "daily" == asked.read({"toggled": "daily"}).toggled
    assert asked.read({"toggled": "storage"}).toggled is None


def test_the_wish_is_what_was_read():
    found = asked.read({"range": "7d", "tables": "team:3", "workspaces": "all"})
    assert Wish("7d", {"team": 3}, all_workspaces=True) == found.wish


pieces = st.sampled_from([*KEYS, *",,,::0123456789٣-"])


@given(st.lists(pieces, max_size=20).map("".join) | st.text())
def test_rows_are_numbers_from_one_on(text):
    found = asked.read({"tables": text}).tables
    assert set(found) <= set(KEYS)
    assert all(1 <= row < 10**9 for row in found.values())
