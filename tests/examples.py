"""How many examples a property is tried on: its own number, scaled by the profile in force."""

from __future__ import annotations

from hypothesis import settings

USUAL = 40  # of the profile `credits`, to which the numbers in the tests belong


def examples(count: int) -> settings:
    """`count` examples in `make test`, an eighth in `make check`, 25 times in `make test-long`.

    A plain `settings(max_examples=…)` would be the same in all three.
    """
    return settings(max_examples=max(1, count * settings().max_examples // USUAL))
