"""What shops were paid in a year, on the days on which money left and came back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hubshops.shops.models import Shop
from kernel.rows import rows
from payouts.statements.models import TaxThreshold
from payouts.statements.rules import taxes
from payouts.statements.rules.taxes import W9, Month, Threshold, Year

Row = dict[str, Any]

# An entry is booked on its shop's own day, so a payment of New Year's Eve counts where the shop is.
PAID = """
    SELECT e.shop_id, extract(month FROM e.booked_on)::int AS month,
           count(*) FILTER (WHERE e.source_type = 'transfer_sent')::int AS payments,
           coalesce(sum(p.amount_cents) FILTER (WHERE e.source_type = 'transfer_sent'), 0)::bigint
               AS sent_cents,
           coalesce(sum(p.amount_cents) FILTER (WHERE e.source_type = 'transfer_reversed'),
                    0)::bigint AS back_cents
    FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
    WHERE e.source_type IN ('transfer_sent', 'transfer_reversed')
      AND e.booked_on >= %(first)s AND e.booked_on < %(end)s
      AND (%(shop)s::bigint IS NULL OR e.shop_id = %(shop)s)
    GROUP BY 1, 2 ORDER BY 1, 2
"""


def paid(year: int, shop: Shop | None = None) -> dict[int, Year]:
    """Shop → its year, of one shop or of all that were paid. One query."""
    span = {"first": dt.date(year, 1, 1), "end": dt.date(year + 1, 1, 1)}
    months: dict[int, dict[int, Month]] = {}
    for row in rows(PAID, span | {"shop": shop.pk if shop else None}):
        shop_id = row.pop("shop_id")
        months.setdefault(shop_id, {})[row["month"]] = Month(**row)
    return {shop_id: taxes.year_of(year, known) for shop_id, known in months.items()}


def year_of_shop(shop: Shop, year: int) -> Year:
    """One shop's year. One query."""
    return paid(year, shop).get(shop.pk) or taxes.year_of(year, {})


def years_of_shop(shop: Shop) -> list[int]:
    """The years in which a shop was paid, the newest first. One query."""
    found = rows(
        """
        SELECT DISTINCT extract(year FROM booked_on)::int AS year FROM ledger_entry
        WHERE shop_id = %s AND source_type IN ('transfer_sent', 'transfer_reversed')
        ORDER BY 1 DESC
        """,
        [shop.pk],
    )
    return [row["year"] for row in found]


@dataclass(frozen=True)
class Readiness:
    """One shop's year beside the threshold, and what is known of its W-9."""

    shop: Shop
    year: Year
    w9: W9
    is_over: bool

    @property
    def is_ready(self) -> bool:
        """Whether nothing is missing for its form."""
        return not self.is_over or self.w9 == W9.COLLECTED


def readiness(year: int) -> list[Readiness]:
    """Every shop that was paid in a year, the highest first. Three queries, however many."""
    years, threshold = paid(year), threshold_of(year)
    found = Shop.objects.filter(pk__in=years).select_related("payout_account", "station")
    people = [
        Readiness(
            shop=shop,
            year=years[shop.pk],
            w9=w9_of_shop(shop),
            is_over=threshold is not None and years[shop.pk].cents >= threshold.cents,
        )
        for shop in found
    ]
    return sorted(people, key=lambda one: (-one.year.cents, one.shop.pk))


def w9_of_shop(shop: Shop) -> W9:
    """What is known of a shop's W-9, from its provider."""
    account = getattr(shop, "payout_account", None)
    if account is None:
        return W9.UNKNOWN
    return taxes.w9_of(account.gateway, account.capability, codes_of(account.requirements))


def codes_of(requirements: Sequence[Any]) -> list[str]:
    """The provider's codes of what it still wants."""
    return [str(one.get("code", "")) if isinstance(one, dict) else str(one) for one in requirements]


def thresholds() -> list[TaxThreshold]:
    """What was entered, by year."""
    return list(TaxThreshold.objects.select_related("set_by"))


def threshold_of(year: int) -> Threshold | None:
    """The amount that holds for a year. One query."""
    entered = {one.first_year: (one.cents, one.note) for one in TaxThreshold.objects.all()}
    return taxes.threshold_of(year, entered)
