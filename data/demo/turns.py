"""Whose turn it is to be used next: cells in the proportion of their shares; never a row.

Independent draws would let a month's shares wander percents away from the story. Here each cell
waits, after an entry, in proportion to the entry's size over its share (stride scheduling), so
its sum never strays by more than an entry, while days still differ by which large jobs fall on
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heapreplace
from math import exp
from random import Random

from data.demo.mix import Cell
from data.demo.story import SIZES

SPREAD = 0.75  # of the logarithm of an entry's size
LARGEST = 6.0  # times the middle one
MEAN = exp(SPREAD**2 / 2)  # of sizes around a middle of 1


@dataclass
class Turns:
    """A queue of (when, number, cell, share, middle size in steps); the first is next."""

    queue: list[tuple[float, int, Cell, float, float]]

    @classmethod
    def of(cls, shares: Mapping[Cell, float], steps_per_size: float, rng: Random) -> Turns:
        """The cells at random places of their own rounds, as if they had always been used.

        A moment falls into a long round more often than into a short one, hence the square.
        """
        queue = []
        for number, (cell, share) in enumerate(shares.items()):
            middle = SIZES[cell[0]] * steps_per_size / MEAN
            round_met = exp(rng.gauss(SPREAD**2, SPREAD)) * middle / share
            first = rng.random() * round_met
            queue.append((first, number, cell, share, middle))
        heapify(queue)
        return cls(queue)

    def spend(self, steps: int, rng: Random) -> Iterator[tuple[Cell, int]]:
        """Entries of together exactly `steps`; the last one takes what is left."""
        while steps > 0:
            when, number, cell, share, middle = self.queue[0]
            size = round(middle * min(exp(rng.gauss(0.0, SPREAD)), LARGEST))
            amount = min(max(size, 1), steps)
            heapreplace(self.queue, (when + amount / share, number, cell, share, middle))
            steps -= amount
            yield cell, amount
