"""The progress bar of an import, on a terminal only; it never decides anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from tqdm import tqdm

Progress = Callable[[int, int], None]
"""Called with the rows read so far and the rows expected."""


@contextmanager
def progress_bar(stream: TextIO) -> Iterator[Progress]:
    """A bar of rows, rows a second and time left on `stream`; nothing unless it is a terminal."""
    with tqdm(
        file=stream,
        disable=not stream.isatty(),
        unit=" rows",
        unit_scale=True,
        dynamic_ncols=True,
        leave=False,
    ) as bar:

        def show(done: int, expected: int) -> None:
            bar.total = expected
            bar.update(done - bar.n)

        yield show
