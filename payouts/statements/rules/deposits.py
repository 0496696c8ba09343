"""When a week's money reaches the bank. Pure."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from kernel.bank_days import bank_day_from, bank_days_after

PAY_WEEKDAY = 1  # Mondays pay the week that ended the day before
# How many bank days money is on its way, by who moves it: a file for the bank takes one until it is
# handed over and one at the bank; Stripe pays out to banks within two.
BANK_DAYS = {"bank_file": 2, "stripe": 2}


@dataclass(frozen=True, slots=True)
class PayDay:
    """A weekly run: the last day it pays for, the day it leaves us, and the day by which it is at
    the shop's bank."""

    through: dt.date
    sent_on: dt.date
    arrives_on: dt.date


def bank_days_of(gateway: str) -> int:
    """How many bank days money is on its way; the slowest for a way we don't know."""
    return BANK_DAYS.get(gateway, max(BANK_DAYS.values()))


def arrival(sent_on: dt.date, *, gateway: str, closed: Collection[dt.date]) -> dt.date:
    """The day by which what left on a day is at the bank."""
    return bank_days_after(sent_on, bank_days_of(gateway), closed)


def pay_day_of(
    through: dt.date, *, today: dt.date, gateway: str, closed: Collection[dt.date]
) -> PayDay:
    """When a run that pays up to `through` leaves and arrives: on the pay day after it, on a bank
    day, and not before today."""
    first = through + dt.timedelta(days=1)
    monday = first + dt.timedelta(days=(PAY_WEEKDAY - first.isoweekday()) % 7)
    sent_on = bank_day_from(max(monday, today), closed)
    return PayDay(through, sent_on, arrival(sent_on, gateway=gateway, closed=closed))


def next_pay_day(today: dt.date, *, gateway: str, closed: Collection[dt.date]) -> PayDay:
    """The run that pays what is earned today, by the clock of the shop's station: the one after
    this week's Sunday. On a pay day itself the week before is being paid; what is earned on it
    comes a week later."""
    sunday = today + dt.timedelta(days=7 - today.isoweekday())
    return pay_day_of(sunday, today=today, gateway=gateway, closed=closed)
