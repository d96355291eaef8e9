"""The project's own CSV as a map made from its header; it needs no file of rules."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from data.errors import UsageError
from data.importers.amounts import AmountRule
from data.importers.cells import Header
from data.importers.mapping import FileMap, Template
from data.importers.stamps import StampRule

REQUIRED = ("occurred_at", "account", "reason", "credits")
OPTIONAL = ("workspace", "workspace_kind", "member", "kind", "workflow_type")
NAME = "own CSV"


def own_map(names: Sequence[str], file: str) -> FileMap:
    """The map of a file with this header; UsageError for a column that is missing or unknown."""
    header = Header(names, file)
    known = (*REQUIRED, *OPTIONAL)
    unknown = [name for name in header.names if name not in known]
    if unknown:
        raise UsageError(
            "import.header",
            f"{file}: the column {unknown[0]!r} is not one of {', '.join(known)}; "
            "a file with other columns needs --map",
        )
    for name in REQUIRED:
        header.place(name)
    present = {name: Template(f"{{{name}}}") for name in header.names}
    return FileMap(
        name=NAME,
        account=present["account"],
        occurred_at=StampRule("occurred_at", ZoneInfo("UTC")),
        amount=AmountRule("column", ("credits",)),
        reason=present["reason"],
        workflow_type=present.get("workflow_type"),
        workspace=present.get("workspace"),
        workspace_kind=present.get("workspace_kind"),
        member=present.get("member"),
        kind=present.get("kind"),
    )
