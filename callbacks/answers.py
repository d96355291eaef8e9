"""What every answer carries that is not a static file: no sniffing, no keeping, who may frame it.

Never a decision about who may read it.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence

import brotli
from flask import Flask, Response, request

COMPRESSED = {"application/json", "text/html"}
LEAST_BYTES = 1_000  # below, the header costs more than it saves
QUALITY = 4  # 30 kB of figures in a third of a millisecond


def complete_answers(server: Flask, frame_ancestors: Sequence[str] = ()) -> None:
    """Have `server` complete each of its answers; these origins may show it in a frame."""
    policy = " ".join(["frame-ancestors 'self'", *frame_ancestors])

    def say_who_may_frame(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers.add("Content-Security-Policy", policy)
        return response

    server.after_request(complete)
    server.after_request(say_who_may_frame)


def complete(response: Response) -> Response:
    """Add what is missing; an answer that says how long it may be kept is left as it is."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
        compress(response)
    return response


def compress(response: Response) -> None:
    """Compress a whole answer of text, when the browser takes it so."""
    if response.is_streamed or response.content_encoding or response.mimetype not in COMPRESSED:
        return
    response.vary.add("Accept-Encoding")
    content = response.get_data()
    if len(content) < LEAST_BYTES:
        return
    if request.accept_encodings["br"]:
        response.content_encoding = "br"
        response.set_data(brotli.compress(content, quality=QUALITY))
    elif request.accept_encodings["gzip"]:
        response.content_encoding = "gzip"
        response.set_data(gzip.compress(content, compresslevel=5, mtime=0))
