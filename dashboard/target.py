"""What a mark, a row or a finding opens: one value with one text, `day:2026-11-12`; no query.

The text is one language everywhere: `data-value` of a button that opens, `customdata` of a mark,
`open=` in the address. What stands behind a target is for dashboard/sheet.py to find out.

    day:2026-11-12               one local day
    days:2026-11-09..2026-11-15  the days of one bar
    month:2026-11-03             the billing month that starts then
    reason:enhanced_ocr          one reason with all its types, in the page's range
    type:contract_review         workflow runs of one type; without a text those of no type
    workspace:ws-1               one workspace; without an id the entries of none
    kind:team                    team, personal or unassigned
    rest:reasons                 what the chart folds into `Other reasons`
    rest:workspaces              what the chart folds into `Other (4 workspaces)`

`3 more types` opens its reason: a type alone says less than the runs that it is one of.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.errors import UsageError
from data.periods import DAY, FIRST_DAY, LAST_DAY, Period

LONGEST = 200  # characters of a target's text; what is longer cannot be opened
KINDS = ("team", "personal", "unassigned")
RESTS = ("reasons", "workspaces")

DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
DATES = re.compile(rf"({DATE})\.\.({DATE})")


class TargetError(UsageError):
    """A text that opens nothing; its sentence stands in the sheet."""

    def __init__(self) -> None:
        super().__init__("target.text", "This link names nothing that could be opened.")


class Form(StrEnum):
    """What is opened: the word before the colon."""

    DAY = "day"
    DAYS = "days"
    MONTH = "month"
    REASON = "reason"
    TYPE = "type"
    WORKSPACE = "workspace"
    KIND = "kind"
    REST = "rest"


@dataclass(frozen=True)
class Target:
    """One thing to open. `value` is a code, an id or a word; `days` are those that it names.

    A month has its first day only: where it ends, the account's calendar knows.
    """

    form: Form
    value: str
    days: Period | None = None

    @property
    def text(self) -> str:
        """How an address and a button say it; empty when that would be too long to be read."""
        text = f"{self.form}:{self.value}"
        return text if len(text) <= LONGEST and "\0" not in text else ""


def day(of: dt.date) -> Target:
    """One local day."""
    return Target(Form.DAY, str(of), Period(of, of + DAY))


def days(of: Period) -> Target:
    """The days of a bar; a bar of one day is that day."""
    return day(of.start) if of.days == 1 else Target(Form.DAYS, f"{of.start}..{of.last}", of)


def month(start: dt.date) -> Target:
    """The billing month that starts on that day."""
    return Target(Form.MONTH, str(start), Period(start, start + DAY))


def reason(code: str) -> Target:
    """One reason, its workflow types together."""
    return Target(Form.REASON, code)


def workflow_type(code: str | None) -> Target:
    """Workflow runs of one type; None is a run without a type."""
    return Target(Form.TYPE, code or "")


def workspace(id_: str | None) -> Target:
    """One workspace; None are the entries without one."""
    return Target(Form.WORKSPACE, id_ or "")


def kind(key: str) -> Target:
    """The workspaces of one kind: one of KINDS."""
    return Target(Form.KIND, key)


OTHER_REASONS = Target(Form.REST, "reasons")
OTHER_WORKSPACES = Target(Form.REST, "workspaces")


def parse(text: str) -> Target:
    """The target that `text` names; TargetError for any other text.

    A code or an id may hold any characters, colons too, and need not exist.
    """
    form, colon, value = text.partition(":")
    read = _READERS.get(form)
    if read is None or not colon or len(text) > LONGEST or "\0" in text:
        raise TargetError
    return read(value)


def _read_day(value: str) -> Target:
    return day(_date(value))


def _read_days(value: str) -> Target:
    found = DATES.fullmatch(value)
    if found is None:
        raise TargetError
    first, last = _date(found[1]), _date(found[2])
    if first > last:
        raise TargetError
    return days(Period(first, last + DAY))


def _read_month(value: str) -> Target:
    return month(_date(value))


def _read_reason(value: str) -> Target:
    if not value:
        raise TargetError
    return reason(value)


def _read_kind(value: str) -> Target:
    if value not in KINDS:
        raise TargetError
    return kind(value)


def _read_rest(value: str) -> Target:
    if value not in RESTS:
        raise TargetError
    return Target(Form.REST, value)


_READERS: Mapping[str, Callable[[str], Target]] = {
    Form.DAY: _read_day,
    Form.DAYS: _read_days,
    Form.MONTH: _read_month,
    Form.REASON: _read_reason,
    Form.TYPE: workflow_type,
    Form.WORKSPACE: workspace,
    Form.KIND: _read_kind,
    Form.REST: _read_rest,
}


def _date(text: str) -> dt.date:
    """A day of the calendar, written as it is in every address."""
    if not re.fullmatch(DATE, text):
        raise TargetError
    try:
        found = dt.date.fromisoformat(text)
    except ValueError as error:
        raise TargetError from error
    if not FIRST_DAY <= found <= LAST_DAY:
        raise TargetError
    return found
