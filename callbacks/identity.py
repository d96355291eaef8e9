"""Who looks: a signed assertion with each request, checked before any route, Dash's own included.

Nothing else of a request says who it comes from: no cookie, no other header, no address. Whoever is
refused gets 401 and an empty body; why, only the log says, and it never holds an assertion.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from flask import Flask, Request, Response, g, request

from callbacks.assertion import Expected, KeysByKid, RefusedError, viewer_of
from data.access import Viewer

log = logging.getLogger(__name__)

HEADER = "X-Credit-Assertion"
# WSGI folds X_Credit_Assertion onto the same name. Werkzeug drops names with an underscore, and so
# does gunicorn with header_map = "drop", its default; a second header of the same name comes joined
# to the first by a comma, which no assertion holds.
IN_ENVIRON = "HTTP_X_CREDIT_ASSERTION"

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Identity:
    """What identifies a viewer here; `peers` are the networks that may connect, empty for all."""

    keys: KeysByKid
    expected: Expected
    clock: Callable[[], dt.datetime]
    peers: Sequence[Network] = ()
    open_endpoints: frozenset[str] = frozenset()  # for probes: they hold no data

    def guard(self, server: Flask) -> None:
        """Have `server` refuse with 401 each request that names no viewer; install it first."""

        @server.before_request
        def identify() -> Response | None:
            if request.endpoint in self.open_endpoints:
                return None
            try:
                g.viewer = self.viewer(request)
            except RefusedError as refused:
                log.warning("refused %s %s: %s", request.method, _place(request), refused)
                return Response(status=401)
            return None

    def viewer(self, asked: Request) -> Viewer:
        """The viewer of a request; RefusedError for one without a perfect assertion."""
        if self.peers and not is_inside(asked.remote_addr or "", self.peers):
            raise RefusedError(f"peer {asked.remote_addr} is not in CREDITS_TRUSTED_PEERS")
        text = asked.environ.get(IN_ENVIRON)
        if not text:
            raise RefusedError(f"no {HEADER}")
        return viewer_of(text, self.keys, self.expected, self.clock())


def current_viewer() -> Viewer:
    """Who makes the request that is being answered."""
    viewer: Viewer = g.viewer
    return viewer


def is_inside(address: str, networks: Sequence[Network]) -> bool:
    """Whether the address of a socket is in one of the networks; one of IPv4 may come as IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return any(found.ipv4_mapped in network for network in networks)
    return any(found in network for network in networks)


def _place(asked: Request) -> str:
    """The path alone, cut: a query is the viewer's own."""
    return repr(asked.path[:80])
