"""The estimate: plain arithmetic, rounded towards less money."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.public.rules import Assumptions, Span, estimate, next_monday, usual_span


def alike(packages: int, **more: object) -> Assumptions:
    """As many packages on a slow day as on a busy one."""
    return Assumptions(packages_low=packages, packages_high=packages, **more)


def test_the_example_adds_up():
    got = estimate(Assumptions())
    assert got.delivered_a_week == Span(114, 228)  # 20 or 40 × 6 × 95 %
    assert got.week_before == Span(17_100, 57_000)  # at $1.50, at $2.50
    assert got.week_after == Span(15_100, 55_000)
    assert got.month_before == Span(74_100, 247_000)
    assert got.month_after == Span(65_433, 238_333)
    assert got.hours_a_week == (Decimal(10), Decimal(18))  # 6 × (20 or 40 × 4 + 20) minutes
    assert got.hour_after == Span(1_510, 3_055)


def test_packages_are_never_rounded_up():
    assert estimate(alike(1, days_a_week=1)).delivered_a_week == Span(0, 0)


def test_a_week_without_packages_costs_its_travel():
    got = estimate(alike(0, travel_cents_a_week=500, minutes_in_shop=0))
    assert got.week_before == Span(0, 0)
    assert got.week_after == Span(-500, -500)
    assert got.minutes_a_week == Span(0, 0)


def test_a_loss_rounds_to_the_larger_loss():
    assert estimate(alike(0, travel_cents_a_week=500)).month_after.low == -2_167  # −2,166.67


@pytest.mark.parametrize("minutes", [Decimal("0.5"), Decimal("3.5"), Decimal(60)])
def test_slower_stops_never_raise_the_hour(minutes):
    slow = estimate(Assumptions(minutes_a_stop=minutes + 1))
    assert slow.hour_after.high <= estimate(Assumptions(minutes_a_stop=minutes)).hour_after.high


@pytest.mark.parametrize("few", [1, 5, 30, 149])
@pytest.mark.parametrize("travel", [0, 2_000, 200_000])
def test_the_lower_figure_is_never_above_the_higher_one(few, travel):
    given = Assumptions(packages_low=few, packages_high=150, travel_cents_a_week=travel)
    for span in (estimate(given).week_after, estimate(given).hour_after):
        assert span.low <= span.high


def test_hours_are_rounded_up_to_a_tenth():
    got = estimate(alike(1, days_a_week=1, minutes_in_shop=3))
    assert got.minutes_a_week == Span(7, 7)
    assert got.hours_a_week == (Decimal("0.2"), Decimal("0.2"))


@pytest.mark.parametrize(
    ("counts", "span"),
    [
        ([30], Span(30, 30)),
        ([0, 0, 0], Span(1, 1)),
        ([10, 20, 30, 40, 50], Span(20, 40)),
        ([50, 10, 40, 20, 30, 200, 1], Span(10, 50)),
    ],
)
def test_a_usual_day_leaves_out_the_quarters(counts, span):
    assert usual_span(counts) == span


@pytest.mark.parametrize(
    ("today", "monday"), [(27, dt.date(2026, 11, 30)), (30, dt.date(2026, 12, 7))]
)
def test_the_next_monday_is_never_today(today, monday):
    assert next_monday(dt.date(2026, 11, today)) == monday
