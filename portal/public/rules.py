"""What a shop could earn: plain arithmetic, rounded down, with every assumption in sight."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WEEKS_A_YEAR, MONTHS_A_YEAR = 52, 12
REACH_M = 40_000  # a van's morning round, some 25 miles; only words on a page depend on it
FEWEST_SHOPS = 3  # of fewer, a usual day would tell about one of them


@dataclass(frozen=True)
class Assumptions:
    """What the estimate rests on; the defaults are an example, and a visitor changes them."""

    packages_low: int = 20
    packages_high: int = 40
    days_a_week: int = 6
    minutes_a_stop: Decimal = Decimal(4)
    travel_cents_a_week: int = 2_000
    fee_low_cents: int = 150
    fee_high_cents: int = 250
    delivered_percent: int = 95
    minutes_in_shop: int = 20


@dataclass(frozen=True)
class Span:
    """A lower and an upper figure: cents, packages or minutes."""

    low: int
    high: int


@dataclass(frozen=True)
class Estimate:
    """A week's and a month's money before and after costs, and what an hour brings."""

    delivered_a_week: Span
    minutes_a_week: Span
    week_before: Span
    week_after: Span
    month_before: Span
    month_after: Span
    hour_after: Span

    @property
    def hours_a_week(self) -> tuple[Decimal, Decimal]:
        """The time it takes, in hours with one decimal, rounded up to be safe."""
        spans = (self.minutes_a_week.low, self.minutes_a_week.high)
        low, high = (Decimal(-(-minutes // 6)) / 10 for minutes in spans)
        return low, high


def is_within_reach(metres: float) -> bool:
    """Whether a van from a station this far away may come by."""
    return metres <= REACH_M


def next_monday(today: dt.date) -> dt.date:
    """The Monday after today."""
    return today + dt.timedelta(days=8 - today.isoweekday())


def usual_span(counts: Sequence[int]) -> Span:
    """Between which numbers half of the days lie: the quarters are left out on both sides."""
    ordered = sorted(counts)
    last = len(ordered) - 1
    return Span(max(1, ordered[last // 4]), max(1, ordered[-(-last * 3 // 4)]))


def estimate(given: Assumptions) -> Estimate:
    """Work out the range from few packages at the lower fee to many at the higher one. Pay is never
    rounded up.

    Only delivered packages are paid; every package costs its minutes, delivered or not.
    """
    sides = (
        (given.packages_low, given.fee_low_cents),
        (given.packages_high, given.fee_high_cents),
    )
    delivered = Span(*(_delivered(given, packages) for packages, _fee in sides))
    minutes = Span(*(_minutes(given, packages) for packages, _fee in sides))
    before = Span(delivered.low * given.fee_low_cents, delivered.high * given.fee_high_cents)
    after = _less(before, given.travel_cents_a_week)
    return Estimate(
        delivered_a_week=delivered,
        minutes_a_week=minutes,
        week_before=before,
        week_after=after,
        month_before=_a_month(before),
        month_after=_a_month(after),
        hour_after=Span(
            after.low * 60 // max(minutes.low, 1), after.high * 60 // max(minutes.high, 1)
        ),
    )


def _delivered(given: Assumptions, packages: int) -> int:
    return packages * given.days_a_week * given.delivered_percent // 100


def _minutes(given: Assumptions, packages: int) -> int:
    return int(given.days_a_week * (packages * given.minutes_a_stop + given.minutes_in_shop))


def _less(span: Span, cents: int) -> Span:
    return Span(span.low - cents, span.high - cents)


def _a_month(span: Span) -> Span:
    """Rounded down (towards less money)."""
    return Span(span.low * WEEKS_A_YEAR // MONTHS_A_YEAR, span.high * WEEKS_A_YEAR // MONTHS_A_YEAR)
