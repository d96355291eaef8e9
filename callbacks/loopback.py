"""Snapshot mode's wall: only this machine's own browser, straight, never through a proxy.

There is no identity in snapshot mode, so whoever reaches the server sees every account.
"""

from __future__ import annotations

import ipaddress
import logging
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request

log = logging.getLogger(__name__)

PROXY_HEADERS = frozenset({"forwarded", "via", "x-real-ip", "x-credit-assertion", "remote-user"})
PROXY_PREFIXES = ("x-forwarded-", "x-original-", "x-envoy-", "x-auth-", "cf-")

REFUSAL = (
    "This is a local snapshot: open it on the same machine at http://127.0.0.1, without a proxy.\n"
)


def guard_loopback(server: Flask) -> None:
    """Refuse with 403 every request that did not come from this machine's own browser."""

    @server.before_request
    def refuse_strangers() -> Response | None:
        problem = stranger(request)
        if problem is None:
            return None
        log.warning("snapshot mode refused a request: %s", problem)
        return Response(REFUSAL, status=403, mimetype="text/plain")


def stranger(asked: Request) -> str | None:
    """What shows that a request is not this machine's own, None when nothing does."""
    if not is_loopback(asked.remote_addr or ""):
        return f"peer {asked.remote_addr}"
    if not is_loopback(_hostname(f"//{asked.host}")):
        return f"Host {asked.host!r}"
    origin = asked.headers.get("Origin")
    if origin is not None and not is_loopback(_hostname(origin)):
        return f"Origin {origin!r}"
    for name, _ in asked.headers:
        if name.lower() in PROXY_HEADERS or name.lower().startswith(PROXY_PREFIXES):
            return f"proxy header {name}"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's loopback; no name is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
