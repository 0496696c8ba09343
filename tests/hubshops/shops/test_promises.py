"""What a shop was promised and what it promises fit together."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hubshops.shops.actions import PromisedMore, save_shop
from hubshops.shops.models import Shop
from tests.factories import MORNING, make_shop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("law", "facts"),
    [
        ("shop_minimum_within_cap", {"daily_minimum": 51}),
        ("shop_busy_hours_are_a_span", {"busy_from": dt.time(12)}),
        ("shop_busy_hours_are_a_span", {"busy_until": dt.time(12)}),
        ("shop_busy_hours_are_a_span", {"busy_from": dt.time(12), "busy_until": dt.time(12)}),
        ("shop_travel_mode_is_known", {"travel_mode": "horse"}),
    ],
)
def test_law_of_what_a_shop_takes(law, facts):
    shop = make_shop()
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        Shop.objects.filter(pk=shop.pk).update(**facts)


def test_a_cap_below_what_was_promised_is_refused_in_words_and_nothing_changes():
    shop = make_shop(daily_minimum=20)
    facts = {"email": shop.email, "daily_cap": 19, "trade": "florist"}
    with pytest.raises(PromisedMore, match="was promised 20 packages a day, more than a cap of 19"):
        save_shop(station=shop.station, name=shop.name, address1=shop.address1, at=MORNING, **facts)
    shop.refresh_from_db()
    assert (shop.daily_cap, shop.trade) == (50, "bodega")
    facts["daily_cap"] = 20
    saved = save_shop(
        station=shop.station, name=shop.name, address1=shop.address1, at=MORNING, **facts
    )
    assert saved[1] == "updated"
