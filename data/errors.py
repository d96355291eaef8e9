"""Errors that a reader can act on: a code that joins page, log and tests, and one sentence."""

from __future__ import annotations


class UsageError(Exception):
    """Input that cannot be used: `code` for machines, `sentence` says what to do.

    On the command line it is printed as one line and the exit status is 2.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{sentence} [{code}]")
        self.code = code
        self.sentence = sentence
