"""The days on which banks move money."""

import datetime as dt

import pytest

from kernel.bank_days import bank_day_from, bank_days_after, holidays_between, is_bank_day

CLOSED = holidays_between(dt.date(2026, 1, 1), dt.date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "moves"),
    [
        (dt.date(2026, 11, 25), True),  # a Wednesday
        (dt.date(2026, 11, 26), False),  # Thanksgiving
        (dt.date(2026, 11, 27), True),  # the Friday after is none
        (dt.date(2026, 11, 28), False),  # a Saturday
        (dt.date(2026, 7, 3), True),  # the Fourth is a Saturday: banks work on the Friday
        (dt.date(2027, 7, 5), False),  # the Fourth is a Sunday: kept on the Monday
        (dt.date(2026, 10, 12), False),  # Columbus Day
    ],
)
def test_weekends_and_the_reserve_banks_holidays_move_nothing(day, moves):
    assert is_bank_day(day, CLOSED) is moves


def test_the_next_bank_day_may_be_today():
    assert bank_day_from(dt.date(2026, 11, 25), CLOSED) == dt.date(2026, 11, 25)
    assert bank_day_from(dt.date(2026, 11, 26), CLOSED) == dt.date(2026, 11, 27)
    assert bank_day_from(dt.date(2026, 11, 28), CLOSED) == dt.date(2026, 11, 30)


def test_bank_days_are_counted_over_weekends_and_holidays():
    assert bank_days_after(dt.date(2026, 11, 24), 2, CLOSED) == dt.date(2026, 11, 27)
    assert bank_days_after(dt.date(2026, 11, 27), 1, CLOSED) == dt.date(2026, 11, 30)
    assert bank_days_after(dt.date(2026, 11, 28), 0, CLOSED) == dt.date(2026, 11, 28)
