"""The document's table has a row for each of the 32 faults, each with the test of its number."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
DOCUMENT = FOLDER.parents[1] / "docs" / "reliability.md"
NUMBERS = range(1, 33)
ROW = re.compile(r"^\| (\d+) \|([^|]+)\|([^|]+)\|([^|]+)\| `(test_(\d\d)_\w+\.py)` \|$", re.M)
FILES = sorted(FOLDER.glob("test_[0-9][0-9]_*.py"))


def test_every_fault_has_one_row_and_one_test_file_of_its_number():
    rows = ROW.findall(DOCUMENT.read_text("utf-8"))
    assert list(NUMBERS) == [int(row[0]) for row in rows]
    assert list(NUMBERS) == [int(row[5]) for row in rows]
    assert [path.name for path in FILES] == [row[4] for row in rows]
    assert list(NUMBERS) == [int(path.name[5:7]) for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_says_what_its_fault_looks_like_and_tests_it(path):
    module = ast.parse(path.read_text("utf-8"))
    assert (ast.get_docstring(module) or "").startswith(f"Fault {int(path.name[5:7])}: ")
    tests = [node.name for node in module.body if isinstance(node, ast.FunctionDef)]
    assert [name for name in tests if name.startswith("test_")]


def test_a_row_says_what_is_seen():
    """By a reader or an operator, at least."""
    rows = ROW.findall(DOCUMENT.read_text("utf-8"))
    seen = {number: f"{reader}{operator}".strip() for number, _, reader, operator, *_ in rows}
    assert [] == [number for number, words in seen.items() if not words]


def test_the_five_invariants_are_those_that_are_asserted():
    asserted = re.findall(r'"""(I\d): ', (FOLDER / "invariants.py").read_text("utf-8"))
    written = re.findall(r"^\| (I\d) \|", DOCUMENT.read_text("utf-8"), re.M)
    assert ["I1", "I2", "I3", "I4", "I5"] == asserted == written
