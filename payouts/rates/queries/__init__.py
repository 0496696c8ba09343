"""What packages earn, what they earned, and what a new card would change."""

from payouts.rates.queries.cards import (
    Fee,
    card_of,
    count_own_fees,
    fees_on,
    is_on,
    rate_on,
    rates_of,
    shop_fees,
    standard_on,
    station_fee,
    station_fees,
)
from payouts.rates.queries.changes import change_to_come
from payouts.rates.queries.pricing import (
    LINES_IN_FORCE,
    PRICED,
    Told,
    holidays_between,
    of_kind,
    parameters,
    told_apart,
)

__all__ = [
    "LINES_IN_FORCE",
    "PRICED",
    "Fee",
    "Told",
    "card_of",
    "change_to_come",
    "count_own_fees",
    "fees_on",
    "holidays_between",
    "is_on",
    "of_kind",
    "parameters",
    "rate_on",
    "rates_of",
    "shop_fees",
    "standard_on",
    "station_fee",
    "station_fees",
    "told_apart",
]
