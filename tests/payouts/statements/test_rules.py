"""When a deposit arrives, and what an hour and a week are worth."""

import datetime as dt
from decimal import Decimal

import pytest

from kernel.bank_days import holidays_between
from payouts.statements.rules import (
    PayDay,
    arrival,
    band_of_money,
    net_per_hour,
    next_pay_day,
    pay_day_of,
)

CLOSED = holidays_between(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
FILE = {"gateway": "bank_file", "closed": CLOSED}


def day(month: int, number: int, year: int = 2026) -> dt.date:
    return dt.date(year, month, number)


@pytest.mark.parametrize(
    ("today", "through", "sent_on", "arrives_on"),
    [
        (day(11, 20), day(11, 22), day(11, 23), day(11, 25)),  # a Friday: this week is paid Monday
        (day(11, 22), day(11, 22), day(11, 23), day(11, 25)),  # its Sunday, still the same week
        (day(11, 23), day(11, 29), day(11, 30), day(12, 2)),  # a Monday earns for the Monday after
        (day(12, 21), day(12, 27), day(12, 28), day(12, 30)),
        (day(9, 3), day(9, 6), day(9, 8), day(9, 10)),  # Labor Day: a Tuesday
        (day(12, 24), day(12, 27), day(12, 28), day(12, 30)),
        (day(12, 28), day(1, 3, 2027), day(1, 4, 2027), day(1, 6, 2027)),  # over the new year
    ],
)
def test_what_is_earned_today_is_paid_after_the_week_and_arrives_two_bank_days_later(
    today, through, sent_on, arrives_on
):
    assert next_pay_day(today, **FILE) == PayDay(through, sent_on, arrives_on)


def test_a_run_that_is_late_is_promised_from_today():
    late = pay_day_of(day(11, 15), today=day(11, 19), **FILE)
    assert late == PayDay(day(11, 15), day(11, 19), day(11, 23))


def test_a_holiday_on_the_way_takes_a_day_more():
    assert arrival(day(11, 24), gateway="stripe", closed=CLOSED) == day(11, 27)
    assert arrival(day(11, 24), gateway="somebody new", closed=CLOSED) == day(11, 27)


def test_an_hour_is_what_is_left_after_the_miles():
    hourly = net_per_hour(
        earned_cents=42_000,
        days=10,
        minutes_a_day=150,
        miles_a_day=Decimal("12.5"),
        cents_a_mile=Decimal("72.5"),
    )
    assert (hourly.costs_cents, hourly.net_cents) == (9_063, 32_937)  # 9,062.5 goes up
    assert (hourly.minutes, hourly.an_hour_cents) == (1_500, 1_317)


def test_miles_may_cost_more_than_was_earned():
    hourly = net_per_hour(
        earned_cents=100,
        days=1,
        minutes_a_day=60,
        miles_a_day=Decimal(10),
        cents_a_mile=Decimal(70),
    )
    assert hourly.an_hour_cents == -600


@pytest.mark.parametrize(("days", "minutes"), [(0, 60), (5, 0)])
def test_without_days_or_minutes_there_is_no_hour(days, minutes):
    nothing = {"miles_a_day": Decimal(0), "cents_a_mile": Decimal(0)}
    assert net_per_hour(earned_cents=1, days=days, minutes_a_day=minutes, **nothing) is None


def test_a_week_to_come_is_priced_at_what_a_package_brought():
    assert band_of_money(80, 120, earned_cents=17_550, packages=100) == (14_040, 21_060)
    assert band_of_money(0, 1, earned_cents=175, packages=1) == (0, 175)


@pytest.mark.parametrize(("earned", "packages", "high"), [(175, 0, 5), (0, 3, 5), (175, 1, 0)])
def test_without_a_past_or_a_future_there_is_no_band(earned, packages, high):
    assert band_of_money(0, high, earned_cents=earned, packages=packages) is None
