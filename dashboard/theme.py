"""The design tokens of both themes as values, one name each; never a choice of which is in force.

Figures, keys and the stylesheet use the same names: `context_line` is `--context-line` in CSS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

FONT = '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'

# The types of workflow runs are told apart by place and label; from the third on one tint serves.
TYPE_TOKENS = ("workflow_type_1", "workflow_type_2", "workflow_type_3")
# The reasons with a colour of their own; each is the code and the token.
REASON_TOKENS = frozenset({"enhanced_ocr", "workflow_run", "premium_chat", "compose_render"})


@dataclass(frozen=True)
class Theme:
    """Every colour of one theme; a mark, a swatch and a CSS variable name it by its field."""

    name: str
    page: str
    surface: str
    sunken: str
    segment: str
    segment_chosen: str
    border: str
    control: str
    text: str
    text2: str
    text3: str
    accent: str
    accent_soft: str
    on_accent: str
    context: str
    context_line: str
    band: str
    grid: str
    baseline: str
    over: str
    over_soft: str
    line: str
    warn_text: str
    warn_bg: str
    warn_border: str
    danger_text: str
    ok_text: str
    personal: str
    other: str
    enhanced_ocr: str
    workflow_run: str
    workflow_type_1: str
    workflow_type_2: str
    workflow_type_3: str
    premium_chat: str
    compose_render: str

    def colour(self, token: str) -> str:
        """The colour of a token; KeyError with the name when there is none of that name."""
        if token not in TOKENS:
            raise KeyError(f"{token!r} is not a design token")
        value: str = getattr(self, token)
        return value


TOKENS = tuple(field.name for field in fields(Theme) if field.name != "name")


def css_name(token: str) -> str:
    """The custom property of a token: `context_line` is `--context-line`."""
    return "--" + token.replace("_", "-")


def css_variables(theme: Theme) -> str:
    """The declarations of all tokens, one a line, as they stand in the stylesheet."""
    return "\n".join(f"{css_name(token)}: {theme.colour(token)};" for token in TOKENS)


LIGHT = Theme(
    name="light",
    page="#F5F6F8",
    surface="#FFFFFF",
    sunken="#F0F2F5",
    segment="#ECEFF3",
    segment_chosen="#FFFFFF",
    border="#E1E5EA",
    control="#858D99",
    text="#12161C",
    text2="#414A57",
    text3="#5C6673",
    accent="#2B5FD9",
    accent_soft="#E9EFFD",
    on_accent="#FFFFFF",
    context="#A9B8DD",
    context_line="#7F90BC",
    band="rgba(43, 95, 217, 0.055)",
    grid="#E8EBEF",
    baseline="#AEB6C1",
    over="#C7370F",
    over_soft="rgba(199, 55, 15, 0.08)",
    line="#12161C",
    warn_text="#7A4300",
    warn_bg="#FFF7E8",
    warn_border="#F0D6A4",
    danger_text="#A8201A",
    ok_text="#0B6B3A",
    personal="#7C8592",
    other="#7C8592",
    enhanced_ocr="#C8781E",
    workflow_run="#1F958D",
    workflow_type_1="#0C5F5B",
    workflow_type_2="#1B7F79",
    workflow_type_3="#2A9C94",
    premium_chat="#5A3AC2",
    compose_render="#86133C",
)

DARK = Theme(
    name="dark",
    page="#0D1015",
    surface="#151920",
    sunken="#1C212A",
    segment="#10141A",
    segment_chosen="#2B323E",
    border="#2A313C",
    control="#6F7A89",
    text="#EEF1F5",
    text2="#B9C1CC",
    text3="#929CAA",
    accent="#6E9BFF",
    accent_soft="#1A2741",
    on_accent="#0A1120",
    context="#3A4A70",
    context_line="#6478A8",
    band="rgba(110, 155, 255, 0.075)",
    grid="#242A34",
    baseline="#4A5462",
    over="#FF8257",
    over_soft="rgba(255, 130, 87, 0.1)",
    line="#EEF1F5",
    warn_text="#F3C273",
    warn_bg="#241D10",
    warn_border="#54421F",
    danger_text="#FF9C93",
    ok_text="#5DD39E",
    personal="#7F8A99",
    other="#7F8A99",
    enhanced_ocr="#F4B552",
    workflow_run="#5ED3C9",
    workflow_type_1="#8BEDE4",
    workflow_type_2="#5ED3C9",
    workflow_type_3="#3BB0A7",
    premium_chat="#8F78F0",
    compose_render="#CE4068",
)

THEMES: Mapping[str, Theme] = {"light": LIGHT, "dark": DARK}
