"""The product that the page stands in, as the page shows it: its addresses, plans and colours.

A value made once at the start. An address that is empty takes its link or button away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from dashboard.plan_catalogue import Catalogue
from dashboard.theme import THEMES, Theme


@dataclass(frozen=True)
class CreditPrice:
    """What one credit costs, in a currency of ISO 4217."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Host:
    """Where the host's own pages are, what its plans cost, and the colours that it wants.

    `product` is its name, `price` what it takes for a credit, `exports` whether a reader may take
    figures away as files.
    """

    ledger: str = ""
    account: str = ""
    help: str = ""
    sign_in: str = ""
    plans: str = ""
    bundle: str = ""
    catalogue: Catalogue | None = None
    themes: Mapping[str, Theme] = field(default_factory=lambda: THEMES)
    exports: bool = True
    product: str = ""
    price: CreditPrice | None = None


NO_HOST = Host()  # the page alone, as on a person's own machine
