"""A catalogue of plans is read to the letter, and refused with a sentence where it is not one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dashboard.plan_catalogue import Bundle, Catalogue, read_catalogue
from data.errors import UsageError

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "plans.toml"
MICRO = 1_000_000
TWO = """
money = "€{}"
[[plans]]
name = "Small"
allowance = 100
price = 9.90
[[plans]]
name = "Large"
allowance = "none"
price = 30
"""


@pytest.fixture
def read(tmp_path):
    def made(text: str | bytes) -> Catalogue | None:
        path = tmp_path / "plans.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_catalogue(path)

    return made


def test_the_example_is_a_catalogue():
    found = read_catalogue(EXAMPLE)
    assert ["Starter", "Team", "Business", "Enterprise"] == [plan.name for plan in found.plans]
    team, enterprise = found.plan("team"), found.plan("Enterprise")
    assert (20_000 * MICRO, Decimal("149.50")) == (team.allowance, team.price)
    assert (
        Bundle(2_500 * MICRO, Decimal("22.50")),
        Bundle(10_000 * MICRO, Decimal(80)),
    ) == team.bundles
    assert (None, ()) == (enterprise.allowance, enterprise.bundles)


def test_without_a_file_there_is_no_catalogue():
    assert read_catalogue(None) is None


def test_prices_are_the_files_own_decimals(read):
    """0.1 + 0.2 as floats is not 0.3."""
    found = read(TWO.replace("9.90", "0.1").replace("price = 30", "price = 0.2"))
    assert Decimal("0.3") == sum(plan.price for plan in found.plans)


def test_a_plan_is_found_however_it_is_capitalised(read):
    found = read(TWO)
    assert ["Small", "Small", None, None] == [
        plan and plan.name for plan in map(found.plan, ("small", "SMALL", "medium", None))
    ]


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("1188", "€1,188"),
        ("1188.00", "€1,188"),
        ("2088.5", "€2,088.50"),
        ("0.125", "€0.125"),
        ("1000", "€1,000"),
        ("0", "€0"),
    ],
)
def test_money_is_written_as_the_host_says(read, amount, written):
    assert written == read(TWO).written(Decimal(amount))


def test_the_sign_may_follow_the_number(read):
    assert "99 kr" == read(TWO.replace("€{}", "{} kr")).written(Decimal(99))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('money = "€{}"\n', "", "the file has no money"),
        ("€{}", "€", 'money must be text such as "€{}", with {} where the number stands'),
        ('money = "€{}"', "money = 1", 'money must be text such as "€{}"'),
        ("money", "currency", "the file has no money"),
        ('name = "Small"', 'nmae = "Small"', "plan 1 has no name"),
        ("allowance = 100\n", "", "plan 1 has no allowance"),
        ("allowance = 100\n", "allowance = 100\nseats = 3\n", "plan 1 has seats, which means"),
        ('"Small"', '" "', "plan 1 needs a name of 1 to 60 characters"),
        ('"Small"', '"LARGE"', "two plans are called"),
        ("100", '"100"', "the allowance of Small must be a number"),
        ("100", "true", "the allowance of Small must be a number"),
        ("100", "-1", "the allowance of Small must be a number from 0 on"),
        ("100", "nan", "the allowance of Small must be a number from 0 on"),
        ("100", "1e30", "the allowance of Small must be a number from 0 on"),
        ("100", "0.0000001", "the allowance of Small has more than 6 decimals"),
        ("9.90", "9.90001", "the price of Small has more than 4 decimals"),
        ("9.90", "9.90\nbundles = 3", "bundles must be a list of tables"),
        (
            "9.90",
            "9.90\nbundles = [{ credits = 0, price = 1 }]",
            "a bundle of Small has 0 credits",
        ),
        ("9.90", "9.90\nbundles = [{ price = 1 }]", "a bundle of Small has no credits"),
        ("[[plans]]", "[[plan]]", "the file has no plans"),
        (TWO[TWO.rindex("[[") :], "", "it has 1 plans, and needs 2 to 12"),
        ("money", "= money", "the file is not TOML"),
    ],
)
def test_what_cannot_be_used_is_said(read, old, new, sentence):
    assert old in TWO
    with pytest.raises(UsageError) as raised:
        read(TWO.replace(old, new))
    assert "plans.value" == raised.value.code
    assert sentence in raised.value.sentence
    assert "plans.toml cannot be used: " in raised.value.sentence


def test_a_file_that_is_not_there_or_not_text_is_said(read, tmp_path):
    with pytest.raises(UsageError, match=r"the file cannot be read \(No such file"):
        read_catalogue(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="the file is not TOML"):
        read(b"\xff\xfe")
