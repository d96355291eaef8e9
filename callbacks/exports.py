"""The addresses of the files: one for each format, below the page's prefix and behind its guards.

A file is streamed from one read transaction. What would not be whole is refused with a sentence
before its first byte; what fails later ends the connection, so that no browser takes it for whole.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice

from dash import Dash
from flask import Response, abort, request
from werkzeug.exceptions import HTTPException

from callbacks.asked import LONGEST
from callbacks.services import Services
from dashboard.answer import new_reference
from dashboard.exports import BY_PATH, Export
from dashboard.ranges import DEFAULT, RangeError
from dashboard.sheet import SheetWish
from dashboard.subject import SubjectError
from dashboard.target import TargetError
from data.access import AccessDeniedError
from data.errors import PreparingError, UsageError

log = logging.getLogger(__name__)

AT_ONCE = 2  # files under way in one process; each holds one of the page's few connections
SOON = "2"  # seconds until a refusal of the moment may be over

PREPARING = ("account.preparing", "The charts of this account are being prepared. Try again soon.")
BUSY = ("export.busy", "Other downloads are under way. Try again in a minute.")


def register_exports(app: Dash, services: Services) -> None:
    """Answer the address of each format."""
    free = threading.BoundedSemaphore(AT_ONCE)

    def export(path: str) -> Response:
        wanted = BY_PATH.get(path)
        if wanted is None:
            abort(404)
        return explained(lambda: respond(services, wanted, free))

    prefix = app.config.routes_pathname_prefix
    app.server.add_url_rule(f"{prefix}export/<path>", "export", export, methods=["GET"])


def respond(services: Services, wanted: Export, free: threading.Semaphore) -> Response:
    """The file, once its first bytes are there."""
    with ExitStack() as opening:
        if not free.acquire(blocking=False):
            return refusal(503, *BUSY)
        opening.callback(free.release)
        choice = services.choose(account := asked_account())
        if not choice.found:
            raise UnknownAccountError(account)
        reading = opening.enter_context(services.reading(choice))
        days, chunks = wanted.write(reading, wish())
        first = b"".join(islice(chunks, 2))
        held = opening.pop_all()
    response = Response(_bytes(first, chunks, held), content_type=wanted.mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=wanted.file_name(days))
    response.call_on_close(held.close)  # also where nobody took a byte: only the head was asked for
    return response


def _bytes(first: bytes, chunks: Iterator[bytes], held: ExitStack) -> Iterator[bytes]:
    """What was read must still stand when the last byte goes, or the connection ends without it."""
    with held:
        yield first
        yield from chunks


# --- what is asked for ------------------------------------------------------------------------


class UnknownAccountError(UsageError):
    """Another account's file in place of the one asked for would be a wrong one."""

    def __init__(self, account: str | None) -> None:
        super().__init__("account.unknown", f"There is no account {account!r}.")


def asked_account() -> str | None:
    """The account that the address names; only snapshot mode heeds it."""
    return _text("account") or None


def wish() -> SheetWish:
    """The range, and what is open, as in the address of the page."""
    return SheetWish(_text("open"), _text("only"), _text("range") or DEFAULT)


def _text(name: str) -> str:
    return request.args.get(name, "").replace("\0", "\ufffd")[: LONGEST + 1]


# --- what cannot be answered ------------------------------------------------------------------


def explained(answer: Callable[[], Response]) -> Response:
    """The answer, or why there is none: a code and the sentence that the page would say."""
    try:
        return answer()
    except (HTTPException, AccessDeniedError):
        raise
    except PreparingError:
        return refusal(503, *PREPARING)
    except (UnknownAccountError, SubjectError) as error:
        return refusal(404, error.code, error.sentence)
    except (RangeError, TargetError) as error:
        return refusal(400, error.code, error.sentence)
    except UsageError as error:
        return refusal(422, error.code, error.sentence)
    except Exception:
        return refusal(500, "export.failed", f"The download failed. Reference {_failed()}.")


def refusal(status: int, code: str, sentence: str) -> Response:
    """An error as JSON; one of the moment says when to come again."""
    error = {"error": {"code": code, "sentence": sentence}}
    response = Response(json.dumps(error), status=status, mimetype="application/json")
    if status == 503:
        response.headers["Retry-After"] = SOON
    return response


def _failed() -> str:
    reference = new_reference()
    log.exception(
        "export failed: reference=%s path=%s (likely the database: is it there, and unchanged?)",
        reference,
        request.full_path,
    )
    return reference
