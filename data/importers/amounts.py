"""Exact decimals to whole micro-credits; there is no float in here, and no silent rounding.

A number is a pair (mantissa, exponent) of integers, worth mantissa × 10 ** exponent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Literal

from data.importers.cells import BadCellError, Cells, Cleaning, Remembered
from data.schema import MAX_ENTRY_MICRO, MICRO

Exact = tuple[int, int]
Combination = Literal["column", "product", "sum"]
Rounding = Literal["half-even", "half-up", "down", "up"]
ROUNDINGS: tuple[Rounding, ...] = ("half-even", "half-up", "down", "up")

MICRO_DECIMALS = 6
ONE: Exact = (1, 0)
NUMBER = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?", re.ASCII)
LONGEST = 60  # characters of a number: no amount needs more, and none may cost time


def exact(text: str) -> Exact:
    """The number that `text` is, exactly; ValueError says in words why it is none."""
    whole, _, fraction = text.partition(".")
    digits = whole + fraction
    if digits.isdigit() and digits.isascii() and len(digits) <= LONGEST:
        return int(digits), -len(fraction)  # as most are written: no sign, no exponent
    match = NUMBER.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise ValueError("not a decimal number")
    if len(text) > LONGEST:
        raise ValueError(f"a number of more than {LONGEST} characters")
    sign, whole, fraction, power = match[1], match[2], match[3] or "", int(match[4] or 0)
    if abs(power) > LONGEST:
        raise ValueError("an exponent out of bounds")
    return int(f"{sign}{whole}{fraction}"), power - len(fraction)


def product(first: Exact, second: Exact) -> Exact:
    """The product of both."""
    return first[0] * second[0], first[1] + second[1]


def total(first: Exact, second: Exact) -> Exact:
    """The sum of both."""
    low = min(first[1], second[1])
    return (
        first[0] * 10 ** (first[1] - low) + second[0] * 10 ** (second[1] - low),
        low,
    )


def scaled(number: Exact, decimals: int) -> tuple[int, int, int]:
    """The number in units of 10 ** -decimals: whole units, what is left, and of how much."""
    shift = number[1] + decimals
    if shift >= 0:
        return number[0] * 10**shift, 0, 1
    unit: int = 10**-shift
    whole, left = divmod(number[0], unit)
    return whole, left, unit


def rounded(whole: int, left: int, unit: int, rounding: Rounding) -> int:
    """`whole` + left / unit (0 <= left < unit) as an integer; down is towards zero."""
    if not left:
        return whole
    negative = whole < 0
    if rounding == "down":
        return whole + negative
    if rounding == "up":
        return whole + (not negative)
    if 2 * left != unit:
        return whole + (2 * left > unit)
    if rounding == "half-even":
        return whole + whole % 2
    return whole + (not negative)


@dataclass(frozen=True)
class AmountRule:
    """Which columns make the amount of a row, and what may be rounded away.

    `columns` are one column, the factors of a product or the parts of a sum; `factor` is credits
    for one of them. Without `rounding` an amount with more than `decimals` decimals is refused;
    with `within`, rounding may move an amount by no more than that many credits.
    """

    combination: Combination
    columns: tuple[str, ...]
    factor: Exact = ONE
    decimals: int = MICRO_DECIMALS
    rounding: Rounding | None = None
    within: Exact | None = None

    @property
    def label(self) -> str:
        """The column, or columns, as an error names them."""
        return {"product": " × ", "sum": " + "}.get(self.combination, "").join(self.columns)

    def micro(self, texts: tuple[str, ...]) -> int:
        """Whole micro-credits of a row with these cells; BadCellError when there are none."""
        number = self._number(texts)
        whole, left, unit = scaled(number, self.decimals)
        if left:
            whole = self._rounded(whole, left, unit)
        micro: int = whole * 10 ** (MICRO_DECIMALS - self.decimals)
        if abs(micro) > MAX_ENTRY_MICRO:
            limit = f"{MAX_ENTRY_MICRO // MICRO:,} credits"
            raise BadCellError(self.label, "", f"more than {limit} in one entry")
        return micro

    def _number(self, texts: tuple[str, ...]) -> Exact:
        combine = total if self.combination == "sum" else product
        return product(reduce(combine, map(read_number, self.columns, texts)), self.factor)

    def _rounded(self, whole: int, left: int, unit: int) -> int:
        if self.rounding is None:
            why = f"more than {self.decimals} decimals; a map may say how to round"
            raise BadCellError(self.label, "", why)
        result = rounded(whole, left, unit, self.rounding)
        if self.within is not None:
            moved = abs((result - whole) * unit - left)  # in units of 10 ** number's exponent
            allowed, exponent = self.within
            limit = allowed * unit * 10**self.decimals
            if moved * 10**-exponent > limit:
                raise BadCellError(self.label, "", "rounding would move it too far (`within`)")
        return result


def read_number(column: str, text: str) -> Exact:
    """The number in a cell, exactly; BadCellError when there is none."""
    if not text:
        raise BadCellError(column, text, "empty; an amount is needed")
    try:
        return exact(text)
    except ValueError as error:
        raise BadCellError(column, text, str(error)) from error


def credits_text(micro: int) -> str:
    """Exact credits with thousands separated and no trailing zeros: `4,155,604.053`."""
    whole, fraction = divmod(abs(micro), MICRO)
    digits = f"{fraction:06d}".rstrip("0")
    sign = "-" if micro < 0 else ""
    return f"{sign}{whole:,}" + (f".{digits}" if digits else "")


Reader = Callable[[Cells], list[int]]


def amounts_reader(rule: AmountRule, cleaning: Cleaning) -> Reader:
    """A function from the cells of a batch to its amounts in micro-credits, signed."""
    if len(rule.columns) == 1:
        column = rule.columns[0]
        clean = cleaning.cleaner(column)
        single: Remembered[str, int] = Remembered(lambda cell: rule.micro((clean(cell),)))
        return lambda cells: [single[cell] for cell in cells.raw(column)]
    several: Remembered[tuple[str, ...], int] = Remembered(rule.micro)
    return lambda cells: [several[texts] for texts in cells.keys(rule.columns)]
