"""Errors that a reader can act on: a code that joins page, log and tests, and one sentence."""

from __future__ import annotations


class PreparingError(Exception):
    """An account is not rolled up yet: read again later. `part`, 0 to 1, is what is done of it;

    None where an aggregator does it at a time of its own.
    """

    def __init__(self, part: float | None) -> None:
        super().__init__(part)
        self.part = part


class ConnectionLostError(Exception):
    """The database went away while an answer was read: what was read must not be shown.

    Read once more, on another connection.
    """


class BusyError(Exception):
    """Every connection to the database is in use, and none became free in time: ask later."""


class UsageError(Exception):
    """Input that cannot be used: `code` for machines, `sentence` says what to do.

    On the command line it is printed as one line and the exit status is 2.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{sentence} [{code}]")
        self.code = code
        self.sentence = sentence
