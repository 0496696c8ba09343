"""What a shop could earn: plain arithmetic, rounded down, with every assumption in sight."""

from dataclasses import dataclass
from decimal import Decimal

WEEKS_A_YEAR, MONTHS_A_YEAR = 52, 12
REACH_M = 40_000  # a van's morning round, some 25 miles; only words on a page depend on it


@dataclass(frozen=True)
class Assumptions:
    """What the estimate rests on; the defaults are an example, and a visitor changes them."""

    packages_a_day: int = 30
    days_a_week: int = 6
    minutes_a_stop: Decimal = Decimal(4)
    travel_cents_a_week: int = 2_000
    fee_low_cents: int = 150
    fee_high_cents: int = 250
    delivered_percent: int = 95
    minutes_in_shop: int = 20


@dataclass(frozen=True)
class Span:
    """A lower and an upper figure in cents."""

    low: int
    high: int


@dataclass(frozen=True)
class Estimate:
    """A week's and a month's money before and after costs, and what an hour brings."""

    delivered_a_week: int
    minutes_a_week: int
    week_before: Span
    week_after: Span
    month_before: Span
    month_after: Span
    hour_after: Span

    @property
    def hours_a_week(self) -> Decimal:
        """The time it takes, in hours with one decimal, rounded up to be safe."""
        return Decimal(-(-self.minutes_a_week // 6)) / 10


def is_within_reach(metres: float) -> bool:
    """Whether a van from a station this far away may come by."""
    return metres <= REACH_M


def estimate(given: Assumptions) -> Estimate:
    """Work out the range from the lower to the upper fee. Pay is never rounded up.

    Only delivered packages are paid; every package costs its minutes, delivered or not.
    """
    delivered = given.packages_a_day * given.days_a_week * given.delivered_percent // 100
    minutes_a_day = given.packages_a_day * given.minutes_a_stop + given.minutes_in_shop
    minutes = int(given.days_a_week * minutes_a_day)
    before = Span(delivered * given.fee_low_cents, delivered * given.fee_high_cents)
    after = _less(before, given.travel_cents_a_week)
    return Estimate(
        delivered_a_week=delivered,
        minutes_a_week=minutes,
        week_before=before,
        week_after=after,
        month_before=_a_month(before),
        month_after=_a_month(after),
        hour_after=_scaled(after, 60, max(minutes, 1)),
    )


def _less(span: Span, cents: int) -> Span:
    return Span(span.low - cents, span.high - cents)


def _a_month(span: Span) -> Span:
    return _scaled(span, WEEKS_A_YEAR, MONTHS_A_YEAR)


def _scaled(span: Span, times: int, by: int) -> Span:
    """Both ends times a fraction, rounded down (towards less money)."""
    return Span(span.low * times // by, span.high * times // by)
