"""A host's own colours: read whole or refused in one sentence, and put into one stylesheet."""

from __future__ import annotations

import pytest

from dashboard.theme import DARK, LIGHT, THEMES
from dashboard.tokens import GIVEN, TINTS, _tinted, read_themes, stylesheet
from data.errors import UsageError


@pytest.fixture
def tokens(tmp_path):
    """Writes a file of colours and returns its path."""

    def write(text: str | bytes):
        path = tmp_path / "tokens.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refused(path) -> str:
    """What is wrong, without the place."""
    with pytest.raises(UsageError) as caught:
        read_themes(path)
    assert caught.value.code == "tokens.value"
    lead = f"The colours in {path} cannot be used: "
    assert caught.value.sentence.startswith(lead)
    return caught.value.sentence.removeprefix(lead)


def test_without_a_file_the_themes_are_the_designs_own():
    assert read_themes(None) is THEMES
    assert stylesheet(THEMES) == ""


def test_an_accent_takes_its_tint_along_and_leaves_the_rest(tokens):
    themes = read_themes(tokens('[light]\naccent = "#6a1b9a"\n'))
    changed = {token for token in vars(LIGHT) if vars(themes["light"])[token] != vars(LIGHT)[token]}
    assert changed == {"accent", "band"}
    assert themes["light"].accent == "#6A1B9A"
    assert themes["light"].band == "rgba(106, 27, 154, 0.055)"
    assert themes["dark"] == DARK


def test_the_stylesheet_has_the_differences_and_nothing_else(tokens):
    text = '[light]\naccent = "#6A1B9A"\n[dark]\nover = "#FF9F7F"\n'
    assert stylesheet(read_themes(tokens(text))) == (
        ':root,\n[data-bs-theme="light"] {\n'
        "  --accent: #6A1B9A;\n  --band: rgba(106, 27, 154, 0.055);\n}\n\n"
        '[data-bs-theme="dark"] {\n'
        "  --over: #FF9F7F;\n  --over-soft: rgba(255, 159, 127, 0.1);\n}\n"
    )


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_tints_of_the_designs_own_colours_are_the_designs_own(theme):
    assert _tinted(theme) == theme


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_other_token_can_be_given(tokens, theme):
    lines = [f'{token} = "{theme.colour(token)}"' for token in GIVEN]
    assert read_themes(tokens(f"[{theme.name}]\n" + "\n".join(lines))) == THEMES


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            '[light]\ntext3 = "#9AA3AE"',
            "[light] text3 on surface has a contrast of 2.55, and needs 4.5.",
        ),
        (
            '[dark]\naccent = "#2B5FD9"',
            "[dark] accent on surface has a contrast of 3.13, and needs 4.5.",
        ),
        (
            '[light]\nacent = "#2B5FD9"',
            "[light] has acent, which is no token: did you mean accent?",
        ),
        ('[light]\nname = "#2B5FD9"', "[light] has name, which is no token: did you mean page?"),
        ('[dark]\nband = "#2B5FD9"', "[dark] has band, which follows from accent."),
        ('[light]\naccent = "blue"', "[light] accent is no colour such as #2B5FD9."),
        ('[light]\naccent = "#2B5FD9;}"', "[light] accent is no colour such as #2B5FD9."),
        ("[light]\naccent = 7", "[light] accent is no colour such as #2B5FD9."),
        ('[sepia]\naccent = "#2B5FD9"', "sepia is not one of its two tables, [light] and [dark]."),
        ('light = "#2B5FD9"', "light is not one of its two tables, [light] and [dark]."),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(tokens, text, what):
    assert refused(tokens(text)) == what


@pytest.mark.parametrize("text", ["[light", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_said(tokens, text):
    what = refused(tokens(text))
    assert what.startswith("it is not TOML: ")
    assert "\n" not in what


def test_a_file_that_is_not_there_is_said(tmp_path):
    assert refused(tmp_path / "no.toml") == "it cannot be read (No such file or directory)."


def test_each_tint_follows_a_token_that_can_be_given():
    assert {token for tints in TINTS.values() for token, _ in tints.values()} <= set(GIVEN)
