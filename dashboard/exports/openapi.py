"""What programs can ask over HTTP, described in OpenAPI 3.1; a value, tested against the answers.

The schema of the report is said here once; what each of its fields means is in docs/report.md.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
VERSION = "1"
LONGEST = 200
RANGES = "`7d`, `30d`, `90d`, `month`, `month@2026-10-03`, `2026-03-01..2026-03-15`; unset: `month`"

CREDITS: Schema = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,6})?$"}
DAY: Schema = {"type": "string", "format": "date"}
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
INSTANT: Schema = {"type": "string", "format": "date-time"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(**fields: Schema) -> Schema:
    """Every field is always there, and no other."""
    required = sorted(fields)
    return {
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }


def _rows(**fields: Schema) -> Schema:
    return {"type": "array", "items": _object(**fields)}


ALLOWANCE = {"anyOf": [CREDITS, {"const": "none"}, {"type": "null"}]}
MAYBE = _or_null(CREDITS)
PERIOD = {"start": DAY, "end": DAY}

REPORT = _object(
    account=TEXT,
    zone=TEXT,
    now=INSTANT,
    watermark=_or_null(INSTANT),
    range=_object(**PERIOD),
    total=CREDITS,
    previous=_or_null(_object(**PERIOD, total=CREDITS, change=TEXT)),
    month=_object(
        **PERIOD,
        plan=_or_null(TEXT),
        credits=CREDITS,
        allowance=ALLOWANCE,
        projected=MAYBE,
        likely_low=MAYBE,
        likely_high=MAYBE,
        balance=MAYBE,
        advice=_or_null(TEXT),
    ),
    ledger=_or_null(
        _object(credits=CREDITS, at=INSTANT, difference=CREDITS, newer=MAYBE, says=TEXT)
    ),
    daily=_rows(day=DAY, credits=CREDITS, used=CREDITS, refunded=CREDITS, in_range=FLAG),
    monthly=_rows(**PERIOD, credits=CREDITS, allowance=ALLOWANCE, in_range=FLAG),
    reasons=_rows(reason=TEXT, workflow_type=_or_null(TEXT), credits=CREDITS, previous=MAYBE),
    workspaces=_rows(
        id=_or_null(TEXT), name=TEXT, kind=_or_null(TEXT), credits=CREDITS, previous=MAYBE
    ),
    split=_rows(kind={"enum": ["team", "personal", "unassigned"]}, credits=CREDITS, previous=MAYBE),
    spikes=_rows(
        day=DAY,
        credits=CREDITS,
        excess=CREDITS,
        reason=TEXT,
        id=_or_null(TEXT),
        name=_or_null(TEXT),
        cause=CREDITS,
        in_range=FLAG,
    ),
    contributions=_rows(
        day=DAY,
        breakdown={"enum": ["reasons", "workspaces"]},
        code=_or_null(TEXT),
        excess=CREDITS,
        other=FLAG,
    ),
)
ERROR = _object(error=_object(code=TEXT, sentence=TEXT))
ETAG = {"ETag": {"schema": TEXT, "description": "Changes with the account's sums and names."}}


def description(base: str) -> Schema:
    """The whole description, for an interface at this address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Credits",
            "version": VERSION,
            "description": "What the Credits page shows of one range, for programs.",
        },
        "servers": [{"url": base}],
        "paths": {"/usage": {"get": _usage()}},
        "components": {"schemas": {"Usage": REPORT, "Error": ERROR}},
    }


def _usage() -> Schema:
    return {
        "operationId": "usage",
        "summary": "All charts of a range, exactly",
        "parameters": [
            _parameter("range", RANGES, _text()),
            _parameter("format", "unset: `json`", {"enum": ["json", "csv"]}),
            _parameter("account", "in snapshot mode alone; elsewhere it is the viewer's", _text()),
            {
                "name": "If-None-Match",
                "in": "header",
                "description": "the ETag of an earlier answer",
                "schema": TEXT,
            },
        ],
        "responses": _responses(),
    }


def _text() -> Schema:
    return {"type": "string", "maxLength": LONGEST}


def _parameter(name: str, says: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "description": says, "schema": schema}


def _responses() -> Schema:
    found = {
        "application/json": {"schema": _named("Usage")},
        "text/csv": {"schema": TEXT},
    }
    again = {"Retry-After": {"schema": {"type": "string", "pattern": "^[0-9]+$"}}}
    return {
        "200": {"description": "The figures", "headers": ETAG, "content": found},
        "304": {"description": "Nothing changed since that ETag", "headers": ETAG},
        "400": _error("The range or the format is none"),
        "401": {"description": "Nobody is signed in"},
        "403": {"description": "This account is not shown to the viewer"},
        "404": _error("There is no such account"),
        "500": _error("It failed; the sentence has a reference for the log"),
        "503": {**_error("It is being prepared, or busy"), "headers": again},
    }


def _error(says: str) -> Schema:
    return {"description": says, "content": {"application/json": {"schema": _named("Error")}}}


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
