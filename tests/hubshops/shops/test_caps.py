"""A shop takes fewer packages on some weekdays, from the first day it can still change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection

from hubshops.assignment.actions import plan_day
from hubshops.assignment.models import Assignment
from hubshops.assignment.queries import day_plan
from hubshops.shops.actions import CapBelowPromise, set_weekday_caps
from hubshops.shops.models import WeekdayCap
from hubshops.shops.queries import caps_on
from hubshops.shops.rules import Holiday, holidays_after, holidays_of
from tests.factories import DAY, MORNING, make_member, make_packages, make_shop

pytestmark = pytest.mark.django_db
ONE = dt.timedelta(days=1)
FRIDAY = DAY + 7 * ONE
EVENING = dt.datetime(2026, 11, 20, 20, 0, tzinfo=ZoneInfo("America/Chicago"))


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop)


def test_a_weekday_has_its_own_cap_from_the_first_day_that_is_open(shop, rosa):
    assert set_weekday_caps(shop=shop, caps={5: 2, 6: 3}, at=MORNING, by=rosa) == [5, 6]
    assert caps_on([shop], DAY) == {shop.pk: 50}  # today was fixed yesterday
    assert caps_on([shop], DAY + ONE) == {shop.pk: 3}
    assert caps_on([shop], FRIDAY) == {shop.pk: 2}
    assert caps_on([shop], DAY + 2 * ONE) == {shop.pk: 50}


def test_after_the_cut_off_tomorrow_stays_as_it_was(shop, rosa):
    set_weekday_caps(shop=shop, caps={6: 3}, at=EVENING, by=rosa)
    assert caps_on([shop], DAY + ONE) == {shop.pk: 50}
    assert caps_on([shop], DAY + 8 * ONE) == {shop.pk: 3}


def test_the_last_word_holds_and_nothing_is_said_twice(shop, rosa):
    set_weekday_caps(shop=shop, caps={5: 2}, at=MORNING, by=rosa)
    assert set_weekday_caps(shop=shop, caps={5: 2}, at=MORNING, by=rosa) == []
    set_weekday_caps(shop=shop, caps={5: None}, at=MORNING, by=rosa)
    assert caps_on([shop], FRIDAY) == {shop.pk: 50}
    assert WeekdayCap.objects.count() == 1


def test_a_weekdays_cap_never_lifts_the_shops_own(shop, rosa):
    set_weekday_caps(shop=shop, caps={5: 90}, at=MORNING, by=rosa)
    assert caps_on([shop], FRIDAY) == {shop.pk: 50}


def test_fewer_than_promised_is_refused(shop, rosa):
    shop.daily_minimum = 10
    shop.save()
    with pytest.raises(CapBelowPromise) as no:
        set_weekday_caps(shop=shop, caps={5: 9}, at=MORNING, by=rosa)
    assert "We promised you 10 packages a day" in no.value.sentence
    assert not WeekdayCap.objects.exists()


def test_the_plan_keeps_a_weekdays_cap(shop, rosa):
    set_weekday_caps(shop=shop, caps={5: 2}, at=MORNING, by=rosa)
    make_packages(5, station=shop.station, day=FRIDAY)
    plan = plan_day(station=shop.station, service_day=FRIDAY, at=MORNING)
    assert plan.assigned == 2
    assert len(plan.unplaced) == 3
    assert set(Assignment.objects.values_list("cap", flat=True)) == {2}
    [load] = day_plan(shop.station, FRIDAY).loads
    assert (load.cap, load.room) == (2, 0)


@pytest.mark.parametrize(
    ("law", "sql"),
    [
        ("weekday_cap_is_of_a_weekday", "UPDATE weekday_cap SET weekday = 8"),
        ("weekday_cap_takes_a_package", "UPDATE weekday_cap SET cap = 0"),
        (
            "weekday_cap_once",
            "INSERT INTO weekday_cap (shop_id, weekday, cap, from_day, set_at)"
            " SELECT shop_id, weekday, cap, from_day, set_at FROM weekday_cap",
        ),
    ],
)
def test_the_table_holds_its_laws(shop, rosa, law, sql):
    set_weekday_caps(shop=shop, caps={5: 2}, at=MORNING, by=rosa)
    with pytest.raises(IntegrityError, match=law), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_five_holidays():
    assert [day.isoformat() for day, _ in holidays_of(2026)] == [
        "2026-01-01",
        "2026-05-25",
        "2026-07-04",
        "2026-11-26",
        "2026-12-25",
    ]
    coming = holidays_after(DAY)
    assert len(coming) == 5
    assert coming[0] == (dt.date(2026, 11, 26), Holiday.THANKSGIVING)
    assert coming[2] == (dt.date(2027, 1, 1), Holiday.NEW_YEAR)
