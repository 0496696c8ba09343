"""A shop that is stopped for a reason not its own, and goes on once the reason is gone."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.shops.actions import (
    ask_pause,
    lift_suspension,
    pause_shop,
    suspend_shop,
    turn_shops,
)
from hubshops.shops.models import Shop, SuspensionReason
from kernel.audit.models import Decision
from tests.factories import DAY, MORNING, make_shop

pytestmark = pytest.mark.django_db
PAPERS = {"reason": SuspensionReason.PAPERS, "at": MORNING}


def status() -> str:
    return Shop.objects.get().status


def test_a_suspension_ends_as_it_began():
    shop = make_shop()
    assert suspend_shop(shop=shop, **PAPERS)
    assert not suspend_shop(shop=shop, **PAPERS)
    assert status() == "suspended"
    assert not Shop.objects.live()
    assert lift_suspension(shop=shop, **PAPERS)
    assert not lift_suspension(shop=shop, **PAPERS)
    assert status() == "live"
    assert [one.action for one in Decision.objects.order_by("pk")] == [
        "suspend_shop",
        "lift_suspension",
    ]


def test_a_pause_of_its_own_comes_back():
    shop = make_shop()
    pause_shop(shop=shop, reason="holiday", at=MORNING, by=None)
    suspend_shop(shop=shop, **PAPERS)
    lift_suspension(shop=shop, **PAPERS)
    assert status() == "paused_by_shop"


def test_a_pause_that_ended_meanwhile_does_not_come_back():
    shop = make_shop()
    monday = DAY + dt.timedelta(days=3)
    ask_pause(shop=shop, first_day=monday, last_day=monday, at=MORNING, by=None)
    turn_shops(at=shop.station.cut_off(monday))
    assert status() == "paused_by_shop"
    suspend_shop(shop=shop, reason=SuspensionReason.PAPERS, at=shop.station.cut_off(monday))
    later = shop.station.cut_off(monday + dt.timedelta(days=1))
    turn_shops(at=later)
    assert status() == "suspended"
    lift_suspension(shop=shop, reason=SuspensionReason.PAPERS, at=later)
    assert status() == "live"


def test_a_pause_that_began_meanwhile_holds():
    shop = make_shop()
    monday = DAY + dt.timedelta(days=3)
    ask_pause(shop=shop, first_day=monday, last_day=None, at=MORNING, by=None)
    suspend_shop(shop=shop, **PAPERS)
    later = shop.station.cut_off(monday)
    turn_shops(at=later)
    lift_suspension(shop=shop, reason=SuspensionReason.PAPERS, at=later)
    assert status() == "paused_by_shop"


def test_a_pause_that_has_not_begun_keeps_no_shop_from_going_on():
    shop = make_shop()
    monday = DAY + dt.timedelta(days=3)
    ask_pause(shop=shop, first_day=monday, last_day=None, at=MORNING, by=None)
    suspend_shop(shop=shop, **PAPERS)
    lift_suspension(shop=shop, **PAPERS)
    assert status() == "live"


def test_a_shop_that_began_to_leave_leaves_on():
    shop = make_shop()
    suspend_shop(shop=shop, **PAPERS)
    shop.leavings.create(last_day=DAY, asked_at=MORNING, begun_at=MORNING)
    lift_suspension(shop=shop, **PAPERS)
    assert status() == "offboarding"


@pytest.mark.parametrize("one", ["preparing", "offboarding", "closed"])
def test_a_shop_that_gets_no_packages_anyway_is_not_suspended(one):
    assert not suspend_shop(shop=make_shop(status=one), **PAPERS)
    assert status() == one


def test_a_reason_stands_once():
    suspend_shop(shop=make_shop(), **PAPERS)
    with (
        pytest.raises(IntegrityError, match="shop_suspended_once_a_reason"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO shop_suspension (shop_id, reason, status_before, began_at)"
            " SELECT shop_id, reason, status_before, began_at FROM shop_suspension"
        )
