"""Who may change what a shop is paid, when, and how fast a deduction is taken. Pure."""

import datetime as dt
from enum import StrEnum

from payouts.ledger.rules import Source

ALONE_UP_TO_CENTS = 2_500  # more than that for a shop, or anything against it, takes two people
ALONE_TIME = dt.timedelta(days=7)  # in which one person books no more than that for one shop
MOST_CENTS = 1_000_000  # one adjustment; more is a slip of the hand
MOST_A_PACKAGE_CENTS = 5_000  # what a shop may claim for one package
ANSWER_TIME = dt.timedelta(days=7)  # before a deduction may be decided
MOST_OPEN_DISPUTES = 20  # of one shop; silence grants them, so somebody has to be able to answer
DISPUTE_DAYS = 30  # in which a shop may object, and in which we have to answer
HOLD_TIME = dt.timedelta(days=30)
RECOVERY_PERCENT = 25  # of what a payment would be


TIME_RAN_OUT = "time_ran_out"  # words that the clock wrote; pages have the sentence


class Why(StrEnum):
    """Why a shop's money is adjusted; pages have the words."""

    FEE_MISSING = "fee_missing"
    FEE_WRONG = "fee_wrong"
    GOODWILL = "goodwill"
    BONUS = "bonus"
    PAID_TWICE = "paid_twice"
    PACKAGE_LOST = "package_lost"
    PACKAGE_DAMAGED = "package_damaged"
    OTHER = "other"
    WRITE_OFF = "write_off"
    FORGIVEN = "forgiven"


FOR_THE_SHOP = (Why.FEE_MISSING, Why.FEE_WRONG, Why.GOODWILL, Why.BONUS, Why.OTHER)
AGAINST_IT = (Why.PAID_TWICE, Why.PACKAGE_LOST, Why.PACKAGE_DAMAGED, Why.FEE_WRONG, Why.OTHER)
GIVING_UP = (Why.WRITE_OFF, Why.FORGIVEN)


def source_of(why: Why, cents: int) -> Source:
    """What kind of fact the books know it as."""
    if why == Why.WRITE_OFF:
        return Source.WRITTEN_OFF
    if why == Why.FORGIVEN:
        return Source.FORGIVEN
    return Source.ADJUSTED if cents > 0 else Source.DEDUCTED


def takes_two_people(why: Why, cents: int) -> bool:
    """Whether somebody else than who proposed it has to decide."""
    return cents < 0 or cents > ALONE_UP_TO_CENTS or why in GIVING_UP


def may_book_alone(why: Why, cents: int, *, before_cents: int) -> bool:
    """Whether a person may book what she proposes, having booked `before_cents` for the same shop
    alone within `ALONE_TIME`: many small amounts are a large one."""
    return not takes_two_people(why, cents + before_cents) and cents > 0


def may_be_decided(
    *, cents: int, answer_until: dt.datetime | None, answered: bool, at: dt.datetime
):
    """Whether it is time to decide: against a shop only once it answered, or had its time to."""
    return cents > 0 or answered or (answer_until is not None and at >= answer_until)


def recovery_cents(*, due_cents: int, owed_cents: int, recovered_cents: int = 0) -> int:
    """How much more of a decided deduction one payment takes: a quarter of it at most, rounded
    down, so that a shop is never left without pay. `due_cents` is what is left of the payment after
    `recovered_cents` were taken off by a draft before."""
    quarter = (due_cents + recovered_cents) * RECOVERY_PERCENT // 100
    return max(0, min(owed_cents, quarter - recovered_cents))


def shares(amounts: list[int], taken: int) -> list[int]:
    """How `taken` is spread over amounts, the first ones first: `shares([5, 5], 7)` is `[5, 2]`."""
    parts = []
    for amount in amounts:
        part = min(amount, taken)
        parts.append(part)
        taken -= part
    return parts


def is_in_time(booked_on: dt.date, today: dt.date) -> bool:
    """Whether a shop may still object to what was booked on a day."""
    return today <= booked_on + dt.timedelta(days=DISPUTE_DAYS)
