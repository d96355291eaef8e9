"""The cells of an account's consumption (reason, type, workspace) and their weights; no clock."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import TypeVar

from data.demo.story import SIZES, Mix

Cell = tuple[str, str | None, str | None]  # reason, workflow type, workspace
Key = TypeVar("Key")
ROUNDS = 12  # of fitting; the shares are then met to a fraction of a percent


@dataclass(frozen=True)
class Cells:
    """Cells with cumulative weights that count entries, and the credits of a mean entry."""

    cells: tuple[Cell, ...]
    cumulative: tuple[float, ...]
    mean_credits: float

    def spread(self, count: int, rng: Random) -> Iterator[Cell]:
        """`count` cells at even steps through the weights from a random start.

        Independent draws would let the shares of a quiet day wander far from the mix.
        """
        width = self.cumulative[-1] / count if count else 0.0
        start = rng.random() * width
        for step in range(count):
            place = bisect(self.cumulative, start + step * width)
            yield self.cells[min(place, len(self.cells) - 1)]


def cells_of(mix: Mix, closed: Set[str | None], size: float) -> Cells:
    """The cells of a mix without the closed workspaces."""
    shares = {cell: share for cell, share in fit(mix).items() if cell[2] not in closed}
    counts = [share / (SIZES[cell[0]] * size) for cell, share in shares.items()]
    mean = sum(shares.values()) / sum(counts)
    return Cells(tuple(shares), tuple(accumulate(counts)), mean)


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
