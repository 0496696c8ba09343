"""What the worker does for the doors."""

import datetime as dt

from hubshops.deliveries.actions import check_day, promise_checks
from hubshops.deliveries.jobs import Jobs
from hubshops.stations.models import Station
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.CHECK_SWEEP)
def promise(**_: object) -> None:
    """Ask for the check of every station's day that is over."""
    promise_checks(at=clock.now())


@handles(Jobs.CHECK)
def check(station_id: int, day: str, **_: object) -> None:
    """Check the books of one station's day."""
    check_day(
        station=Station.objects.get(pk=station_id), day=dt.date.fromisoformat(day), at=clock.now()
    )
