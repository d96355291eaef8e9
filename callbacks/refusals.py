"""Why a file or a program gets no answer: a status, a code and the sentence of the page.

Never a word on how it came to that: the log has it, joined by a reference.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from flask import Response, request
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from callbacks.services import LATER, read_once_more_if_lost
from dashboard.answer import new_reference
from dashboard.ranges import RangeError
from dashboard.subject import SubjectError
from dashboard.target import TargetError
from data.access import AccessDeniedError
from data.errors import PreparingError, UsageError

log = logging.getLogger(__name__)

PREPARING = ("account.preparing", "The charts of this account are being prepared. Try again soon.")
NO_CONNECTION = ("database.busy", "The page is busy. Try again in a minute.")


class UnknownAccountError(UsageError):
    """Another account's figures in place of those asked for would be wrong ones."""

    def __init__(self, account: str | None) -> None:
        super().__init__("account.unknown", f"There is no account {account!r}.")


class FormatError(UsageError):
    """A format that there is not."""

    def __init__(self, asked: str) -> None:
        super().__init__("format.text", f"{asked[:40]!r} is not a format: use json or csv.")


class ParameterError(UsageError):
    """A parameter that would be passed over in silence."""


# Of the kinds of sentences for a reader; any other is of a file that cannot be made as a whole.
STATUSES: tuple[tuple[type[UsageError], int], ...] = (
    (UnknownAccountError, 404),
    (SubjectError, 404),
    (RangeError, 400),
    (FormatError, 400),
    (ParameterError, 400),
    (TargetError, 400),
    (UsageError, 422),
)


def explained(answer: Callable[[], Response]) -> Response:
    """The answer, or why there is none."""
    try:
        return read_once_more_if_lost(answer)
    except ServiceUnavailable:
        return refusal(503, *NO_CONNECTION)
    except (HTTPException, AccessDeniedError):
        raise
    except PreparingError:
        return refusal(503, *PREPARING)
    except UsageError as error:
        status = next(status for kind, status in STATUSES if isinstance(error, kind))
        return refusal(status, error.code, error.sentence)
    except Exception:
        return refusal(500, "answer.failed", f"This didn't load. Reference {_failed()}.")


def refusal(status: int, code: str, sentence: str) -> Response:
    """An error as JSON; one of the moment says when to come again."""
    error = {"error": {"code": code, "sentence": sentence}}
    response = Response(json.dumps(error), status=status, mimetype="application/json")
    if status == 503:
        response.headers["Retry-After"] = str(LATER)
    return response


def _failed() -> str:
    reference = new_reference()
    log.exception(
        "failed: reference=%s path=%s (likely the database: is it there, and unchanged?)",
        reference,
        request.full_path,
    )
    return reference
