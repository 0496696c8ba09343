"""The days on which American banks move money. Pure, but for the calendar of holidays."""

import datetime as dt
from collections.abc import Collection

import holidays

SATURDAY, SUNDAY = 6, 7
A_DAY = dt.timedelta(days=1)


def holidays_between(first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """The Federal Reserve's holidays of these years. One on a Sunday is kept on the Monday; one on
    a Saturday is not moved: banks work on the Friday before."""
    named = holidays.US(years=list(range(first.year, last.year + 1)), observed=False)
    return frozenset(day + A_DAY if day.isoweekday() == SUNDAY else day for day in named)


def is_bank_day(day: dt.date, closed: Collection[dt.date]) -> bool:
    """Whether money moves on a day; `closed` are the holidays."""
    return day.isoweekday() < SATURDAY and day not in closed


def bank_day_from(day: dt.date, closed: Collection[dt.date]) -> dt.date:
    """The day itself when money moves on it, else the next such day."""
    while not is_bank_day(day, closed):
        day += A_DAY
    return day


def bank_days_after(day: dt.date, number: int, closed: Collection[dt.date]) -> dt.date:
    """So many bank days after a day, which need not be one itself."""
    for _ in range(number):
        day = bank_day_from(day + A_DAY, closed)
    return day
