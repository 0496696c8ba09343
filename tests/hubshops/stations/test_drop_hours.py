"""When vans come: both hours or none, and the next one a shop may wait for."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hubshops.deliveries.queries import next_drop
from hubshops.shops.models import DayOff
from hubshops.stations.models import Station
from tests.factories import DAY, make_shop, make_station

pytestmark = pytest.mark.django_db
EIGHT, NINE = dt.time(8), dt.time(9)


@pytest.mark.parametrize(
    "hours",
    [{"drops_from": EIGHT}, {"drops_until": NINE}, {"drops_from": NINE, "drops_until": EIGHT}],
)
def test_the_hours_of_vans_are_a_span(hours):
    station = make_station()
    with pytest.raises(IntegrityError, match="drop_hours_are_a_span"), transaction.atomic():
        Station.objects.filter(pk=station.pk).update(**hours)


def test_the_next_van_comes_on_the_next_day_the_shop_works():
    """DAY is a Friday; the shop rests on Saturdays and takes the Sunday off."""
    station = make_station(drops_from=EIGHT, drops_until=NINE)
    shop = make_shop(station=station, weekdays="123457")
    DayOff.objects.create(shop=shop, day=DAY + dt.timedelta(days=2))
    start, end = next_drop(shop, DAY)
    assert start.isoformat() == "2026-11-23T08:00:00-06:00"
    assert end - start == dt.timedelta(hours=1)


def test_nothing_is_promised_where_the_hours_are_unknown(django_assert_num_queries):
    shop = make_shop(station=make_station())
    with django_assert_num_queries(0):
        assert next_drop(shop, DAY) == (None, None)
