"""Who decides, when, and how much one payment gives back."""

import datetime as dt

import pytest

from payouts.adjustments.rules import (
    AGAINST_IT,
    FOR_THE_SHOP,
    Why,
    is_in_time,
    may_be_decided,
    recovery_cents,
    shares,
    source_of,
    takes_two_people,
)
from payouts.ledger.rules import Source

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
DAY = NOON.date()


@pytest.mark.parametrize(
    ("why", "cents", "two"),
    [
        (Why.GOODWILL, 1, False),
        (Why.GOODWILL, 2_500, False),
        (Why.GOODWILL, 2_501, True),
        (Why.PACKAGE_LOST, -1, True),
        (Why.WRITE_OFF, 1, True),
        (Why.FORGIVEN, 1, True),
    ],
)
def test_a_deduction_or_a_large_amount_takes_two_people(why, cents, two):
    assert takes_two_people(why, cents) is two


@pytest.mark.parametrize(
    ("cents", "answered", "minutes", "may"),
    [
        (500, False, -60, True),
        (-500, False, -1, False),
        (-500, False, 0, True),
        (-500, True, -60, True),
    ],
)
def test_against_a_shop_is_decided_once_it_was_heard(cents, answered, minutes, may):
    at = NOON + dt.timedelta(minutes=minutes)
    assert may_be_decided(cents=cents, answer_until=NOON, answered=answered, at=at) is may


@pytest.mark.parametrize(
    ("due", "owed", "before", "taken"),
    [
        (10_000, 50_000, 0, 2_500),
        (10_000, 900, 0, 900),
        (7_500, 50_000, 2_500, 0),  # a draft of before took its quarter already
        (8_000, 50_000, 1_000, 1_250),
        (3, 50, 0, 0),
        (0, 50, 0, 0),
        (-400, 50, 0, 0),
    ],
)
def test_a_payment_gives_back_a_quarter_of_it_at_most(due, owed, before, taken):
    found = recovery_cents(due_cents=due, owed_cents=owed, recovered_cents=before)
    assert found == taken


def test_holds_are_taken_in_their_order():
    assert shares([500, 500, 500], 700) == [500, 200, 0]
    assert shares([], 700) == []


def test_an_objection_is_in_time_for_thirty_days():
    assert is_in_time(DAY, DAY + dt.timedelta(days=30))
    assert not is_in_time(DAY, DAY + dt.timedelta(days=31))


def test_each_reason_has_its_kind_of_fact():
    assert source_of(Why.WRITE_OFF, 5) == Source.WRITTEN_OFF
    assert source_of(Why.FORGIVEN, 5) == Source.FORGIVEN
    assert {source_of(why, 5) for why in FOR_THE_SHOP} == {Source.ADJUSTED}
    assert {source_of(why, -5) for why in AGAINST_IT} == {Source.DEDUCTED}
