"""The causes of some spikes of a view: reads what they are found in; causes.py decides.

Nothing is read when no day stands out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from dashboard import findings
from dashboard.causes import Cause, Evidence, find_cause
from dashboard.findings import Spike
from dashboard.view import View
from data.access import Scope
from data.engine import Connection
from data.spike_days import read_spike_days


def find_causes(
    connection: Connection, scope: Scope, view: View, spikes: Iterable[Spike]
) -> dict[dt.date, Cause]:
    """The cause of each spike that has one, by day."""
    complete = findings.complete_days(view.account.first_day, view.today)
    history = {
        spike: findings.history_days(spike.day, complete, weekend=findings.is_weekend(spike.day))
        for spike in spikes
    }
    asked = {spike.day: days for spike, days in history.items()}
    held = read_spike_days(connection, scope, view.account.timezone, asked)
    labels = {code: view.account.taxonomy.label(code) for code in held.reasons}
    evidence = (
        Evidence(spike, days, held.reasons, held.workspaces, held.pairs[spike.day])
        for spike, days in history.items()
    )
    found = ((one.spike.day, find_cause(one, labels, held.names)) for one in evidence)
    return {day: cause for day, cause in found if cause}
