"""How a reason and its parts look, wherever they are drawn: tokens and textures, never a colour."""

from __future__ import annotations

from dashboard.panel import Texture
from dashboard.reason_parts import Reason
from dashboard.theme import REASON_TOKENS, TYPE_TOKENS
from data.reasons import WORKFLOW_RUN


def look(code: str | None) -> tuple[str, Texture]:
    """The token and texture of a reason; one that the page has no colour for has dots."""
    if code in REASON_TOKENS:
        return str(code), "solid"
    return "other", "dots"


def part_token(reason: Reason, place: int) -> str:
    """Tints for the types of workflow runs only: they are told apart by gap and label."""
    if reason.code == WORKFLOW_RUN and reason.is_split:
        return TYPE_TOKENS[min(place, len(TYPE_TOKENS) - 1)]
    return look(reason.code)[0]
