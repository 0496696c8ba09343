"""What the worker does for the forecasts."""

import datetime as dt

from hubshops.forecasts import actions
from hubshops.forecasts.jobs import Jobs
from hubshops.stations.models import Station
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.SWEEP)
def promise_forecasts(**_: object) -> None:
    """Ask for the forecasts of the stations whose cut-off has passed."""
    actions.promise_forecasts(at=clock.now())


@handles(Jobs.MAKE)
def make_forecasts(station_id: int, made_on: str, **_: object) -> None:
    """Write down what one station's shops may expect."""
    actions.make_forecasts(
        station=Station.objects.get(pk=station_id),
        made_on=dt.date.fromisoformat(made_on),
        at=clock.now(),
    )
