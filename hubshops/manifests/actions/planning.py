"""Days that plan themselves, at the hour a station set."""

import datetime as dt
from zoneinfo import ZoneInfo

from hubshops.manifests.actions.publishing import plan_and_publish
from hubshops.manifests.jobs import Jobs
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.stations.models import Station
from kernel import clock
from kernel.jobs.actions import start_job


def promise_plans(*, at: dt.datetime) -> int:
    """Promise today's plan of every station whose hour has come by its own clock and that has
    packages announced for today; how many new promises. One job a station and day: what is
    announced after that is planned by hand. Costs one query a station whose hour has come."""
    promises = 0
    for station in Station.objects.exclude(plans_at=None).order_by("pk"):
        local = at.astimezone(ZoneInfo(station.zone))
        if local.time() < station.plans_at or not has_announced(station, local.date()):
            continue
        day = local.date().isoformat()
        key = f"{Jobs.PLAN}@{station.code}:{day}"
        promises += start_job(Jobs.PLAN, at=at, key=key, station_id=station.pk, day=day) is not None
    return promises


def has_announced(station: Station, day: dt.date) -> bool:
    """Whether packages of a station's day wait for a plan. One query."""
    return Package.objects.of_day(station, day).filter(state=State.ANNOUNCED).exists()


def plan_today(*, station_id: int, service_day: dt.date, at: dt.datetime) -> bool:
    """Plan and publish a station's day, if it is still that day there; whether it did. Safe twice
    and side by side: runs take turns, and the second finds nothing to do."""
    station = Station.objects.get(pk=station_id)
    if clock.local_day(at, station.zone) != service_day:
        return False
    plan_and_publish(station=station, service_day=service_day, at=at)
    return True
