"""The HTTP interface for programs: the page's figures of a range, as JSON or CSV, read only.

The same guards, viewer and scope as the page's, and the same words when there is no answer. An
answer names its version, and who has that version already gets a 304 without the charts being read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from dash import Dash
from flask import Response, jsonify, request

from callbacks.access import scope_key
from callbacks.exports import asked_account, wish
from callbacks.refusals import FormatError, ParameterError, UnknownAccountError, explained
from callbacks.services import Services
from dashboard.exports import CSV, JSON
from dashboard.exports.charts import ChartData, sections_csv
from dashboard.exports.openapi import description
from dashboard.report import as_json
from dashboard.view import Reading, View, load_view
from data import queries

PARAMETERS = ("range", "format", "account")
FORMATS: dict[str, tuple[str, Callable[[ChartData], Iterator[bytes]]]] = {
    "json": (JSON, lambda data: iter([as_json(data.report).encode()])),
    "csv": (CSV, sections_csv),
}


def register_api(app: Dash, services: Services) -> None:
    """Answer programs, and describe to them what can be asked."""
    base = f"{app.config.routes_pathname_prefix}api/v1"

    def usage() -> Response:
        return explained(lambda: respond(services))

    def openapi() -> Response:
        return jsonify(description(base))

    app.server.add_url_rule(f"{base}/usage", "api", usage, methods=["GET"])
    app.server.add_url_rule(f"{base}/openapi.json", "openapi", openapi, methods=["GET"])


def respond(services: Services) -> Response:
    """The figures, or that nothing changed."""
    refuse_unheard()
    asked = request.args.get("format") or "json"
    if asked not in FORMATS:
        raise FormatError(asked)
    mimetype, write = FORMATS[asked]
    choice = services.choose(account := asked_account())
    if not choice.found:
        raise UnknownAccountError(account)
    with services.reading(choice) as reading:
        view = load_view(reading, wish().range)
        version = version_of(reading, view, asked)
        if version is not None and request.if_none_match.contains_weak(version):
            response = Response(status=304)
            response.set_etag(version, weak=True)
            return response
        content = b"".join(write(ChartData.read(reading, wish())))
    response = Response(content, content_type=mimetype)
    response.set_etag(version or hashlib.sha256(content).hexdigest()[:32], weak=True)
    response.make_conditional(request)
    return response


def refuse_unheard() -> None:
    """A misspelt range must not pass for the default one."""
    for name, values in request.args.lists():
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            raise ParameterError("parameter.unknown", f"{name[:40]!r} is none of {known}.")
        if len(values) > 1:
            raise ParameterError("parameter.twice", f"{name!r} stands there more than once.")


def version_of(reading: Reading, view: View, asked: str) -> str | None:
    """Changes with what the answer is made of; None of a snapshot, whose sums have no version.

    How far the charts reach moves on without a change: that alone makes no other version.
    """
    if reading.freshness.version is None:
        return None
    names = queries.named_workspaces(reading.connection, reading.scope)
    made_of = (
        scope_key(reading.scope),
        reading.freshness.version,
        view.today,
        view.range,
        view.account,
        sorted(names.items()),
        asked,
    )
    return hashlib.sha256(repr(made_of).encode()).hexdigest()[:32]
