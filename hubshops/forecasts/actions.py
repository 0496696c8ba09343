"""Writing down each evening what is expected, so that it can be judged later."""

import datetime as dt

from django.db import transaction

from hubshops.forecasts.jobs import Jobs
from hubshops.forecasts.models import Forecast
from hubshops.forecasts.queries import outlooks_of
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from hubshops.stations.queries import all_stations
from kernel import clock
from kernel.jobs.actions import start_job

SHOPS_A_WRITE = 1_000
KEPT = dt.timedelta(days=35)


def promise_forecasts(*, at: dt.datetime) -> int:
    """Promise this evening's forecasts of every station whose cut-off has passed; how many stations
    those are. Promising twice is one job."""
    closed = [one for one in all_stations() if at >= one.cut_off(day_after(one, at))]
    for station in closed:
        made_on = clock.local_day(at, station.zone).isoformat()
        key = f"{Jobs.MAKE}@{station.code}:{made_on}"
        start_job(Jobs.MAKE, at=at, key=key, station_id=station.pk, made_on=made_on)
    return len(closed)


def day_after(station: Station, at: dt.datetime) -> dt.date:
    """The station's tomorrow."""
    return clock.local_day(at, station.zone) + dt.timedelta(days=1)


def make_forecasts(*, station: Station, made_on: dt.date, at: dt.datetime) -> int:
    """Write down the next seven days of each live shop of the station, as known at `at`; how many
    shops that are. Forget what was said more than five weeks ago.

    What was said first stays: a second run changes nothing. After midnight it is too late, and
    nothing is written, since what is known by then is no forecast any more. Set-based: 10,000
    shops take some 15 s.
    """
    if clock.local_day(at, station.zone) != made_on:
        return 0
    shops = list(Shop.objects.live().filter(station=station).order_by("pk"))
    for start in range(0, len(shops), SHOPS_A_WRITE):
        write_down(shops[start : start + SHOPS_A_WRITE], made_on)
    Forecast.objects.filter(shop__station=station, made_on__lt=made_on - KEPT).delete()
    return len(shops)


@transaction.atomic
def write_down(shops: list[Shop], made_on: dt.date) -> None:
    """One INSERT for the bands of these shops; a row that is there stays as it is."""
    Forecast.objects.bulk_create(
        [
            Forecast(
                shop=outlook.shop,
                day=band.day,
                made_on=made_on,
                low=band.low,
                middle=band.middle,
                high=band.high,
            )
            for outlook in outlooks_of(shops, made_on)
            for band in outlook.bands
        ],
        ignore_conflicts=True,
    )
