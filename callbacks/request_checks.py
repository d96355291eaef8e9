"""Is a callback request one that our own page could have sent? Everything else is 400, or 413.

It looks at the shape of the body, against the callbacks that are registered. Never at the meaning
of a value: that is read strictly where it is used.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, NoReturn

from dash import Dash
from flask import Flask, Request, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

log = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024  # the page's own requests are below 1 kB
DEEPEST = 16  # lists and objects inside each other; a click on a mark has 6
KEYS = {"output", "outputs", "inputs", "state", "changedPropIds", "parsedChangedPropsIds"}
ITEM_KEYS = {"id", "property", "value", "allow_optional"}

MISSHAPEN = "This request is not one that the Credits page sends. Reload the page.\n"
TOO_LARGE = "This request is larger than any that the Credits page sends.\n"


class BodyError(ValueError):
    """A body that the page cannot have sent; the message is for the log."""


def check_requests(app: Dash) -> None:
    """Have the server of `app` refuse callback requests that do not fit its callbacks."""
    server: Flask = app.server
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    endpoint = f"{app.config.routes_pathname_prefix}_dash-update-component"

    @server.before_request
    def refuse_misshapen() -> Response | None:
        if (request.content_length or 0) > LARGEST_BODY:
            return too_large()  # wherever it was sent, whoever would read it
        if request.endpoint != endpoint:
            return None
        return refusal(request, app.callback_map)


def too_large() -> Response:
    """413."""
    return Response(TOO_LARGE, status=413, mimetype="text/plain")


def refusal(asked: Request, callbacks: Mapping[str, Any]) -> Response | None:
    """The answer that refuses `asked`, None when its body has the right shape."""
    try:
        check_body(parse(asked.get_data(), asked.mimetype), callbacks)
    except RequestEntityTooLarge:  # a body in chunks, whose length nobody said
        return too_large()
    except BodyError as error:
        log.warning("refused a callback request: %s", error)
        return Response(MISSHAPEN, status=400, mimetype="text/plain")
    return None


def parse(raw: bytes, mimetype: str) -> object:
    """The body as JSON in the strict sense: no NaN, nothing nested without end."""
    if mimetype != "application/json":
        raise BodyError(f"it is {mimetype or 'of no type'}")
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BodyError(f"no JSON: {type(error).__name__}") from error


def check_body(body: object, callbacks: Mapping[str, Any]) -> None:
    """Raise BodyError unless `body` calls one of `callbacks` with what that one takes."""
    if not isinstance(body, dict) or body.keys() - KEYS:
        raise BodyError("it is not an object of the known keys")
    callback = callbacks.get(body["output"]) if isinstance(body.get("output"), str) else None
    if callback is None or "callback" not in callback:
        raise BodyError(f"no callback has the output {str(body.get('output'))[:80]!r}")
    inputs = _items(body.get("inputs"), callback["inputs"])
    _items(body.get("state", []), callback["state"])
    _outputs(body.get("outputs"), callback)
    _changed(body, inputs)
    check_value(body)


def check_value(value: object, depth: int = 0) -> None:
    """Raise BodyError for text that no database takes, and for values nested too deep."""
    if depth > DEEPEST:
        raise BodyError(f"it is nested more than {DEEPEST} deep")
    if isinstance(value, str):
        if "\0" in value or not _is_unicode(value):
            raise BodyError("it has text with NUL or half a character")
    elif isinstance(value, dict):
        for key, inner in value.items():
            check_value(key, depth + 1)
            check_value(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            check_value(inner, depth + 1)


def _items(given: object, expected: list[dict[str, Any]]) -> set[str]:
    """The names `id.property` of the inputs or state values given; exactly those expected."""
    if not isinstance(given, list) or len(given) != len(expected):
        raise BodyError(f"it does not have {len(expected)} inputs or state values")
    for item, wanted in zip(given, expected, strict=True):
        if not isinstance(item, dict) or item.keys() - ITEM_KEYS:
            raise BodyError("an input is not an object of the known keys")
        if (item.get("id"), item.get("property")) != (wanted["id"], wanted["property"]):
            raise BodyError(f"an input is not {wanted['id']}.{wanted['property']}")
    return {f"{wanted['id']}.{wanted['property']}" for wanted in expected}


def _outputs(given: object, callback: Mapping[str, Any]) -> None:
    """One output stands alone, several in a list, as the callback declares them."""
    declared = callback["output"]
    if callback["no_output"]:
        expected, found = [], given or []
    elif isinstance(declared, list | tuple):
        expected, found = list(declared), given
    else:
        expected, found = [declared], [given]
    if not isinstance(found, list) or len(found) != len(expected):
        raise BodyError(f"it does not have {len(expected)} outputs")
    for item, wanted in zip(found, expected, strict=True):
        if not isinstance(item, dict) or item.keys() != {"id", "property"}:
            raise BodyError("an output is not an id and a property")
        # a second callback for the same output is told apart by a hash after its property
        prop = str(item["property"]).partition("@")[0]
        if (item["id"], prop) != (wanted.component_id, wanted.component_property):
            raise BodyError(f"an output is not {wanted}")


def _changed(body: Mapping[str, Any], inputs: set[str]) -> None:
    """What changed is among the inputs."""
    changed, parsed = body.get("changedPropIds", []), body.get("parsedChangedPropsIds", [])
    if not isinstance(changed, list) or not isinstance(parsed, list):
        raise BodyError("what changed is not a list")
    if not all(isinstance(name, str) and name in inputs for name in changed):
        raise BodyError("something changed that is not an input")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _refuse_constant(name: str) -> NoReturn:
    raise BodyError(f"{name} is not JSON")
