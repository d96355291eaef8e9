"""Decimals become micro-credits exactly, or are refused; Python's Decimal is the oracle."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importers.amounts import AmountRule, credits_text, exact
from data.importers.cells import BadCellError

CREDITS = AmountRule("column", ("credits",))
DECIMAL_ROUNDING = {
    "half-even": ROUND_HALF_EVEN,
    "half-up": ROUND_HALF_UP,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}
amounts = st.decimals(
    min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=6
)
factors = st.decimals(
    min_value=-(10**4), max_value=10**4, allow_nan=False, allow_infinity=False, places=3
)


def value(number):
    mantissa, exponent = number
    with localcontext() as context:
        context.prec = 100
        return Decimal(mantissa).scaleb(exponent)


@given(amounts)
def test_a_decimal_of_six_places_comes_back_exactly(amount):
    micro = CREDITS.micro((str(amount),))
    assert Decimal(micro) / 10**6 == amount
    assert Decimal(credits_text(micro).replace(",", "")) == amount


@given(st.from_regex(r"[+-]?(\d{1,20}(\.\d{0,10})?|\.\d{1,10})([eE][+-]?\d)?", fullmatch=True))
def test_every_written_decimal_is_read_as_decimal_reads_it(text):
    if text.isascii():
        assert value(exact(text)) == Decimal(text)


@given(factors, factors)
def test_a_product_of_three_decimals_each_is_exact(first, second):
    rule = AmountRule("product", ("a", "b"))
    assert Decimal(rule.micro((str(first), str(second)))) == first * second * 10**6


@given(factors, factors)
def test_a_sum_times_a_factor_is_exact(first, second):
    rule = AmountRule("sum", ("a", "b"), factor=exact("0.001"))
    assert Decimal(rule.micro((str(first), str(second)))) == (first + second) * 1000


@given(
    st.decimals(min_value=-1000, max_value=1000, places=9),
    st.sampled_from(sorted(DECIMAL_ROUNDING)),
    st.integers(0, 6),
)
def test_rounding_is_what_decimal_rounds_to(amount, rounding, decimals):
    rule = AmountRule("column", ("credits",), decimals=decimals, rounding=rounding)
    expected = amount.quantize(Decimal(1).scaleb(-decimals), rounding=DECIMAL_ROUNDING[rounding])
    assert Decimal(rule.micro((str(amount),))) == expected * 10**6


@pytest.mark.parametrize("text", ["0.0000001", "1.1234567", "1e-7"])
def test_more_than_six_decimals_are_refused_without_a_rounding(text):
    with pytest.raises(BadCellError, match="more than 6 decimals"):
        CREDITS.micro((text,))


def test_trailing_zeros_are_not_decimals():
    assert CREDITS.micro(("0.10000000000",)) == 100_000


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ".", "-", "+-1", "--1", "1.2.3", "1,5", "1_000", "1 000", "1e", "e5", "0x10"),
        *("NaN", "nan", "inf", "-Infinity", "sNaN", "１２"),
        *("1e400", "1e-400", "1e999999999", "9" * 61, "-" + "9" * 60),
    ],
)
def test_what_is_no_plain_decimal_is_refused(text):
    with pytest.raises(BadCellError):
        CREDITS.micro((text,))


@pytest.mark.parametrize("text", ["1000000000.000001", "-1000000001", "1e10"])
def test_more_than_a_billion_credits_in_one_entry_are_refused(text):
    with pytest.raises(BadCellError, match="more than 1,000,000,000 credits"):
        CREDITS.micro((text,))


def test_a_billion_credits_are_taken():
    assert CREDITS.micro(("1e9",)) == 10**15


@pytest.mark.parametrize(("rate", "requests"), [("1.3133333333333332", 788), ("0.075", 45)])
def test_a_rate_within_reach_of_a_whole_number_is_rounded_to_it(rate, requests):
    rule = whole_requests("0.000001")
    assert rule.micro((rate,)) == requests * 10**6


def test_rounding_that_moves_an_amount_further_than_within_is_refused():
    with pytest.raises(BadCellError, match="within"):
        whole_requests("0.000001").micro(("1.3133",))  # 787.98 requests


def test_within_counts_the_distance_on_both_sides():
    """787.98 is 0.02 from 788, and 788.02 is as far."""
    rule = whole_requests("0.02")
    assert rule.micro(("1.3133",)) == 788 * 10**6
    with pytest.raises(BadCellError):
        whole_requests("0.019").micro(("1.3133",))
    with pytest.raises(BadCellError):
        AmountRule("column", ("r",), decimals=0, rounding="half-even", within=exact("0.019")).micro(
            ("788.02",)
        )


def whole_requests(within):
    return AmountRule(
        "column",
        ("rate",),
        factor=exact("600"),
        decimals=0,
        rounding="half-even",
        within=exact(within),
    )


@pytest.mark.parametrize(
    ("micro", "text"),
    [(0, "0"), (1, "0.000001"), (-1_500_000, "-1.5"), (4_155_604_053_000, "4,155,604.053")],
)
def test_credits_are_printed_exactly_and_without_trailing_zeros(micro, text):
    assert text == credits_text(micro)
