"""A day is planned once, by the rules, and no cap is passed."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.assignment.actions import plan_day
from hubshops.assignment.models import Assignment
from hubshops.assignment.queries import day_plan
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import EventKind, State
from hubshops.shops.models import DayOff, Shop
from kernel.geo import distance_m
from tests.factories import (
    DAY,
    MORNING,
    close_by_hand,
    make_package,
    make_packages,
    make_shop,
    make_station,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return make_station()


def plan(station, day=DAY):
    return plan_day(station=station, service_day=day, at=MORNING)


def test_packages_get_a_shop_an_event_and_an_explanation(station):
    shop = make_shop(station=station)
    package = make_package(station=station)

    answer = plan(station)

    package.refresh_from_db()
    assert (package.state, package.shop) == (State.ASSIGNED, shop)
    assignment = Assignment.objects.get()
    metres = distance_m(shop.latitude, shop.longitude, package.latitude, package.longitude)
    assert (assignment.slot, assignment.cap) == (1, 50)
    assert (assignment.distance_m, answer.total_m) == (round(metres), round(metres))
    assert assignment.explanation == {"reachable": 1, "nearer": []}
    event = PackageEvent.objects.get(kind=EventKind.ASSIGNED)
    assert (event.shop, event.from_state) == (shop, State.ANNOUNCED)


def test_the_explanation_names_nearer_shops_and_why_they_are_not_the_one(station):
    make_shop("Near", station=station, daily_cap=1)
    make_shop("Next", station=station, latitude=station.latitude + 0.02)
    make_packages(2, station=station, latitude=station.latitude, longitude=station.longitude)

    plan(station)

    notes = {one.shop.slug: one.explanation["nearer"] for one in Assignment.objects.all()}
    assert notes == {"near": [], "next": [{"shop": "near", "distance_m": 0, "why": "given"}]}


def test_a_second_run_answers_the_same_and_changes_nothing(station):
    make_shop(station=station, daily_cap=2)
    make_packages(3, station=station)
    make_package(station=station, latitude=0.0, longitude=0.0)

    first = plan(station)
    events = PackageEvent.objects.count()
    second = plan(station)

    assert (first.assigned, first.total_m, first.unplaced) == (
        second.assigned,
        second.total_m,
        second.unplaced,
    )
    assert sorted(first.unplaced.values()) == ["full", "out_of_reach"]
    assert PackageEvent.objects.count() == events


def test_only_live_shops_open_that_weekday_take_packages(station):
    shut = make_shop("Shut", station=station, weekdays="1234")  # the day is a Friday
    make_shop("Paused", station=station, status="paused_by_shop")
    make_package(station=station)
    assert list(plan(station).unplaced.values()) == ["closed_today"]
    close_by_hand(shut)
    assert list(plan(station).unplaced.values()) == ["no_shop"]
    assert not Assignment.objects.exists()


def test_a_later_feed_fills_the_room_that_is_left(station):
    make_shop(station=station, daily_cap=3)
    make_packages(2, station=station)
    plan(station)
    make_packages(2, station=station)

    answer = plan(station)

    assert (answer.assigned, list(answer.unplaced.values())) == (3, ["full"])
    assert list(Assignment.objects.values_list("slot", flat=True)) == [1, 2, 3]


def test_a_cap_made_smaller_takes_nobodys_package_away(station):
    shop = make_shop(station=station, daily_cap=3)
    make_packages(3, station=station)
    plan(station)
    Shop.objects.filter(pk=shop.pk).update(daily_cap=1)
    make_package(station=station)
    answer = plan(station)
    assert (answer.assigned, list(answer.unplaced.values())) == (3, ["full"])


def test_days_and_stations_are_planned_apart(station):
    make_shop(station=station)
    make_package(station=station, day=DAY + dt.timedelta(days=1))
    make_package(station=make_station("NSH"))
    assert plan(station).assigned == 0


def how_it_stands(station):
    seen = day_plan(station, DAY)
    return seen.assigned, seen.waiting, sorted(seen.unplaced.values())


def test_looking_at_a_day_writes_nothing_and_counts_who_waits_for_a_planning(station):
    make_shop(station=station, daily_cap=1)
    make_packages(2, station=station)
    assert how_it_stands(station) == (0, 2, [])
    assert not Assignment.objects.exists()
    plan(station)
    assert how_it_stands(station) == (1, 0, ["full"])


@pytest.mark.parametrize(
    "change",
    [
        lambda shop: Shop.objects.filter(pk=shop.pk).update(daily_cap=2),
        lambda shop: Shop.objects.filter(pk=shop.pk).update(radius_m=9_000),
        lambda shop: make_shop("Another", station=shop.station),
        lambda shop: DayOff.objects.create(shop=shop, day=DAY),
        lambda shop: Package.objects.unplaced().update(
            latitude=36.0, last_event_at=MORNING + dt.timedelta(hours=1)
        ),
    ],
)
def test_what_was_found_holds_until_something_changes(station, change):
    shop = make_shop(station=station, daily_cap=1)
    make_packages(2, station=station)
    plan(station)
    change(shop)
    assert how_it_stands(station) == (1, 1, [])


@pytest.mark.parametrize("count", [1, 60])
def test_a_plan_costs_the_same_statements_for_one_package_and_sixty(
    station, count, django_assert_num_queries
):
    make_shop(station=station, daily_cap=100)
    make_packages(count, station=station)
    with django_assert_num_queries(26):
        plan(station)


def an_assignment(station, **fields):
    shop = make_shop(station=station) if not Shop.objects.exists() else Shop.objects.get()
    package = make_package(station=station)
    defaults = {"slot": 1, "cap": 2, "distance_m": 5}
    return Assignment.objects.create(
        package=package, shop=shop, service_day=DAY, made_at=MORNING, **defaults | fields
    )


def test_law_assignment_slot_once(station):
    an_assignment(station)
    with pytest.raises(IntegrityError, match="assignment_slot_once"), transaction.atomic():
        an_assignment(station)


@pytest.mark.parametrize("slot", [0, 3])
def test_law_assignment_within_cap(station, slot):
    with pytest.raises(IntegrityError, match="assignment_within_cap"), transaction.atomic():
        an_assignment(station, slot=slot)


def test_law_a_package_has_one_shop(station):
    assignment = an_assignment(station)
    with (
        pytest.raises(IntegrityError, match="package_id"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO assignment (package_id, shop_id, service_day, slot, cap, distance_m,"
            " explanation, made_at) VALUES (%s, %s, %s, 2, 2, 5, '{}', now())",
            [assignment.package_id, assignment.shop_id, DAY],
        )
    assert Package.objects.count() == 1
