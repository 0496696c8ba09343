"""Staff see what was said, without whole numbers."""

import pytest
import time_machine

from hubshops.packages.rules import State
from hubshops.recipients.actions import tell_recipients
from hubshops.recipients.models import StationTexts, TextStop
from kernel.notifications.models import Text
from tests.factories import make_member, make_packages, make_staff
from tests.hubshops.recipients.test_actions import LOADED, PHONE, act, make_shop, switch

pytestmark = pytest.mark.django_db
PAGE = "/ops/texts/"


@pytest.fixture(autouse=True)
def _it_is_ten(settings):
    settings.TEXTS_URL = "console://"
    with time_machine.travel(LOADED, tick=False):
        yield


@pytest.fixture
def olga(client):
    client.force_login(make_staff("Olga", "support"))
    return client


def send(count, **fields):
    shop = make_shop()
    switch(shop)
    rosa = make_member(shop, "Rosa")
    for package in make_packages(count, shop=shop, state=State.AT_SHOP, phone=PHONE, **fields):
        act(package, rosa, "load", LOADED)
    tell_recipients(at=LOADED)


def test_a_number_shows_only_its_end_and_the_words_not_at_all(olga):
    send(1)
    body = olga.get(PAGE).content.decode()
    assert "…0123" in body
    assert "555-0123" not in body
    assert "5550123" not in body
    assert "Nothing to do" not in body
    assert "Waits" in body


def test_a_failure_says_why(olga):
    send(1)
    Text.objects.update(gave_up_at=LOADED, gave_up_reason="answered 403")
    body = olga.get(PAGE).content.decode()
    assert "Not sent" in body
    assert "answered 403" in body


def test_what_was_forgotten_has_no_number(olga):
    send(1)
    Text.objects.update(to="", body="", forgotten_at=LOADED, sent_at=LOADED)
    assert "0123" not in olga.get(PAGE).content.decode()


def test_staff_stop_a_number(olga):
    answer = olga.post(PAGE + "stop/", {"phone": "479 555 0123"}, follow=True)
    assert "This number gets no more texts." in answer.content.decode()
    assert "1 number gets none now." in answer.content.decode()
    wrong = olga.post(PAGE + "stop/", {"phone": "0123"})
    assert wrong.status_code == 422
    assert "Write an American phone number" in wrong.content.decode()
    assert TextStop.objects.count() == 1


def test_an_admin_switches_a_station_on(client):
    station = make_shop().station
    client.force_login(make_staff("Pavel", "admin"))
    assert StationTexts.objects.count() == 0
    answer = client.post(f"{PAGE}{station.code}/", {"is_on": "on", "language": "es"})
    assert answer.headers["Location"] == PAGE
    assert StationTexts.objects.filter(station=station, is_on=True, language="es").exists()
    assert client.post(f"{PAGE}{station.code}/", {"language": "xx"}).status_code == 422
    assert "Sends texts" in client.get(PAGE).content.decode()


def test_the_page_says_that_nobody_takes_texts_out(olga, settings):
    settings.TEXTS_URL = ""
    assert "TEXTS_URL" in olga.get(PAGE).content.decode()


def test_the_page_costs_the_same_for_one_text_and_fifty(olga, django_assert_num_queries):
    send(1)
    with django_assert_num_queries(8):
        olga.get(PAGE)
    from hubshops.shops.models import Shop

    shop = Shop.objects.get()
    rosa = shop.memberships.get().user
    for package in make_packages(49, shop=shop, state=State.AT_SHOP, phone=PHONE):
        act(package, rosa, "load", LOADED)
    tell_recipients(at=LOADED)
    with django_assert_num_queries(8):
        olga.get(PAGE)
