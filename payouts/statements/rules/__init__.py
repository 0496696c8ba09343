"""What statements, deposits, hours and checks come to. Pure."""

from payouts.statements.rules.deposits import (
    BANK_DAYS,
    PayDay,
    arrival,
    bank_days_of,
    next_pay_day,
    pay_day_of,
)
from payouts.statements.rules.hours import Hourly, band_of_money, net_per_hour
from payouts.statements.rules.papers import (
    SERIES,
    WIDTH,
    Earned,
    NextPayout,
    Settled,
    by_day,
    closing,
    is_clean,
    stops_payments,
    total,
)

__all__ = [
    "BANK_DAYS",
    "Earned",
    "Hourly",
    "NextPayout",
    "PayDay",
    "SERIES",
    "Settled",
    "WIDTH",
    "arrival",
    "band_of_money",
    "bank_days_of",
    "by_day",
    "closing",
    "is_clean",
    "net_per_hour",
    "next_pay_day",
    "pay_day_of",
    "stops_payments",
    "total",
]
