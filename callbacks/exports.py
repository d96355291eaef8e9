"""The addresses of the files: one for each format, below the page's prefix and behind its guards.

A file is streamed from one read transaction. What would not be whole is refused with a sentence
before its first byte; what fails later ends the connection, so that no browser takes it for whole.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice

from dash import Dash
from flask import Response, abort, request

from callbacks.asked import LONGEST
from callbacks.refusals import UnknownAccountError, explained, refusal
from callbacks.services import Services
from dashboard.exports import BY_PATH, Export
from dashboard.host import Host
from dashboard.ranges import DEFAULT
from dashboard.sheet import SheetWish

AT_ONCE = 2  # files under way in one process; each holds one of the page's few connections

BUSY = ("export.busy", "Other downloads are under way. Try again in a minute.")


def register_exports(app: Dash, services: Services, host: Host) -> None:
    """Answer the address of each format."""
    free = threading.BoundedSemaphore(AT_ONCE)

    def export(path: str) -> Response:
        wanted = BY_PATH.get(path)
        if wanted is None:
            abort(404)
        return explained(lambda: respond(services, host, wanted, free))

    prefix = app.config.routes_pathname_prefix
    app.server.add_url_rule(f"{prefix}export/<path>", "export", export, methods=["GET"])


def respond(services: Services, host: Host, wanted: Export, free: threading.Semaphore) -> Response:
    """The file, once its first bytes are there."""
    with ExitStack() as opening:
        if not free.acquire(blocking=False):
            return refusal(503, *BUSY)
        opening.callback(free.release)
        choice = services.choose(account := asked_account())
        if not choice.found:
            raise UnknownAccountError(account)
        reading = opening.enter_context(services.reading(choice))
        days, chunks = wanted.write(reading, wish(), host)
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


def asked_account() -> str | None:
    """The account that the address names; only snapshot mode heeds it."""
    return _text("account") or None


def wish() -> SheetWish:
    """The range, and what is open, as in the address of the page."""
    return SheetWish(_text("open"), _text("only"), _text("range") or DEFAULT)


def _text(name: str) -> str:
    return request.args.get(name, "").replace("\0", "\ufffd")[: LONGEST + 1]
