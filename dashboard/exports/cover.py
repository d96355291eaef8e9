"""What stands over every file: whose numbers these are, of which days, and what they add up to.

Values only. The lines are the same in each format, so that a program may count on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.report import exact
from dashboard.view import Reading, View
from data.periods import Period

COMPLETE_THROUGH = "Complete through"
TOTAL = "Total credits"


@dataclass(frozen=True)
class Cover:
    """The lines over the table: `total` is the page's own, of days inclusive at both ends."""

    account: str
    account_id: str
    shows: str
    period: Period
    zone: str
    watermark: str
    total: int

    @classmethod
    def of(cls, reading: Reading, view: View, period: Period, shows: str, total: int) -> Cover:
        """The cover of one answer's moment."""
        mark = reading.freshness.watermark
        return cls(
            account=view.account.name,
            account_id=view.account.id,
            shows=shows,
            period=period,
            zone=view.account.timezone,
            watermark=mark.astimezone(view.account.zone).isoformat() if mark else "",
            total=total,
        )

    @property
    def texts(self) -> Iterator[tuple[str, ...]]:
        """Each line but the total's: its name, then what it says."""
        yield "Account", self.account, self.account_id
        yield "Shows", self.shows
        yield "Range", str(self.period.start), str(self.period.last)
        yield "Time zone", self.zone
        yield COMPLETE_THROUGH, self.watermark

    @property
    def credits(self) -> str:
        """The total, exactly."""
        return exact(self.total)
