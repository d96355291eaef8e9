"""The cells of an account's use (reason, type, workspace) and their shares; never a clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from data.demo.story import Mix

Cell = tuple[str, str | None, str | None]  # reason, workflow type, workspace
Key = TypeVar("Key")
ROUNDS = 12  # of fitting; the shares are then met to a fraction of a percent


def fit(mix: Mix) -> dict[Cell, float]:
    """Credits by cell that meet both divisions of the mix, starting from what each leans to."""
    cells = {
        (reason, kind, workspace): _lean(mix, workspace, kind or reason)
        for workspace in mix.workspaces
        for reason, kind in mix.reasons
    }
    for _ in range(ROUNDS if mix.lean else 1):
        cells = _scale(cells, {cell: cell[:2] for cell in cells}, mix.reasons)
        cells = _scale(cells, {cell: cell[2] for cell in cells}, mix.workspaces)
    return cells


def _lean(mix: Mix, workspace: str | None, what: str) -> float:
    return mix.lean.get((workspace, what), 1.0) if workspace else 1.0


def _scale(
    cells: Mapping[Cell, float], key_of: Mapping[Cell, Key], wanted: Mapping[Key, float]
) -> dict[Cell, float]:
    """The cells scaled so that those of one key together have its part of what is wanted."""
    whole = sum(wanted.values())
    found: dict[Key, float] = {}
    for cell, value in cells.items():
        found[key_of[cell]] = found.get(key_of[cell], 0.0) + value
    parts = {key: share / whole / found[key] for key, share in wanted.items()}
    return {cell: value * parts[key_of[cell]] for cell, value in cells.items()}
