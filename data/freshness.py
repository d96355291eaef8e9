"""How far the charts reach: a value made from the rollup's accounting, never from a clock here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Freshness:
    """Complete through `watermark`, by an aggregator last heard of at `heartbeat`, seen at `now`.

    All three are aware instants; `watermark` is None when nothing was ever rolled up, `heartbeat`
    is None on a snapshot, which no aggregator feeds. `version` grows with every change of the
    account's sums; a snapshot, whose sums never change, has none.
    """

    watermark: dt.datetime | None
    heartbeat: dt.datetime | None
    now: dt.datetime
    version: int | None = None

    @property
    def is_snapshot(self) -> bool:
        """Whether this is a file's moment rather than a running aggregator's."""
        return self.heartbeat is None

    @property
    def age(self) -> dt.timedelta | None:
        """How long ago the watermark was, never below zero; None without one."""
        return None if self.watermark is None else max(self.now - self.watermark, dt.timedelta(0))
