"""The committed front-end files are those of the manifest, each with its licence and notice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "assets" / "vendor"
MANIFEST: list[dict[str, Any]] = json.loads((VENDOR / "manifest.json").read_text("utf-8"))["files"]
BY_FILE = pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])


@BY_FILE
def test_each_file_is_what_its_hash_says(entry):
    content = (VENDOR / entry["file"]).read_bytes()
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (
        entry["sha256"],
        entry["bytes"],
    )


def test_nothing_else_lies_beside_them():
    named = {"manifest.json"}
    named |= {entry["file"] for entry in MANIFEST} | {entry["licence_file"] for entry in MANIFEST}
    assert {path.name for path in VENDOR.iterdir()} == named


@BY_FILE
def test_each_file_has_its_licence_beside_it(entry):
    words = {"MIT": "Permission is hereby granted", "OFL-1.1": "SIL OPEN FONT LICENSE Version 1.1"}
    assert words[entry["licence"]] in (VENDOR / entry["licence_file"]).read_text("utf-8")


@BY_FILE
def test_each_file_is_in_the_notices_with_version_and_licence(entry):
    notices = (ROOT / "THIRD_PARTY_NOTICES.md").read_text("utf-8")
    row = f"| {entry['file']} | {entry['package']} {entry['version']} | {entry['licence']} |"
    assert row in notices


def test_no_file_points_to_a_source_map_that_is_not_here():
    for entry in MANIFEST:
        assert b"sourceMappingURL" not in (VENDOR / entry["file"]).read_bytes()


def test_fonts_are_as_light_as_the_design_says():
    sizes = {e["file"]: round(e["bytes"] / 1000) for e in MANIFEST if e["file"].endswith("woff2")}
    assert sizes == {"inter-latin.woff2": 48, "inter-latin-ext.woff2": 85}
