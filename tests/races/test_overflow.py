"""A shop and its station answer one offer, and two dispatchers ask one shop, at once."""

import datetime as dt

import pytest
from django.db import IntegrityError

from hubshops.assignment.actions import (
    answer_overflow,
    offer_overflow,
    plan_day,
    withdraw_offer,
)
from hubshops.assignment.models import Answer, Assignment, OverflowOffer
from kernel.refusals import Refusal
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_packages,
    make_shop,
    make_staff,
    make_station,
)
from tests.races.test_door import at_once

pytestmark = pytest.mark.django_db(transaction=True)
EVE = MORNING - dt.timedelta(days=1)


@pytest.fixture
def shop():
    shop = make_shop(station=make_station(), daily_cap=2, takes_overflow=True)
    make_packages(8, station=shop.station, at=EVE)
    plan_day(station=shop.station, service_day=DAY, at=EVE)
    return shop


def kept(answers, work, **facts):
    """A work that keeps whether it was refused."""

    def run():
        try:
            work(at=EVE, **facts)
            answers.append("done")
        except (Refusal, IntegrityError) as no:
            answers.append(type(no).__name__)

    return run


def test_of_two_dispatchers_who_ask_one_shop_one_asks_and_one_is_told(shop):
    answers = []
    ask = {"shop": shop, "service_day": DAY, "extra": 3}
    at_once(
        kept(answers, offer_overflow, by=make_staff("Olga"), **ask),
        kept(answers, offer_overflow, by=make_staff("Kim"), **ask),
    )
    assert sorted(answers) == ["AlreadyAsked", "done"]
    assert OverflowOffer.objects.count() == 1


def test_a_yes_and_a_withdrawal_at_once_end_an_offer_one_way(shop):
    rosa, olga = make_member(shop, "Rosa"), make_staff("Olga")
    offer = offer_overflow(shop=shop, service_day=DAY, extra=3, at=EVE, by=olga)
    answers, one = [], {"shop": shop, "offer_id": offer.pk}
    at_once(
        kept(answers, answer_overflow, is_yes=True, by=rosa, **one),
        kept(answers, withdraw_offer, by=olga, **one),
    )
    assert sorted(answers) == ["OfferIsClosed", "done"]
    offer.refresh_from_db()
    assert offer.answer in {Answer.YES, Answer.WITHDRAWN}


def test_a_yes_and_two_plans_at_once_never_pass_what_was_agreed(shop):
    rosa, olga = make_member(shop, "Rosa"), make_staff("Olga")
    offer = offer_overflow(shop=shop, service_day=DAY, extra=3, at=EVE, by=olga)
    answers = []

    def plan(at):
        plan_day(station=shop.station, service_day=DAY, at=at)

    at_once(
        kept(answers, answer_overflow, shop=shop, offer_id=offer.pk, is_yes=True, by=rosa),
        kept(answers, plan),
        kept(answers, plan),
    )
    assert answers == ["done"] * 3
    plan(EVE)
    slots = sorted(Assignment.objects.values_list("slot", flat=True))
    assert slots == [1, 2, 3, 4, 5]
