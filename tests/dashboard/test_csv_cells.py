"""No text of a ledger becomes a formula, and every text can be had back from its cell."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.csv_cells import FORMULA, csv_chunks, original, plain

HOSTILE = ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", " =1", "＝1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_could_be_a_formula_gets_an_apostrophe(text):
    assert f"'{text}" == plain(text)


@pytest.mark.parametrize("text", ["", "Acme", "O'Neil", "'quoted'", "a=b", "3-1"])
def test_any_other_text_stays_as_it_is(text):
    assert text == plain(text)


@given(st.text(alphabet="=+-@' \ta1＝", max_size=6) | st.text())
def test_each_text_can_be_had_back_and_none_begins_a_formula(text):
    cell = plain(text)
    assert text == original(cell)
    assert cell[:1] not in FORMULA


def test_rows_are_read_back_as_they_were_written():
    rows = [["a,b", 'say "x"', "two\nlines", None]] * 1_200
    chunks = list(csv_chunks(rows))
    assert 3 == len(chunks)
    text = b"".join(chunks).decode()
    assert [["a,b", 'say "x"', "two\nlines", ""]] * 1_200 == list(csv.reader(io.StringIO(text)))
