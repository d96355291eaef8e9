"""What every answer carries: what a browser may do with it, and whether it may keep it.

Never a decision about who may read it, and never a cookie.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence

import brotli
from flask import Flask, Response, request

COMPRESSED = {"application/json", "text/html"}
LEAST_BYTES = 1_000  # below, the header costs more than it saves
QUALITY = 4  # 30 kB of figures in a third of a millisecond

POLICY = "Content-Security-Policy"
PAGE = (
    "default-src 'none'",
    "script-src 'self'",  # files only: nothing inline, nothing made of text
    "style-src 'self' 'unsafe-inline'",  # Dash and Plotly bring styles of their own as text
    "img-src 'self' data: blob:",  # Plotly saves a chart as a picture by way of both
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
)
NOTHING = "default-src 'none'; frame-ancestors 'none'"  # data and files are no pages
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # ranges and workspaces stand in the address
    "Cross-Origin-Resource-Policy": "same-origin",  # no other site can load it into its own pages
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def complete_answers(server: Flask, frame_ancestors: Sequence[str] = ()) -> None:
    """Have `server` complete each of its answers; these origins may show it in a frame."""
    page = "; ".join([*PAGE, " ".join(["frame-ancestors 'self'", *frame_ancestors])])

    def say_what_it_may_do(response: Response) -> Response:
        response.headers.setdefault(POLICY, page if response.mimetype == "text/html" else NOTHING)
        return response

    server.after_request(complete)
    server.after_request(say_what_it_may_do)


def complete(response: Response) -> Response:
    """Add what is missing; an answer that says how long it may be kept is left as it is."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
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
