"""A snapshot read as if an aggregator fed it: its rollup reaches to some time before now.

For tests of what only a running ledger shows; it computes nothing of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from data.access import AccessDeniedError, Scope
from data.engine import Connection
from data.freshness import Freshness
from data.open_snapshot import OpenSnapshot
from data.watermark import Standing


@dataclass
class RunningSource:
    """The rollup of `opened`, complete up to `age` before `now`; `denies` refuses every reader."""

    opened: OpenSnapshot
    now: dt.datetime
    age: dt.timedelta = dt.timedelta(minutes=3)
    denies: bool = False

    def accounts(self, *also: str) -> list[tuple[str, str]]:
        return self.opened.accounts(*also)

    def standing(self, scope: Scope) -> Standing | None:
        return None

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[tuple[Connection, Freshness]]:
        if self.denies:
            raise AccessDeniedError("the viewer is neither owner nor billing admin")
        with self.opened.reading(scope) as (connection, _):
            yield connection, Freshness(self.now - self.age, self.now, self.now)
