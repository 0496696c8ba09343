"""A shop that is stopped for a reason not its own, and goes on once the reason is gone."""

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.shops.actions import lift_suspension, pause_shop, suspend_shop
from hubshops.shops.models import Shop, SuspensionReason
from kernel.audit.models import Decision
from tests.factories import MORNING, make_shop

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
