"""The committed front-end files are those of the manifest, each with its licence and notice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SERVED = ROOT / "assets" / "vendor"
TESTS_ONLY = ROOT / "tests" / "browser" / "vendor"
WORDS = {
    "MIT": "Permission is hereby granted",
    "OFL-1.1": "SIL OPEN FONT LICENSE Version 1.1",
    "MPL-2.0": "Mozilla Public License, version 2.0",
}


def manifest(folder: Path) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    return files


MANIFEST = [(folder, entry) for folder in (SERVED, TESTS_ONLY) for entry in manifest(folder)]
BY_FILE = pytest.mark.parametrize(
    ("folder", "entry"), MANIFEST, ids=[entry["file"] for _, entry in MANIFEST]
)


@BY_FILE
def test_each_file_is_what_its_hash_says(folder, entry):
    content = (folder / entry["file"]).read_bytes()
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (
        entry["sha256"],
        entry["bytes"],
    )


@pytest.mark.parametrize("folder", [SERVED, TESTS_ONLY], ids=["served", "tests only"])
def test_nothing_else_lies_beside_them(folder):
    entries = manifest(folder)
    named = {"manifest.json"}
    named |= {entry["file"] for entry in entries} | {entry["licence_file"] for entry in entries}
    assert {path.name for path in folder.iterdir()} == named


@BY_FILE
def test_each_file_has_its_licence_beside_it(folder, entry):
    assert WORDS[entry["licence"]] in (folder / entry["licence_file"]).read_text("utf-8")


@BY_FILE
def test_each_file_is_in_the_notices_with_version_and_licence(folder, entry):
    notices = (ROOT / "THIRD_PARTY_NOTICES.md").read_text("utf-8")
    row = f"| {entry['file']} | {entry['package']} {entry['version']} | {entry['licence']} |"
    assert row in notices


def test_no_file_points_to_a_source_map_that_is_not_here():
    for entry in manifest(SERVED):
        assert b"sourceMappingURL" not in (SERVED / entry["file"]).read_bytes()


def test_fonts_are_as_light_as_the_design_says():
    fonts = [entry for entry in manifest(SERVED) if entry["file"].endswith("woff2")]
    sizes = {entry["file"]: round(entry["bytes"] / 1000) for entry in fonts}
    assert sizes == {"inter-latin.woff2": 48, "inter-latin-ext.woff2": 85}
