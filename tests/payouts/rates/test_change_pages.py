"""New cards on the pages of staff, and of the shops they are about."""

import datetime as dt

import pytest
from django.urls import reverse

from payouts.rates.actions import approve_change, withdraw_change
from payouts.rates.models import RateAnswer, RateChange
from payouts.rates.rules import Line
from tests.factories import (
    DAY,
    MORNING,
    make_delivery,
    make_member,
    make_package,
    make_shop,
    make_staff,
)
from tests.payouts.helpers import (
    beyond_cap,
    change_card,
    make_olga,
    make_pavel,
    plain,
    tier,
    write_card,
)

pytestmark = pytest.mark.django_db
LAST_WEEK = MORNING - dt.timedelta(days=7)


@pytest.fixture
def shop(time_machine):
    time_machine.move_to(MORNING)
    shop = make_shop(opened_at=MORNING - dt.timedelta(days=200))
    write_card(plain(150), plain(190, size="large"), tier(50, 10), station=shop.station)
    make_delivery(shop=shop, at=LAST_WEEK, day=DAY - dt.timedelta(days=7))
    return shop


@pytest.fixture
def olga(client):
    user = make_olga()
    client.force_login(user)
    return user


def page_of(client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


FORM = {"amount": "1.40", "first_day": "2026-12-10", "reason": "The van comes twice a day now."}


def test_a_card_is_written_looked_at_published_and_approved(client, shop, olga):
    url = reverse("rates:station_new", args=[shop.station.code])
    page = page_of(client, url)
    assert 'name="special_1" value="1.90"' in page and 'name="beyond_1" value="50"' in page
    row = {"size_1": "large", "special_1": "2.10", "beyond_1": "40", "tier_1": "0.10"}
    answer = client.post(url, FORM | row)
    change = RateChange.objects.get()
    own = reverse("rates:change", args=[change.pk])
    assert (answer.status_code, answer.url) == (302, own)
    page = page_of(client, own)
    assert "1 of 1 shops would have earned less." in page
    assert "Delivered package: large" in page and "−$0.10" in page
    assert not change.effects.exists()
    client.post(own, {"step": "publish"})
    assert "Another person approves" in page_of(client, own)
    client.force_login(make_pavel())
    assert "Approve this card" in page_of(client, own)
    assert client.post(own, {"step": "approve"}).status_code == 302
    assert "This card is on its way" in page_of(client, own)
    change.refresh_from_db()
    assert change.status == "approved"
    assert "2026-12-10" in str(change.rates.filter(size="large").get().valid)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"amount": ""}, "Write the fee, like 1.50."),
        ({"special_2": "2.00"}, "Say which packages earn this."),
        ({"size_2": "small"}, "Write the fee, like 1.50."),
        ({"beyond_1": "5"}, "Fill this in, too, or leave the whole row empty."),
        ({"beyond_1": "0", "tier_1": "0.10"}, "A tier begins after 1 package or more."),
        ({"beyond_1": "9", "tier_1": "0.10", "beyond_2": "20", "tier_2": "0.05"}, "A higher tier"),
        ({"peak_first": "2026-12-20", "peak_amount": "0.50"}, "Fill this in, too"),
        (
            {"peak_first": "2026-12-20", "peak_last": "2026-12-19", "peak_amount": "0.50"},
            "The last busy day is before the first one.",
        ),
        (
            {"peak_first": "2026-12-01", "peak_last": "2026-12-19", "peak_amount": "0.50"},
            "Busy days begin with the new card at the earliest",
        ),
        ({"reason": ""}, "Say why, in a sentence."),
        ({"first_day": "soon"}, "Write the day like 2026-11-20."),
    ],
)
def test_a_form_says_what_is_wrong_and_keeps_no_draft(client, shop, olga, row, sentence):
    answer = client.post(reverse("rates:station_new", args=[shop.station.code]), FORM | row)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not RateChange.objects.exists()


def test_notice_that_is_too_short_is_refused_on_the_page(client, shop, olga):
    client.post(
        reverse("rates:station_new", args=[shop.station.code]), FORM | {"first_day": "2026-11-25"}
    )
    change = RateChange.objects.get()
    answer = client.post(reverse("rates:change", args=[change.pk]), {"step": "publish"})
    assert answer.status_code == 409
    assert "can hold from 2026-12-04 on" in answer.content.decode()


def test_the_page_of_a_fee_points_to_the_new_card_instead_of_letting_it_fall(client, shop, olga):
    url = reverse("rates:station", args=[shop.station.code])
    answer = client.post(url, {"amount": "1.40", "first_day": "2026-12-10"})
    assert answer.status_code == 422
    page = " ".join(answer.content.decode().split())
    assert "A lower fee is published as a new card" in page
    assert reverse("rates:station_new", args=[shop.station.code]) in page


def test_the_list_of_new_cards_says_who_wrote_and_who_approved(client, shop, olga):
    assert "No card was changed yet" in page_of(client, reverse("rates:changes"))
    change = change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    page = page_of(client, reverse("rates:changes"))
    assert str(olga) in page and "Published" in page
    assert "New cards on their way" in page_of(client, reverse("rates:cards"))
    approve_change(change_id=change.pk, by=make_pavel(), at=MORNING)
    assert "Approved" in page_of(client, reverse("rates:changes"))
    assert "New cards on their way" not in page_of(client, reverse("rates:cards"))


def test_a_change_that_nobody_wrote_is_no_page(client, shop, olga):
    assert client.get(reverse("rates:change", args=[999])).status_code == 404


def test_thirty_shops_cost_as_many_queries_as_one(client, shop, olga, django_assert_num_queries):
    change = change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    url = reverse("rates:change", args=[change.pk])
    with django_assert_num_queries(11):
        client.get(url)
    withdraw_change(change_id=change.pk, by=olga, at=MORNING)
    for number in range(30):
        make_shop(f"Shop {number}")
    change = change_card(plain(130), station=shop.station, by=olga, at=MORNING)
    with django_assert_num_queries(11):
        client.get(reverse("rates:change", args=[change.pk]))


@pytest.fixture
def change(shop):
    return change_card(
        plain(140),
        plain(190, size="large"),
        tier(50, 10),
        station=shop.station,
        by=make_olga(),
        at=MORNING,
    )


@pytest.fixture
def rosa(client, shop, change):
    user = make_member(shop, "Rosa")
    client.force_login(user)
    return user


def test_a_shop_sees_its_own_effect_and_answers(client, shop, change, rosa):
    assert "See what it means for you, and answer" in page_of(client, reverse("home:today"))
    url = reverse("rates:mine_change", args=[change.pk])
    page = page_of(client, url)
    assert "$0.10 less in 12 weeks" in page
    assert "The van comes twice a day now." in page
    assert "A second person still checks this card." in page
    assert "Pausing and leaving cost nothing" in page
    answer = client.post(url, {"answer": "accepted"}, follow=True)
    assert "You accept the new card." in answer.content.decode()
    assert RateAnswer.objects.get().answered_by == rosa
    assert "See what it means for you" not in page_of(client, reverse("home:today"))


@pytest.mark.parametrize("answer", [{}, {"answer": "perhaps"}])
def test_an_answer_that_is_none_is_refused(client, change, rosa, answer):
    url = reverse("rates:mine_change", args=[change.pk])
    said = client.post(url, answer)
    assert said.status_code == 422
    assert "Choose an answer." in said.content.decode()
    assert not RateAnswer.objects.exists()


def test_staff_see_what_shops_said(client, shop, change, rosa):
    client.post(reverse("rates:mine_change", args=[change.pk]), {"answer": "leaves"})
    client.force_login(make_staff("Una", "finance_approver"))
    assert "leaves from that day" in page_of(client, reverse("rates:change", args=[change.pk]))


def test_a_shops_card_line_by_line(client, shop, rosa):
    page = page_of(client, reverse("rates:mine"))
    for words in ("Delivered package: large", "after the first 50 of a week", "$1.90", "To come"):
        assert words in page


def test_what_each_package_of_a_day_pays_and_why(client, shop, rosa):
    write_card(
        Line("peak", 25, first_on=DAY, end_on=DAY + dt.timedelta(days=1)), station=shop.station
    )
    make_package(shop=shop, state="MANIFESTED")
    make_package(shop=shop, state="MANIFESTED", weight_g=20_000)
    make_package(shop=shop, state="SHORT")
    page = page_of(client, reverse("rates:day", args=[DAY]))
    assert "1 package pays $2.15" in page and "1 package pays $1.75" in page
    assert "Delivered package: large: <b>$1.90</b>" in page
    assert "Extra on busy days: <b>$0.25</b>" in page
    assert "<b>$3.90</b>" in page
    assert "after the first 50 of a week" in page


def test_a_line_for_some_doors_and_an_extra_beyond_the_cap_are_told(client, shop):
    write_card(plain(130, outcome="mail_room"), Line("over_cap", 75), station=shop.station)
    delivery = beyond_cap(make_delivery(shop=shop))
    client.force_login(delivery.shop.memberships.get().user)
    page = page_of(client, reverse("rates:day", args=[DAY]))
    assert "1 package pays $2.25" in page
    assert "Delivered package: Mail room: $1.30 instead" in page


def test_a_day_without_packages_or_fees_says_so(client, shop, rosa):
    page = page_of(client, reverse("rates:day", args=[DAY + dt.timedelta(days=3)]))
    assert "No packages on this day" in page


@pytest.mark.parametrize("name", ["mine", "mine_change", "day"])
def test_a_helper_and_a_stranger_see_no_fees(client, shop, change, name):
    args = {"mine": [], "mine_change": [change.pk], "day": [DAY]}[name]
    url = reverse(f"rates:{name}", args=args)
    assert client.get(url).status_code == 302
    client.force_login(make_member(shop, "Sam", "helper"))
    assert client.get(url).status_code == 404
    if name == "mine_change":
        client.force_login(make_member(make_shop("Zed's Laundry"), "Zed"))
        assert client.get(url).status_code == 404
