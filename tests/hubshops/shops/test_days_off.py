"""A shop takes days off until the evening before, by its station's clock."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.shops.actions import (
    CutOffHasPassed,
    DayHasPassed,
    take_day_off,
    work_after_all,
)
from hubshops.shops.models import DayOff
from hubshops.shops.queries import days_off_of
from hubshops.stations.rules import cut_off
from kernel.audit.models import Decision
from tests.factories import DAY, MORNING, make_member, make_shop, make_station

pytestmark = pytest.mark.django_db
CHICAGO = ZoneInfo("America/Chicago")
TOMORROW = DAY + dt.timedelta(days=1)
NEXT_WEEK = DAY + dt.timedelta(days=7)


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop)


def off(shop):
    return list(DayOff.objects.filter(shop=shop).values_list("day", flat=True))


def test_a_day_is_taken_off_and_who_decided_it_is_kept(shop, rosa):
    assert take_day_off(shop=shop, day=NEXT_WEEK, at=MORNING, by=rosa) == [NEXT_WEEK]

    assert off(shop) == [NEXT_WEEK]
    decision = Decision.objects.get(action="take_day_off")
    assert (decision.by, decision.subject_id) == (rosa, str(shop.pk))
    assert decision.facts == {"days": ["2026-11-27"]}


def test_a_span_takes_each_day_once_also_where_one_was_off_before(shop, rosa):
    take_day_off(shop=shop, day=NEXT_WEEK, at=MORNING, by=rosa)
    last = NEXT_WEEK + dt.timedelta(days=1)

    new = take_day_off(shop=shop, day=TOMORROW, until=last, at=MORNING, by=rosa)

    assert len(new) == 7
    assert NEXT_WEEK not in new
    assert days_off_of(shop, TOMORROW, last) == [TOMORROW + dt.timedelta(days=n) for n in range(8)]


def test_the_same_day_twice_changes_nothing_and_is_one_decision(shop, rosa):
    take_day_off(shop=shop, day=NEXT_WEEK, at=MORNING, by=rosa)
    assert take_day_off(shop=shop, day=NEXT_WEEK, at=MORNING, by=rosa) == []
    assert off(shop) == [NEXT_WEEK]
    assert Decision.objects.filter(action="take_day_off").count() == 1


def test_a_day_off_is_given_back(shop, rosa):
    take_day_off(shop=shop, day=NEXT_WEEK, at=MORNING, by=rosa)

    assert work_after_all(shop=shop, day=NEXT_WEEK, at=MORNING, by=rosa)
    assert not work_after_all(shop=shop, day=NEXT_WEEK, at=MORNING, by=rosa)

    assert off(shop) == []
    assert Decision.objects.filter(action="work_after_all").count() == 1


@pytest.mark.parametrize("act", [take_day_off, work_after_all])
def test_a_past_day_is_refused(shop, rosa, act):
    with pytest.raises(DayHasPassed) as no:
        act(shop=shop, day=DAY - dt.timedelta(days=1), at=MORNING, by=rosa)
    words = "Thursday, November 19 is over. Choose a day that is still to come."
    assert no.value.sentence == words
    assert not DayOff.objects.exists()


@pytest.mark.parametrize("act", [take_day_off, work_after_all])
def test_a_day_is_fixed_from_the_stations_cut_off_on_the_day_before(shop, rosa, act):
    evening = dt.datetime(2026, 11, 20, 20, 0, tzinfo=CHICAGO)

    with pytest.raises(CutOffHasPassed) as no:
        act(shop=shop, day=TOMORROW, at=evening, by=rosa)
    assert no.value.sentence == (
        "Saturday, November 21 could be changed until 8:00 pm CST on Friday, November 20."
        " Call us if something has come up."
    )
    assert not DayOff.objects.exists()

    act(shop=shop, day=TOMORROW, at=evening - dt.timedelta(seconds=1), by=rosa)


def test_today_is_fixed_since_yesterday(shop, rosa):
    with pytest.raises(CutOffHasPassed):
        take_day_off(shop=shop, day=DAY, at=MORNING, by=rosa)


def test_one_fixed_day_refuses_the_whole_span(shop, rosa):
    with pytest.raises(CutOffHasPassed):
        take_day_off(shop=shop, day=DAY, until=NEXT_WEEK, at=MORNING, by=rosa)
    assert not DayOff.objects.exists()


def test_each_station_counts_by_its_own_clock_and_cut_off():
    early = make_station("BOS", zone="America/New_York", cutoff_time=dt.time(18))
    late = make_station("LAX", zone="America/Los_Angeles")
    moment = dt.datetime(2026, 11, 20, 23, 30, tzinfo=dt.UTC)  # 6:30 pm there, 3:30 pm here
    with pytest.raises(CutOffHasPassed):
        take_day_off(shop=make_shop("East", station=early), day=TOMORROW, at=moment, by=None)
    take_day_off(shop=make_shop("West", station=late), day=TOMORROW, at=moment, by=None)


@pytest.mark.parametrize(
    ("day", "hours_utc"),
    [
        (dt.date(2026, 3, 8), 2),  # the clocks go forward that night: the evening before is CST
        (dt.date(2026, 3, 9), 1),  # and this evening CDT
        (dt.date(2026, 11, 1), 1),
        (dt.date(2026, 11, 2), 2),
    ],
)
def test_the_cut_off_is_by_the_clock_on_the_wall_in_the_weeks_it_changes(day, hours_utc):
    moment = cut_off(day, dt.time(20), "America/Chicago")
    assert moment.astimezone(dt.UTC) == dt.datetime.combine(day, dt.time(hours_utc), dt.UTC)


def test_a_day_is_off_once_in_the_table(shop):
    write = "INSERT INTO day_off (shop_id, day) VALUES (%s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(write, [shop.pk, DAY])
        with pytest.raises(IntegrityError, match="day_off_once"), transaction.atomic():
            cursor.execute(write, [shop.pk, DAY])
    assert off(shop) == [DAY]


def test_days_on_which_a_shop_never_works_are_left_out(shop, rosa):
    shop.weekdays = "12345"
    shop.save()
    friday, sunday = dt.date(2026, 11, 27), dt.date(2026, 11, 29)
    assert take_day_off(shop=shop, day=friday, until=sunday, at=MORNING, by=rosa) == [friday]
    assert take_day_off(shop=shop, day=sunday, at=MORNING, by=rosa) == []
    assert [one.day for one in DayOff.objects.all()] == [friday]
