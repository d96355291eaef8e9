"""The browser's scripts say what Python says, and keep to what the security policy allows."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from callbacks.document import EARLY_SCRIPTS, OWN_SCRIPTS
from dashboard.ids import Act
from dashboard.ranges import DEFAULT, MOST_MONTHS, Bounds, RangeError, custom
from data.periods import BillingCalendar

ASSETS = Path(__file__).parents[2] / "assets"
SCRIPTS = sorted(ASSETS.glob("*.js"))
OWN = "".join((ASSETS / name).read_text("utf-8") for name in (*EARLY_SCRIPTS, *OWN_SCRIPTS))
TODAY = dt.date(2026, 11, 22)


def constants(name: str) -> dict[str, str]:
    block = re.search(rf"const {name} = \{{(.*?)\}};", OWN, re.DOTALL)
    assert block
    return dict(re.findall(r'(\w+): "([^"]*)"', block[1]))


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("reversed", "2026-11-10", "2026-11-01"),
        ("future", "2026-11-10", "2026-11-23"),
        ("early", "2024-01-01", "2024-01-31"),
        ("long", "2024-11-22", "2026-11-22"),
    ],
)
def test_a_field_says_the_sentence_of_the_server(key, first, last):
    bounds = Bounds(BillingCalendar((), 1), TODAY, dt.date(2024, 2, 1))
    with pytest.raises(RangeError) as refused:
        custom(dt.date.fromisoformat(first), dt.date.fromisoformat(last), bounds)
    assert refused.value.sentence == constants("SAY")[key].replace("{}", "2024-02-01")


def test_the_limits_are_those_of_the_server():
    assert f'DEFAULT_RANGE = "{DEFAULT}"' in OWN
    assert f"MOST_MONTHS = {MOST_MONTHS};" in OWN


@pytest.mark.parametrize("act", Act)
def test_each_act_of_a_button_is_handled(act):
    assert re.search(rf'\b{act}: |act\("{act}"|=== "{act}"', OWN)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_makes_no_code_no_markup_and_no_noise(path):
    forbidden = r"\beval\b|new Function|innerHTML|document\.write|console\.|setTimeout\(\s*[\"']"
    assert [] == re.findall(forbidden, path.read_text("utf-8"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_opens_with_what_it_is(path):
    assert path.read_text("utf-8").startswith(("// ", "/* "))
