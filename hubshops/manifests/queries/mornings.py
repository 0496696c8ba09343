"""What is not ready for a day, and the alarms about it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from hubshops.assignment.models import Assignment
from hubshops.manifests.models import Manifest, Ring, RingCause
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.stations.models import Station


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a morning is not ready: a shop's packages that are on no manifest, or (without a shop)
    packages that nobody planned."""

    shop_id: int | None
    cause: RingCause
    packages: int


def troubles_of(station: Station, day: dt.date) -> list[Trouble]:
    """What is not ready for a station's day. Three queries."""
    packages = Package.objects.of_day(station, day).order_by()
    waiting = packages.filter(state=State.ASSIGNED).values_list("shop_id")
    counts = dict(waiting.annotate(number=Count("pk")))
    have = set(
        Manifest.objects.filter(shop__in=counts, service_day=day).values_list("shop_id", flat=True)
    )
    troubles = [
        Trouble(shop_id, RingCause.INCOMPLETE if shop_id in have else RingCause.NO_MANIFEST, number)
        for shop_id, number in sorted(counts.items())
    ]
    if counts or have:
        return troubles
    announced = packages.filter(state=State.ANNOUNCED).count()
    is_planned = Assignment.objects.filter(package__in=packages).exists()
    if announced and not is_planned:
        troubles.append(Trouble(None, RingCause.NO_PLAN, announced))
    return troubles


def open_rings(day: dt.date | None = None, **where: object) -> list[Ring]:
    """The watchdog's alarms that nobody answered yet, of one shop or station or of all. One
    query."""
    rings = Ring.objects.filter(closed_at=None, **where)
    rings = rings.filter(service_day=day) if day else rings
    return list(rings.select_related("station", "shop").order_by("service_day", "shop__name", "pk"))
