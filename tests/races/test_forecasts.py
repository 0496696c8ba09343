"""Two workers forecast the same evening."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from hubshops.forecasts.actions import make_forecasts, promise_forecasts
from hubshops.forecasts.models import Forecast
from hubshops.shops.actions import take_day_off
from hubshops.shops.models import DayOff
from kernel.audit.models import Decision
from kernel.jobs.models import Job
from tests.factories import DAY, MORNING, ZONE, make_shop
from tests.hubshops.forecasts.helpers import give, weeks
from tests.races.test_door import at_once

pytestmark = pytest.mark.django_db(transaction=True)
EVENING = dt.datetime(2026, 11, 20, 20, 0, tzinfo=ZoneInfo(ZONE))


def test_three_workers_write_one_forecast_a_day():
    shops = [make_shop(f"Shop {number}") for number in range(5)]
    for shop in shops:
        give(shop, weeks(1))

    def work():
        return make_forecasts(station=shops[0].station, made_on=DAY, at=EVENING)

    assert at_once(*[work] * 3) == [5, 5, 5]
    assert Forecast.objects.count() == 5 * 7


def test_three_schedulers_promise_one_job():
    make_shop()
    at_once(*[lambda: promise_forecasts(at=EVENING)] * 3)
    assert Job.objects.count() == 1


def test_a_day_taken_off_on_two_phones_is_off_once():
    shop, day = make_shop(), DAY + dt.timedelta(days=3)
    answers = at_once(*[lambda: take_day_off(shop=shop, day=day, at=MORNING, by=None)] * 3)
    assert sorted(answers) == [[], [], [day]]
    assert (DayOff.objects.count(), Decision.objects.count()) == (1, 1)
