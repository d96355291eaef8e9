"""The one server callback: a view in, all five panels and the page's words out, at one moment."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output, no_update
from dash.exceptions import PreventUpdate
from flask import abort
from werkzeug.exceptions import HTTPException

from callbacks import asked
from callbacks.access import scope_key
from callbacks.sent import sent
from callbacks.services import Services, read_once_more_if_lost
from dashboard import freshness, highlights, words
from dashboard.answer import Answer, PanelAnswer, answer, new_reference
from dashboard.host import NO_HOST, Host
from dashboard.ids import Id, Part, part_id
from dashboard.panel import for_paper
from dashboard.panels import PANELS
from dashboard.view import Reading, View
from data.access import AccessDeniedError
from data.errors import PreparingError
from data.freshness import Freshness
from layouts import export_menu, page, states
from layouts.findings import findings_view
from layouts.month_card import month_view
from layouts.panel import details, notes
from layouts.table import paper_table, rows_shown, table_view

log = logging.getLogger(__name__)

Values = dict[str, Any]

PANEL_OUTPUTS = (
    (Part.ANSWER, "children"),
    (Part.DATES, "children"),
    (Part.GRAPH, "figure"),
    (Part.CHART, "style"),
    (Part.CHART, "hidden"),
    (Part.DETAILS, "children"),
    (Part.STATE, "children"),
    (Part.TABLE, "hidden"),
    (Part.TABLE, "aria-pressed"),
)
PAGE_OUTPUTS = {
    "steps": Output(Id.STEPS, "data"),
    "dates": Output(Id.DATES, "children"),
    "compare_hidden": Output(Id.COMPARE, "hidden"),
    "compare_checked": Output(Id.COMPARE, "aria-checked"),
    "compare_with": Output(Id.COMPARE_WITH, "children"),
    "findings": Output(Id.FINDINGS, "children"),
    "findings_hidden": Output(Id.FINDINGS, "hidden"),
    "notice": Output(Id.NOTICE, "children"),
    "status": Output(Id.STATUS, "children"),
    "freshness": Output(Id.FRESHNESS, "children"),
    "freshness_title": Output(Id.FRESHNESS, "title"),
    "delay": Output(Id.DELAY, "children"),
    "export_title": Output(Id.EXPORT_TITLE, "children"),
    "print_line": Output(Id.PRINT_LINE, "children"),
    "foot": Output(Id.FOOT, "children"),
    "paper": Output(Id.PAPER, "children"),
    "month": Output(Id.MONTH, "children"),
    "month_hidden": Output(Id.MONTH, "hidden"),
    "page_state": Output(Id.PAGE_STATE, "children"),
    "no_permission_hidden": Output(Id.NO_PERMISSION, "hidden"),
    "toolbar_hidden": Output(Id.TOOLBAR, "hidden"),
    "grid_hidden": Output(Id.GRID, "hidden"),
    "accounts": Output(Id.ACCOUNTS, "options"),
    "account": Output(Id.ACCOUNTS, "value"),
}


def outputs() -> dict[str, Any]:
    """Every output of the page's one callback, by name."""
    panels = {
        f"{panel.key}.{part}.{prop}": Output(part_id(panel.key, part), prop)
        for panel in PANELS
        for part, prop in PANEL_OUTPUTS
    }
    return PAGE_OUTPUTS | panels


UNCHANGED: Values = dict.fromkeys(outputs(), no_update)


def register_panels(app: Dash, services: Services, host: Host = NO_HOST) -> None:
    """Answer each view of the page on `app`."""

    @app.callback(output=outputs(), inputs=[Input(Id.VIEW, "data")])
    def show(view: object) -> Values:
        if view is None:
            raise PreventUpdate
        ask = asked.read(view, host.themes)
        return UNCHANGED | sent(respond(services, host, ask))


def respond(services: Services, host: Host, ask: asked.Asked) -> Values:
    """The values that change; a failure of the whole is a state of the page, never an error."""
    try:
        return read_once_more_if_lost(partial(_respond, services, host, ask))
    except (HTTPException, AccessDeniedError):
        raise
    except Exception:
        reference = new_reference()
        log.exception(
            "page failed: reference=%s account=%r range=%r (likely the database: is it there, "
            "and unchanged?)",
            reference,
            ask.account,
            ask.range,
        )
        return _all_failed(reference, ask)


def _respond(services: Services, host: Host, ask: asked.Asked) -> Values:
    if ask.known and (same := services.unchanged(ask.known)):
        return _fresh(same.freshness, ZoneInfo(same.timezone))
    choice = services.choose(ask.account)
    switcher = {
        "accounts": [{"label": name, "value": id_} for id_, name in choice.accounts],
        "account": choice.scope.account_id,
    }
    notices = [] if choice.found else [f"There is no account {ask.account!r}."]
    try:
        with services.reading(choice) as reading:
            return switcher | _answered(reading, host, ask, notices)
    except PreparingError as waits:
        return switcher | _preparing(waits.part)


def _answered(reading: Reading, host: Host, ask: asked.Asked, notices: list[str]) -> Values:
    made = answer(reading, ask.wish, ask.theme, catalogue=host.catalogue)
    if made.failed:
        reference = next(panel.reference for panel in made.panels if panel.reference)
        return _all_failed(reference, ask)
    if made.range_error:
        notices.append(f"{made.range_error.sentence} This is the current billing month.")
    shown = _page(reading, made, " ".join(notices), refreshed=ask.refreshed)
    said = {"status": told} if (told := _told(made, ask)) else {}
    paper = {"paper": _paper(made) if ask.prints else ""}
    found = highlights.for_paper(made.highlights) if ask.prints else made.highlights
    over = {"month": month_view(made.card, host), "findings": findings_view(found, made.view)}
    values = shown | over | said | _panels(made, host, ask) | paper
    if ask.known:
        values.pop("status")  # nobody asked, so nobody is told
    return values


def _preparing(part: float | None) -> Values:
    """The page asks again by itself."""
    return _instead(states.preparing(part)) | {"steps": {"preparing": part}}


def _all_failed(reference: str, ask: asked.Asked) -> Values:
    if ask.known:
        abort(503)  # no answer: the page keeps its figures, and says from when they are
    return _instead(states.all_failed(reference), states.ALL_FAILED)


def _instead(state: Any, said: str = "") -> Values:
    """The page's values when one message stands in place of all charts; it claims no figures."""
    return {
        "page_state": state,
        "no_permission_hidden": True,
        "month_hidden": True,
        "toolbar_hidden": True,
        "findings_hidden": True,
        "grid_hidden": True,
        "notice": "",
        "status": said,
        "paper": "",
        "freshness": "",
        "freshness_title": "",
        "delay": "",
        "export_title": "Export",
        "print_line": "",
        "steps": {"failed": True},
    }


def _page(reading: Reading, made: Answer, notice: str, *, refreshed: bool) -> Values:
    view, seen = made.view, reading.freshness
    zone = view.account.zone
    return {
        "steps": _steps(made, reading),
        "dates": page.dates(words.heading(view.period), view.period.days),
        **_compare(view),
        "findings_hidden": view.is_new,
        "notice": notice,
        "status": _status(made, refreshed=refreshed),
        **_fresh(seen, zone),
        "export_title": export_menu.title(words.heading(view.period)),
        "print_line": words.printed(view.account.name, view.period, seen.now, zone),
        "foot": page.foot(view.account.timezone, made.agreement),
        "page_state": "",
        "no_permission_hidden": True,
        "month_hidden": False,
        "toolbar_hidden": False,
        "grid_hidden": False,
    }


def _compare(view: View) -> Values:
    """The switch, which is there when there is something to compare with."""
    previous = view.previous
    return {
        "compare_hidden": previous is None,
        "compare_checked": "true" if view.compares else "false",
        "compare_with": f" with {words.sentence(previous, view.today)}" if previous else "",
    }


def _fresh(seen: Freshness, zone: ZoneInfo) -> Values:
    """How far the charts reach; all that an answer says when nothing else changed."""
    return {
        "freshness": page.freshness(freshness.state(seen), freshness.label(seen, zone)),
        "freshness_title": freshness.exact(seen, zone) or "",
        "delay": page.delay(*delay) if (delay := freshness.delay(seen, zone)) else "",
    }


def _steps(made: Answer, reading: Reading) -> Values:
    """What the browser needs to know of the answer: assets/credits.js marks the picker by it, and

    assets/refresh.js asks whether account, scope, version and last day are still the same.
    """
    view = made.view
    first = view.bounds.first_day
    return {
        "range": view.range.text,
        "choice": view.range.choice,
        "start": str(view.period.start),
        "end": str(view.period.last),
        "min": str(first) if first else None,
        "max": str(view.today),
        "earlier": made.earlier,
        "later": made.later,
        "account": view.account.id,
        "version": reading.freshness.version,
        "scope": scope_key(reading.scope),
    }


def _status(made: Answer, *, refreshed: bool) -> str:
    dates, total = words.dated(made.view.period), made.highlights.total
    told = (
        f": {words.amount(total.net)}{highlights.compared(total.net, total.before, made.view)}"
        if total
        else ""
    )
    return f"{'Refreshed. ' if refreshed else ''}Showing {dates}{told}."


def _told(made: Answer, ask: asked.Asked) -> str:
    """What the reader is told of the panel whose form they changed; paper has both forms."""
    if ask.prints:
        return ""
    for panel in made.panels:
        if panel.panel.key == ask.toggled and panel.drawing and not (made.failed or panel.empty):
            return f"Showing {panel.panel.name} as {_form(panel, ask)}."
    return ""


def _form(made: PanelAnswer, ask: asked.Asked) -> str:
    if made.table is not None:
        page = made.table.page(ask.tables[made.panel.key])
        return "a table" if page.is_whole else f"a table: {rows_shown(page).lower()}"
    offer = made.drawing.offer if made.drawing else None
    return f"a chart: {offer.shown}" if offer else "a chart"


def _panels(made: Answer, host: Host, ask: asked.Asked) -> Values:
    values: Values = {}
    for panel in made.panels:
        pressed = panel.panel.key in ask.tables
        shown = (*_panel(panel, made.view, host, ask), *_tool(panel, made.view, pressed=pressed))
        for (part, prop), value in zip(PANEL_OUTPUTS, shown, strict=True):
            values[f"{panel.panel.key}.{part}.{prop}"] = value
    return values


def _paper(made: Answer) -> list[Any]:
    """Every table once more, after the charts."""
    return [
        paper_table(panel.panel.name, panel.drawing.dates, panel.table)
        for panel in made.panels
        if panel.table and panel.drawing and not (panel.empty or made.view.is_new)
    ]


def _tool(made: PanelAnswer, view: View, *, pressed: bool) -> tuple[Any, ...]:
    """Whether `Table` is hidden and pressed: a table that failed keeps its way back."""
    usable = pressed if made.drawing is None else not (made.empty or view.is_new)
    return not usable, "true" if pressed else "false"


def _panel(made: PanelAnswer, view: View, host: Host, ask: asked.Asked) -> tuple[Any, ...]:
    """Values in the order of PANEL_OUTPUTS, but for the tool's."""
    drawing = made.drawing
    if drawing is None:
        return _message("", states.failed(made.reference or ""))
    if view.is_new:
        return _message("", states.new_account(host))
    if made.empty:
        dates = words.sentence(view.period, view.today)
        state = states.empty(dates, offer_month=view.range.text != "month")
        return _message(drawing.dates, state)
    if made.table is not None and not ask.prints:
        key, name = made.panel.key, made.panel.name
        twin = [*table_view(key, name, made.table, ask.tables[key]), *notes(drawing)]
        return drawing.answer, drawing.dates, no_update, no_update, True, twin, ""
    style = {"height": f"{drawing.height}px"}
    under = details(for_paper(drawing) if ask.prints else drawing)
    return drawing.answer, drawing.dates, drawing.figure, style, False, under, ""


def _message(dates: str, state: Any) -> tuple[Any, ...]:
    return "", dates, no_update, no_update, True, "", state
