"""Publishing a day as a dispatcher saw it."""

import datetime as dt

from django.db import transaction

from hubshops.assignment.actions import hold_board
from hubshops.manifests.actions import publish_day
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.audit.actions import record


@transaction.atomic
def publish_board(
    *, station: Station, service_day: dt.date, version: int, at: dt.datetime, by: User
) -> int:
    """Publish the day; how many packages came onto a manifest. Refuses when the board is not the
    one whose difference was looked at. Audited."""
    hold_board(station=station, service_day=service_day, version=version)
    count = publish_day(station=station, service_day=service_day, at=at, by=by)
    record(at=at, by=by, action="publish_day", subject=station, day=str(service_day), added=count)
    return count
