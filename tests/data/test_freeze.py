"""Frozen days: nothing changes them, and what is kept is exact, whatever the zone becomes."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update

from data import schema
from data.access import snapshot_scope
from data.aggregator import Aggregator, rebuild_account
from data.freeze import freeze
from data.periods import Period
from data.queries import load_account, usage_by_day
from data.reconcile import Rounds
from data.reconciled import load
from data.rollup import account_to_roll
from data.verify import differences, verify
from tests import oracle, strategies
from tests.examples import examples
from tests.ledger_builder import clear
from tests.rolled import counted, stored, weeks

NOW = dt.datetime(2026, 11, 22, 11, 29, tzinfo=dt.UTC)
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
FIRST = dt.date(2026, 6, 1)
MIDNIGHT = dt.datetime(2026, 5, 31, 22, tzinfo=dt.UTC)  # the one in Berlin at which it begins
SCOPE = snapshot_scope("acme")
TIME = schema.entries.c.occurred_at
USE = {"account_id": "acme", "kind": "usage", "reason": "teleport"}


def run(engine, *statements):
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def ask(engine, question, *arguments):
    with engine.connect() as connection:
        return question(connection, *arguments)


def keep_from(engine, account):
    """The first day of an account whose entries are all there; None without frozen days."""
    state = schema.rollup_state.c
    with engine.connect() as connection:
        asked = select(state.keep_from).where(state.account_id == account)
        return connection.execute(asked).scalar_one_or_none()


def catch_up(engine):
    return Aggregator(engine, "test", lambda: NOW).run_once()


def zone_becomes(engine, zone):
    run(engine, update(schema.accounts).where(schema.accounts.c.id == "acme").values(timezone=zone))


def days(engine, *, before=None, since=None):
    """The stored rows of some days, table by table."""
    found = stored(engine).get("acme", {})
    return {
        table: {
            key: amount for key, amount in rows.items()
            if (before is None or key[0] < before) and (since is None or key[0] >= since)
        }
        for table, rows in found.items()
    }  # fmt: skip


@pytest.fixture
def rolled(fed, builder):
    """An account in Berlin with entries around the midnight of the first of June, rolled up."""
    builder.account("acme", timezone="Europe/Berlin")
    for hours in (-3000, -30, -1, 0, 1, 20, 3000):
        builder.use(MIDNIGHT + hours * HOUR, 2 ** (hours % 7), workspace="w1")
        builder.entry(MIDNIGHT + hours * HOUR, 1, "grant")
    builder.save(fed)
    catch_up(fed)
    return fed


@pytest.fixture
def pruned(rolled):
    """The same, its old days frozen and their entries gone."""
    since = freeze(rolled, "acme", FIRST).since
    run(rolled, delete(schema.entries).where(TIME < since))
    return rolled


def test_deleting_the_entries_of_frozen_days_leaves_the_days(rolled):
    before = stored(rolled)
    kept = freeze(rolled, "acme", FIRST)
    assert (FIRST, MIDNIGHT) == (kept.day, kept.since)
    run(rolled, delete(schema.entries).where(TIME < kept.since))
    done = catch_up(rolled)
    assert (6, 0, 0) == (done.refused, done.entries, done.built)
    assert before == stored(rolled)


def test_a_late_entry_of_a_frozen_day_is_refused_and_counted(pruned, caplog):
    catch_up(pruned)
    before = reasons(pruned, "acme")
    late = insert(schema.entries).values(**USE, amount_micro=7)
    edge = MIDNIGHT - dt.timedelta(microseconds=1)
    statements = [
        late.values(id="late", occurred_at=NOW - 300 * DAY),
        late.values(id="edge", occurred_at=edge),
        late.values(id="kept", occurred_at=MIDNIGHT),
    ]
    with caplog.at_level("INFO", "data.aggregator"):
        run(pruned, *statements)
        done = catch_up(pruned)
    assert (2, 1) == (done.refused, done.entries)
    assert "account acme: 2 changes of frozen days were refused" in caplog.messages
    changed = set(reasons(pruned, "acme").items()) - set(before.items())
    assert {(FIRST, "teleport", "")} == {key for key, _amount in changed}
    with pruned.connect() as connection:
        assert 0 == connection.execute(select(func.count()).select_from(schema.dirty)).scalar_one()


def look_again(engine, rounds):
    assert {0} == {Rounds(engine).step(NOW + DAY * number) for number in range(rounds)}


REMAKES = {
    "rebuilding": lambda engine: rebuild_account(engine, "acme"),
    "another zone, west": lambda engine: zone_becomes(engine, "America/New_York"),
    "another zone, east": lambda engine: zone_becomes(engine, "Pacific/Kiritimati"),
    "the second look": lambda engine: look_again(engine, 60),
}


@pytest.mark.parametrize("how", REMAKES)
def test_left_alone_by(pruned, how):
    before, total = days(pruned, before=FIRST), all_time(pruned)
    REMAKES[how](pruned)
    catch_up(pruned)
    assert before == days(pruned, before=FIRST)
    assert total == all_time(pruned)
    assert 0 == verify(pruned).exit_code


def all_time(engine):
    """By table, whatever the days and labels."""
    found = stored(engine)["acme"]
    return {
        table: sum(
            amount if table == "rollup_movements" else amount.net for amount in rows.values()
        )
        for table, rows in found.items()
    }


def test_verify_compares_what_is_kept_and_nothing_before(pruned):
    catch_up(pruned)
    for table in (schema.rollup_by_reason, schema.rollup_by_workspace):
        run(pruned, update(table).values(used_micro=3))
    assert {day >= FIRST for day in (found.day for found in verify(pruned).differences)} == {True}
    assert len({found.day for found in verify(pruned).differences}) == 2


def test_a_frozen_day_is_compared_by_nobody(pruned):
    with pruned.connect() as connection:
        account = account_to_roll(connection, "acme")
        frozen = Period(FIRST - 200 * DAY, FIRST)
        assert [] == list(differences(connection, account, frozen))


def test_pruning_is_not_newer_than_the_charts_nor_a_difference(rolled):
    """Its marks wait for a pass that refuses them; what is kept and waits with them is newer."""
    kept = freeze(rolled, "acme", FIRST)
    run(rolled, delete(schema.entries).where(TIME < kept.since))
    assert 0 == ask(rolled, load, SCOPE).newer_micro
    run(rolled, insert(schema.entries).values(**USE, id="n", occurred_at=MIDNIGHT, amount_micro=7))
    assert 7 == ask(rolled, load, SCOPE).newer_micro
    catch_up(rolled)
    Rounds(rolled).step(NOW + DAY)
    assert ask(rolled, load, SCOPE).matches
    assert all_time(rolled)["rollup_by_reason"] == ask(rolled, load, SCOPE).total_micro


def test_the_page_reads_frozen_days_as_others_and_knows_from_where_entries_are_there(pruned):
    catch_up(pruned)
    account = ask(pruned, load_account, SCOPE)
    first = (MIDNIGHT - 3000 * HOUR).date()
    assert first == account.first_day
    shown = ask(pruned, usage_by_day, SCOPE, Period(first, NOW.date()))
    assert 2 ** (-3000 % 7) * schema.MICRO == shown["net"].iloc[0]
    assert FIRST == keep_from(pruned, "acme")
    assert keep_from(pruned, "bolt") is None


def test_freezing_takes_in_what_waits_first(rolled):
    run(rolled, update(schema.entries).values(amount_micro=9))
    kept = freeze(rolled, "acme", FIRST)
    assert counted(rolled) == stored(rolled)
    run(rolled, delete(schema.entries).where(TIME < kept.since))
    assert 9 * 7 == all_time(rolled)["rollup_by_reason"]


def test_a_frozen_day_never_thaws_and_more_can_be_frozen(rolled):
    first = freeze(rolled, "acme", FIRST)
    assert first == freeze(rolled, "acme", FIRST - DAY)
    zone_becomes(rolled, "Pacific/Kiritimati")
    assert first == freeze(rolled, "acme", FIRST)
    tomorrow = freeze(rolled, "acme", FIRST + DAY)
    assert FIRST + DAY == tomorrow.day
    assert first.since < tomorrow.since == dt.datetime(2026, 6, 1, 10, tzinfo=dt.UTC)


def test_what_was_kept_is_never_kept_from_an_earlier_instant(rolled):
    """From the far west to the far east, the next day begins an hour before this one did."""
    zone_becomes(rolled, "Pacific/Pago_Pago")
    first = freeze(rolled, "acme", FIRST)
    zone_becomes(rolled, "Pacific/Kiritimati")
    second = freeze(rolled, "acme", FIRST + DAY)
    assert (FIRST + DAY, first.since) == (second.day, second.since)
    catch_up(rolled)
    assert 0 == verify(rolled).exit_code


def test_an_account_that_is_not_listed_cannot_be_frozen_and_one_that_goes_takes_all(pruned):
    assert freeze(pruned, "nobody", FIRST) is None
    run(pruned, delete(schema.accounts))
    catch_up(pruned)
    assert {} == stored(pruned)


# --- whatever happens ----------------------------------------------------------------------------


@given(
    strategies.ledgers(),
    st.integers(-3, 3),
    st.sampled_from(sorted(strategies.HARD_DAYS)),
    st.data(),
)
@examples(15)
def test_pruning_late_entries_and_another_zone_lose_and_double_nothing(fed, made, step, zone, data):
    """Frozen days stay to the row; what is kept sums up as an independent count says, each entry

    on its local day or, where that is frozen, on the first that is not.
    """
    clear(fed)
    made.rows.save(fed)
    catch_up(fed)
    account, focus = next(iter(made.focus.items()))
    kept = freeze(fed, account, focus + DAY * step)
    own = schema.entries.c.account_id == account
    frozen = frozen_rows(fed, account, kept.day)
    run(fed, delete(schema.entries).where(own, TIME < kept.since))
    old_zone = next(row["timezone"] for row in made.rows.accounts if row["id"] == account)
    near = strategies.instants_near(data.draw(st.sampled_from([zone, old_zone])), kept.day)
    for number, at in enumerate(data.draw(st.lists(near, max_size=8))):
        late = {"id": f"late{number}", "occurred_at": at, "amount_micro": 1 + number}
        run(fed, insert(schema.entries).values(**(USE | {"account_id": account} | late)))
    if data.draw(st.booleans()):
        catch_up(fed)
    run(fed, update(schema.accounts).where(schema.accounts.c.id == account).values(timezone=zone))
    catch_up(fed)
    assert frozen == frozen_rows(fed, account, kept.day)
    assert kept_rows(fed, account, zone, kept) == {
        key: amount for key, amount in reasons(fed, account).items() if key[0] >= kept.day
    }
    assert 0 == verify(fed).exit_code
    found = stored(fed).get(account, {})
    assert weeks(found.get("rollup_by_workspace", {})) == found.get("rollup_weeks", {})


def reasons(engine, account):
    return stored(engine).get(account, {}).get("rollup_by_reason", {})


def frozen_rows(engine, account, first):
    return {
        (table, key): amount
        for table, rows in stored(engine).get(account, {}).items()
        for key, amount in rows.items()
        if key[0] < first and table != "rollup_weeks"
    }


def kept_rows(engine, account, zone, kept):
    """The entries that count, summed one by one."""
    with engine.connect() as connection:
        rows = connection.execute(select(schema.entries)).all()
    found = {}
    for row in rows:
        if row.account_id != account or row.kind not in schema.CONSUMPTION:
            continue
        if row.occurred_at < kept.since:
            continue
        day = max(row.occurred_at.astimezone(ZoneInfo(zone)).date(), kept.day)
        key = (day, row.reason, row.workflow_type or "")
        used, refunded = found.get(key, (0, 0))
        found[key] = oracle.Amount(
            used + row.amount_micro * (row.kind == "usage"),
            refunded + row.amount_micro * (row.kind == "refund"),
        )
    return found
