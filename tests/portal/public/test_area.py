"""Whether a van comes by."""

import pytest

from hubshops.stations.models import Station
from kernel import clock
from portal.public.queries import look_at_area
from portal.public.rules import REACH_M, is_within_reach

pytestmark = pytest.mark.django_db


@pytest.fixture
def station() -> Station:
    return Station.objects.create(
        code="COU",
        name="Columbia",
        city="Columbia",
        state="MO",
        latitude=38.95,
        longitude=-92.33,
        zone="America/Chicago",
        opened_at=clock.now(),
    )


def test_a_zip_beside_the_station_is_near(station, client):
    area = look_at_area("65201")
    assert area.station == station
    assert area.is_near
    assert area.distance_m < 15_000
    assert "Yes, we are near." in client.get("/", {"zip": "65201-1234"}).content.decode()


def test_a_zip_far_away_is_told_so_with_the_distance(station, client):
    assert not look_at_area("10001").is_near
    page = client.get("/", {"zip": "10001"}).content.decode()
    assert "Not yet." in page
    assert "Columbia" in page


def test_a_zip_nobody_knows_is_left_to_a_person(station, client):
    assert look_at_area("00000").station is None
    assert "We are not sure." in client.get("/", {"zip": "00000"}).content.decode()


def test_a_network_without_stations_is_not_sure():
    assert look_at_area("65201").station is None


@pytest.mark.parametrize("given", ["", "652", "abcde", "652011", "٦٥٢٠١"])
def test_what_is_no_zip_is_refused_in_words(client, given):
    page = client.get("/", {"zip": given}).content.decode()
    assert "Write the five digits of a ZIP code, like 65201." in page


def test_reach_includes_its_edge():
    assert is_within_reach(REACH_M)
    assert not is_within_reach(REACH_M + 1)
