"""The host's plans and what they cost: a TOML file read into values, checked at the start.

Prices are exact decimals from the file's own text; nothing is compared here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from data.errors import UsageError
from data.schema import MICRO

LONGEST_NAME = 60
MOST_PLANS, MOST_BUNDLES = 12, 12  # more are no choice that a card could show
LARGEST = Decimal(10) ** 12
FINEST = 4  # decimals of a price
NO_ALLOWANCE = "none"


@dataclass(frozen=True)
class Bundle:
    """Credits that can be bought beside a plan, at a price."""

    micro: int
    price: Decimal


@dataclass(frozen=True)
class Plan:
    """A plan: what a billing month includes (None: without limit) and costs, and its bundles."""

    name: str
    allowance: int | None
    price: Decimal
    bundles: tuple[Bundle, ...]


@dataclass(frozen=True)
class Catalogue:
    """The plans in the host's order, and how its money is written: `€{}`."""

    money: str
    plans: tuple[Plan, ...]

    def plan(self, name: str | None) -> Plan | None:
        """The plan of that name, however it is capitalised."""
        wanted = (name or "").casefold()
        return next((plan for plan in self.plans if plan.name.casefold() == wanted), None)

    def written(self, amount: Decimal) -> str:
        """`€1,188`, `€2,088.50`: cents where there are any."""
        places = max(2, -int(amount.normalize().as_tuple().exponent))
        number = f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.{places}f}"
        return self.money.replace("{}", number)


def read_catalogue(path: Path | None) -> Catalogue | None:
    """The plans of the file at `path`; None without one, UsageError for what cannot be used."""
    if path is None:
        return None
    try:
        return _catalogue(_read(path))
    except ValueError as error:
        raise UsageError("plans.value", f"The plans in {path} cannot be used: {error}.") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except OSError as error:
        raise ValueError(f"the file cannot be read ({error.strerror})") from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise ValueError(f"the file is not TOML: {error}") from error


def _catalogue(given: dict[str, Any]) -> Catalogue:
    _check_keys("the file", given, {"money", "plans"})
    money = given["money"]
    if not isinstance(money, str) or money.count("{}") != 1 or not money.isprintable():
        raise ValueError('money must be text such as "€{}", with {} where the number stands')
    plans = tuple(_plan(one, place) for place, one in enumerate(_tables(given, "plans"), 1))
    if not 2 <= len(plans) <= MOST_PLANS:
        raise ValueError(f"it has {len(plans)} plans, and needs 2 to {MOST_PLANS}")
    names = [plan.name.casefold() for plan in plans]
    for plan in plans:
        if names.count(plan.name.casefold()) > 1:
            raise ValueError(f"two plans are called {plan.name}")
    return Catalogue(money, plans)


def _plan(given: Mapping[str, Any], place: int) -> Plan:
    _check_keys(f"plan {place}", given, {"name", "allowance", "price"}, {"bundles"})
    name = given["name"]
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise ValueError(f"plan {place} needs a name of 1 to {LONGEST_NAME} characters")
    unlimited = given["allowance"] == NO_ALLOWANCE
    bundles = _tables(given, "bundles") if "bundles" in given else []
    if len(bundles) > MOST_BUNDLES:
        raise ValueError(f"{name} has {len(bundles)} bundles, and may have {MOST_BUNDLES}")
    return Plan(
        name=name.strip(),
        allowance=None if unlimited else _micro(given["allowance"], f"the allowance of {name}"),
        price=_price(given["price"], f"the price of {name}"),
        bundles=tuple(_bundle(one, name) for one in bundles),
    )


def _bundle(given: Mapping[str, Any], plan: str) -> Bundle:
    what = f"a bundle of {plan}"
    _check_keys(what, given, {"credits", "price"})
    micro = _micro(given["credits"], f"the credits of {what}")
    if not micro:
        raise ValueError(f"{what} has 0 credits")
    return Bundle(micro, _price(given["price"], f"the price of {what}"))


def _tables(given: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    tables = given[key]
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise ValueError(f"{key} must be a list of tables")
    return tables


def _check_keys(
    what: str, given: Mapping[str, Any], needed: Set[str], may: Set[str] = frozenset()
) -> None:
    for key in sorted(needed - given.keys()):
        raise ValueError(f"{what} has no {key}")
    for key in sorted(given.keys() - needed - may):
        raise ValueError(f"{what} has {key}, which means nothing here")


def _micro(value: object, what: str) -> int:
    amount = _amount(value, what) * MICRO
    if amount != int(amount):
        raise ValueError(f"{what} has more than 6 decimals")
    return int(amount)


def _price(value: object, what: str) -> Decimal:
    amount = _amount(value, what)
    if -int(amount.normalize().as_tuple().exponent) > FINEST:
        raise ValueError(f"{what} has more than {FINEST} decimals")
    return amount


def _amount(value: object, what: str) -> Decimal:
    """A number of the file, never a float: a price in floats would not add up."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"{what} must be a number")  # noqa: TRY004 - said like every other
    amount = Decimal(value)
    if not amount.is_finite() or not 0 <= amount < LARGEST:
        raise ValueError(f"{what} must be a number from 0 on, below {LARGEST:,}")
    return amount
