"""The entries as charges in FOCUS 1.2, the FinOps Open Cost and Usage Specification.

One row an entry, charged on its local day. Credits are the virtual currency that everything is
priced in (`PricingCurrency`). No credit is invoiced when it is used, so `BilledCost` is 0; what it
is worth in money is in the other costs once the host has told what one costs, and nothing is made
up before. A refund is negative usage, as the specification has it, and a `Correction` when it takes
back something of an earlier billing month. The columns and their words are those of the
specification; ours come after them and begin with `x_`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from dashboard.csv_cells import csv_chunks, plain
from dashboard.exports.entries import choose_entries, entry_label, refuse_what_is_gone
from dashboard.host import Host
from dashboard.report import exact
from dashboard.sheet import SheetWish
from dashboard.view import Reading, View, load_view
from data import queries
from data.entries import Listing
from data.entry_stream import StreamedEntry, stream_entries
from data.periods import DAY, Period, local_day, segments
from data.reasons import HELP_PAGE
from data.schema import MICRO

CREDITS: Final = "Credits"  # the virtual currency, and the unit
NO_CURRENCY: Final = "XXX"  # ISO 4217: there is no currency
NOTHING: Final = "0.0"
NOBODY: Final = "Credits"  # of a host that did not tell its name
AI: Final = ("AI and Machine Learning", "Other (AI and Machine Learning)")
OTHER: Final = ("Other", "Other (Other)")

COLUMNS = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency",
    "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "ContractedUnitPrice",
    "EffectiveCost", "InvoiceId", "InvoiceIssuerName", "ListCost", "ListUnitPrice",
    "PricingCategory", "PricingCurrency", "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice", "PricingQuantity",
    "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName",
    "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountId",
    "SubAccountName", "x_EntryId", "x_OccurredAt", "x_Reason", "x_WorkflowType",
)  # fmt: skip

Row = dict[str, str | None]


def focus_csv(reading: Reading, wish: SheetWish, host: Host) -> tuple[Period, Iterator[bytes]]:
    """The days of the file, and its bytes; UsageError where entries are missing."""
    view = load_view(reading, wish.range)
    chosen = choose_entries(reading, view, wish)
    refuse_what_is_gone(reading, view, chosen.period)
    names = queries.named_workspaces(reading.connection, reading.scope)
    listing = Listing(chosen.period, view.account.zone, chosen.only)
    found = stream_entries(reading.connection, reading.scope, listing, reversals=True)
    rows = Charges(view, host, names).rows(found)
    return chosen.period, _chunks(rows)


def _chunks(rows: Iterator[Row]) -> Iterator[bytes]:
    yield from csv_chunks([COLUMNS])
    yield from csv_chunks([row[name] for name in COLUMNS] for row in rows)


@dataclass(frozen=True)
class Charges:
    """Makes rows of entries; what all rows of a day have in common is found once."""

    view: View
    host: Host
    names: Mapping[str, tuple[str, str | None]]

    def rows(self, found: Iterable[StreamedEntry]) -> Iterator[Row]:
        """One row for each entry."""
        account, zone = self.view.account, self.view.account.zone
        provider = plain(self.host.product or NOBODY)
        common: Row = {
            "BillingAccountId": plain(account.id),
            "BillingAccountName": plain(account.name),
            "ChargeCategory": "Usage",
            "ChargeFrequency": "Usage-Based",
            "PricingCategory": "Standard",
            "PricingCurrency": CREDITS,
            "PricingCurrencyContractedUnitPrice": "1.0",
            "PricingCurrencyListUnitPrice": "1.0",
            "PricingUnit": CREDITS,
            "SkuMeter": CREDITS,
            **dict.fromkeys(("InvoiceId", "SkuPriceDetails")),
            **dict.fromkeys(("InvoiceIssuerName", "ProviderName", "PublisherName"), provider),
        }
        of_day = cache(self._times)
        for entry in found:
            day = local_day(entry.occurred_at, zone)
            yield {**common, **of_day(day), **self._costs(entry.net), **self._of(entry, day)}

    def _times(self, day: dt.date) -> Row:
        month = self.view.account.calendar.month_of(day).period
        of_month, of_day = self._instants(month), self._instants(Period(day, day + DAY))
        names = ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd")
        return dict(zip(names, (*of_month, *of_day), strict=True))

    def _instants(self, days: Period) -> tuple[str, str]:
        found = segments(days, self.view.account.zone)
        return _utc(found[0].start), _utc(found[-1].end)

    def _costs(self, net: int) -> Row:
        """In credits always; in money where the host has told what one costs."""
        price = self.host.price
        money = NOTHING if price is None else decimal(price.amount * net / MICRO)
        unit = NOTHING if price is None else decimal(price.amount)
        return {
            "BilledCost": NOTHING,
            "BillingCurrency": NO_CURRENCY if price is None else price.currency,
            **dict.fromkeys(("ContractedUnitPrice", "ListUnitPrice"), unit),
            **dict.fromkeys(("ContractedCost", "EffectiveCost", "ListCost"), money),
            **dict.fromkeys(
                ("PricingCurrencyEffectiveCost", "PricingQuantity"), decimal(Decimal(exact(net)))
            ),
        }

    def _of(self, entry: StreamedEntry, day: dt.date) -> Row:
        taxonomy = self.view.account.taxonomy
        label, place = entry_label(entry, taxonomy), entry.workspace_id
        sku = "/".join(code for code in (entry.reason, entry.workflow_type) if code)
        category, subcategory = AI if entry.reason in HELP_PAGE else OTHER
        return {
            "ChargeClass": "Correction" if self._corrects(entry, day) else None,
            "ChargeDescription": plain(f"{label}, refund" if entry.is_refund else label),
            "ServiceCategory": category,
            "ServiceSubcategory": subcategory,
            "ServiceName": plain(taxonomy.label(entry.reason)),
            "SkuId": plain(sku),
            "SkuPriceId": plain(sku),
            "SubAccountId": plain(place) if place else None,
            "SubAccountName": plain(self.names.get(place, (place, None))[0]) if place else None,
            "x_EntryId": plain(entry.id),
            "x_OccurredAt": entry.occurred_at.isoformat().replace("+00:00", "Z"),
            "x_Reason": plain(entry.reason),
            "x_WorkflowType": plain(entry.workflow_type) if entry.workflow_type else None,
        }

    def _corrects(self, entry: StreamedEntry, day: dt.date) -> bool:
        """Whether it takes back something of a billing month that was over."""
        if entry.reversed_at is None:
            return False
        calendar = self.view.account.calendar
        before = local_day(entry.reversed_at, self.view.account.zone)
        return before < calendar.month_of(day).period.start


def _utc(instant: dt.datetime) -> str:
    return f"{instant.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def decimal(amount: Decimal) -> str:
    """A number that is read as a decimal one wherever it is whole: `12.0`, `0.125`."""
    whole, _, fraction = f"{amount:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"
