"""What the callbacks work with: where readings come from, and who may see which account.

Made once by app.py and handed to every callback; there is no global of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from werkzeug.exceptions import ServiceUnavailable

from callbacks.access import Access, Choice, scope_key
from callbacks.asked import Known
from dashboard.view import Reading
from data.access import Scope
from data.engine import Connection
from data.errors import BusyError, ConnectionLostError
from data.freshness import Freshness
from data.periods import local_day
from data.watermark import Standing

log = logging.getLogger(__name__)

T = TypeVar("T")

LATER = 2  # seconds after which it is worth asking a busy database again


class Source(Protocol):
    """A ledger with its rollup, as the page needs it."""

    def accounts(self, *also: str) -> list[tuple[str, str]]:
        """(id, name) of the accounts to choose from, and of those of `also` that there are."""
        ...

    def standing(self, scope: Scope) -> Standing | None:
        """What the account's rollup stands at now; None where that never changes by itself."""
        ...

    def reading(self, scope: Scope) -> AbstractContextManager[tuple[Connection, Freshness]]:
        """A connection inside one read transaction, and how fresh it is.

        PreparingError while the account is not rolled up.
        """
        ...


@dataclass(frozen=True)
class Services:
    """Where readings come from, and who may see which account."""

    source: Source
    access: Access

    def choose(self, asked: str | None) -> Choice:
        """Whose usage an answer shows to who asked for this account."""
        return self.access.choose(self.source, asked)

    def unchanged(self, known: Known) -> Standing | None:
        """What the account stands at, if that is still what an open page shows of it."""
        scope = self.access.shown(known.account)
        if scope_key(scope) != known.scope:
            return None
        found = self.source.standing(scope)
        if found is None or found.freshness.version != known.version:
            return None
        today = local_day(found.freshness.now, ZoneInfo(found.timezone))
        return found if str(today) == known.today else None

    @contextmanager
    def reading(self, choice: Choice) -> Iterator[Reading]:
        """One read of the account chosen."""
        with self.source.reading(choice.scope) as (connection, freshness):
            yield Reading(connection, choice.scope, freshness, choice.plan)


def read_once_more_if_lost(answer: Callable[[], T]) -> T:
    """An answer that only reads, on another connection where its own was lost meanwhile.

    One for which no connection is free is a 503, which the page tells over the figures it has.
    """
    try:
        try:
            return answer()
        except ConnectionLostError:
            log.warning("the database went away during an answer, which is read once more")
            return answer()
    except BusyError as error:
        log.warning("no answer, the database is busy: %s", error)
        raise ServiceUnavailable(retry_after=LATER) from error
