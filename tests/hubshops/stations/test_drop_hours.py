"""When vans come: both hours or none, and the next one a shop may wait for."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hubshops.deliveries.queries import next_drop
from hubshops.shops.models import DayOff
from hubshops.stations.models import Station
from kernel.audit.models import Decision
from tests.factories import DAY, make_shop, make_staff, make_station

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


def test_staff_set_the_hours_and_may_empty_them(client):
    station = make_station()
    client.force_login(make_staff("Pavel", "admin"))
    page = f"/ops/stations/{station.code}/hours/"
    told = {"plans_at": "", "drops_from": "08:00", "drops_until": "09:30"}
    assert client.post(page, told).headers["Location"] == "/ops/stations/"
    station.refresh_from_db()
    assert (station.plans_at, station.drops_from) == (None, EIGHT)
    kept = Decision.objects.get(action="set_hours")
    assert (kept.facts["before"]["drops_until"], kept.facts["after"]["drops_until"]) == (
        "",
        "09:30:00",
    )
    client.post(page, dict.fromkeys(told, ""))
    station.refresh_from_db()
    assert station.drops_from is station.drops_until is None


@pytest.mark.parametrize(
    "told",
    [
        {"drops_from": "08:00", "drops_until": ""},
        {"drops_from": "", "drops_until": "09:00"},
        {"drops_from": "09:00", "drops_until": "09:00"},
        {"drops_from": "soon", "drops_until": "09:00"},
    ],
)
def test_half_a_span_is_said_and_nothing_is_kept(client, told):
    station = make_station(drops_from=EIGHT, drops_until=NINE)
    client.force_login(make_staff("Pavel", "admin"))
    answer = client.post(f"/ops/stations/{station.code}/hours/", told)
    assert answer.status_code == 422
    station.refresh_from_db()
    assert (station.drops_from, station.drops_until) == (EIGHT, NINE)
