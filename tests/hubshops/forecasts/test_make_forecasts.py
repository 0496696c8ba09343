"""Each evening, after a station's own cut-off, what is expected is written down once."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from hubshops.forecasts import tasks
from hubshops.forecasts.actions import make_forecasts, promise_forecasts
from hubshops.forecasts.jobs import Jobs
from hubshops.forecasts.models import Forecast
from hubshops.forecasts.queries import list_ahead, outlook_of, outlooks_of, said_before
from hubshops.shops.models import DayOff, Shop, ShopStatus
from kernel.jobs.models import Job
from kernel.jobs.queries import recurring_due
from tests.factories import DAY, ZONE, make_packages, make_shop, make_station
from tests.hubshops.forecasts.helpers import give, weeks

pytestmark = pytest.mark.django_db
EVENING = dt.datetime(2026, 11, 20, 20, 0, tzinfo=ZoneInfo(ZONE))
TOMORROW = DAY + dt.timedelta(days=1)


@pytest.fixture
def shop():
    shop = make_shop()
    give(shop, weeks(3))
    return shop


def make(shop, at=EVENING, made_on=DAY):
    return make_forecasts(station=shop.station, made_on=made_on, at=at)


def test_a_shop_gets_a_band_for_each_of_the_next_seven_days(shop):
    assert make(shop) == 1

    said = list(Forecast.objects.order_by("day"))
    assert [one.day for one in said] == [DAY + dt.timedelta(days=n) for n in range(1, 8)]
    assert {(one.shop, one.made_on, one.middle) for one in said} == {(shop, DAY, 10)}


def test_what_was_said_first_stays(shop):
    make(shop)
    before = list(Forecast.objects.order_by("pk").values())
    give(shop, {TOMORROW: 40})

    make(shop)

    assert list(Forecast.objects.order_by("pk").values()) == before


def test_after_midnight_it_is_too_late(shop):
    assert make(shop, at=EVENING + dt.timedelta(hours=4)) == 0
    assert not Forecast.objects.exists()


def test_what_is_known_of_tomorrow_is_the_least(shop):
    give(shop, {TOMORROW: 31})
    make(shop)
    assert Forecast.objects.get(day=TOMORROW).low == 31


def test_days_off_and_closed_weekdays_expect_nothing(shop):
    Shop.objects.update(weekdays="123456")
    DayOff.objects.create(shop=shop, day=TOMORROW)

    make(shop)

    nothing = Forecast.objects.filter(high=0).values_list("day", flat=True)
    assert set(nothing) == {TOMORROW, DAY + dt.timedelta(days=2)}


def test_shops_that_are_new_or_do_not_work_now_are_left_out(shop):
    make_shop("New")
    paused = make_shop("Paused", status=ShopStatus.PAUSED)
    give(paused, weeks(1))

    assert make(shop) == 2

    assert {one.shop for one in Forecast.objects.select_related("shop")} == {shop}
    assert {band.high for band in outlook_of(paused, DAY).bands} == {0}


def test_what_was_said_long_ago_is_forgotten(shop):
    old = DAY - dt.timedelta(days=36)
    for made_on in (old, old + dt.timedelta(days=1)):
        day = made_on + dt.timedelta(days=1)
        Forecast.objects.create(shop=shop, day=day, made_on=made_on, low=1, middle=2, high=3)

    make(shop)

    assert not Forecast.objects.filter(made_on=old).exists()
    assert Forecast.objects.filter(made_on=old + dt.timedelta(days=1)).exists()


def test_each_station_is_asked_after_its_own_cut_off():
    make_station("BOS", zone="America/New_York")
    make_station("LAX", zone="America/Los_Angeles", cutoff_time=dt.time(18))
    promised = []
    for hour in (0, 1, 2):  # 7, 8 and 9 pm in Boston; 4, 5 and 6 pm in Los Angeles
        promise_forecasts(at=dt.datetime(2026, 11, 21, hour, tzinfo=dt.UTC))
        promised.append(sorted(Job.objects.values_list("key", flat=True)))
    assert promised == [
        [],
        ["forecasts.make@BOS:2026-11-20"],
        ["forecasts.make@BOS:2026-11-20", "forecasts.make@LAX:2026-11-20"],
    ]


@pytest.mark.parametrize("day", [dt.date(2026, 3, 7), dt.date(2026, 3, 8), dt.date(2026, 11, 1)])
def test_there_is_one_evening_a_day_also_when_the_clocks_change(day):
    make_station()
    start = dt.datetime.combine(day, dt.time(), ZoneInfo(ZONE)).astimezone(dt.UTC)
    quarters = [start + dt.timedelta(minutes=15 * number) for number in range(4 * 25)]
    of_day = [one for one in quarters if one.astimezone(ZoneInfo(ZONE)).date() == day]
    assert len(of_day) == {7: 96, 8: 92, 1: 100}[day.day]
    for moment in of_day:
        promise_forecasts(at=moment)
    [job] = Job.objects.all()
    assert job.args["made_on"] == day.isoformat()
    assert job.created_at.astimezone(ZoneInfo(ZONE)).time() == dt.time(20)


def test_the_week_of_the_clock_change_is_a_week_like_others(shop):
    today = dt.date(2026, 3, 6)
    give(shop, weeks(4, until=today))
    bands = outlook_of(shop, today).bands
    assert [band.day.day for band in bands] == list(range(7, 14))
    assert {band.middle for band in bands} == {10}


def test_the_schedule_leads_to_forecasts(shop):
    with time_machine.travel(EVENING, tick=False):
        due = {recurring.job for recurring, _slot in recurring_due(EVENING)}
        assert Jobs.SWEEP in due
        tasks.promise_forecasts()
        tasks.promise_forecasts()
        [job] = Job.objects.filter(name=Jobs.MAKE)
        tasks.make_forecasts(**job.args)
        tasks.make_forecasts(**job.args)
    assert Forecast.objects.count() == 7


def test_what_was_said_is_shown_beside_what_came(shop):
    yesterday = DAY - dt.timedelta(days=1)
    for ago, low in [(1, 9), (2, 11), (29, 9)]:
        day = DAY - dt.timedelta(days=ago)
        before = day - dt.timedelta(days=1)
        Forecast.objects.create(shop=shop, day=day, made_on=before, low=low, middle=12, high=13)
    early = DAY - dt.timedelta(days=4)
    Forecast.objects.create(shop=shop, day=yesterday, made_on=early, low=0, middle=0, high=0)

    said = said_before(shop, DAY)

    assert [(one.day.day, one.came, one.is_inside) for one in said] == [
        (18, 10, False),
        (19, 10, True),
    ]


def test_closed_days_are_no_merit(shop):
    day = DAY - dt.timedelta(days=1)
    shut = make_shop("Shut")
    Forecast.objects.create(
        shop=shut, day=day, made_on=day - dt.timedelta(days=1), low=0, middle=0, high=0
    )
    assert said_before(shut, DAY) == []


def test_one_query_whether_one_shop_or_many(shop, django_assert_num_queries):
    others = [make_shop(f"Shop {number}") for number in range(9)]
    with django_assert_num_queries(1):
        outlook_of(shop, DAY)
    with django_assert_num_queries(1):
        found = outlooks_of([shop, *others], DAY)
    assert [len(one.bands) for one in found] == [7] + [0] * 9
    assert outlooks_of([], DAY) == []


def test_nothing_is_expected_on_a_weekday_without_lists_unless_it_is_planned():
    shop = make_shop()
    give(shop, {day: count for day, count in weeks(4).items() if day.isoweekday() < 6})
    assert [band.middle for band in outlook_of(shop, DAY).bands] == [0, 0, 10, 10, 10, 10, 10]
    assert [band.is_closed for band in list_ahead(shop.station, DAY)][:3] == [True, True, False]

    give(shop, {TOMORROW: 4})

    assert outlook_of(shop, DAY).bands[0].middle >= 4
    assert list_ahead(shop.station, DAY)[0].low >= 4


def test_a_stations_list_counts_what_no_shop_took(django_assert_num_queries):
    station = make_station()
    for ago in range(21):
        make_packages(3, station=station, day=DAY - dt.timedelta(days=ago))
    with django_assert_num_queries(1):
        bands = list_ahead(station, DAY)
    assert [band.middle for band in bands] == [3] * 7


def test_shops_do_not_learn_from_each_other(shop):
    other = make_shop("Other")
    give(other, weeks(3, 30))
    assert [one.tomorrow.middle for one in outlooks_of([shop, other], DAY)] == [10, 30]


WRITE = "INSERT INTO forecast (shop_id, day, made_on, low, middle, high) VALUES (%s,%s,%s,%s,%s,%s)"


@pytest.mark.parametrize(
    ("values", "law"),
    [
        ((TOMORROW, DAY, 5, 4, 6), "forecast_is_a_band"),
        ((TOMORROW, DAY, 3, 7, 6), "forecast_is_a_band"),
        ((TOMORROW, DAY, -1, 4, 6), "forecast_low_check"),
        ((DAY, DAY, 3, 4, 6), "forecast_looks_ahead"),
    ],
)
def test_a_band_that_can_not_be_is_refused_by_the_table(shop, values, law):
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match=law),
        transaction.atomic(),
    ):
        cursor.execute(WRITE, [shop.pk, *values])
    assert not Forecast.objects.exists()


def test_a_day_is_forecast_once_an_evening(shop):
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [shop.pk, TOMORROW, DAY, 3, 4, 6])
        with pytest.raises(IntegrityError, match="forecast_once"), transaction.atomic():
            cursor.execute(WRITE, [shop.pk, TOMORROW, DAY, 1, 2, 3])
        cursor.execute(WRITE, [shop.pk, TOMORROW, DAY - dt.timedelta(days=1), 1, 2, 3])
