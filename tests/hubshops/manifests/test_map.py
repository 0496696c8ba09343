"""The map of a manifest: the same stops as the list, and nothing more about anybody."""

import json
import re

import pytest
from django.urls import reverse

from hubshops.manifests.actions import plan_and_publish
from tests.factories import DAY, MORNING, make_member, make_package, make_shop, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def page(client, shop):
    """`page(query)` as Rosa, after the day was planned."""
    client.force_login(make_member(shop, "Rosa"))

    def look(query):
        plan_and_publish(station=shop.station, service_day=DAY, at=MORNING)
        return client.get(reverse("manifests:day", args=[DAY]) + query).content.decode()

    return look


def map_in(page):
    found = re.search(r'<script id="map-data" type="application/json">(.*?)</script>', page)
    return json.loads(found[1])


def test_pins_carry_what_the_list_says_and_nothing_more(page, shop):
    make_package(
        recipient_name="Maria del Carmen Lopez",
        address1="418 Oak St",
        phone="479-555-0123",
        instructions="Ring twice",
    )
    data = map_in(page("?view=map"))
    assert data["counters"][0]["name"] == shop.name
    assert data["counters"][0]["radius_m"] == shop.radius_m
    [pin] = data["pins"]
    assert (pin["mark"], pin["title"], pin["url"]) == ("1", "418 Oak St", "#stop-1")
    assert pin["lines"] == ["Maria L. · Coming with the van"]
    for secret in ("Lopez", "0123", "Ring"):
        assert secret not in json.dumps(data)


def test_the_map_keeps_the_whole_list_under_it(page):
    package = make_package(recipient_name="Ines Bell")
    text = page("?view=map")
    assert package.tracking_id in text
    assert 'id="stop-1"' in text


def test_without_asking_there_is_no_map(page):
    make_package()
    text = page("")
    assert "map-data" not in text
    assert "leaflet" not in text
    assert "?view=map" in text


def test_a_place_known_by_zip_is_said_on_its_pin(page):
    make_package(is_placed_by_zip=True)
    text = page("?view=map")
    assert map_in(text)["pins"][0]["lines"][-1] == "Place known by ZIP code only"
    assert "We only know the middle of its ZIP code." in text


def test_a_stop_without_a_place_has_no_pin_and_stays_in_the_list(page, shop):
    known = make_package(address1="1 First St")
    lost = make_package(address1="2 Second St")
    page("")
    type(lost).objects.filter(pk=lost.pk).update(latitude=None, longitude=None)
    text = page("?view=map")
    assert len(map_in(text)["pins"]) == 1
    assert known.tracking_id in text
    assert lost.tracking_id in text
    assert "We don't know where these stops are" in text.replace("&#x27;", "'")
    assert "Go by the address." in text


def test_a_map_program_gets_the_place_only_by_a_tap_and_the_page_says_so(page):
    make_package(latitude=36.08, longitude=-94.17)
    text = page("")
    assert "This sends the place of this door to the company that makes the map." in text
    assert 'href="geo:36.080000,-94.170000?q=36.080000,-94.170000"' in text
    assert "destination=36.080000%2C-94.170000" in text
    assert "<iframe" not in text


def test_staff_see_the_same_map(client, shop):
    make_package()
    plan_and_publish(station=shop.station, service_day=DAY, at=MORNING)
    client.force_login(make_staff("Olga"))
    url = reverse("manifests:sheet", args=[shop.station.code, DAY, shop.slug])
    assert len(map_in(client.get(url + "?view=map").content.decode())["pins"]) == 1


def test_pages_may_ask_no_other_host_for_pictures(client, page):
    make_package()
    page("")
    answer = client.get(reverse("manifests:day", args=[DAY]) + "?view=map")
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' data:;" in policy + ";"
    assert "unsafe-inline" not in policy
