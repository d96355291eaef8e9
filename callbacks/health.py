"""Two addresses for probes, at the server's root: alive, and ready. Never any data, nor why not."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from threading import Lock

from flask import Flask, Response

log = logging.getLogger(__name__)

ALIVE, READY = "alive", "ready"  # endpoints
PROBES = frozenset({ALIVE, READY})
KEPT = dt.timedelta(seconds=1)  # whoever asks more often costs the database nothing


class Readiness:
    """Whether the page can answer, asked of each of `checks` once in KEPT; they raise if not."""

    def __init__(self, clock: Callable[[], dt.datetime], *checks: Callable[[], None]) -> None:
        self._clock, self._checks, self._lock = clock, checks, Lock()
        self._asked: dt.datetime | None = None
        self._ready = False

    def __bool__(self) -> bool:
        with self._lock:
            now = self._clock()
            if self._asked is None or now - self._asked >= KEPT:
                self._ready, self._asked = self._ask(), now
            return self._ready

    def _ask(self) -> bool:
        try:
            for check in self._checks:
                check()
        except Exception as error:  # whatever it is, it is not ready
            log.warning("not ready: %s", " ".join(str(error).split()))
            return False
        return True


def answer_probes(server: Flask, readiness: Readiness) -> None:
    """`/healthz`: the process answers. `/readyz`: so would the page, else 503."""
    server.add_url_rule("/healthz", ALIVE, lambda: said("ok"))
    server.add_url_rule("/readyz", READY, lambda: said("ready") if readiness else said("no", 503))


def said(word: str, status: int = 200) -> Response:
    """One word, for whoever looks at it."""
    return Response(f"{word}\n", status=status, mimetype="text/plain")
