"""What a target stands for in a view: its days, which entries, its name and what it used.

It reads sums of the rollup and names, never an entry; what it cannot find is said as a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard import words
from dashboard.compared import before_of, befores
from dashboard.comparison import previous_period
from dashboard.panels.by_workspace import NAMED, fold, read_rows
from dashboard.ranges import DEFAULT, MOST_MONTHS, Range, RangeError, months_back, parse
from dashboard.reason_parts import OTHER_REASONS, read_reasons
from dashboard.table import Sum, together
from dashboard.target import OTHER_WORKSPACES, Form, Target
from dashboard.view import Reading, View
from data import queries
from data.entries import ALL, Filter, Order, Some
from data.errors import UsageError
from data.frames import NO_WORKSPACE, Unnamed
from data.periods import DAY, Period
from data.reasons import WORKFLOW_RUN

KIND_TITLES = {
    "team": "Team workspaces",
    "personal": "Personal workspaces",
    "unassigned": "Unassigned",
}


class SubjectError(UsageError):
    """A target that this account has nothing for; its sentence stands in the sheet."""


@dataclass(frozen=True)
class Days:
    """The days of a sheet, those before that they are compared with, and the range they make."""

    period: Period
    previous: Period | None
    range: str = ""  # that the page would have to show these days, empty for the page's own


@dataclass(frozen=True)
class Subject:
    """One target, found: `reasons` and `places` are the rollup's rows of its days, all of them.

    `split` and `among` are those that are its own; None where only the ledger can tell.
    """

    target: Target
    days: Days
    title: str
    only: Filter
    amounts: Sum
    before: int | None
    reasons: pd.DataFrame
    places: pd.DataFrame
    split: pd.DataFrame | None
    among: pd.DataFrame | None

    @property
    def order(self) -> Order:
        """How its entries are listed."""
        return Order.LARGEST if self.target.form is Form.DAY else Order.NEWEST


def find_subject(reading: Reading, view: View, target: Target) -> Subject:
    """What `target` stands for; SubjectError when that is nothing of this account."""
    days = find_days(target, view)
    asked = (reading.connection, reading.scope, days.period, days.previous)
    reasons, places = queries.usage_by_reason(*asked), queries.usage_by_workspace(*asked)
    only = filter_of(target, reasons, places, view)
    by_reason = _matching(reasons, _reason_rows(reasons, only))
    by_place = _matching(places, _place_rows(places, only))
    own = by_place if only.by_workspace else by_reason
    if own.empty and not _is_known(target, view):
        raise SubjectError("sheet.unknown", "This account has used nothing of that kind.")
    return Subject(
        target=target,
        days=days,
        title=_title(reading, view, target, days, places),
        only=only,
        amounts=together(_amounts(own)),
        before=before_of(_amounts(own)),
        reasons=reasons,
        places=places,
        split=None if only.by_workspace else by_reason,
        among=None if only.by_reason else by_place,
    )


# --- days -----------------------------------------------------------------------------------


def find_days(target: Target, view: View) -> Days:
    """The target's own days up to today, or those of the page's range."""
    if target.days is None:
        return Days(view.period, view.previous)
    if target.days.start > view.today:
        raise SubjectError("sheet.future", "These days are still to come.")
    if target.form is Form.MONTH:
        return _month(target, view)
    period = target.days.until(view.today + DAY)
    if period.start < months_back(period.end, MOST_MONTHS):
        raise SubjectError("sheet.long", "These are more than 24 months.")
    text = "" if target.form is Form.DAY else f"{period.start}..{period.last}"
    return _compared(Range(text, "custom", period), view)


def _month(target: Target, view: View) -> Days:
    assert target.days is not None
    start = target.days.start
    month = view.account.calendar.month_of(start).period
    if month.start != start:
        raise SubjectError(
            "sheet.month", f"No billing month starts on {words.on(start, view.today)}."
        )
    text = DEFAULT if view.today in month else f"month@{start}"
    return _compared(Range(text, DEFAULT, month.until(view.today + DAY)), view)


def _compared(of: Range, view: View) -> Days:
    account = view.account
    before = previous_period(of, account.calendar, account.first_day)
    return Days(of.period, before, of.text if _can_be_shown(of.text, view) else "")


def _can_be_shown(text: str, view: View) -> bool:
    """Whether the page takes it as a range, and shows another one now."""
    try:
        return parse(text, view.bounds).period != view.period
    except RangeError:
        return False


# --- which entries --------------------------------------------------------------------------


def filter_of(target: Target, reasons: pd.DataFrame, places: pd.DataFrame, view: View) -> Filter:
    """The entries of a target; what is folded on a chart is what the chart does not name."""
    if target.form is Form.REST:
        return _folded(target, reasons, places, view)
    made = {
        Form.REASON: Filter(reasons=Some((target.value,))),
        Form.TYPE: Filter(workflow_type=target.value),
        Form.WORKSPACE: Filter(workspaces=Some((target.value,))),
        Form.KIND: Filter(workspace_kind=target.value),
    }
    return made.get(target.form, ALL)


def _folded(target: Target, reasons: pd.DataFrame, places: pd.DataFrame, view: View) -> Filter:
    if target == OTHER_WORKSPACES:
        ids = [id_ or "" for id_ in _used(places)["id"].tolist() if not isinstance(id_, Unnamed)]
        return Filter(workspaces=Some(tuple(ids[:NAMED]), but=True))
    shown = read_reasons(_used(reasons), view.account.taxonomy)
    return Filter(reasons=Some(tuple(one.code for one in shown if one.code), but=True))


def _used(frame: pd.DataFrame) -> pd.DataFrame:
    """Without the rows that were only used before."""
    return frame[(frame["used"] != 0) | (frame["refunded"] != 0)]


def narrowed(of: Filter, by: Filter) -> Filter | None:
    """Both at once; None where the second says nothing that the first does not settle."""
    if by.workspaces is not None and of.workspaces is None:
        return Filter(of.reasons, of.workflow_type, by.workspaces, of.workspace_kind)
    runs = of.reasons == Some((WORKFLOW_RUN,))
    if by.workflow_type is not None and of.workflow_type is None and (runs or not of.reasons):
        return Filter(of.reasons, by.workflow_type, of.workspaces, of.workspace_kind)
    if by.reasons is not None and not of.by_reason:
        return Filter(by.reasons, None, of.workspaces, of.workspace_kind)
    return None


def _reason_rows(frame: pd.DataFrame, only: Filter) -> list[bool]:
    pairs = zip(frame["reason"].tolist(), frame["workflow_type"].tolist(), strict=True)
    if only.workflow_type is not None:
        wanted = (WORKFLOW_RUN, only.workflow_type)
        return [(reason, type_ or "") == wanted for reason, type_ in pairs]
    return [_among(reason, only.reasons) for reason, _ in pairs]


def _place_rows(frame: pd.DataFrame, only: Filter) -> list[bool]:
    if only.workspace_kind is not None:
        kinds = [kind if kind in KIND_TITLES else "unassigned" for kind in frame["kind"].tolist()]
        return [kind == only.workspace_kind for kind in kinds]
    return [_is_place(id_, only.workspaces) for id_ in frame["id"].tolist()]


def _is_place(id_: str | Unnamed | None, some: Some | None) -> bool:
    """What has no name here is in everything, and in no choice of workspaces."""
    return some is None if isinstance(id_, Unnamed) else _among(id_ or "", some)


def _among(value: str, some: Some | None) -> bool:
    return some is None or (value in some.values) != some.but


def _matching(frame: pd.DataFrame, wanted: Sequence[bool]) -> pd.DataFrame:
    return frame[pd.Series(wanted, index=frame.index, dtype=bool)]


@dataclass(frozen=True)
class Amount:
    """What one row used, refunded, and was before."""

    used: int
    refunded: int
    before: int | None

    @property
    def net(self) -> int:
        """Used less refunded."""
        return self.used - self.refunded


def _amounts(frame: pd.DataFrame) -> list[Amount]:
    columns = (frame["used"].tolist(), frame["refunded"].tolist(), befores(frame))
    return [Amount(*values) for values in zip(*columns, strict=True)]


def _is_known(target: Target, view: View) -> bool:
    """Whether a reason or a type has a name here; anything else has one of its own."""
    taxonomy = view.account.taxonomy
    if target.form is Form.TYPE:
        return not target.value or (WORKFLOW_RUN, target.value) in taxonomy.type_labels
    return target.form is not Form.REASON or taxonomy.known(target.value)


# --- names ----------------------------------------------------------------------------------


def _title(reading: Reading, view: View, target: Target, days: Days, places: pd.DataFrame) -> str:
    if target.days is not None:
        return _days_title(target, days.period) + (
            ", so far" if days.period.last == view.today else ""
        )
    if target.form is Form.WORKSPACE:
        return workspace_name(reading, view, target.value, places)
    if target == OTHER_WORKSPACES:
        rows = fold(read_rows(_used(places)))
        return rows[-1].name if rows and rows[-1].folded else "Other workspaces"
    if target.form is Form.REST:
        return OTHER_REASONS
    return KIND_TITLES[target.value] if target.form is Form.KIND else reason_name(view, target)


def _days_title(target: Target, period: Period) -> str:
    """`Thu 12 Nov 2026`, `9 – 15 Nov 2026`, `November 2026`."""
    says = {Form.DAY: words.full_day, Form.MONTH: words.month_and_year}.get(target.form)
    return says(period.start) if says else words.heading(period)


def reason_name(view: View, target: Target) -> str:
    """`Enhanced OCR`, `Workflow runs: Contract review`."""
    taxonomy = view.account.taxonomy
    if target.form is Form.TYPE:
        label = taxonomy.type_label(WORKFLOW_RUN, target.value)
        return f"{taxonomy.label(WORKFLOW_RUN)}: {label}"
    return taxonomy.label(target.value)


def workspace_name(reading: Reading, view: View, id_: str, places: pd.DataFrame) -> str:
    """Its present name; SubjectError when the account neither lists nor used it.

    What the reader may not see is answered as what does not exist.
    """
    used = dict(zip(places["id"].tolist(), places["name"].tolist(), strict=True))
    if not id_ and not view.limited:
        return NO_WORKSPACE
    if id_ in used:
        return str(used[id_])
    listed = queries.named_workspaces(reading.connection, reading.scope)
    if id_ not in listed:
        raise SubjectError("sheet.workspace", "This account has no such workspace.")
    return listed[id_][0]
