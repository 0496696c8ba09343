"""What an hour and a week to come are worth to a shop. Pure; these figures are estimates, and the
only ones that round."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Hourly:
    """What is left of earnings after the miles, and of that for each hour."""

    earned_cents: int
    days: int
    minutes: int
    costs_cents: int
    net_cents: int
    an_hour_cents: int


def net_per_hour(
    *,
    earned_cents: int,
    days: int,
    minutes_a_day: int,
    miles_a_day: Decimal,
    cents_a_mile: Decimal,
) -> Hourly | None:
    """Earnings of so many days less the miles driven on them, spread over the minutes spent; None
    without days or minutes. Halves of a cent go up."""
    minutes = days * minutes_a_day
    if minutes <= 0:
        return None
    costs = whole_cents(days * miles_a_day * cents_a_mile)
    net = earned_cents - costs
    an_hour = whole_cents(Decimal(net) * 60 / minutes)
    return Hourly(earned_cents, days, minutes, costs, net, an_hour)


def whole_cents(cents: Decimal) -> int:
    """Rounded to a cent, halves away from zero."""
    return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def band_of_money(
    low: int, high: int, *, earned_cents: int, packages: int
) -> tuple[int, int] | None:
    """What between `low` and `high` packages bring at what a package brought so far; None when
    there was none."""
    if packages <= 0 or earned_cents <= 0 or high <= 0:
        return None
    a_package = Decimal(earned_cents) / packages
    return whole_cents(low * a_package), whole_cents(high * a_package)
