"""What a command prints when it refuses: for tests of it in this process, and of its own process.

It never starts anything itself.
"""

from __future__ import annotations

import re
from typing import Any

import app


def refused(capsys: Any, *arguments: str) -> str:
    """The code of the one sentence on standard error, with status 2 and nothing else printed."""
    return refusal(capsys, *arguments)[1]


def refusal(capsys: Any, *arguments: str) -> tuple[str, str]:
    """The sentence and its code."""
    status = app.main(arguments)
    printed = capsys.readouterr()
    return refusal_of(status, printed.out, printed.err)


def refusal_of(status: int | None, out: str, err: str) -> tuple[str, str]:
    """The same of a command that ran in a process of its own."""
    assert (2, "") == (status, out), err
    sentence = re.fullmatch(r"([^\n]+[.?]) \[([a-z_.]+)\]\n", err)
    assert sentence, err
    return sentence[1], sentence[2]
