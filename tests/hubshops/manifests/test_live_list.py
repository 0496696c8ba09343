"""A day's list keeps up with the doors while it is open."""

import pytest

from hubshops.manifests.actions import plan_and_publish
from hubshops.packages.models import Package
from hubshops.stations.models import Station
from tests.factories import DAY, MORNING, make_member, make_packages, make_shop

pytestmark = pytest.mark.django_db
PAGE, NOW = f"/shop/manifests/{DAY}/", f"/shop/manifests/{DAY}/now/"


@pytest.fixture
def rosa(client):
    client.force_login(make_member(make_shop(), "Rosa"))
    return client


def publish(count=2):
    make_packages(count)
    plan_and_publish(station=Station.objects.get(), service_day=DAY, at=MORNING)


def test_a_row_shows_its_new_state_without_a_reload(rosa):
    publish()
    assert f'data-live="{NOW}?show=" data-every="15"' in rosa.get(PAGE).content.decode()
    first = rosa.get(NOW)
    assert first.content.decode().count("Coming with the van") == 2
    mark = {"If-None-Match": first.headers["ETag"]}
    assert rosa.get(NOW, headers=mark).status_code == 304
    Package.objects.update(state="DELIVERED")
    again = rosa.get(NOW, headers=mark)
    assert again.status_code == 200
    assert again.content.decode().count("Delivered") == 2
    assert "<html" not in again.content.decode()


def test_a_filter_stays_with_the_page(rosa):
    publish()
    body = rosa.get(PAGE + "?show=left&whose=all").content.decode()
    assert f'data-live="{NOW}?show=left&amp;whose=all"' in body
    Package.objects.update(state="DELIVERED")
    assert "Nothing is left" in rosa.get(NOW + "?show=left").content.decode()


def test_beside_a_map_only_the_stops_are_read_again(rosa):
    publish()
    page = rosa.get(PAGE + "?view=map").content.decode()
    assert page.count("data-live=") == 1
    assert f'data-live="{NOW}?view=map&amp;show="' in page
    part = rosa.get(NOW + "?view=map").content.decode()
    assert "Coming with the van" in part
    assert "data-map" not in part


def test_a_day_without_a_list_becomes_a_new_page_once_it_has_one(rosa):
    assert f'data-live="{NOW}?empty=1"' in rosa.get(PAGE).content.decode()
    assert "No packages for this day" in rosa.get(NOW + "?empty=1").content.decode()
    publish()
    assert rosa.get(NOW + "?empty=1").status_code == 205
