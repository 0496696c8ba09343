"""Whether a van comes by, and what shops there get."""

import datetime as dt

import pytest
from django.core.cache import cache

from hubshops.manifests.models import Manifest, ManifestVersion
from hubshops.stations.models import Station
from kernel import clock
from payouts.rates.actions import agree_rate
from portal.public.queries import first_pay, look_at_area, market_of
from portal.public.rules import REACH_M, Span, is_within_reach
from tests.factories import DAY, MORNING, make_shop, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_figures():
    cache.clear()


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
    page = client.get("/", {"zip": "65201-1234"}).content.decode()
    assert "Yes, we are near." in page
    banner = page.index("Yes, we are near.")
    assert 'href="/apply/"' in page[banner : banner + 900]


def test_a_zip_far_away_is_told_so_with_the_distance(station, client):
    assert not look_at_area("10001").is_near
    page = client.get("/", {"zip": "10001"}).content.decode()
    assert "Not yet." in page
    assert "Columbia" in page
    assert 'href="/waitlist/?zip=10001"' in page
    assert "Example" in page


def test_a_zip_nobody_knows_is_left_to_a_person(station, client):
    assert look_at_area("00000").station is None
    assert "We are not sure." in client.get("/", {"zip": "00000"}).content.decode()


def test_a_network_without_stations_is_not_sure():
    assert look_at_area("65201").station is None


@pytest.mark.parametrize("given", ["652", "abcde", "652011", "٦٥٢٠١"])
def test_what_is_no_zip_is_refused_in_words(client, given):
    page = client.get("/", {"zip": given}).content.decode()
    assert "Write the five digits of a ZIP code, like 65201." in page


def test_reach_includes_its_edge():
    assert is_within_reach(REACH_M)
    assert not is_within_reach(REACH_M + 1)


def bring(shop, day, packages):
    """A published day of a shop."""
    manifest = Manifest.objects.create(
        shop=shop, service_day=day, number=f"{shop.slug}-{day}", version=1, published_at=MORNING
    )
    facts = {"added": packages, "withdrawn": 0, "packages": packages, "stops": packages}
    ManifestVersion.objects.create(manifest=manifest, version=1, published_at=MORNING, **facts)


def test_an_area_counts_with_its_own_card_and_days(station, client, time_machine):
    time_machine.move_to(MORNING)
    agree_rate(station=station, amount_cents=210, first_day=DAY, at=MORNING)
    for number, packages in enumerate((20, 25, 30, 35, 60)):
        shop = make_shop(f"Shop {number}", station=station, email=f"s{number}@shop.test")
        bring(shop, DAY - dt.timedelta(days=number + 1), packages)
        bring(shop, DAY - dt.timedelta(days=40), 150)
    market = market_of(station, MORNING)
    assert (market.fees, market.packages, market.shops) == (Span(210, 210), Span(25, 35), 5)
    page = client.get("/", {"zip": "65201"}).content.decode()
    assert "with 25 to 35 packages a day" in page
    assert "our 5 shops near you got this many, Fri Oct 23 to Thu Nov 19" in page
    assert "Your area" in page
    page = client.get("/", {"zip": "65201", "based_on": "65201", "packages_low": "9"})
    assert "Example" in page.content.decode()


def test_two_shops_are_too_few_to_tell_about(station):
    for number in range(2):
        shop = make_shop(f"Shop {number}", station=station, email=f"s{number}@shop.test")
        bring(shop, DAY - dt.timedelta(days=1), 30)
    market = market_of(station, MORNING)
    assert (market.fees, market.packages, market.shops) == (None, None, 0)


def test_an_area_costs_the_same_for_one_day_and_for_fifty(station, django_assert_num_queries):
    agree_rate(station=station, amount_cents=210, first_day=DAY, at=MORNING)
    for number in range(3):
        shop = make_shop(f"Shop {number}", station=station, email=f"s{number}@shop.test")
        for days in range(1, 18):
            bring(shop, DAY - dt.timedelta(days=days), 30)
    with django_assert_num_queries(3):
        market_of(station, MORNING)


def test_a_usual_day_is_counted_once_an_hour(station, django_assert_num_queries, time_machine):
    agree_rate(station=station, amount_cents=210, first_day=DAY, at=MORNING)
    time_machine.move_to(MORNING)
    for number in range(5):
        shop = make_shop(f"Shop {number}", station=station, email=f"s{number}@shop.test")
        bring(shop, DAY - dt.timedelta(days=1), 30)
    market = market_of(station, MORNING)
    other = make_shop("Shop 9", station=station, email="s9@shop.test")
    bring(other, DAY - dt.timedelta(days=1), 30)
    with django_assert_num_queries(2):
        assert market_of(station, MORNING) == market
    assert market_of(make_station("NSH"), MORNING).shops == 0
    assert market_of(station, MORNING + dt.timedelta(days=1)).shops == 6
    time_machine.move_to(MORNING + dt.timedelta(hours=1, seconds=1))
    assert market_of(station, MORNING).shops == 6


@pytest.mark.parametrize(
    ("today", "starts_on", "arrives_on"),
    [
        (dt.date(2026, 11, 20), dt.date(2026, 11, 23), dt.date(2026, 12, 2)),
        (dt.date(2026, 11, 30), dt.date(2026, 12, 7), dt.date(2026, 12, 16)),
        (dt.date(2026, 12, 18), dt.date(2026, 12, 21), dt.date(2026, 12, 30)),
        (dt.date(2027, 1, 4), dt.date(2027, 1, 11), dt.date(2027, 1, 21)),  # King's day between
    ],
)
def test_the_first_money_comes_on_the_day_that_the_weekly_run_promises(
    station, today, starts_on, arrives_on
):
    at = clock.day_start(today, station.zone)
    got = first_pay(station, at)
    assert (got.starts_on, got.arrives_on) == (starts_on, arrives_on)
