"""A server of this machine for this machine's browser; never one for a network."""

from __future__ import annotations

import errno

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from data.errors import UsageError

HOST = "127.0.0.1"  # there is no identity: nobody else may reach it
PORTS_TRIED = 50


def listen(server: Flask, port: int) -> BaseWSGIServer:
    """Serve on loopback at `port`, or at the next free one."""
    for candidate in range(port, port + PORTS_TRIED):
        try:
            return make_server(HOST, candidate, server, threaded=True, request_handler=QuietHandler)
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
        except SystemExit:  # how werkzeug says that a port is taken
            pass
    raise UsageError("port.taken", f"No port from {port} to {candidate} is free: give another.")


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open, and logs requests only when they fail."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if str(code).startswith("5"):
            super().log_request(code, size)
