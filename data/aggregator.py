"""The aggregator: takes what changed, account by account, and recomputes the days it touches.

One account is one transaction, any number of aggregators may run, and one that dies anywhere loses
nothing: marks are deleted by the very transaction that stores what they stand for. It only reads
the ledger. Time is handed in.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Engine,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from data import rollup
from data.engine import (
    contended,
    insert_unless_there,
    lost_connection,
    read_transaction,
    write_transaction,
)
from data.metrics import Metrics, Refreshed, Tally
from data.periods import Period, joined
from data.reconcile import Rounds
from data.schema import ROLLUP_VERSION, dirty, rollup_heartbeat, rollup_state
from data.survey import to_build, to_drop, waiting
from data.watermark import lag

log = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]

BEAT_EVERY = dt.timedelta(seconds=10)  # also within a long pass
FORGET_BEAT = dt.timedelta(days=1)
FIRST_RETRY, LAST_RETRY = dt.timedelta(seconds=30), dt.timedelta(hours=1)


# Made once: to put a statement together costs more than to run it.
_own: BindParameter[str] = bindparam("own")
STATE: Select[Any] = select(rollup_state.c.timezone, rollup_state.c.made_by).where(
    rollup_state.c.account_id == _own
)
LOCK, WAIT = STATE.with_for_update(skip_locked=True), STATE.with_for_update()
TAKEN = delete(dirty).where(dirty.c.account_id == _own).returning(dirty.c.at)


# --- one account ----------------------------------------------------------------------------


def refresh(engine: Engine, account_id: str) -> Refreshed | None:
    """Bring one account up to date in one transaction; None while another has it."""
    with write_transaction(engine) as connection:
        # Ours, never the host's row; whoever finds it locked goes on to the next account.
        found = connection.execute(LOCK, {"own": account_id})
        locked = found.one_or_none()
        return bring_up_to_date(connection, account_id, locked) if locked else None


def bring_up_to_date(connection: Connection, account_id: str, locked: Row[Any]) -> Refreshed:
    """Take the marks of the account whose state is `locked`, and recompute what they stand for."""
    marks = _take_marks(connection, account_id)
    # What was committed before the marks were read is seen from here on.
    account = rollup.account_to_roll(connection, account_id)
    if account is None:
        _forget(connection, account_id)
        return Refreshed(len(marks))
    instants = [at for at in marks if not account.is_frozen(at)]
    refused = len(marks) - len(instants)
    if refused:
        log.info("account %s: %d changes of frozen days were refused", account_id, refused)
    if locked != (account.timezone, ROLLUP_VERSION):
        rollup.rebuild(connection, account)
        return Refreshed(len(instants), built=True, refused=refused)
    if instants:
        changed = touched(instants, account)
        for days in changed:
            rollup.recompute(connection, account, days)
        rollup.note_change(connection, account, changed)
    return Refreshed(len(instants), refused=refused)


def rebuild_account(
    engine: Engine, account_id: str, progress: rollup.Progress | None = None
) -> None:
    """Make every day of one account anew, in one transaction that waits for its turn."""
    with taken(engine, account_id) as (connection, _locked):
        _take_marks(connection, account_id)
        account = rollup.account_to_roll(connection, account_id)
        if account is None:
            _forget(connection, account_id)
        else:
            rollup.rebuild(connection, account, progress)


@contextmanager
def taken(engine: Engine, account_id: str) -> Iterator[tuple[Connection, Row[Any]]]:
    """A transaction that has the account to itself, once it is its turn, and the locked state."""
    with write_transaction(engine) as connection:
        locked = connection.execute(WAIT, {"own": account_id}).one_or_none()
        if locked:
            yield connection, locked
            return
    register(engine, [account_id])
    with taken(engine, account_id) as both:
        yield both


def register(engine: Engine, accounts: list[str]) -> None:
    """A row to lock for each account that has none; another aggregator may be first."""
    rows = [{"account_id": account, "version": 0} for account in accounts]
    if rows:
        with write_transaction(engine) as connection:
            connection.execute(insert_unless_there(connection, rollup_state), rows)


def _take_marks(connection: Connection, account_id: str) -> Sequence[dt.datetime]:
    """Delete the account's marks and return their instants."""
    return connection.execute(TAKEN, {"own": account_id}).scalars().all()


def touched(instants: Iterable[dt.datetime], account: rollup.RolledAccount) -> list[Period]:
    """The local days of these instants, neighbours together."""
    return joined(account.day_of(at) for at in instants)


def _forget(connection: Connection, account_id: str) -> None:
    """The ledger lists the account no more: neither does the rollup."""
    rollup.drop_days(connection, account_id)
    connection.execute(delete(rollup_state).where(rollup_state.c.account_id == account_id))


# --- the passes -----------------------------------------------------------------------------


class Aggregator:
    """One process's passes over a ledger; `name` tells its heartbeat from those of others."""

    def __init__(self, engine: Engine, name: str, clock: Clock, stop: Event | None = None) -> None:
        self._engine, self._name, self._clock = engine, name, clock
        self._stop = stop or Event()
        self._rounds = Rounds(engine)
        self.metrics = Metrics()
        self._beaten: dt.datetime | None = None

    def run_once(self) -> Tally:
        """One pass over all that waits; DBAPIError when the database cannot be reached."""
        started, tally = self._clock(), Tally()
        self._beat(started)
        for account_id in self._work(started):
            if self._stop.is_set():
                break
            self._take(account_id, tally)
            if self._beaten and self._clock() - self._beaten >= BEAT_EVERY:
                self._beat(self._clock())
        tally.mended = self._rounds.step(self._clock())
        ended = self._clock()
        with read_transaction(self._engine) as connection:
            tally.lag = lag(connection, ended)
            tally.waiting = connection.execute(select(func.count()).select_from(dirty)).scalar_one()
        tally.took = ended - started
        log.info("%s", tally)
        self.metrics.passed(tally)
        return tally

    def run_forever(self, every: dt.timedelta) -> None:
        """Pass after pass until told to stop, which waits for the account in hand and no longer."""
        while not self._stop.is_set():
            try:
                self.run_once()
            except DBAPIError as error:
                self.metrics.broke()
                if not lost_connection(error) and not contended(error):
                    log.exception("a pass failed; the next one tries again")
            self._stop.wait(every.total_seconds())

    def _work(self, now: dt.datetime) -> list[str]:
        """Accounts with marks, longest waiting first, then those to build or to forget."""
        with read_transaction(self._engine) as connection:
            found = [
                *connection.execute(waiting(now)).all(),
                *connection.execute(to_build(now)).all(),
                *connection.execute(to_drop()).all(),
            ]
        register(self._engine, sorted({row.account_id for row in found if row.known is None}))
        return list(dict.fromkeys(row.account_id for row in found))

    def _take(self, account_id: str, tally: Tally) -> None:
        try:
            done = refresh(self._engine, account_id)
        except Exception as error:
            if isinstance(error, DBAPIError) and contended(error):
                return  # the next pass finds its marks still there
            if isinstance(error, DBAPIError) and lost_connection(error):
                raise
            log.exception("account %s failed and is put back; the others go on", account_id)
            self._put_back(account_id, error)
            tally.failed += 1
        else:
            if done is not None:
                tally.add(done)

    def _put_back(self, account_id: str, error: Exception) -> None:
        """Twice as long after each failure in a row."""
        own = rollup_state.c.account_id == account_id
        with write_transaction(self._engine) as connection:
            query = select(rollup_state.c.failures).where(own)
            failures = connection.execute(query).scalar_one_or_none() or 0
            pause = min(FIRST_RETRY * 2 ** min(failures, 20), LAST_RETRY)
            noted = {"failures": failures + 1, "failure": type(error).__name__}
            retry = update(rollup_state).where(own)
            connection.execute(retry.values(retry_at=self._clock() + pause, **noted))

    def _beat(self, now: dt.datetime) -> None:
        table, self._beaten = rollup_heartbeat.c, now
        with write_transaction(self._engine) as connection:
            own = update(rollup_heartbeat).where(table.aggregator == self._name)
            if not connection.execute(own.values(beat=now)).rowcount:
                row = {"aggregator": self._name, "beat": now}
                connection.execute(insert(rollup_heartbeat), [row])
                old = delete(rollup_heartbeat).where(table.beat < now - FORGET_BEAT)
                connection.execute(old)
        self.metrics.beat(now)
