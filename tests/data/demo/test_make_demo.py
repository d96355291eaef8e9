"""Making the file: the same for the same seed and now, whole or not at all, in a few seconds."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from data.demo import DEFAULT_ACCOUNT, make_demo
from data.errors import UsageError
from tests.conftest import NOW
from tests.data.demo.conftest import SIGNS, Demo, dump, make, read

pytestmark = pytest.mark.slow  # each makes a ledger of its own

PROMISED_SECONDS = 4.0
SMALL = ("blue-finch", "fenwick-studio", "himal-law", "mara-lindqvist", "oakline")
ZONED = ("acme-legal", *SMALL, "meridian")

# A leap day, the hour that New York repeats, the hour that Berlin skips, the first instant of a
# year, the last second of a month in Kathmandu, a billing day of the team account at midnight.
MOMENTS = (
    "2028-02-29T09:00:00.250+00:00",
    "2026-11-01T06:30:00+00:00",
    "2026-03-29T01:00:00+00:00",
    "2026-01-01T00:00:00+00:00",
    "2026-10-30T18:14:59+00:00",
    "2027-02-03T00:00:00+00:00",
)


# --- the same again -------------------------------------------------------------------------


def test_the_same_seed_and_now_give_the_same_rows(demo: Demo, tmp_path: Path) -> None:
    again = tmp_path / "again.sqlite"
    make_demo(again, seed=1, now=NOW)
    assert dump(again) == dump(demo.result.path)


def test_another_seed_gives_other_entries_of_the_same_accounts(demo: Demo, tmp_path: Path) -> None:
    other = make(tmp_path / "other.sqlite", NOW, seed=2, only=("fenwick-studio",))
    ours, theirs = demo.accounts["fenwick-studio"], other.accounts["fenwick-studio"]
    assert ours.entries != theirs.entries
    assert ours.workspaces == theirs.workspaces


def test_leaving_accounts_out_changes_no_other(demo: Demo, tmp_path: Path) -> None:
    few = make(tmp_path / "few.sqlite", NOW, only=("himal-law",))
    assert few.accounts == {"himal-law": demo.accounts["himal-law"]}


def test_it_takes_at_most_five_times_the_seconds_promised(demo: Demo) -> None:
    assert demo.seconds < 5 * PROMISED_SECONDS


def test_the_result_counts_what_was_written(demo: Demo) -> None:
    rows = dump(demo.result.path)
    assert demo.result.entries == len(rows["entries"])
    assert demo.result.workspaces == len(rows["workspaces"])
    assert set(demo.result.accounts) == {row[0] for row in rows["accounts"]}


def test_there_are_enough_entries_to_be_believable(demo: Demo) -> None:
    assert 60_000 <= demo.result.entries <= 150_000


def test_the_default_account_comes_first_by_name(demo: Demo) -> None:
    first = min(demo.accounts, key=lambda account: demo.accounts[account].name)
    assert first == DEFAULT_ACCOUNT == demo.result.default_account


# --- what holds for every account -----------------------------------------------------------


def _require_whole(demo: Demo) -> None:
    """No entry after now, nothing unlisted, refunds as their originals, balances that add up."""
    limit = int(demo.now.timestamp()) * 1_000_000
    for key, account in demo.accounts.items():
        by_id = {entry.id: entry for entry in account.entries}
        assert len(by_id) == len(account.entries), key
        assert max(entry.at for entry in account.entries) <= limit, key
        assert {entry.workspace for entry in account.entries} <= {None, *account.workspaces}, key
        assert {entry.member for entry in account.entries} <= {None, *account.members}, key
        for entry in account.entries:
            assert entry.micro > 0 or entry.kind == "adjustment", entry
            assert (entry.kind == "refund") == (entry.reverses is not None), entry
            if entry.reverses is not None:
                assert entry[4:9] == by_id[entry.reverses][4:9], entry
                assert by_id[entry.reverses].at < entry.at, entry
        assert account.balance in {None, account.moved()}, key


def test_every_account_is_whole(demo: Demo) -> None:
    _require_whole(demo)


def test_no_entry_is_refunded_twice(demo: Demo) -> None:
    for account in demo.accounts.values():
        reversed_ids = [entry.reverses for entry in account.entries if entry.reverses]
        assert len(reversed_ids) == len(set(reversed_ids))


def test_no_balance_ends_a_day_below_zero(demo: Demo) -> None:
    for account in demo.accounts.values():
        left = 0
        for place, entry in enumerate(account.entries):
            left += SIGNS[entry.kind] * entry.micro
            last_of_day = place + 1 == len(account.entries) or (
                account.entries[place + 1].day != entry.day
            )
            assert left >= 0 or not last_of_day, (account.name, entry)


def test_every_kind_of_movement_occurs(demo: Demo) -> None:
    kinds = {entry.kind for entry in demo.accounts[DEFAULT_ACCOUNT].entries}
    assert kinds == set(SIGNS)


def test_amounts_are_tenths_or_hundredths_of_a_credit(demo: Demo) -> None:
    for account in demo.accounts.values():
        assert all(entry.micro % 10_000 == 0 for entry in account.entries)


def test_a_deleted_workspace_has_use_before_and_none_after(demo: Demo) -> None:
    deleted = [
        (account, key, row["deleted_at"])
        for account in demo.accounts.values()
        for key, row in account.workspaces.items()
        if row["deleted_at"] is not None
    ]
    assert len(deleted) == 4
    for account, key, at in deleted:
        used = [e.at for e in account.entries if e.workspace == key and e.kind == "usage"]
        assert used
        assert max(used) < at


def test_sqlite_finds_the_file_sound(demo: Demo) -> None:
    connection = sqlite3.connect(demo.result.path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


@pytest.mark.parametrize("moment", MOMENTS)
def test_it_ends_well_at_awkward_moments(moment: str, tmp_path: Path) -> None:
    """The small accounts, in six zones, made at moments where calendars and clocks break."""
    demo = make(tmp_path / "demo.sqlite", dt.datetime.fromisoformat(moment), only=SMALL)
    _require_whole(demo)
    for account in demo.accounts.values():
        start, last = account.month()
        assert start <= account.today <= last


@pytest.mark.parametrize("moment", [MOMENTS[0], MOMENTS[3]])
def test_the_team_account_always_ends_now(moment: str, tmp_path: Path) -> None:
    now = dt.datetime.fromisoformat(moment)
    demo = make(tmp_path / "demo.sqlite", now, only=(DEFAULT_ACCOUNT,))
    _require_whole(demo)
    account = demo.accounts[DEFAULT_ACCOUNT]
    assert account.entries[-1].at == int(now.timestamp()) * 1_000_000
    assert account.entries[-1].kind == "usage"
    assert len(account.spikes(30)) == 2


# --- the file -------------------------------------------------------------------------------


def _make_small(path: Path, **options: object) -> None:
    make_demo(path, now=NOW, only=("blue-finch",), **options)  # type: ignore[arg-type]


def test_an_interrupted_run_leaves_the_old_ledger_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "demo.sqlite"
    _make_small(path)
    before = path.read_bytes()

    def interrupt(_done: int, _all: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(path, now=NOW, only=("fenwick-studio", "himal-law"), progress=interrupt)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_demo_ledger_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "demo.sqlite"
    _make_small(path)
    make_demo(path, now=NOW, only=("fenwick-studio",))
    assert set(read(path, NOW)) == {"fenwick-studio"}
    assert list(path.parent.iterdir()) == [path]


def test_progress_is_told_account_by_account(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    make_demo(
        tmp_path / "demo.sqlite",
        now=NOW,
        only=("blue-finch", "fenwick-studio"),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(1, 2), (2, 2)]


def test_a_file_that_is_no_demo_ledger_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "real.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE entries (id TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is not a demo ledger") as refused:
        _make_small(path)
    assert refused.value.code == "demo.path"
    assert path.read_bytes() == before


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a directory"):
        _make_small(tmp_path)


def test_a_ledger_that_someone_writes_to_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "demo.sqlite"
    _make_small(path)
    (tmp_path / "demo.sqlite-wal").write_bytes(b"pages")
    with pytest.raises(UsageError, match="open for writing"):
        _make_small(path)


def test_a_now_without_a_zone_is_refused(tmp_path: Path) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="needs a zone"):
        make_demo(tmp_path / "demo.sqlite", now=naive)


def test_an_account_that_is_not_told_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no-such"):
        make_demo(tmp_path / "demo.sqlite", now=NOW, only=("no-such",))
