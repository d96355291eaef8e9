"""The sheet that a click opens, as a value: title, total, reasons, filters, entries and its words.

A wish and a reading in, everything that is shown out; it knows no component and no address.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from dashboard import findings, sheet_words, target, words
from dashboard.entry_rows import EntryRow, entry_rows
from dashboard.evidence import find_causes
from dashboard.findings import Spike, Usual
from dashboard.hover import LONGEST, clip
from dashboard.member_rows import MemberRow, member_rows
from dashboard.ranges import DEFAULT
from dashboard.reason_split import Split, split_of
from dashboard.sheet_filters import Choice, choice_of, choices
from dashboard.subject import Subject, find_subject
from dashboard.target import Form, parse
from dashboard.view import Reading, View, load_view_or_default
from data import queries
from data.entries import Cursor, Filter, Listing, entry_page, tally
from data.first_kept import first_kept
from data.frames import Unnamed
from data.member_sums import usage_by_member
from data.periods import DAY, Period, local_day

LONGEST_AT_ONCE = 31  # days whose entries are counted before the sheet is shown


@dataclass(frozen=True)
class SheetWish:
    """What a reader wants to see: the texts of a target and a filter, in a range of the page."""

    opens: str
    only: str = ""
    range: str = DEFAULT


@dataclass(frozen=True)
class Entries:
    """A page of the list, and the cursor's text of the next one; empty at the end."""

    rows: tuple[EntryRow, ...]
    more: str
    by_day: bool  # whether a line begins with its day


@dataclass(frozen=True)
class Later:
    """What many days take longer for: the reasons where only the ledger tells, and the count."""

    split: Split | None
    count: str
    members: tuple[MemberRow, ...] = ()  # of a workspace, where use is told by member


@dataclass(frozen=True)
class Sheet:
    """All that the sheet shows; an empty text is nothing to say or nowhere to go."""

    title: str
    dates: str
    amount: str
    comparison: str
    refunds: str
    filters: tuple[Choice, ...]
    entries: Entries
    note: str  # which entries are missing, and why
    day_before: str  # the text of what it opens
    day_after: str
    range: str  # what `Use as range` shows
    later: Later
    loads_later: bool  # whether `later` is still to come


@dataclass(frozen=True)
class Opened:
    """A sheet being made: where it is read, what it is about, what the reader left of it."""

    reading: Reading
    view: View
    subject: Subject
    only: Filter
    chosen: Choice | None  # the filter in force

    @property
    def period(self) -> Period:
        """The sheet's days."""
        return self.subject.days.period

    @property
    def day(self) -> dt.date | None:
        """The day of a day's sheet."""
        return self.period.start if self.subject.target.form is Form.DAY else None

    @cached_property
    def usual(self) -> Usual | None:
        """What is usual for the day of a day's sheet, with enough history."""
        if self.day is None:
            return None
        history = Period(self.day - findings.HISTORY, self.day)
        frame = queries.usage_by_day(self.reading.connection, self.reading.scope, history)
        nets = dict(zip(frame["day"].tolist(), frame["net"].tolist(), strict=True))
        complete = findings.complete_days(self.view.account.first_day, self.view.today)
        return findings.usual_day(nets, self.day, complete)

    @property
    def spike(self) -> Spike | None:
        """The day, when it stands out."""
        net = self.subject.amounts.net
        if self.day is None or self.usual is None or not self.usual.is_exceeded_by(net):
            return None
        return Spike(self.day, net, self.usual)

    def listing(self, only: Filter) -> Listing:
        """Some entries of its days, as they are listed."""
        return Listing(self.period, self.view.account.zone, only, self.subject.order)


# --- what is shown --------------------------------------------------------------------------


def open_sheet(reading: Reading, wish: SheetWish) -> Sheet:
    """The sheet of a wish; TargetError or SubjectError when there is nothing to show."""
    opened = open_wish(reading, wish)
    subject, entries = opened.subject, _entries(opened, None)
    is_long = opened.period.days > LONGEST_AT_ONCE
    loads_later = is_long and bool(entries.more or subject.split is None)
    return Sheet(
        title=clip(subject.title, LONGEST),
        dates=_dates(subject),
        amount=words.amount(subject.amounts.net),
        comparison=_comparison(opened),
        refunds=sheet_words.refunds(subject.amounts),
        filters=_filters(opened),
        entries=entries,
        note=" ".join(filter(None, (_kept(opened), _unlisted(subject)))),
        day_before=_step(opened, -DAY),
        day_after=_step(opened, DAY),
        range=subject.days.range,
        later=_at_once(opened, entries) if loads_later else _later(opened, entries),
        loads_later=loads_later,
    )


def open_more(reading: Reading, wish: SheetWish, after: str) -> Entries:
    """The next page of a sheet's entries; UsageError for a cursor that is none."""
    return _entries(open_wish(reading, wish), Cursor.parse(after))


def open_later(reading: Reading, wish: SheetWish) -> Later:
    """What a sheet of many days shows after the rest."""
    return _later(open_wish(reading, wish), None)


def open_wish(reading: Reading, wish: SheetWish) -> Opened:
    """What a wish is about, read once; TargetError or SubjectError when that is nothing."""
    view, _ = load_view_or_default(reading, wish.range)
    subject = find_subject(reading, view, parse(wish.opens))
    only, chosen = choice_of(reading, view, subject, wish.only) or (subject.only, None)
    return Opened(reading, view, subject, only, chosen)


# --- entries --------------------------------------------------------------------------------


def _entries(opened: Opened, after: Cursor | None) -> Entries:
    reading, places = opened.reading, opened.subject.places
    listing = opened.listing(opened.only)
    found, last = entry_page(reading.connection, reading.scope, listing, after)
    names = dict(zip(places["id"].tolist(), places["name"].tolist(), strict=True))
    rows = entry_rows(found, names, opened.view)
    return Entries(rows, last.text if last else "", by_day=opened.day is None)


def _at_once(opened: Opened, entries: Entries) -> Later:
    """What is known before the entries are counted."""
    known = None if entries.more else len(entries.rows)
    split = opened.subject.split
    return Later(
        None if split is None else split_of(split, opened.view.account.taxonomy),
        sheet_words.count(known, opened.subject.order),
    )


def _later(opened: Opened, entries: Entries | None) -> Later:
    """Everything counted; a list that is whole is its own count."""
    reading, subject = opened.reading, opened.subject
    split, known = subject.split, None
    if split is None:
        split = tally(reading.connection, reading.scope, opened.listing(subject.only))
        known = sum(split["entries"]) if opened.only == subject.only else None
    if entries is not None and not entries.more:
        known = len(entries.rows)
    if known is None:
        rows = tally(reading.connection, reading.scope, opened.listing(opened.only))
        known = sum(rows["entries"])
    taxonomy = opened.view.account.taxonomy
    counted = sheet_words.count(known, subject.order)
    return Later(split_of(split, taxonomy), counted, _members(opened))


def _members(opened: Opened) -> tuple[MemberRow, ...]:
    """Who used the workspace that the sheet is about, whatever its filter leaves."""
    reading, subject = opened.reading, opened.subject
    if subject.target.form is not Form.WORKSPACE:
        return ()
    listing = opened.listing(subject.only)
    return member_rows(usage_by_member(reading.connection, reading.scope, listing))


def _kept(opened: Opened) -> str:
    reading, account = opened.reading, opened.view.account
    if account.first_day is None:
        return ""
    first = first_kept(reading.connection, reading.scope, account.first_day)
    day = local_day(first, account.zone) if first else None
    return sheet_words.kept(day, account.first_day, opened.period, opened.view.today)


def _unlisted(subject: Subject) -> str:
    """That the reader does not see all of it."""
    places = subject.places if subject.among is None else subject.among
    hides = any(isinstance(id_, Unnamed) for id_ in places["id"].tolist())
    return sheet_words.unlisted(in_total_alone=subject.split is None) if hides else ""


# --- words and ways -------------------------------------------------------------------------


def _comparison(opened: Opened) -> str:
    subject, today = opened.subject, opened.view.today
    net = subject.amounts.net
    if opened.day is not None:
        return sheet_words.against_usual(net, opened.day, opened.usual)
    return sheet_words.against_previous(net, subject.before, subject.days.previous, today)


def _filters(opened: Opened) -> tuple[Choice, ...]:
    reading, view, spike = opened.reading, opened.view, opened.spike
    spikes = [spike] if spike else []
    causes = find_causes(reading.connection, reading.scope, view, spikes)
    cause = causes.get(spike.day) if spike else None
    return choices(opened.subject, view, cause, opened.chosen)


def _dates(subject: Subject) -> str:
    """The days, where the title does not say them: a calendar month's does."""
    period = subject.days.period
    whole = period.start.day == period.end.day == 1
    if subject.target.form in {Form.DAY, Form.DAYS} or (subject.target.days and whole):
        return ""
    return words.heading(period)


def _step(opened: Opened, by: dt.timedelta) -> str:
    """What the day before or after opens, from the account's first day to today."""
    first = opened.view.account.first_day
    if opened.day is None or first is None:
        return ""
    day = opened.day + by
    return target.day(day).text if first <= day <= opened.view.today else ""
