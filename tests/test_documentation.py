"""The documents say what the code does: settings, commands, make targets, packages, links."""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

import pytest

from app import make_parser
from dashboard.panels import PANELS
from dashboard.ranges import CHOICES
from dashboard.settings import SETTINGS
from data.reasons import HELP_PAGE

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
EACH = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
LINK = re.compile(r"!?\[[^]]*\]\(([^)]+)\)")


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    parser = make_parser()
    actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(actions[0].choices)


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {text for action in parser._actions for text in action.option_strings} - {"-h", "--help"}


def section(name: str) -> str:
    """What docs/commands.md says under a heading."""
    match = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", read("docs/commands.md"), re.M | re.DOTALL)
    assert match is not None, f"docs/commands.md has no section {name}"
    return match[1]


# --- settings and commands ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "docs/settings.md", "docs/deploy.md"])
def test_the_table_of_settings_is_that_of_the_code(name):
    """`make docs` writes it."""
    rows = re.findall(r"^\| `(CREDITS_\w+)` \| (?:`(.*?)`|not set) \| (.*) \|$", read(name), re.M)
    assert rows == [(setting.name, setting.default, setting.help) for setting in SETTINGS]


@EACH
def test_an_example_in_a_document_is_the_file_that_is_tested(document):
    """`make docs` writes it."""
    pattern = r"<!-- example: (\S+) -->\n```python\n(.*?)```\n<!-- end -->"
    shown = re.findall(pattern, document.read_text("utf-8"), re.DOTALL)
    assert len(shown) == document.read_text("utf-8").count("<!-- example:")
    assert [name for name, text in shown if text != read(name)] == []


def test_every_command_and_only_those_has_a_section():
    headings = re.findall(r"^## (.+)$", read("docs/commands.md"), re.M)
    assert headings == [*commands(), "make"]


@pytest.mark.parametrize("name", commands())
def test_every_option_and_only_those_is_explained(name):
    rows = re.findall(r"^\| `(--[a-z-]+)", section(name), re.M)
    assert sorted(rows) == sorted(options(commands()[name]))


def targets() -> list[str]:
    return re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.M)


def test_every_make_target_is_explained():
    explained = re.findall(r"^\| `make ([a-z-]+)`", section("make"), re.M)
    assert sorted(explained) == sorted(set(targets()) - {"help"})


@EACH
def test_a_document_names_only_what_make_and_app_can_do(document):
    text = document.read_text("utf-8")
    assert set(re.findall(r"(?:`|^    )make ([a-z-]+)", text, re.M)) - set(targets()) == set()
    assert set(re.findall(r"app\.py ([a-z]+)", text)) - set(commands()) == set()


@EACH
def test_a_command_shown_has_only_options_that_there_are(document):
    text = document.read_text("utf-8").replace("\\\n", " ")
    for name, rest in re.findall(r"app\.py ([a-z]+)([^`\n]*)", text):
        assert set(re.findall(r"--[a-z][a-z-]*", rest)) - options(commands()[name]) == set()


@EACH
def test_a_document_names_only_settings_that_there_are(document):
    known = {setting.name for setting in SETTINGS} | {"CREDITS_REAL_DATA"}
    assert set(re.findall(r"CREDITS_[A-Z_]*[A-Z]", document.read_text("utf-8"))) - known == set()


# --- packages -----------------------------------------------------------------------------


def pinned(name: str) -> list[str]:
    return re.findall(r"^([A-Za-z0-9._-]+)(?:\[\w+\])?==", read(name), re.M)


def test_the_readme_says_what_each_dependency_is_for():
    rows = re.findall(r"^\| ([a-zA-Z][A-Za-z0-9-]+) \| [^|]+ \|$", read("README.md"), re.M)
    rows.remove("Package")
    assert sorted(rows) == sorted(pinned("requirements.in"))


def test_the_notices_name_every_package_that_runs():
    rows = re.findall(r"^\| (\S+) \| [^|]+ \|$", read("THIRD_PARTY_NOTICES.md"), re.M)
    assert set(pinned("requirements.txt")) - set(rows) == set()


def test_the_notices_name_every_licence_text_of_the_project():
    texts = [text for room in ("assets", "data") for text in (ROOT / room).rglob("*LICENSE*")]
    notices = read("THIRD_PARTY_NOTICES.md")
    folders = {path.parent.relative_to(ROOT).as_posix() for path in texts}
    assert [folder for folder in sorted(folders) if f"`{folder}/`" not in notices] == []


# --- the help page ------------------------------------------------------------------------


def test_the_help_page_says_what_is_on_the_page():
    text = " ".join(read("docs/help.md").split())
    named = [*(panel.name for panel in PANELS), *(choice.label for choice in CHOICES)]
    labels = ["Export", "Print or save as PDF", "Download CSV", "Copy link to this view", "Table"]
    assert [name for name in [*named, *labels, *HELP_PAGE.values()] if name not in text] == []


def test_the_help_page_says_what_each_setting_for_readers_is_as_shipped():
    rows = dict(
        re.findall(r"^\| `(CREDITS_\w+)` \| (?:`(.*?)`|not set) \|", read("docs/help.md"), re.M)
    )
    defaults = {setting.name: setting.default for setting in SETTINGS}
    assert {"CREDITS_EXPORTS", "CREDITS_MEMBERS", "CREDITS_REFRESH_SECONDS"} <= rows.keys()
    assert rows == {name: defaults[name] for name in rows}


# --- links and lists ----------------------------------------------------------------------


@EACH
def test_every_link_inside_the_project_leads_somewhere(document):
    links = [link.split("#")[0] for link in LINK.findall(document.read_text("utf-8"))]
    inside = [link for link in links if link and not link.startswith(("http://", "https://"))]
    assert [link for link in inside if not (document.parent / link).exists()] == []


def test_the_list_of_documents_is_whole():
    listed = set(LINK.findall(read("docs/README.md")))
    assert listed == {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}


def test_no_document_names_a_place_of_one_machine():
    for document in DOCUMENTS:
        assert re.findall(r"(?<![\w.~])/(?:work|root|home|tmp)/|\.\./", document.read_text()) == []


def test_the_changelog_knows_the_version():
    """A version that was not released yet stands under Unreleased."""
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    headings = re.findall(r"^## \[(.+?)\]", read("CHANGELOG.md"), re.M)
    assert headings[0] == "Unreleased"
    assert headings[1:] == [] or headings[1] == version
