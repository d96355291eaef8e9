"""A host's own colours: a file of tokens read into themes, and the stylesheet that they make.

A theme in which words or marks could not be told from their ground is refused, never shown.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboard.contrast import too_faint
from dashboard.theme import THEMES, TOKENS, Theme, css_name
from data.errors import UsageError

COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
# These are another token seen through: they follow it and are never given.
TINTS = {
    "light": {"band": ("accent", "0.055"), "over_soft": ("over", "0.08")},
    "dark": {"band": ("accent", "0.075"), "over_soft": ("over", "0.1")},
}
GIVEN = tuple(token for token in TOKENS if token not in TINTS["light"])


def read_themes(path: Path | None) -> Mapping[str, Theme]:
    """The themes with the colours of the file at `path`; the design's own without one."""
    if path is None:
        return THEMES
    tables = _read(path)
    for name in tables:
        if name not in THEMES or not isinstance(tables[name], dict):
            raise _refused(path, f"{name} is not one of its two tables, [light] and [dark]")
    themes = {name: _themed(path, theme, tables.get(name, {})) for name, theme in THEMES.items()}
    for theme in themes.values():
        _check(path, theme)
    return themes


def stylesheet(themes: Mapping[str, Theme]) -> str:
    """CSS with each token that differs from the design's, for the page and for each theme."""
    selectors = {"light": ':root,\n[data-bs-theme="light"]', "dark": '[data-bs-theme="dark"]'}
    rules = [(selectors[name], _differences(theme)) for name, theme in themes.items()]
    return "\n".join(f"{selector} {{\n{lines}\n}}\n" for selector, lines in rules if lines)


def _differences(theme: Theme) -> str:
    usual = THEMES[theme.name]
    own = [token for token in TOKENS if theme.colour(token) != usual.colour(token)]
    return "\n".join(f"  {css_name(token)}: {theme.colour(token)};" for token in own)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise _refused(path, f"it cannot be read ({error.strerror})") from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise _refused(path, f"it is not TOML: {error}") from error


def _themed(path: Path, theme: Theme, given: Mapping[str, Any]) -> Theme:
    for token, colour in given.items():
        if token not in GIVEN:
            raise _refused(path, f"[{theme.name}] has {token}{_nearest(token)}")
        if not isinstance(colour, str) or not COLOUR.fullmatch(colour):
            raise _refused(path, f"[{theme.name}] {token} is no colour such as #2B5FD9")
    colours = {token: colour.upper() for token, colour in given.items()}
    return _tinted(replace(theme, **colours))


def _tinted(theme: Theme) -> Theme:
    tints = {
        tint: f"rgba({', '.join(_parts(theme.colour(token)))}, {opacity})"
        for tint, (token, opacity) in TINTS[theme.name].items()
    }
    return replace(theme, **tints)


def _parts(colour: str) -> list[str]:
    return [str(int(colour[place : place + 2], 16)) for place in (1, 3, 5)]


def _check(path: Path, theme: Theme) -> None:
    for pair, ratio in too_faint(theme):
        raise _refused(
            path,
            f"[{theme.name}] {pair.token} on {pair.on} has a contrast of {_down(ratio)}, "
            f"and needs {pair.least:g}",
        )


def _down(ratio: float) -> str:
    """Two decimals, never rounded up to the ratio that is needed."""
    return f"{int(ratio * 100) / 100:.2f}"


def _nearest(token: str) -> str:
    if token in TOKENS:
        return f", which follows from {TINTS['light'][token][0]}"
    near = difflib.get_close_matches(token, GIVEN, n=1, cutoff=0)[0]
    return f", which is no token: did you mean {near}?"


def _refused(path: Path, what: str) -> UsageError:
    end = "" if what.endswith(("?", ".")) else "."
    return UsageError("tokens.value", f"The colours in {path} cannot be used: {what}{end}")
