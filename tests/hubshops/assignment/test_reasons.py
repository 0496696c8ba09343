"""Each package says in words why it has its shop, or none."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from hubshops.assignment.actions import plan_day
from hubshops.assignment.models import Assignment, UnplacedPackage
from hubshops.assignment.queries import CAUSE_WORDS, placing_of, reason_words
from hubshops.assignment.queries.reasons import why_words
from hubshops.assignment.rules import Cause, Why
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from tests.factories import DAY, MORNING, make_package, make_packages, make_shop, make_staff

pytestmark = pytest.mark.django_db
STEP = 1 / 111_195  # a metre of latitude


@pytest.fixture
def rosas():
    return make_shop()


def plan(shop):
    return plan_day(station=shop.station, service_day=DAY, at=MORNING)


def at_the_door(shop, **fields):
    return make_package(latitude=shop.latitude, longitude=shop.longitude, **fields)


def test_the_nearest_shop_is_said_to_be_the_nearest(rosas):
    package = at_the_door(rosas)
    plan(rosas)
    assert reason_words(Assignment.objects.get()) == [
        "Rosa's Bodega is 0.0 mi away, the nearest shop that can take it."
    ]
    assert placing_of(package).reachable == 1


def test_a_nearer_shop_that_was_full_is_named(rosas):
    kims = make_shop("Kim's", latitude=rosas.latitude + 900 * STEP, daily_cap=1)
    make_package(latitude=kims.latitude, longitude=kims.longitude)
    plan(rosas)
    late = make_package(latitude=kims.latitude, longitude=kims.longitude)
    plan(rosas)
    assert placing_of(late).words == [
        "Rosa's Bodega is 0.6 mi away and had room.",
        "Kim's is nearer, but was full.",
    ]


def test_room_that_went_to_others_in_the_same_planning_is_owned_up_to(rosas):
    kims = make_shop("Kim's", latitude=rosas.latitude + 900 * STEP, daily_cap=1)
    between = make_package(latitude=rosas.latitude + 500 * STEP, longitude=rosas.longitude)
    beyond = make_package(latitude=rosas.latitude + 1500 * STEP, longitude=rosas.longitude)
    plan(rosas)
    assert Assignment.objects.get(package=beyond).shop == kims
    assert placing_of(between).words[1] == (
        "Kim's is nearer, but its room went to packages that had a longer way to any other shop."
    )


@pytest.mark.parametrize("why", Why)
def test_every_why_has_words(why):
    assert "Kim's" in why_words(why, "Kim's", "Rosa's")


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_words_that_say_what_to_do(cause):
    assert str(CAUSE_WORDS[cause]).count(".") >= 2


def test_a_shop_chosen_by_hand_is_said_to_be_so(rosas):
    package = at_the_door(rosas)
    plan(rosas)
    words = {"moved_by_hand": True, "reason": "She asked for it."}
    Assignment.objects.update(explanation=words)
    assert placing_of(package).words == [
        "A dispatcher gave it to Rosa's Bodega, 0.0 mi away.",
        "The reason given: She asked for it.",
    ]


def test_a_reason_older_than_its_package_is_not_told(rosas):
    package = make_package(latitude=0.0, longitude=0.0)
    assert placing_of(package) is None
    plan(rosas)
    assert placing_of(package).words == [str(CAUSE_WORDS[Cause.OUT_OF_REACH])]
    package.last_event_at = MORNING + dt.timedelta(hours=1)
    assert placing_of(package) is None


def test_staff_read_the_reason_on_the_package_page(client, rosas):
    package = at_the_door(rosas)
    far = make_package(latitude=0.0, longitude=0.0)
    plan(rosas)
    client.force_login(make_staff("Olga"))
    placed = client.get(reverse("ops:package", args=[package.pk])).content.decode()
    assert "Why this shop" in placed
    assert "the nearest shop that can take it" in placed
    unplaced = client.get(reverse("ops:package", args=[far.pk])).content.decode()
    assert "Why no shop" in unplaced
    assert "No shop goes as far as this door." in unplaced


def test_a_shop_that_was_promised_packages_gets_them_up_to_its_number(rosas):
    near = make_shop("Near", latitude=rosas.latitude + 400 * STEP)
    rosas.daily_minimum = 2
    rosas.save()
    make_packages(5, latitude=near.latitude, longitude=near.longitude)
    plan(rosas)
    assert Assignment.objects.filter(shop=rosas).count() == 2
    make_packages(3, latitude=near.latitude, longitude=near.longitude)
    plan(rosas)  # the promise is kept; what comes later goes to the nearest
    assert Assignment.objects.filter(shop=rosas).count() == 2


def test_the_shop_that_delivered_to_a_door_last_week_is_preferred(rosas):
    other = make_shop("Other", latitude=rosas.latitude + 14 * STEP)
    make_packages(40, latitude=rosas.latitude + 3000 * STEP, longitude=rosas.longitude)
    door = {"address1": "5 N. Oak St", "latitude": other.latitude, "longitude": other.longitude}
    make_package(shop=rosas, state=State.DELIVERED, day=DAY - dt.timedelta(days=2), **door)
    package = make_package(**door | {"address1": "5 n oak st"}, postal_code="72701-1234")
    plan(rosas)
    assert Assignment.objects.get(package=package).shop == rosas
    assert "delivered to this door in the last days" in placing_of(package).words[1]


def test_a_package_off_the_list_frees_its_slot_and_one_announced_anew_is_planned(rosas):
    rosas.daily_cap = 2
    rosas.save()
    off, anew = make_packages(2)
    plan(rosas)
    Package.objects.filter(pk=off.pk).update(state=State.CANCELLED, shop=None)
    Package.objects.filter(pk=anew.pk).update(state=State.ANNOUNCED, shop=None)
    late = make_package()
    answer = plan(rosas)
    assert (answer.released, answer.assigned) == (2, 2)
    assert set(Assignment.objects.values_list("package_id", flat=True)) == {anew.pk, late.pk}


def test_law_unplaced_package_cause_is_known():
    package = make_package()
    with (
        pytest.raises(IntegrityError, match="unplaced_package_cause_is_known"),
        transaction.atomic(),
    ):
        UnplacedPackage.objects.create(package=package, cause="tired", rooms="", found_at=MORNING)
