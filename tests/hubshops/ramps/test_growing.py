"""A new shop gets more packages after good days, each step kept and told."""

import datetime as dt

import pytest
import time_machine

from hubshops.assignment.actions import plan_day
from hubshops.assignment.models import Assignment
from hubshops.deliveries.models import DayCheck
from hubshops.ramps.actions import grow_caps
from hubshops.shops.actions import go_live, hold_ramp
from hubshops.shops.models import CapStep, Shop, ShopStatus
from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from tests.factories import DAY, MORNING, make_member, make_packages, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """Rosa's, live since this morning; she agreed to 22."""
    shop = make_shop(daily_cap=22, status=ShopStatus.PREPARING)
    make_member(shop)
    return go_live(shop=shop, at=MORNING, by=None)


def check(shop, days_later, **facts):
    counts = {"received": 15, "delivered": 15, "returned": 0, "on_hand": 0, "missing": 0}
    return DayCheck.objects.create(
        shop=shop,
        day=DAY + dt.timedelta(days=days_later),
        checked_at=MORNING,
        **counts | {"not_counted_in": 0} | facts,
    )


def cap_of(shop):
    return Shop.objects.get(pk=shop.pk).cap_now


def test_three_good_days_are_a_step_that_is_kept_and_told(shop):
    for number in (1, 2):
        check(shop, number)
    assert grow_caps(at=MORNING) == 0
    check(shop, 3)
    assert [grow_caps(at=MORNING) for _ in range(2)] == [1, 0]
    assert cap_of(shop) == 20
    assert list(CapStep.objects.values_list("cap", "reason")) == [(15, "started"), (20, "grew")]
    letter = Mail.objects.get()
    assert (letter.to, letter.subject) == (
        "rosa@shop.test",
        "You get up to 20 packages a day now",
    )
    assert "Before, it was 15." in letter.body


def test_the_last_step_is_what_was_agreed(shop):
    for number in range(1, 7):
        check(shop, number)
        grow_caps(at=MORNING)
    assert cap_of(shop) == 22
    assert Shop.objects.get().ramp_cap is None
    assert CapStep.objects.last().is_last
    assert grow_caps(at=MORNING) == 0


def test_a_bad_day_holds_and_a_day_without_packages_does_not_count(shop):
    check(shop, 1)
    check(shop, 2, delivered=9, on_hand=6)
    check(shop, 3)
    check(shop, 4, received=0, delivered=0)
    check(shop, 5)
    assert grow_caps(at=MORNING) == 0
    check(shop, 6)
    assert grow_caps(at=MORNING) == 1
    assert not CapStep.objects.filter(cap__lt=15).exists()


def test_a_shop_holds_its_number_and_lets_it_grow_again(client, shop):
    client.force_login(shop.memberships.get().user)
    for number in (1, 2, 3):
        check(shop, number)
    with time_machine.travel(MORNING, tick=False):
        page = client.get("/shop/calendar/").content.decode()
        assert "You get up to 15 packages a day for now. You agreed to 22." in page
        client.post("/shop/calendar/ramp/", {"is_held": "1"})
        assert (
            "It stays there until you let it grow again."
            in client.get("/shop/calendar/").content.decode()
        )
    assert grow_caps(at=MORNING) == 0
    assert Decision.objects.filter(action="hold_ramp").count() == 1
    assert hold_ramp(shop=shop, is_held=True, at=MORNING, by=None) is False
    with time_machine.travel(MORNING, tick=False):
        client.post("/shop/calendar/ramp/", {"is_held": "0"})
    assert grow_caps(at=MORNING) == 1


def test_a_shop_that_came_with_a_list_gets_all_it_agreed_to(client):
    shop = make_shop(daily_cap=60)
    assert (shop.ramp_cap, shop.cap_now) == (None, 60)
    client.force_login(make_member(shop))
    assert "Your way to your cap" not in client.get("/shop/calendar/").content.decode()


def test_planning_gives_no_more_than_the_shop_has_grown_to(shop):
    make_packages(18, station=shop.station)
    plan = plan_day(station=shop.station, service_day=DAY, at=MORNING)
    assert Assignment.objects.filter(shop=shop).count() == 15
    assert {one.cap for one in Assignment.objects.all()} == {15}
    (load,) = plan.loads
    assert (load.cap, load.room) == (15, 0)
    assert set(plan.unplaced.values()) == {"full"}
