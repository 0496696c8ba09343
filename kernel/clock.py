"""The one place where the time is read, and the arithmetic of local days."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> dt.datetime:
    """The present moment, aware, in UTC. Called by views, tasks and commands only."""
    return timezone.now()


def local_day(moment: dt.datetime, zone: str) -> dt.date:
    """The calendar day on which `moment` falls in an IANA zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def day_start(day: dt.date, zone: str) -> dt.datetime:
    """The first moment of a local day."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone))


def day_bounds(day: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """A local day as a half-open pair of moments: 23, 24 or 25 hours apart."""
    return day_start(day, zone), day_start(day + dt.timedelta(days=1), zone)
