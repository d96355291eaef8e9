"""What runs and what tests are pinned apart: everything exact, and the same where they meet."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# dash[testing] 4.4.1 asks for selenium 4.2.0, and that for an old urllib3.
FORCED_BY_DASH_TESTING = {"urllib3"}
ONLY_FOR_TESTS = {"selenium", "pytest", "hypothesis", "mypy", "ruff", "dash-testing-stub"}


def pins(name: str) -> dict[str, str]:
    """Package -> version of a requirements file; every line must be an exact pin."""
    found = {}
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if line.startswith(("#", "-r ")):
            continue
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.]+)", line)
        assert match, f"{name}: {line!r} is not an exact pin"
        found[normal(match[1])] = match[2]
    return found


def asked_for(name: str) -> dict[str, str]:
    """Package -> version of an .in file, without the files that it includes."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-r"))]
    return dict(_asked(line) for line in wanted)


def _asked(line: str) -> tuple[str, str]:
    package, _, pinned = line.partition("==")
    return normal(package.partition("[")[0]), pinned


def normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def test_what_runs_and_what_tests_agree_where_they_meet():
    run, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert run.keys() - dev.keys() == set()
    assert {p for p in run if run[p] != dev[p]} == FORCED_BY_DASH_TESTING


def test_what_the_back_test_compares_with_is_pinned_and_neither_runs_nor_tests():
    of_benchmarks = pins("benchmarks/requirements.txt").keys()
    assert "statsmodels" in of_benchmarks
    assert set() == of_benchmarks & (pins("requirements.txt") | pins("requirements-dev.txt")).keys()


def test_production_installs_nothing_of_the_tests():
    assert pins("requirements.txt").keys() & ONLY_FOR_TESTS == set()


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_each_pin_is_the_one_asked_for(name):
    asked, pinned = asked_for(f"{name}.in"), pins(f"{name}.txt")
    assert {package: pinned.get(package) for package in asked} == asked


def test_the_tests_run_on_the_pinned_versions():
    dev = pins("requirements-dev.txt")
    assert {package: version(package) for package in dev} == dev
