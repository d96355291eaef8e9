"""The sheet's callbacks: what was opened in, the sheet out; and what many days take longer for.

They answer the sheet and nothing else of the page. Whatever arrives, a state of the sheet comes
back, never an error.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from dash import ClientsideFunction, Dash, Input, Output, Patch, no_update
from dash.exceptions import PreventUpdate
from werkzeug.exceptions import HTTPException

from callbacks.asked import LONGEST
from callbacks.services import Services, read_once_more_if_lost
from dashboard.answer import new_reference
from dashboard.ids import Id
from dashboard.ranges import DEFAULT
from dashboard.sheet import Entries, Later, Sheet, SheetWish, open_later, open_more, open_sheet
from dashboard.subject import SubjectError
from dashboard.target import TargetError
from dashboard.view import Reading
from data.access import AccessDeniedError
from data.entries import UnknownCursorError
from data.errors import PreparingError
from layouts import drill_down

log = logging.getLogger(__name__)

Values = dict[str, Any]
T = TypeVar("T")
MOST_SHOWN = 10**9
NOTHING_THERE = (TargetError, SubjectError, UnknownCursorError)  # whoever wrote the link

OUTPUTS = {
    "title": Output(Id.SHEET_TITLE, "children"),
    "steps_hidden": Output(Id.SHEET_STEPS, "hidden"),
    "state": Output(Id.SHEET_STATE, "children"),
    "head": Output(Id.SHEET_HEAD, "children"),
    "split": Output(Id.SHEET_SPLIT, "children"),
    "filters": Output(Id.SHEET_FILTERS, "children"),
    "filters_hidden": Output(Id.SHEET_FILTERS, "hidden"),
    "note": Output(Id.SHEET_NOTE, "children"),
    "list_hidden": Output(Id.SHEET_LIST, "hidden"),
    "when": Output(Id.SHEET_WHEN, "children"),
    "entries": Output(Id.SHEET_ENTRIES, "children"),
    "more_hidden": Output(Id.SHEET_MORE, "hidden"),
    "shown": Output(Id.SHEET_SHOWN, "children"),
    "count": Output(Id.SHEET_COUNT, "children"),
    "range": Output(Id.SHEET_RANGE, "data-value"),
    "range_hidden": Output(Id.SHEET_RANGE, "hidden"),
    "answer": Output(Id.SHEET_ANSWER, "data"),
    "later": Output(Id.SHEET_LATER, "data"),
}
LATER_OUTPUTS = {
    "split": Output(Id.SHEET_SPLIT, "children", allow_duplicate=True),
    "count": Output(Id.SHEET_COUNT, "children", allow_duplicate=True),
}


@dataclass(frozen=True)
class SheetAsked:
    """What the browser asks: a wish, for an account; the next page after `more`, if any."""

    wish: SheetWish
    account: str | None
    more: str
    shown: int  # entries that the sheet shows already


def register_drill_down(app: Dash, services: Services) -> None:
    """Answer what is opened, page by page, and show it."""

    @app.callback(output=OUTPUTS, inputs=[Input(Id.SHEET_ASK, "data")], prevent_initial_call=True)
    def show_sheet(data: object) -> Values:
        if data is None:
            raise PreventUpdate
        return dict.fromkeys(OUTPUTS, no_update) | respond(services, data)

    @app.callback(
        output=LATER_OUTPUTS, inputs=[Input(Id.SHEET_LATER, "data")], prevent_initial_call=True
    )
    def show_later(data: object) -> Values:
        if data is None:
            raise PreventUpdate
        return dict.fromkeys(LATER_OUTPUTS, no_update) | respond_later(services, data)

    app.clientside_callback(
        ClientsideFunction("sheet", "show"),
        Output(Id.DAY_BEFORE, "aria-disabled"),
        Output(Id.DAY_AFTER, "aria-disabled"),
        Input(Id.SHEET_ANSWER, "data"),
        prevent_initial_call=True,
    )


def read(data: object) -> SheetAsked:
    """The sheet's store as values; what is missing or of another kind is the default."""
    fields = data if isinstance(data, Mapping) else {}
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    wish = SheetWish(
        opens=texts.get("open", "")[: LONGEST + 1],
        only=texts.get("only", "")[: LONGEST + 1],
        range=texts.get("range", "")[:LONGEST] or DEFAULT,
    )
    account = texts["account"][:LONGEST] if "account" in texts else None
    return SheetAsked(wish, account, texts.get("more", ""), _count(fields.get("shown")))


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value <= MOST_SHOWN else 0


# --- answers --------------------------------------------------------------------------------


def respond(services: Services, data: object) -> Values:
    """The sheet, the next page of it, or a message in its place."""
    ask = read(data)
    return _guarded(services, ask, _more if ask.more else _whole)


def respond_later(services: Services, data: object) -> Values:
    """The reasons and the count of a sheet of many days; a failure stands in their place."""
    ask = read(data)
    try:
        made = _read(services, ask, _later)
    except (HTTPException, AccessDeniedError):
        raise
    except NOTHING_THERE as error:
        return {"split": drill_down.message(error.sentence)}
    except Exception:
        return {"split": drill_down.split_failed(_failed(ask))}
    return {"split": drill_down.made_up_of(made, ask.wish.only), "count": made.count}


def _read(services: Services, ask: SheetAsked, made: Callable[[Reading, SheetAsked], T]) -> T:
    def once() -> T:
        with services.reading(services.choose(ask.account)) as reading:
            return made(reading, ask)

    return read_once_more_if_lost(once)


def _later(reading: Reading, ask: SheetAsked) -> Later:
    return open_later(reading, ask.wish)


def _guarded(
    services: Services, ask: SheetAsked, made: Callable[[Reading, SheetAsked], Values]
) -> Values:
    try:
        return _read(services, ask, made)
    except (HTTPException, AccessDeniedError):
        raise
    except NOTHING_THERE as error:
        return _instead("Nothing to show", drill_down.message(error.sentence))
    except PreparingError:
        return _instead("Preparing your charts", drill_down.message("These credits follow."))
    except Exception:
        return _instead(drill_down.NOT_LOADED, drill_down.failed(_failed(ask)))


def _failed(ask: SheetAsked) -> str:
    reference = new_reference()
    log.exception(
        "sheet failed: reference=%s account=%r range=%r open=%r only=%r (likely the database: is "
        "it there, and unchanged?)",
        reference,
        ask.account,
        ask.wish.range,
        ask.wish.opens,
        ask.wish.only,
    )
    return reference


def _whole(reading: Reading, ask: SheetAsked) -> Values:
    sheet = open_sheet(reading, ask.wish)
    later = {"open": ask.wish.opens, "only": ask.wish.only, "range": ask.wish.range}
    return {
        "title": sheet.title,
        "steps_hidden": not (sheet.day_before or sheet.day_after),
        "state": "",
        "head": drill_down.head(sheet),
        "split": drill_down.made_up_of(sheet.later, _chosen(sheet)),
        "filters": drill_down.filters(sheet.filters),
        "filters_hidden": not sheet.filters,
        "note": sheet.note,
        "when": "Day" if sheet.entries.by_day else "Time",
        "count": sheet.later.count,
        "range": sheet.range,
        "range_hidden": not sheet.range,
        "later": {**later, "account": ask.account} if sheet.loads_later else None,
        "list_hidden": not sheet.entries.rows,
        **_page(sheet.entries, 0),
        "entries": drill_down.entry_lines(sheet.entries),
        "answer": {
            "said": _said(sheet),
            "before": sheet.day_before,
            "after": sheet.day_after,
            "more": sheet.entries.more,
        },
    }


def _more(reading: Reading, ask: SheetAsked) -> Values:
    """Only what is new: the browser adds it to what it has."""
    entries = open_more(reading, ask.wish, ask.more)
    rows, answer = Patch(), Patch()
    rows.extend(drill_down.entry_lines(entries))
    page = _page(entries, ask.shown)
    answer["more"] = entries.more
    answer["said"] = f"Showing {page['shown']} entries."
    return {**page, "entries": rows, "answer": answer}


def _page(entries: Entries, before: int) -> Values:
    shown = drill_down.shown(before + len(entries.rows))
    return {"shown": shown, "more_hidden": not entries.more}


def _chosen(sheet: Sheet) -> str:
    return next((one.only for one in sheet.filters if one.chosen), "")


def _said(sheet: Sheet) -> str:
    """What a screen reader is told once the sheet is there."""
    compared = f", {sheet.comparison}" if sheet.comparison else ""
    return f"{sheet.title}: {sheet.amount}{compared}."


def _instead(title: str, state: Any) -> Values:
    """The sheet's values when one message stands in its place; it claims no figure."""
    empty = dict.fromkeys(("head", "split", "filters", "note", "shown", "count"), "")
    hidden = ("steps_hidden", "filters_hidden", "list_hidden", "more_hidden", "range_hidden")
    return {
        **empty,
        **dict.fromkeys(hidden, True),
        "title": title,
        "entries": [],
        "state": state,
        "later": None,
        "answer": {"said": title},
    }
