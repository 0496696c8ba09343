"""The estimate: plain arithmetic, rounded towards less money."""

from decimal import Decimal

import pytest

from portal.public.rules import Assumptions, Span, estimate


def test_the_example_adds_up():
    got = estimate(Assumptions())
    assert got.delivered_a_week == 171  # 30 × 6 × 95 %
    assert got.week_before == Span(25_650, 42_750)
    assert got.week_after == Span(23_650, 40_750)
    assert got.month_before == Span(111_150, 185_250)
    assert got.month_after == Span(102_483, 176_583)
    assert got.hours_a_week == Decimal(14)  # 6 × (30 × 4 + 20) minutes
    assert got.hour_after == Span(1_689, 2_910)


def test_packages_are_never_rounded_up():
    assert estimate(Assumptions(packages_a_day=1, days_a_week=1)).delivered_a_week == 0


def test_a_week_without_packages_costs_its_travel():
    got = estimate(Assumptions(packages_a_day=0, travel_cents_a_week=500, minutes_in_shop=0))
    assert got.week_before == Span(0, 0)
    assert got.week_after == Span(-500, -500)
    assert got.minutes_a_week == 0


def test_a_loss_rounds_to_the_larger_loss():
    got = estimate(Assumptions(packages_a_day=0, travel_cents_a_week=500))
    assert got.month_after.low == -2_167  # −2,166.67


@pytest.mark.parametrize("minutes", [Decimal("0.5"), Decimal("3.5"), Decimal(60)])
def test_slower_stops_never_raise_the_hour(minutes):
    slow = estimate(Assumptions(minutes_a_stop=minutes + 1))
    assert slow.hour_after.high <= estimate(Assumptions(minutes_a_stop=minutes)).hour_after.high


def test_hours_are_rounded_up_to_a_tenth():
    got = estimate(Assumptions(packages_a_day=1, days_a_week=1, minutes_in_shop=3))
    assert got.minutes_a_week == 7
    assert got.hours_a_week == Decimal("0.2")
