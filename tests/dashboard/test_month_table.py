"""The monthly table says each bar with its dates, its allowance and what lies above it."""

from __future__ import annotations

import datetime as dt

from dashboard import words
from dashboard.panels.monthly_usage import PANEL
from tests.dashboard.built_frames import (
    NONE,
    UNKNOWN,
    account,
    micros,
    monthly,
    monthly_frame,
    number,
    steady,
    trace,
    view,
    with_days,
)

AGAINST = ["Allowance", "Of allowance", "Over"]


def table(of=None, nets=steady):
    of = of or view()
    return PANEL.table(monthly_frame(of, nets), of)


def heads(made):
    return [column.name for column in made.columns]


def test_a_row_for_each_bar_in_the_order_of_the_chart():
    made = table()
    assert ["Billing month", "Credits", *AGAINST, "Likely"] == heads(made)
    assert "December 2025" == made.rows[0].cells[0]
    assert "3 Dec 2025 – 2 Jan 2026" == made.rows[0].detail
    assert 12 == len(made.rows)


def test_amounts_are_those_of_the_bars():
    of = view()
    drawing = monthly(of)
    within = micros(trace(drawing, "Credits")["y"])
    over = dict.fromkeys(trace(drawing, "Credits")["x"], 0)
    for part in drawing.figure["data"]:
        if part["name"] == "Over the allowance":
            over |= dict(zip(part["x"], micros(part["y"]), strict=True))
    drawn = [net + above for net, above in zip(within, over.values(), strict=True)]
    made = table(of)
    assert [words.credits(net) for net in drawn] == [row.cells[1] for row in made.rows]
    assert [words.credits(above) for above in over.values()] == [r.cells[4] for r in made.rows]


def test_the_running_month_says_so_and_where_it_is_heading():
    last = table().rows[-1]
    found = monthly_frame(view())["projection"].tolist()[-1]
    assert "November 2026, so far" == last.cells[0]
    assert f"3 Nov – 2 Dec 2026 · {words.credits(found.amount)} projected" == last.detail
    assert words.between(found.likely.low, found.likely.high) == last.cells[5]


def test_only_the_running_month_says_where_it_is_likely_to_end():
    made = table()
    assert {"–"} == {row.cells[5] for row in made.rows[:-1]}
    assert "" == made.total.cells[5]


def test_without_an_interval_there_is_no_column_for_it():
    young = account(first_day=dt.date(2026, 11, 3))
    assert "Likely" not in heads(table(view(of=young)))
    assert "projected" in table(view(of=young)).rows[-1].detail
    assert "Likely" not in heads(table(view("2025-03-10..2025-03-16")))


def test_the_first_days_of_a_month_project_nothing():
    of = view(today=dt.date(2026, 11, 4))
    assert "3 Nov – 2 Dec 2026" == table(of).rows[-1].detail


def test_a_month_over_its_allowance_says_by_how_much():
    made = table(view(of=account(lambda _: number(10_000))))
    october = made.rows[-2].cells
    used = sum(steady(dt.date(2026, 10, 3) + dt.timedelta(days=n)) for n in range(31))
    assert "10,000" == october[2]
    assert words.share(used, 10_000_000_000) == october[3]
    assert words.credits(used - 10_000_000_000) == october[4]


def test_an_allowance_of_none_unknown_and_zero():
    def allowance_of(start):
        return {9: NONE, 10: UNKNOWN, 11: number(0)}.get(start.month, number(15_000))

    none, unknown, zero = table(view(of=account(allowance_of))).rows[-3:]
    assert ("None", "–", "–") == none.cells[2:5]
    assert ("Unknown", "–", "–") == unknown.cells[2:5]
    assert ("0", "–", zero.cells[1]) == zero.cells[2:5]


def test_the_total_is_the_sum_of_the_months_and_of_what_lies_above():
    of = view(of=account(lambda _: number(10_000)))
    made = table(of)
    frame = monthly_frame(of)
    over = sum(max(net - 10_000_000_000, 0) for net in frame["net"].tolist())
    total = ("Total", words.credits(sum(frame["net"].tolist())), "", "", words.credits(over), "")
    assert total == made.total.cells


def test_without_any_allowance_the_total_is_over_nothing():
    assert "–" == table(view(of=account(lambda _: UNKNOWN))).total.cells[4]


def test_refunds_bring_their_columns_and_a_month_below_zero():
    day = dt.date(2026, 10, 10)
    nets = with_days({day: -120}, lambda _: 0)
    made = table(nets=nets)
    assert ["Billing month", "Net credits", *AGAINST, "Likely", "Used", "Refunded"] == heads(made)
    assert ("−120", "20,000", "–", "0", "–", "0", "120") == made.rows[-2].cells[1:]


def test_the_caption_is_the_answer_and_the_months():
    drawn = monthly(view())
    assert f"{drawn.answer} {drawn.dates}." == table().caption
