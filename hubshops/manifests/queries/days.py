"""A station's day with its manifests: as planned, as published, as exported."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from hubshops.assignment.models import Assignment
from hubshops.assignment.queries import DayPlan, ShopLoad, day_plan
from hubshops.manifests.models import (
    Manifest,
    ManifestLine,
)
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.stations.models import Station


@dataclass(frozen=True, slots=True)
class ShopDay:
    """One row of the planning page: a shop's load and its manifest, if it was published."""

    load: ShopLoad
    manifest: Manifest | None


@dataclass(frozen=True, slots=True)
class PublishedDay:
    """A planned day with its manifests: what `plan_day` answers and the planning page shows."""

    plan: DayPlan
    shops: list[ShopDay]

    @property
    def manifests(self) -> int:
        """How many shops have a manifest."""
        return sum(one.manifest is not None for one in self.shops)


def published_day(station: Station, day: dt.date) -> PublishedDay:
    """A station's day as it stands: loads, causes, manifests. Four queries; writes nothing."""
    plan = day_plan(station, day)
    manifests = {
        manifest.shop_id: manifest
        for manifest in Manifest.objects.filter(shop__station=station, service_day=day)
    }
    shops = [ShopDay(load, manifests.get(load.shop.pk)) for load in plan.loads]
    return PublishedDay(plan, shops)


def lines_gone(
    station: Station, service_day: dt.date, packages: Sequence[Package]
) -> tuple[list[ManifestLine], set[int]]:
    """The lines to take off: their package was withdrawn, or is another shop's or day's now. Beside
    them the keys of the packages whose line is right already."""
    standing = ManifestLine.objects.filter(withdrawn_in=None).select_related("manifest")
    off = Q(package__state=State.CANCELLED) | ~Q(package__shop=F("manifest__shop"))
    off |= Q(package__shop=None)
    of_day = Q(manifest__shop__station=station, manifest__service_day=service_day)
    gone = {line.pk: line for line in standing.filter(of_day & off).order_by("pk")}
    stay = set()
    shop_of = {package.pk: package.shop_id for package in packages}
    for line in standing.filter(package__in=packages).order_by("pk"):
        manifest = line.manifest
        place = (manifest.shop_id, manifest.service_day)
        if place == (shop_of[line.package_id], service_day):
            stay.add(line.package_id)
        else:
            gone[line.pk] = line
    return list(gone.values()), stay


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One package of a day, as other programs read it; no shop and no stop while unplaced."""

    tracking_id: str
    shop: str
    shop_name: str
    state: str
    stop: int | None
    distance_m: int | None
    attempts: int
    last_event_at: dt.datetime


def day_rows(station: Station, day: dt.date) -> list[ExportRow]:
    """Every package of a station's day by shop, stop and tracking id; unplaced ones come last."""
    stops = dict(
        ManifestLine.objects.filter(
            package__station=station, package__service_day=day, withdrawn_in=None
        ).values_list("package_id", "stop")
    )
    metres = dict(
        Assignment.objects.filter(package__station=station, package__service_day=day).values_list(
            "package_id", "distance_m"
        )
    )
    packages = (
        Package.objects.of_day(station, day)
        .select_related("shop")
        .only("tracking_id", "state", "attempts", "last_event_at", "shop__slug", "shop__name")
    )
    rows = [
        ExportRow(
            tracking_id=one.tracking_id,
            shop=one.shop.slug if one.shop else "",
            shop_name=one.shop.name if one.shop else "",
            state=one.state,
            stop=stops.get(one.pk),
            distance_m=metres.get(one.pk),
            attempts=one.attempts,
            last_event_at=one.last_event_at,
        )
        for one in packages
    ]
    return sorted(rows, key=lambda row: (not row.shop, row.shop, row.stop or 0, row.tracking_id))
