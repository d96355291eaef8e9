"""The project's own CSV: what it takes, what it makes of it, and every way to refuse it."""

from __future__ import annotations

import datetime as dt
import gzip
import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.column_types import to_micros
from data.errors import UsageError
from data.importers import import_files

HEADER = "occurred_at,account,workspace,workspace_kind,member,kind,reason,workflow_type,credits"
SHORT = "occurred_at,account,reason,credits"
ENTRIES = """SELECT account_id, occurred_at, kind, reason, workflow_type, workspace_id, member_id,
    amount_micro, reverses_id FROM entries ORDER BY account_id, id"""
NOON = to_micros(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC))


def refused(take, *lines, **options):
    """The sentence with which these lines are refused."""
    with pytest.raises(UsageError) as caught:
        take(*lines, **options)
    return caught.value.sentence


# --- what it takes --------------------------------------------------------------------------


def test_every_column_of_a_row_stands_in_its_place(take, rows):
    take(
        HEADER,
        "2026-11-22T12:00:00Z,acme,legal,team,ann,usage,workflow_run,contract_review,12.5",
        "2026-11-22T12:00:01Z,acme,ann's,personal,ann,refund,premium_chat,,0.000001",
    )
    assert rows(ENTRIES) == [
        (
            "acme",
            NOON,
            "usage",
            "workflow_run",
            "contract_review",
            "legal",
            "ann",
            12_500_000,
            None,
        ),
        ("acme", NOON + 10**6, "refund", "premium_chat", None, "ann's", "ann", 1, None),
    ]
    assert rows("SELECT * FROM accounts") == [("acme", "acme", None, "UTC", 1, None)]
    assert rows(
        "SELECT account_id, id, name, kind, owner_member_id FROM workspaces ORDER BY id"
    ) == [
        ("acme", "ann's", "ann's", "personal", None),
        ("acme", "legal", "legal", "team", None),
    ]
    assert rows("SELECT * FROM members") == [("acme", "ann", "ann")]
    assert rows("SELECT * FROM reasons") == []


def test_four_columns_are_enough_in_any_order(take, rows):
    take("credits,reason,account,occurred_at", "3,premium_chat,acme,2026-11-22 12:00")
    assert rows(ENTRIES) == [
        ("acme", NOON, "usage", "premium_chat", None, None, None, 3_000_000, None)
    ]


def test_without_a_kind_a_negative_amount_is_a_refund(take, rows):
    take(SHORT, "2026-11-22,acme,premium_chat,-2.5", "2026-11-22,acme,premium_chat,-0")
    assert rows("SELECT kind, amount_micro FROM entries ORDER BY id") == [
        ("refund", 2_500_000),
        ("usage", 0),
    ]


def test_without_a_workspace_kind_a_workspace_is_a_team(take, rows):
    take(
        "occurred_at,account,reason,credits,workspace,workspace_kind",
        "2026-11-22,acme,premium_chat,1,legal,",
        "2026-11-22,acme,premium_chat,1,own,",
        "2026-11-22,acme,premium_chat,1,own,personal",
    )
    assert rows("SELECT id, kind FROM workspaces ORDER BY id") == [
        ("legal", "team"),
        ("own", "personal"),
    ]


@pytest.mark.parametrize("kind", ["grant", "purchase", "expiry", "adjustment"])
def test_what_is_no_consumption_needs_no_reason(take, rows, kind):
    take(f"{SHORT},kind", f"2026-11-22,acme,,5,{kind}")
    assert rows("SELECT kind, reason FROM entries") == [(kind, None)]


def test_an_adjustment_may_be_negative(take, rows):
    result = take(f"{SHORT},kind", "2026-11-22,acme,,-5,adjustment")
    assert rows("SELECT kind, amount_micro FROM entries") == [("adjustment", -5_000_000)]
    assert result.accounts[0].moved_micro == -5_000_000
    assert result.accounts[0].consumed_micro == 0


def test_white_space_around_values_is_no_part_of_them(take, rows):
    take(" occurred_at , account,reason,credits", " 2026-11-22 , acme , premium_chat , 1 ")
    assert rows("SELECT account_id, reason FROM entries") == [("acme", "premium_chat")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_line_endings_a_byte_order_mark_and_gzip_change_nothing(
    db, write, rows, ending, mark, pack
):
    text = mark + ending.join([SHORT, "2026-11-22,ßé,premium_chat,1", "", "2026-11-22,ßé,x,2"])
    import_files([write("usage.csv", pack(text.encode()))], str(db))
    assert rows("SELECT account_id, amount_micro FROM entries") == [
        ("ßé", 1_000_000),
        ("ßé", 2_000_000),
    ]


def test_quoted_cells_hold_commas_quotes_and_any_script(take, rows):
    take(
        "occurred_at,account,reason,credits,workspace",
        '2026-11-22,acme,"a ""b"", c",1,"東京, Büro"',
    )
    assert rows("SELECT reason, workspace_id FROM entries") == [('a "b", c', "東京, Büro")]


def test_several_files_make_one_import(db, write, rows):
    paths = [
        write("a.csv", f"{SHORT}\n2026-11-22,acme,premium_chat,1\n"),
        write("b.csv", f"credits,{SHORT[:-8]}\n2,2026-11-23,acme,premium_chat\n"),
    ]
    result = import_files(paths, str(db))
    assert (result.files, result.rows, result.entries) == (2, 2, 2)
    assert rows("SELECT sum(amount_micro) FROM entries") == [(3_000_000,)]


def test_a_header_alone_is_an_empty_import(take, rows):
    result = take(SHORT)
    assert (result.rows, result.entries, result.accounts) == (0, 0, ())
    assert rows("SELECT count(*) FROM entries") == [(0,)]


def test_ids_come_from_content_and_row_alone(take, rows, db):
    lines = (SHORT, "2026-11-22,acme,premium_chat,1", "2026-11-22,acme,premium_chat,1")
    take(*lines, name="a.csv")
    first = rows("SELECT id FROM entries ORDER BY id")
    db.unlink()
    take(*lines, name="b.csv")
    assert first == rows("SELECT id FROM entries ORDER BY id")
    assert len(set(first)) == 2


@given(
    st.lists(
        st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False), min_size=1
    )
)
def test_any_decimals_add_up_to_their_exact_sum(tmp_path, amounts):
    path, db = tmp_path / "usage.csv", tmp_path / "ledger.sqlite"
    db.unlink(missing_ok=True)
    lines = (f"2026-11-22,acme,premium_chat,{amount}" for amount in amounts)
    path.write_text("\n".join([SHORT, *lines]), encoding="utf-8")
    (acme,) = import_files([path], str(db)).accounts
    assert Decimal(acme.consumed_micro) / 10**6 == sum(amounts)
    with closing(sqlite3.connect(db)) as connection:
        stored = connection.execute("SELECT kind, amount_micro FROM entries ORDER BY id")
        signed = [micro if kind == "usage" else -micro for kind, micro in stored]
    assert [Decimal(micro) / 10**6 for micro in signed] == amounts


# --- what it refuses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2026-11-22,acme,premium_chat,NaN", "column credits, value 'NaN': not a decimal number"),
        ("2026-11-22,acme,premium_chat,inf", "column credits, value 'inf'"),
        ("2026-11-22,acme,premium_chat,1e400", "column credits, value '1e400': an exponent"),
        ("2026-11-22,acme,premium_chat,0.1234567", "value '0.1234567': more than 6 decimals"),
        ("2026-11-22,acme,premium_chat,1e10", "more than 1,000,000,000 credits in one entry"),
        ("2026-11-22,acme,premium_chat,", "column credits, value '': empty"),
        (
            "2026-11-22,acme,,1",
            "column reason, value '': empty; a row of kind usage needs a reason",
        ),
        ("2026-11-22,acme,,-1", "a row of kind refund needs a reason"),
        ("2026-11-22,,premium_chat,1", "column account, value '': empty"),
        (",acme,premium_chat,1", "column occurred_at, value '': empty"),
        ("yesterday,acme,premium_chat,1", "column occurred_at, value 'yesterday': not a stamp"),
        ("2026-02-30,acme,premium_chat,1", "column occurred_at, value '2026-02-30'"),
        ("1969-12-31,acme,premium_chat,1", "outside the years 1970 to 9998"),
        ("2026-11-22,acme,premium_chat", "3 values where the header has 4"),
        ("2026-11-22,acme,premium_chat,1,5", "5 values where the header has 4"),
        ('2026-11-22,"a\tb",premium_chat,1', "column account, value 'a\\tb': a control character"),
    ],
)
def test_a_bad_row_is_named_by_file_line_column_value_and_reason(take, db, row, words):
    good = "2026-11-22,acme,premium_chat,1"
    sentence = refused(take, SHORT, good, good, row, good)
    assert sentence.startswith("usage.csv, line 4, ")
    assert words in sentence
    assert sentence.endswith("Nothing was imported")
    assert not db.exists()


def test_the_line_is_that_of_the_file_whatever_stands_above(take):
    sentence = refused(
        take,
        "occurred_at,account,reason,credits",
        "",
        '2026-11-22,acme,"two\r\nlines",1'.replace("\r\n", " "),
        "",
        "2026-11-22,acme,x,?",
    )
    assert sentence.startswith("usage.csv, line 5, column credits, value '?'")


def test_a_bad_row_far_down_is_named_too(take):
    good = "2026-11-22,acme,premium_chat,1"
    sentence = refused(take, SHORT, *[good] * 5_000, "2026-11-22,acme,premium_chat,1.x")
    assert sentence.startswith("usage.csv, line 5002, column credits, value '1.x'")


def test_the_first_bad_row_is_named_whatever_its_column(take):
    """Columns are converted one after the other, but a reader mends a file from the top."""
    sentence = refused(take, SHORT, "2026-11-22,acme,premium_chat,x", "never,acme,premium_chat,1")
    assert sentence.startswith("usage.csv, line 2, column credits")


@pytest.mark.parametrize("kind", ["usage", "refund", "grant", "purchase", "expiry"])
def test_an_explicit_kind_gives_the_direction_so_a_negative_amount_is_refused(take, kind):
    sentence = refused(take, f"{SHORT},kind", f"2026-11-22,acme,premium_chat,-5,{kind}")
    words = f"value '-5': -5 credits, but the amount of a {kind} is not negative"
    assert f"line 2, column credits, {words}" in sentence


def test_an_unknown_kind_is_refused(take):
    sentence = refused(take, f"{SHORT},kind", "2026-11-22,acme,premium_chat,5,bonus")
    assert "column kind, value 'bonus': not one of usage, refund, grant" in sentence


def test_an_unknown_workspace_kind_is_refused(take):
    sentence = refused(
        take, f"{SHORT},workspace,workspace_kind", "2026-11-22,acme,premium_chat,5,w,shared"
    )
    assert "column workspace_kind, value 'shared': neither team nor personal" in sentence


def test_two_kinds_of_one_workspace_are_refused_at_the_second(take):
    sentence = refused(
        take,
        f"{SHORT},workspace,workspace_kind",
        "2026-11-22,acme,premium_chat,5,w,team",
        "2026-11-22,other,premium_chat,5,w,personal",
        "2026-11-22,acme,premium_chat,5,w,personal",
    )
    assert "line 4, column workspace_kind, value 'personal': workspace 'w' is team" in sentence


def test_another_kind_than_the_ledgers_is_refused(take):
    header = f"{SHORT},workspace,workspace_kind"
    take(header, "2026-11-22,acme,premium_chat,5,w,team")
    sentence = refused(take, header, "2026-11-23,acme,premium_chat,5,w,personal")
    assert (
        "line 2, column workspace_kind, value 'personal': workspace 'w' is team in the" in sentence
    )


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([""], "names columns"),
        (["occurred_at,account,credits"], "there is no column 'reason'; the header has"),
        (["a,b,c"], "the column 'a' is not one of occurred_at, account, reason, credits"),
        ([f"{SHORT},credits"], "the column 'credits' stands twice"),
        (["occurred_at;account;reason;credits"], "needs --map"),
        (["2026-11-22,acme,premium_chat,1"], "needs --map"),
    ],
)
def test_a_header_that_is_not_the_projects_own_is_refused(take, db, lines, words):
    assert words in refused(take, *lines)
    assert not db.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "is empty: the first line names columns"),
        ("cut.csv.gz", gzip.compress(b"occurred_at,account\n" * 99, mtime=0)[:-12], "damaged gzip"),
        ("bad.csv.gz", b"\x1f\x8b" + b"x" * 50, "damaged gzip"),
        ("plain.csv.gz", b"occurred_at,account,reason,credits\n", "is named .gz but is not gzip"),
        ("archive.csv", b"PK\x03\x04rest", "is a zip archive"),
        (
            "latin.csv",
            SHORT.encode() + b"\n2026-11-22,caf\xe9,x,1\n",
            "latin.csv, line 2: not UTF-8",
        ),
        ("wide.csv", SHORT.encode("utf-16"), "wide.csv, line 1: not UTF-8"),
        ("half.csv", SHORT.encode() + b"\n\xc3", "half.csv, line 2: not UTF-8"),
        ("open.csv", SHORT.encode() + b'\n2026-11-22,"acme,x,1\n', "line 2: not CSV"),
        ("huge.csv", SHORT.encode() + b"\n2026-11-22," + b"a" * 200_000 + b",x,1\n", "not CSV"),
    ],
)
def test_a_file_that_is_no_csv_is_refused(db, write, name, content, words):
    with pytest.raises(UsageError) as caught:
        import_files([write(name, content)], str(db))
    assert words in caught.value.sentence
    assert "\n" not in caught.value.sentence
    assert not db.exists()


def test_a_missing_file_is_refused(db, tmp_path):
    with pytest.raises(UsageError, match="There is no file"):
        import_files([tmp_path / "none.csv"], str(db))
    assert not db.exists()


def test_a_folder_is_refused(db, tmp_path):
    with pytest.raises(UsageError, match="is not a file"):
        import_files([tmp_path], str(db))
    assert not db.exists()
