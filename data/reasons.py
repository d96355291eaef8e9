"""The taxonomy of reasons: codes, labels, order, workflow types; never a colour and never a sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WORKFLOW_RUN = "workflow_run"
OTHER_TYPES = "Other types"

# The four of the help page, in the order in which unranked lists show them.
HELP_PAGE = {
    "premium_chat": "Premium-model chats",
    WORKFLOW_RUN: "Workflow runs",
    "enhanced_ocr": "Enhanced OCR",
    "compose_render": "Compose renders",
}


@dataclass(frozen=True)
class Taxonomy:
    """Labels by reason code and by (reason, workflow type); an unknown code is its own label."""

    labels: Mapping[str, str] = field(default_factory=lambda: dict(HELP_PAGE))
    type_labels: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def known(self, code: str) -> bool:
        """Whether the host or the help page lists this reason."""
        return code in self.labels

    def label(self, code: str) -> str:
        """The reason's name on the page."""
        return self.labels.get(code, code)

    def type_label(self, reason: str, workflow_type: str | None) -> str:
        """The workflow type's name: listed, else its code made readable, `Other types` for none."""
        if not workflow_type:
            return OTHER_TYPES
        listed = self.type_labels.get((reason, workflow_type))
        return listed or readable(workflow_type)


def readable(code: str) -> str:
    """`contract_review` as `Contract review`; text that is no such code stays as it is."""
    if code != code.lower() or not code.replace("_", "").isalnum():
        return code
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
