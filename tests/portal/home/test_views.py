"""A shop's today page, and where people land."""

import datetime as dt
import re
import uuid
from urllib.parse import unquote

import pytest
import time_machine

from hubshops.assignment.models import OverflowOffer
from hubshops.deliveries.models import DayClose, Device
from hubshops.documents.actions import accept_document, hand_over
from hubshops.manifests.models import Manifest
from hubshops.packages.rules import State
from hubshops.shops.actions import ask_pause, ask_to_leave
from payouts.rates.actions import agree_rate
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_package,
    make_packages,
    make_person,
    make_shop,
    make_staff,
)
from tests.hubshops.documents.helpers import REFERENCE, a_dossier, accepted, bring, of_kind
from tests.hubshops.documents.test_actions import ENDS

pytestmark = pytest.mark.django_db
NOON = MORNING + dt.timedelta(hours=3)
TODAY = "/shop/"
NOW = f"/shop/now/?day={DAY}"


@pytest.fixture(autouse=True)
def _it_is_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def shop():
    shop = make_shop(weekdays="12345")
    agree_rate(shop=shop, amount_cents=275, first_day=DAY, at=MORNING)
    return shop


@pytest.fixture
def rosa(client, shop):
    client.force_login(make_member(shop, "Rosa"))
    return client


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_strangers_find_nothing_and_anonymous_people_sign_in(client, shop):
    assert client.get(TODAY).headers["Location"].startswith("/account/login/")
    client.force_login(make_person("Zed"))
    assert client.get(TODAY).status_code == 404


def test_a_day_without_packages_names_the_next_one(rosa):
    words = text(rosa.get(TODAY))
    assert "No packages today" in words
    assert "Next: Monday." in words


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ({State.MANIFESTED: 24}, "24 packages arrive today"),
        ({State.MANIFESTED: 1}, "1 package arrives today"),
        (
            {State.AT_SHOP: 10, State.OUT_FOR_DELIVERY: 8, State.DELIVERED: 6},
            "Deliver: 18 left of 24",
        ),
        ({State.AT_SHOP: 2, State.RETURN_PENDING: 1}, "Deliver: 2 left of 3 0 of 3 delivered"),
        ({State.AT_SHOP: 2, State.RETURN_PENDING: 1}, "1 more needs you: see below."),
        ({State.RETURN_PENDING: 2, State.DELIVERED: 6}, "Close the day 6 of 8 delivered"),
        ({State.DELIVERED: 3}, "Close the day 3 of 3 delivered"),
    ],
)
def test_one_card_says_what_to_do_now(rosa, shop, states, words):
    for state, count in states.items():
        make_packages(count, shop=shop, state=state, at=NOON)
    assert words in text(rosa.get(TODAY))


def close(shop, day):
    DayClose.objects.create(
        id=uuid.uuid4(),
        shop=shop,
        day=day,
        closed_at=NOON,
        by=make_member(shop, "Ana"),
        phone_counts={},
        our_counts={},
        agrees=True,
    )


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ({State.RETURN_PENDING: 2, State.DELIVERED: 6}, "Give 2 packages back"),
        ({State.DELIVERED: 3}, "All done"),
    ],
)
def test_a_closed_day_asks_for_nothing_but_what_goes_back(rosa, shop, states, words):
    for state, count in states.items():
        make_packages(count, shop=shop, state=state, at=NOON)
    close(shop, DAY)
    assert words in text(rosa.get(NOW))
    assert "/shop/close/" not in rosa.get(NOW).content.decode()


def test_what_waits_only_to_go_back_is_no_day_to_close(rosa, shop):
    before = DAY - dt.timedelta(days=1)
    make_package(shop=shop, state=State.RETURN_PENDING, day=before, at=NOON - dt.timedelta(days=1))
    assert "Give 1 package back" in text(rosa.get(TODAY))


def test_yesterday_is_closed_first(rosa, shop):
    before = DAY - dt.timedelta(days=1)
    make_package(shop=shop, state=State.DELIVERED, day=before, at=NOON - dt.timedelta(days=1))
    make_package(shop=shop, state=State.MANIFESTED)
    words = text(rosa.get(TODAY))
    assert "Thu Nov 19 is not closed yet" in words
    assert "Close this day first" in words
    close(shop, before)
    assert "is not closed yet" not in text(rosa.get(TODAY))


def test_the_day_is_the_stations(client, rosa, shop):
    """Half past seven in the evening in Arkansas is the next day in UTC."""
    make_package(shop=shop, state=State.MANIFESTED)
    with time_machine.travel(MORNING.replace(hour=19, minute=30), tick=False):
        assert "1 package arrives today" in text(rosa.get(TODAY))


def test_yesterday_comes_first(rosa, shop):
    before = DAY - dt.timedelta(days=1)
    make_package(shop=shop, state=State.ATTEMPTED, day=before, at=NOON - dt.timedelta(days=1))
    words = text(rosa.get(TODAY))
    assert "1 package from before today comes first" in words
    assert "Deliver: 1 left of 1" in words


def test_what_went_wrong_is_listed_with_its_state(rosa, shop):
    package = make_package(shop=shop, state=State.RETURN_PENDING, address1="130 Cedar St")
    page = rosa.get(TODAY)
    assert "Needs you" in text(page)
    assert "To give back" in text(page)
    assert f"/shop/door/{package.pk}/" in page.content.decode()


def test_owners_see_the_money_so_far_and_helpers_none(client, rosa, shop):
    make_packages(4, shop=shop, state=State.DELIVERED, at=NOON)
    make_package(shop=shop, state=State.DELIVERED, at=NOON - dt.timedelta(days=1))
    words = text(rosa.get(TODAY))
    assert "$11.00" in words
    assert "so far today, 4 packages" in words
    client.force_login(make_member(shop, "Sam", "helper"))
    helper = text(client.get(TODAY))
    assert "$" not in helper
    assert "earn" not in helper.lower().replace("earnings", "")


def test_booked_fees_are_taken_as_booked(rosa, shop):
    """A fee that was booked stays what it was when the rate changes; what waits has the new one."""
    from payouts.accruals.actions import accrue_waiting

    make_packages(2, shop=shop, state=State.DELIVERED, at=NOON)
    accrue_waiting(at=NOON)
    make_package(shop=shop, state=State.DELIVERED, at=NOON)
    assert "$8.25" in text(rosa.get(TODAY))


def test_the_manifest_is_at_hand(rosa, shop):
    make_package(shop=shop, state=State.MANIFESTED)
    Manifest.objects.create(shop=shop, service_day=DAY, number="FAY-1", published_at=MORNING)
    assert "FAY-1" in text(rosa.get(TODAY))


def test_tomorrows_list_is_at_hand_once_it_is_out(rosa, shop):
    tomorrow = DAY + dt.timedelta(days=1)
    make_packages(2, shop=shop, state=State.DELIVERED, at=NOON)
    make_package(shop=shop, state=State.MANIFESTED, day=tomorrow)
    address = f'href="/shop/manifests/{tomorrow}/"'
    assert address not in rosa.get(TODAY).content.decode()
    Manifest.objects.create(shop=shop, service_day=tomorrow, number="FAY-2", published_at=NOON)
    page = rosa.get(TODAY)
    assert address in page.content.decode()
    assert "Open tomorrow's list" in text(page)


def test_the_page_costs_the_same_for_one_package_and_fifty(rosa, shop, django_assert_num_queries):
    make_package(shop=shop, state=State.DELIVERED, at=NOON)
    with django_assert_num_queries(18):
        rosa.get(TODAY)
    for state in (State.AT_SHOP, State.DELIVERED, State.RETURN_PENDING, State.ATTEMPTED):
        make_packages(15, shop=shop, state=state, at=NOON)
    with django_assert_num_queries(18):
        rosa.get(TODAY)


# --- Kept up to date -----------------------------------------------------------------------------


def test_an_open_page_asks_for_its_parts_and_hears_nothing_new(rosa, shop):
    make_packages(2, shop=shop, state=State.AT_SHOP)
    page = rosa.get(TODAY).content.decode()
    assert f'data-live="{NOW}" data-every="15"' in page
    first = rosa.get(NOW)
    assert "Deliver: 2 left of 2" in text(first)
    assert "<html" not in first.content.decode()
    assert unquote(first.headers["X-As-Of"]) == "12:00:00 pm CST"
    again = rosa.get(NOW, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-As-Of"]


def test_a_change_is_told_and_so_is_a_form_that_did_not_change(rosa, shop):
    """The token of a form is new each time; that alone is no news."""
    day = DAY + dt.timedelta(days=1)
    OverflowOffer.objects.create(
        shop=shop, service_day=day, extra=5, offered_at=MORNING, offered_by=make_staff()
    )
    make_package(shop=shop, state=State.AT_SHOP)
    first = rosa.get(NOW)
    assert "csrfmiddlewaretoken" in first.content.decode()
    assert rosa.get(NOW).content != first.content
    mark = {"If-None-Match": first.headers["ETag"]}
    assert rosa.get(NOW, headers=mark).status_code == 304
    make_package(shop=shop, state=State.AT_SHOP)
    assert "Deliver: 2 left of 2" in text(rosa.get(NOW, headers=mark))


def test_a_page_of_yesterday_becomes_a_new_page(rosa):
    assert rosa.get(f"/shop/now/?day={DAY - dt.timedelta(days=1)}").status_code == 205
    assert rosa.get("/shop/now/").status_code == 205


def test_phones_that_still_hold_something_are_named(rosa, shop):
    assert "phones" not in text(rosa.get(TODAY))
    sam = make_member(shop, "Sam", "helper")
    seen = {"shop": shop, "user": sam, "protocol": 3, "first_seen_at": MORNING}
    phone = Device.objects.create(
        key=uuid.uuid4(), last_seen_at=NOON.replace(hour=11, minute=10), **seen
    )
    assert "All phones have sent everything" in text(rosa.get(TODAY))
    Device.objects.filter(pk=phone.pk).update(unsent=2, unsent_photos=1)
    words = text(rosa.get(TODAY))
    assert "Sam’s phone still held 3, today 11:10 am" in words
    assert "All phones" not in words


# --- Where people land ---------------------------------------------------------------------------


def test_a_shops_people_land_on_their_day(rosa):
    assert rosa.get("/account/home/").headers["Location"] == TODAY


def test_who_belongs_nowhere_is_told_so(client):
    client.force_login(make_person("Zed"))
    assert "no shop is yours" in text(client.get("/account/home/"))


def test_staff_land_on_the_board(client):
    client.force_login(make_staff())
    answer = client.get("/account/home/")
    assert answer.headers["Location"] == "/ops/"


def test_another_shop_brings_another_token_so_that_a_phone_notices(client, shop):
    ana = make_member(shop, "Ana", "helper")
    second = make_shop("Ana's Café")
    make_member(second, "Ana")
    client.force_login(ana)
    client.get("/account/shops/")
    before = client.cookies["csrftoken"].value
    client.post("/account/shops/", {"shop": second.slug})
    client.get("/account/shops/")
    assert client.cookies["csrftoken"].value != before


def test_who_works_for_several_shops_chooses(client, shop):
    second = make_shop("Ana's Café")
    ana = make_member(shop, "Ana", "helper")
    make_member(second, "Ana")
    client.force_login(ana)
    assert client.get("/account/home/").headers["Location"] == "/account/shops/"
    assert "Ana&#x27;s Café" in client.get("/account/shops/").content.decode()
    assert client.post("/account/shops/", {"shop": "somebody-elses"}).status_code == 404
    client.post("/account/shops/", {"shop": second.slug})
    assert client.get(TODAY).wsgi_request.shop == second
    client.post("/account/shops/", {"shop": shop.slug})
    assert client.get(TODAY).wsgi_request.shop == shop


def test_a_choice_ends_with_the_membership(client, shop):
    second = make_shop("Ana's Café")
    ana = make_member(shop, "Ana", "helper")
    make_member(second, "Ana")
    client.force_login(ana)
    client.post("/account/shops/", {"shop": second.slug})
    second.memberships.update(ended_at=NOON)
    assert client.get(TODAY).wsgi_request.shop == shop


def test_a_shop_that_gets_ready_reads_which_papers_are_missing(client):
    olga, shop, rosa = make_staff("Olga", "reviewer"), make_shop(status="preparing"), client
    client.force_login(make_member(shop, "Rosa"))
    dossier = a_dossier()
    hand_over(reference=REFERENCE, shop=shop, at=MORNING)
    accepted(dossier, "licence", olga)
    bring(of_kind(dossier, "insurance"))
    steps = text(rosa.get(TODAY)).partition("Getting ready")[2]
    assert "Your papers Insurance certificate: Being looked at" in steps
    assert "Identity card Rosa Marte : Asked for To do" in steps
    assert "Business license" not in steps
    assert 'href="/shop/documents/"' in rosa.get(TODAY).content.decode()
    bring(of_kind(dossier, "identity"))
    assert "Being looked at With us" in text(rosa.get(TODAY))
    for kind in ("insurance", "identity"):
        document_id = of_kind(dossier, kind).pk
        accept_document(document_id=document_id, expires_on=ENDS, by=olga, at=MORNING)
    assert "Your papers All set" in text(rosa.get(TODAY))
    client.force_login(make_member(shop, "Sam", "helper"))
    assert "Your papers All set" in text(client.get(TODAY))


# --- A pause or a leaving ------------------------------------------------------------------------


def test_today_says_that_a_pause_is_planned(rosa, shop):
    first, last = DAY + dt.timedelta(days=5), DAY + dt.timedelta(days=9)
    ask_pause(shop=shop, first_day=first, last_day=last, at=NOON, by=None)
    page = rosa.get(TODAY)
    assert "You pause: no packages from Wednesday, November 25 to Sunday, November 29." in text(
        page
    )
    assert 'href="/shop/pause/"' in page.content.decode()


def test_today_says_that_the_shop_leaves(rosa, client, shop):
    ask_to_leave(shop=shop, last_day=DAY + dt.timedelta(days=7), at=NOON, by=None)
    words = "You are leaving. Your last packages come on Friday, November 27."
    assert words in text(rosa.get(TODAY))
    client.force_login(make_member(shop, "Sam", role="helper"))
    page = client.get(TODAY)
    assert words in text(page)
    assert 'href="/shop/pause/"' not in page.content.decode()
