"""A shared day: each stop names who takes it, and each person sees her own stops first."""

import re

import pytest
import time_machine
from django.urls import reverse

from hubshops.manifests.actions import publish_day, split_day
from hubshops.manifests.queries import manifest_of, stops_of
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from tests.factories import DAY, MORNING, make_member, make_packages, make_shop, make_staff

pytestmark = pytest.mark.django_db
LIST = reverse("manifests:day", args=[DAY])
DOOR = reverse("deliveries:door")


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop)


@pytest.fixture
def sam(shop):
    return make_member(shop, "Sam", role="helper")


@pytest.fixture
def shared(shop, rosa, sam):
    """Six doors in one street, Rosa's and Sam's; the packages are at the shop."""
    for number in range(1, 7):
        make_packages(
            1,
            shop=shop,
            state=State.ASSIGNED,
            address1=f"{number} Oak St",
            latitude=shop.latitude + number / 1000,
            longitude=shop.longitude,
        )
    publish_day(station=shop.station, service_day=DAY, at=MORNING)
    manifest = manifest_of(shop, DAY)
    split_day(manifest=manifest, version=1, helpers=[rosa.pk, sam.pk], at=MORNING, by=rosa)
    manifest = manifest_of(shop, DAY)
    Package.objects.update(state=State.AT_SHOP)
    return manifest


def streets(manifest, tour) -> set[str]:
    return {stop.address1 for stop in stops_of(manifest) if stop.tour == tour}


def shown(client, url, **asked) -> tuple[set[str], str]:
    """Which doors a page shows, and the page."""
    with time_machine.travel(MORNING, tick=False):
        page = client.get(url, asked).content.decode()
    listed = page[page.index("<ol") :] if "<ol" in page else ""
    page = re.sub(r"<script[^>]*application/json.*?</script>", "", page, flags=re.S)
    return {f"{n} Oak St" for n in range(1, 7) if f">{n}</b> <span>Oak St" in listed}, page


@pytest.mark.parametrize("url", [LIST, DOOR])
def test_who_has_a_tour_sees_its_stops_and_all_of_them_one_tap_away(client, sam, shared, url):
    client.force_login(sam)
    mine, page = shown(client, url)
    assert mine == streets(shared, 2)
    assert "My stops" in page
    assert "whose=all&amp;" in page
    everything, page = shown(client, url, whose="all")
    assert everything == streets(shared, 1) | streets(shared, 2)
    assert page.count("Rosa") >= len(streets(shared, 1))
    assert 'href="?whose=all&amp;show=done"' in page


@pytest.mark.parametrize("url", [LIST, DOOR])
def test_who_has_no_tour_sees_all_with_names_and_no_choice(client, shop, shared, url):
    client.force_login(make_member(shop, "Tom", role="helper"))
    everything, page = shown(client, url)
    assert everything == streets(shared, 1) | streets(shared, 2)
    assert "My stops" not in page
    assert page.count("Sam") >= len(streets(shared, 2))


@pytest.mark.parametrize("url", [LIST, DOOR])
def test_a_day_that_is_not_shared_has_no_choice(client, shop, rosa, shared, url):
    split_day(manifest=shared, version=2, helpers=[], at=MORNING, by=rosa)
    client.force_login(rosa)
    everything, page = shown(client, url)
    assert len(everything) == 6
    assert "My stops" not in page


def test_the_figures_of_the_list_count_ones_own_packages(client, sam, shared):
    client.force_login(sam)
    mine = len(streets(shared, 2))
    assert f"All of mine ({mine})" in shown(client, LIST)[1]
    assert "All stops (6)" in shown(client, LIST)[1]


def test_what_the_van_brings_is_everybodys_to_count_in(client, sam, shared):
    client.force_login(sam)
    Package.objects.update(state=State.MANIFESTED)
    _doors, page = shown(client, DOOR)
    assert "Count in all 6" in page


def test_a_search_looks_at_all_stops(client, sam, shared):
    client.force_login(sam)
    hers = Package.objects.get(address1=min(streets(shared, 1)))
    _doors, page = shown(client, DOOR, last=hers.tracking_id[-4:])
    assert hers.tracking_id[-4:] in page
    assert "1 package ends in" in page


def test_who_has_nothing_left_on_her_tour_sees_all(client, sam, shared):
    shared.lines.filter(tour=2).update(withdrawn_in=2)
    client.force_login(sam)
    everything, page = shown(client, LIST)
    assert everything == streets(shared, 1)
    assert "My stops" not in page


def test_staff_see_all_stops_with_names(client, shop, shared):
    client.force_login(make_staff("Olga"))
    url = reverse("manifests:sheet", args=[shop.station.code, DAY, shop.slug])
    everything, page = shown(client, url)
    assert len(everything) == 6
    assert page.count("Sam") >= len(streets(shared, 2))


@pytest.mark.parametrize("url", [LIST, DOOR, reverse("manifests:order", args=[DAY])])
def test_a_shared_day_costs_the_same_for_two_stops_and_fifty(
    client, shop, rosa, sam, url, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(sam)

    def publish(count) -> None:
        make_packages(count, shop=shop, state=State.ASSIGNED)
        publish_day(station=shop.station, service_day=DAY, at=MORNING)

    def share() -> None:
        manifest = manifest_of(shop, DAY)
        helpers = [rosa.pk, sam.pk]
        split_day(manifest=manifest, version=manifest.version, helpers=helpers, at=MORNING, by=rosa)

    publish(2)
    share()
    with time_machine.travel(MORNING, tick=False):
        client.get(url)  # the first look of a session costs more
        with CaptureQueriesContext(
            connection,
        ) as few:
            client.get(url)
        publish(48)
        share()
        with django_assert_num_queries(len(few)):
            assert client.get(url).status_code == 200
