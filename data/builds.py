"""Accounts being rolled up for a reader who waits, each once and in a thread of its own.

What a build does is handed in; nothing here knows a ledger.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from data.access import Scope
from data.rollup import Progress

PATIENCE = 1.0  # seconds that a reader waits for a first look before progress is shown


class Build:
    """One build under way; `part` is 0 to 1."""

    def __init__(self, build: Callable[[Progress], None]) -> None:
        self.part = 0.0
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(build,), daemon=True)
        self._thread.start()

    def done(self, patience: float) -> bool:
        """Whether it ended within `patience` seconds; raises what ended it early."""
        self._thread.join(patience)
        if self.error:
            raise self.error
        return not self._thread.is_alive()

    def _run(self, build: Callable[[Progress], None]) -> None:
        try:
            build(self._advance)
        except Exception as error:
            self.error = error

    def _advance(self, part: float) -> None:
        self.part = part


class Builds:
    """The builds of one cache; `build` makes an account's rollup there, or finds it made."""

    def __init__(self, build: Callable[[Scope, Progress], None]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._begun: dict[str, Build] = {}

    def preparing(self, scope: Scope, patience: float = PATIENCE) -> float | None:
        """None once the account is rolled up, else the part done after `patience` seconds."""
        with self._lock:
            begun = self._begun.get(scope.account_id) or Build(partial(self._build, scope))
            self._begun[scope.account_id] = begun
        try:
            return None if begun.done(patience) else begun.part
        except Exception:
            self._begun.pop(scope.account_id, None)  # the next reader tries again
            raise
