"""A believable ledger of seven accounts, the same for the same seed and now; never real data.

The accounts are told in the modules beside; docs/demo.md says what each of them shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from data.demo.acme import ACME
from data.demo.ledger_file import replacing, write
from data.demo.meridian import meridian
from data.demo.others import BLUE_FINCH, FENWICK, HIMAL, LINDQVIST, OAKLINE
from data.demo.story import Story
from data.demo.telling import tell

__all__ = ["DEFAULT_ACCOUNT", "DemoResult", "make_demo", "stories"]

DEFAULT_ACCOUNT = ACME.id
Progress = Callable[[int, int], None]  # accounts done, accounts in all


@dataclass(frozen=True)
class DemoResult:
    """What was written: where, which accounts, how many rows, and the account to open first."""

    path: Path
    accounts: tuple[str, ...]
    workspaces: int
    entries: int
    default_account: str = DEFAULT_ACCOUNT


def stories() -> tuple[Story, ...]:
    """The seven accounts; the first is the one to show first."""
    return (ACME, LINDQVIST, meridian(), BLUE_FINCH, FENWICK, HIMAL, OAKLINE)


def make_demo(
    path: Path,
    *,
    seed: int = 1,
    now: dt.datetime,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
) -> DemoResult:
    """Write the demo ledger that ends at `now` to `path`; `only` names the accounts wanted.

    Each account has random numbers of its own, so leaving one out changes no other.
    """
    if now.tzinfo is None:
        raise ValueError(f"now needs a zone, got {now!r}")
    chosen = _chosen(only)
    written = 0
    with replacing(path) as engine:
        for done, story in enumerate(chosen, 1):
            told = tell(story, seed, now)
            write(engine, told.tables)
            written += told.entries
            if progress:
                progress(done, len(chosen))
    return DemoResult(
        path,
        tuple(story.id for story in chosen),
        sum(len(story.workspaces) for story in chosen),
        written,
    )


def _chosen(only: Collection[str] | None) -> list[Story]:
    told = {story.id: story for story in stories()}
    unknown = set(only or ()) - set(told)
    if unknown:
        raise ValueError(f"no demo account is called {', '.join(sorted(unknown))}")
    return [story for story in told.values() if only is None or story.id in only]
