"""A morning that is not ready is noticed by us, once, and forgotten when it is."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from hubshops.manifests.actions import plan_and_publish, publish_day, watch_mornings
from hubshops.manifests.models import Ring
from hubshops.packages.rules import State
from kernel.notifications.models import Mail
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
EARLY = MORNING.replace(hour=5, minute=59)
SIX = MORNING.replace(hour=6)


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def shop(station):
    return make_shop(station=station)


def rings() -> list[tuple]:
    return list(Ring.objects.filter(closed_at=None).values_list("shop__slug", "cause", "packages"))


def test_a_shop_with_packages_and_no_manifest_rings_from_six_by_the_stations_clock(shop):
    olga = make_staff("Olga")
    make_staff("Fay", "support")
    make_packages(2, shop=shop, state=State.ASSIGNED)

    assert watch_mornings(at=EARLY) == 0
    assert watch_mornings(at=SIX) == 1

    assert rings() == [("rosas-bodega", "no_manifest", 2)]
    letter = Mail.objects.get()
    assert letter.person == olga
    assert letter.subject == "Not ready: FAY, Fri Nov 20"
    assert "Rosa's Bodega: The shop has no manifest (2 packages)" in letter.body


def test_the_same_trouble_rings_once(shop):
    make_staff("Olga")
    make_packages(2, shop=shop, state=State.ASSIGNED)
    watch_mornings(at=SIX)
    assert watch_mornings(at=SIX + dt.timedelta(minutes=5)) == 0
    assert Mail.objects.count() == 1


def test_publishing_closes_the_alarm_at_once(shop):
    make_packages(2, shop=shop, state=State.ASSIGNED)
    watch_mornings(at=SIX)
    publish_day(station=shop.station, service_day=DAY, at=MORNING)
    assert Ring.objects.get().closed_at == MORNING


def test_a_manifest_that_misses_packages_rings_again_without_a_second_letter(shop):
    make_staff("Olga")
    make_packages(2, shop=shop, state=State.ASSIGNED)
    watch_mornings(at=SIX)
    publish_day(station=shop.station, service_day=DAY, at=MORNING)
    make_packages(1, shop=shop, state=State.ASSIGNED)
    watch_mornings(at=MORNING)
    assert rings() == [("rosas-bodega", "incomplete", 1)]
    assert Mail.objects.filter(subject__startswith="Not ready").count() == 1


def test_a_station_that_was_never_planned_rings(station, shop):
    make_packages(3, station=station)
    assert watch_mornings(at=SIX) == 1
    assert rings() == [(None, "no_plan", 3)]
    plan_and_publish(station=station, service_day=DAY, at=MORNING)
    assert rings() == []


def test_a_planned_day_with_some_unplaced_packages_is_quiet(station, shop):
    make_packages(2, station=station)
    make_packages(1, station=station, latitude=0.0, longitude=0.0)
    plan_and_publish(station=station, service_day=DAY, at=MORNING)
    assert watch_mornings(at=MORNING) == 0


def test_tomorrows_packages_do_not_ring(station, shop):
    make_packages(2, station=station, day=DAY + dt.timedelta(days=1))
    assert watch_mornings(at=MORNING) == 0


def test_staff_see_it_on_today_and_on_the_shops_day(client, shop):
    client.force_login(make_staff("Olga"))
    make_packages(2, shop=shop, state=State.ASSIGNED)
    watch_mornings(at=SIX)
    with time_machine.travel(MORNING, tick=False):
        today = client.get("/ops/").content.decode()
        page = client.get(f"/ops/shops/{shop.slug}/{DAY}/").content.decode()
    for html in (today, page):
        assert "1 morning is not ready" in html
        assert "The shop has no manifest" in html
    assert f"/ops/plan/FAY/{DAY}/" in today


def test_law_one_ring_a_shop_day(station, shop):
    fields = {"station": station, "service_day": DAY, "cause": "no_plan", "packages": 1}
    for shop_or_none in (shop, None):
        Ring.objects.create(**fields, shop=shop_or_none, rang_at=SIX)
        again = Ring(**fields, shop=shop_or_none, rang_at=SIX)
        with pytest.raises(IntegrityError, match="ring_once_a_shop_day"), transaction.atomic():
            again.save()
    unknown = Ring(**fields | {"cause": "mood"}, shop=make_shop("B", station=station), rang_at=SIX)
    with pytest.raises(IntegrityError, match="ring_cause_is_known"), transaction.atomic():
        unknown.save()


def test_a_shop_reads_on_today_that_its_list_is_not_ready_and_who_knows(client, shop):
    client.force_login(make_member(shop))
    make_packages(2, shop=shop, state=State.ASSIGNED)
    with time_machine.travel(SIX, tick=False):
        assert "not ready" not in client.get("/shop/").content.decode()
        watch_mornings(at=SIX)
        said = client.get("/shop/").content.decode()
        publish_day(station=shop.station, service_day=DAY, at=SIX)
        ready = client.get("/shop/").content.decode()
        make_packages(1, shop=shop, state=State.ASSIGNED)
        watch_mornings(at=SIX)
        more = client.get("/shop/").content.decode()
    assert "Your list is not ready yet. The station was told at 6:00 am CST." in said
    assert "not ready" not in ready
    assert "1 package is not on your list yet. The station was told at 6:00 am CST." in more
