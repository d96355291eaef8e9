"""Each file is read with another library and adds up to the page, to the last micro-credit."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from dashboard.csv_cells import original
from dashboard.exports import BY_PATH, EXPORTS, PANEL_EXPORTS, workbook
from dashboard.exports.workbook import refuse_too_many
from dashboard.panels import PANELS
from data.errors import PreparingError, UsageError
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of

HOSTILE = "=cmd|'/c calc'!A1"
TOTAL = Decimal("98.500001")
COVER = ["Account", "Shows", "Range", "Time zone", "Complete through", "Total credits"]


@pytest.fixture
def hostile():
    """A month of an account with a name to beware of, a refund, and an entry of no workspace."""
    rows = LedgerBuilder()
    rows.account("acme", name="=1+1", anchor_day=3, timezone="Asia/Kathmandu")
    rows.period("2026-11-03", "2026-12-03", 100)
    rows.workspace("w1", HOSTILE)
    rows.workspace("w2", "Drafts", kind="personal", owner="m1")
    rows.use("2026-10-10T09:00Z", 3, workspace="w1")
    used = rows.use("2026-11-05T09:00Z", 100, "enhanced_ocr", workspace="w1")
    rows.refund("2026-11-06T09:00Z", "2.5", of=used)
    rows.use("2026-11-07T09:00Z", "0.000001", "workflow_run", workflow_type="@redaction")
    rows.use("2026-11-22T10:00Z", 1, "+own", workspace="w2")
    rows.account("zeta", name="Zeta")
    rows.use("2026-11-20T09:00Z", 7)
    return rows


@pytest.fixture
def take(page, hostile):
    """Takes a file of Acme as a browser does."""
    client = page(hostile, first_account="acme")
    client.show()

    def ask(path, query="", method="GET"):
        address = f"{client.prefix}/export/{path}?{query}"
        return client.client.open(address, method=method)

    ask.page = client
    return ask


def table(response):
    """Cover lines by name, and the table under them, all as text."""
    text = response.data.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    blank = lines.index([])
    cover = {line[0]: line[1:] for line in lines[:blank]}
    frame = pd.read_csv(
        io.StringIO(text), skiprows=blank, skip_blank_lines=True, dtype=str, keep_default_na=False
    )
    return cover, frame


def added(column):
    return sum(map(Decimal, column))


# --- entries ------------------------------------------------------------------------------------


def test_the_entries_of_the_range_add_up_to_the_page(take):
    assert "99 credits" == total_of(take.page.show())
    response = take("entries.csv")
    cover, frame = table(response)
    assert TOTAL == added(frame["credits"]) == Decimal(cover["Total credits"][0])
    assert ["0"] == cover["Not listed"]
    assert ["2026-11-03", "2026-11-22"] == cover["Range"]
    assert ["Asia/Kathmandu"] == cover["Time zone"]
    assert ["2026-11-22T15:45:00+05:45"] == cover["Complete through"]
    assert ["usage", "refund", "usage", "usage"] == frame["kind"].tolist()
    assert "2026-11-22T15:45:00+05:45" == frame["occurred_at"].iloc[-1]
    name = "credits-entries-2026-11-03_2026-11-22.csv"
    assert f"attachment; filename={name}" == response.headers["Content-Disposition"]
    assert "no-store" == response.headers["Cache-Control"]


def test_a_text_that_looks_like_a_formula_stays_one_and_can_be_had_back(take):
    cover, frame = table(take("entries.csv"))
    assert "'=1+1" == cover["Account"][0]
    assert f"'{HOSTILE}" == frame["workspace"].iloc[0]
    assert HOSTILE == original(frame["workspace"].iloc[0])
    assert ["'@redaction", "'+own"] == [frame["workflow_type"].iloc[2], frame["reason"].iloc[3]]


def test_the_file_of_a_sheet_holds_what_the_sheet_lists(take):
    cover, frame = table(take("entries.csv", "range=7d&open=day:2026-11-06"))
    assert (["Fri 6 Nov 2026"], ["-2.5"]) == (cover["Shows"], cover["Total credits"])
    assert ["-2.5"] == frame["credits"].tolist()
    cover, frame = table(take("entries.csv", "open=workspace:w1&only=reason:enhanced_ocr"))
    assert [f"'{HOSTILE}, Enhanced OCR"] == cover["Shows"]
    assert Decimal("97.5") == added(frame["credits"]) == Decimal(cover["Total credits"][0])


def test_the_account_of_the_address_is_the_one_in_the_file(take):
    cover, frame = table(take("entries.csv", "account=zeta&range=30d"))
    assert (["Zeta", "zeta"], ["7"]) == (cover["Account"], frame["credits"].tolist())


# --- charts -------------------------------------------------------------------------------------


def sums(of):
    """What each panel's numbers of the range add up to."""
    days = [row["credits"] for row in of["daily"] if row["in_range"] in {True, "true", "yes"}]
    parts = ([row["credits"] for row in of[name]] for name in ("reasons", "workspaces", "split"))
    return [added(map(str, numbers)) for numbers in (days, *parts)]


def test_every_chart_adds_up_in_json(take):
    response = take("charts.json")
    found = json.loads(response.data)
    assert [TOTAL] * 4 == sums(found)
    assert (str(TOTAL), "acme", HOSTILE) == (
        found["total"],
        found["account"],
        found["workspaces"][0]["name"],
    )


def test_every_chart_adds_up_in_csv(take):
    cover, frame = table(take("charts.csv"))
    assert COVER == list(cover)
    of = {name: rows.to_dict("records") for name, rows in frame.groupby("section")}
    assert [TOTAL] * 4 == sums(of)
    assert f"'{HOSTILE}" == of["workspaces"][0]["name"]


def test_the_workbook_has_a_cover_and_a_sheet_for_each_panel_with_numbers(take):
    book = openpyxl.load_workbook(io.BytesIO(take("charts.xlsx").data))
    assert ["Cover", *(panel.name for panel in PANELS)] == book.sheetnames
    cover = {row[0]: row[1:] for row in book["Cover"].iter_rows(values_only=True)}
    assert COVER == list(cover)
    assert (float(TOTAL), "=1+1") == (cover["Total credits"][0], cover["Account"][0])
    sheets = {name: _records(book[name]) for name in book.sheetnames[1:]}
    daily, _monthly, *rest = (sheets[panel.name] for panel in sorted(PANELS, key=_order))
    of = dict(zip(("daily", "reasons", "workspaces", "split"), (daily, *rest), strict=True))
    assert [TOTAL] * 4 == sums(of)
    assert dt.datetime(2026, 11, 22) == daily[-1]["day"]  # noqa: DTZ001 - Excel has no zones


def test_the_workbook_holds_no_formula(take):
    book = openpyxl.load_workbook(io.BytesIO(take("charts.xlsx").data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {"s", "n", "d"} == {cell.data_type for cell in cells}
    assert HOSTILE in {cell.value for cell in cells}


def _order(panel):
    return ["daily", "monthly", "reason", "workspace", "team"].index(panel.key)


def _records(sheet):
    head, *rows = sheet.iter_rows(values_only=True)
    names = [name.lower().replace(" ", "_") for name in head]
    records = [dict(zip(names, row, strict=True)) for row in rows]
    for record in records:  # six decimals are exact in a number of Excel
        record["credits"] = Decimal(f"{record['credits']:.6f}").normalize()
    return records


def test_the_file_of_a_panel_is_its_part_of_the_report(take):
    for export in PANEL_EXPORTS:
        cover, frame = table(take(export.path, "range=2026-11-05..2026-11-06"))
        assert ["97.5"] == cover["Total credits"]
        counted = frame[frame["in_range"] == "true"] if "in_range" in frame else frame
        expected = TOTAL if export.path == "monthly.csv" else Decimal("97.5")
        assert expected == added(counted["credits"])


# --- what is refused, and what ends early ---------------------------------------------------------


REFUSED = [
    ("range=soon", 400, "range.text"),
    ("range=2026-11-09..2026-11-01", 400, "range.reversed"),
    ("account=nobody", 404, "account.unknown"),
    ("account=%00", 404, "account.unknown"),
]
OF_A_SHEET = [("open=nothing", 400, "target.text"), ("open=workspace:w9", 404, "sheet.workspace")]


def test_what_cannot_be_had_is_said_in_the_words_of_the_page(take):
    cases = [(path, *refused) for path in BY_PATH for refused in REFUSED]
    for path, query, status, code in [*cases, *(("entries.csv", *one) for one in OF_A_SHEET)]:
        response = take(path, query)
        error = json.loads(response.data)["error"]
        assert (status, code) == (response.status_code, error["code"])
        assert error["sentence"].endswith(".")


def test_only_the_formats_that_there_are_have_an_address(take):
    assert [404, 404] == [take(path).status_code for path in ("entries.pdf", "../charts.csv")]


def test_the_head_alone_says_whether_there_is_a_file_and_holds_nothing(take):
    for _ in range(3):
        with take("entries.csv", method="HEAD") as response:
            assert (200, b"") == (response.status_code, response.data)


def test_a_third_file_at_once_is_told_to_come_again(take):
    client = take.page.client
    address = f"{take.page.prefix}/export/entries.csv"
    under_way = [client.get(address, buffered=False) for _ in range(2)]
    refused = take("charts.csv")
    assert (503, "2") == (refused.status_code, refused.headers["Retry-After"])
    for response in under_way:
        response.close()
    assert 200 == take("charts.csv").status_code


def test_a_file_that_is_exchanged_meanwhile_never_ends_as_a_whole_one(take, tmp_path):
    response = take.page.client.get(f"{take.page.prefix}/export/entries.csv", buffered=False)
    path = tmp_path / "snapshot.sqlite"
    path.write_bytes(path.read_bytes() + bytes(4096))
    with pytest.raises(PreparingError):
        list(response.iter_encoded())


def test_more_rows_than_a_sheet_holds_are_refused_and_never_cut():
    refuse_too_many("Daily usage", workbook.MOST_ROWS - 1)
    with pytest.raises(UsageError, match=r"1,048,575.*CSV") as refused:
        refuse_too_many("Workspace breakdown", workbook.MOST_ROWS)
    assert "export.rows" == refused.value.code


# --- switched off ---------------------------------------------------------------------------------


def test_a_host_that_wants_no_files_has_none(page, hostile):
    client = page(hostile, CREDITS_EXPORTS="off")
    client.show()
    answers = [client.client.get(f"{client.prefix}/export/{path}") for path in BY_PATH]
    assert {404} == {answer.status_code for answer in answers}
    layout = client.client.get(f"{client.prefix}/_dash-layout").text
    assert [] == [one.label for one in (*EXPORTS, *PANEL_EXPORTS) if one.label in layout]
    assert "Print or save as PDF" in layout
