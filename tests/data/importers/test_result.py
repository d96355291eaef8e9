"""What an import says of itself: the same numbers as the ledger, in plain lines."""

from __future__ import annotations

import io

from data.importers import describe, import_files, progress_bar

HEADER = "occurred_at,account,workspace,member,kind,reason,credits"
ROWS = (
    "2026-11-20T23:59:59Z,acme,legal,ann,usage,premium_chat,1200.25",
    "2026-11-22,acme,legal,ann,refund,premium_chat,200.5",
    "2026-10-01,acme,,,grant,,5000",
    "2026-11-01,beta,,,expiry,,7",
)


def test_the_totals_are_those_of_the_ledger(take, rows):
    result = take(HEADER, *ROWS)
    acme, beta = result.accounts
    assert (acme.used_micro, acme.refunded_micro, acme.moved_micro) == (
        1_200_250_000,
        200_500_000,
        5_000_000_000,
    )
    assert (acme.first.isoformat(), acme.last.isoformat()) == (
        "2026-10-01T00:00:00+00:00",
        "2026-11-22T00:00:00+00:00",
    )
    assert (beta.entries, beta.consumed_micro, beta.moved_micro) == (1, 0, -7_000_000)
    assert rows("SELECT count(*) FROM entries") == [(result.entries,)]


def test_the_result_is_told_in_lines(take, db):
    first, *lines = describe(take(HEADER, *ROWS)).splitlines()
    amounts = "999.75 credits consumed (1,200.25 used - 200.5 refunded)"
    assert first.startswith(
        f"4 entries written to {db} from 4 rows in 1 file (the project's own CSV)"
    )
    assert lines == [
        f"  acme: 3 entries, {amounts}, 5,000 moved, 2026-10-01 to 2026-11-22 UTC",
        "  beta: 1 entry, 0 credits consumed, -7 moved, 2026-11-01 to 2026-11-01 UTC",
        "  made: 2 accounts, 1 workspace, 1 member",
    ]


def test_progress_counts_rows_up_to_their_number(take):
    seen = []
    take(HEADER, *ROWS * 600, progress=lambda done, expected: seen.append((done, expected)))
    assert seen == [(1_000, 2_400), (2_000, 2_400), (2_400, 2_400)]


def test_progress_never_passes_its_end_where_lines_end_in_cr_alone(db, write):
    seen = []
    path = write("usage.csv", "\r".join([HEADER, *ROWS]))
    import_files([path], str(db), progress=lambda *counts: seen.append(counts))
    assert seen == [(4, 4)]


def test_the_span_is_that_of_all_batches(take):
    first, last = "2026-10-01,acme,,,grant,,5", "2026-11-22,acme,,,grant,,5"
    between = ["2026-10-20,acme,,,grant,,5"] * 1_500
    for name, lines in (("up.csv", (first, *between, last)), ("down.csv", (last, *between, first))):
        (acme,) = take(HEADER, *lines, name=name).accounts
        assert (f"{acme.first:%m-%d}", f"{acme.last:%m-%d}") == ("10-01", "11-22")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_is_drawn_on_a_terminal_only():
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        with progress_bar(stream) as progress:
            progress(1_000, 2_000)
    assert "rows/s" in terminal.getvalue()
    assert file.getvalue() == ""
