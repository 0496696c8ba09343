"""A dispatcher asks on a page, an owner answers on hers, and the plan uses it."""

import datetime as dt

import pytest
from django.urls import reverse

from hubshops.assignment.actions import plan_day
from hubshops.assignment.models import Answer, Assignment, OverflowOffer
from hubshops.shops.models import MemberRole
from payouts.rates.actions import agree_rate
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_packages,
    make_shop,
    make_staff,
    make_station,
)

pytestmark = pytest.mark.django_db
EVE = MORNING - dt.timedelta(days=1)
TODAY, ANSWER, MAY_ASK = (
    reverse("home:today"),
    reverse("overflow:answer"),
    "/shop/overflow/may-ask/",
)
PAGE, BACK = f"/ops/board/FAY/{DAY}/overflow/", f"/ops/board/FAY/{DAY}/overflow/withdraw/"


@pytest.fixture
def shop(time_machine):
    """A full shop on the eve of a day with five packages too many; it lets us ask."""
    time_machine.move_to(EVE)
    shop = make_shop(station=make_station(), daily_cap=3, takes_overflow=True)
    make_packages(8, station=shop.station, at=EVE)
    plan_day(station=shop.station, service_day=DAY, at=EVE)
    agree_rate(
        station=shop.station,
        kind="over_cap",
        amount_cents=75,
        first_day=DAY,
        at=EVE - dt.timedelta(days=9),
    )
    return shop


@pytest.fixture
def olga(client):
    user = make_staff("Olga")
    client.force_login(user)
    return user


def offer_of(shop, extra=2):
    return OverflowOffer.objects.create(shop=shop, service_day=DAY, extra=extra, offered_at=EVE)


def test_the_page_tells_how_many_are_full_and_whom_to_ask_and_asks(client, shop, olga):
    page = client.get(PAGE).content.decode()
    assert "5 packages found every shop full" in page
    assert "its fee and $0.75" in page
    assert 'value="5"' in page
    answer = client.post(PAGE, {"shop": shop.slug, "extra": "2"}, follow=True)
    page = answer.content.decode()
    assert "was asked to take 2 more packages." in page
    assert "no answer yet" in page
    assert "There is no shop to ask" in page
    offer = OverflowOffer.objects.get()
    assert (offer.extra, offer.offered_by) == (2, olga)


@pytest.mark.parametrize(
    ("extra", "words"),
    [("", "Write how many"), ("x", "whole number"), ("0", "at least 1 package"), ("6", "1 to 5")],
)
def test_a_wrong_number_is_told_and_nothing_is_written(client, shop, olga, extra, words):
    answer = client.post(PAGE, {"shop": shop.slug, "extra": extra})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not OverflowOffer.objects.exists()


def test_another_stations_shop_is_not_here(client, shop, olga):
    other = make_shop("Zed's", station=make_station("NSH"))
    assert client.post(PAGE, {"shop": other.slug, "extra": "1"}).status_code == 404
    assert client.post(BACK, {"shop": other.slug, "offer": "1"}).status_code == 404


def test_board_and_plan_lead_to_the_page(client, shop, olga):
    assert PAGE in client.get(reverse("board:day", args=["FAY", DAY])).content.decode()
    assert PAGE in client.get(reverse("manifests:plan", args=["FAY", DAY])).content.decode()


def test_an_offer_is_withdrawn(client, shop, olga):
    offer = offer_of(shop)
    client.post(BACK, {"shop": shop.slug, "offer": offer.pk})
    offer.refresh_from_db()
    assert (offer.answer, offer.answered_by) == (Answer.WITHDRAWN, olga)


def test_after_a_yes_the_page_says_plan_again_and_the_plan_shows_the_room(client, shop, olga):
    offer = offer_of(shop)
    rosa = make_member(shop, "Rosa")
    client.force_login(rosa)
    client.post(ANSWER, {"offer": offer.pk, "answer": "yes"})
    client.force_login(olga)
    assert "Plan again to use it" in client.get(PAGE).content.decode()
    plan = reverse("manifests:plan", args=["FAY", DAY])
    assert "5 packages wait for a shop" in client.get(plan).content.decode()
    page = client.post(plan, follow=True).content.decode()
    assert Assignment.objects.count() == 5
    assert "3 + 2" in page


def test_the_owner_sees_what_it_earns_and_says_yes(client, shop):
    offer = offer_of(shop)
    client.force_login(make_member(shop, "Rosa"))
    page = client.get(TODAY).content.decode()
    assert "can you take 2 more packages on" in page
    assert "$0.75 extra" in page
    page = client.post(ANSWER, {"offer": offer.pk, "answer": "yes"}, follow=True).content.decode()
    assert "You may get up to 2 more packages" in page
    assert "can you take" not in page
    offer.refresh_from_db()
    assert offer.answer == Answer.YES


def test_the_owner_says_no(client, shop):
    offer = offer_of(shop)
    client.force_login(make_member(shop, "Rosa"))
    client.post(ANSWER, {"offer": offer.pk, "answer": "no"})
    offer.refresh_from_db()
    assert offer.answer == Answer.NO


def test_too_late_is_said_in_words(client, shop, time_machine):
    offer = offer_of(shop)
    client.force_login(make_member(shop, "Rosa"))
    time_machine.move_to(MORNING)
    page = client.post(ANSWER, {"offer": offer.pk, "answer": "yes"}, follow=True).content.decode()
    assert "You could answer until 6 am" in page
    offer.refresh_from_db()
    assert offer.answer == ""


def test_a_helper_sees_the_question_without_buttons_and_money(client, shop):
    offer = offer_of(shop)
    client.force_login(make_member(shop, "Sam", MemberRole.HELPER))
    page = client.get(TODAY).content.decode()
    assert "can you take 2 more packages" in page
    assert "$0.75" not in page
    assert ANSWER not in page
    assert client.post(ANSWER, {"offer": offer.pk, "answer": "yes"}).status_code == 404


def test_another_owner_can_not_answer(client, shop):
    offer = offer_of(shop)
    client.force_login(make_member(make_shop("Zed's Flowers"), "Zed"))
    client.post(ANSWER, {"offer": offer.pk, "answer": "yes"})
    offer.refresh_from_db()
    assert offer.answer == ""


def test_the_owner_lets_us_ask_and_no_longer(client, shop):
    client.force_login(make_member(shop, "Rosa"))
    page = client.post(MAY_ASK, {"may_ask": "0"}, follow=True).content.decode()
    assert "You may ask me to take more" in page
    shop.refresh_from_db()
    assert not shop.takes_overflow
    client.post(MAY_ASK, {"may_ask": "1"})
    shop.refresh_from_db()
    assert shop.takes_overflow
    client.force_login(make_member(shop, "Sam", MemberRole.HELPER))
    assert MAY_ASK not in client.get(reverse("calendar:days_off")).content.decode()


@pytest.mark.parametrize("shops", [1, 12])
def test_the_page_costs_the_same_queries_for_one_shop_and_twelve(
    client, shop, olga, shops, django_assert_num_queries
):
    for number in range(shops - 1):
        make_shop(f"Shop {number}", station=shop.station, daily_cap=1, takes_overflow=True)
    make_packages(20, station=shop.station, at=EVE)
    plan_day(station=shop.station, service_day=DAY, at=EVE)
    offer_of(make_shop("Asked", station=shop.station, radius_m=1))
    plan_day(station=shop.station, service_day=DAY, at=EVE)
    with django_assert_num_queries(19):
        client.get(PAGE)
