"""Publishing manifests: a numbered list a shop-day, and its versions."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction

from hubshops.assignment.actions import plan_day
from hubshops.manifests.actions.ordering import doors_of, new_lines
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.manifests.queries import PublishedDay, published_day
from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package
from hubshops.packages.rules import EventKind, Move, State
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.audit import actions as audit

ROWS_A_WRITE = 5_000


@transaction.atomic
def plan_and_publish(
    *, station: Station, service_day: dt.date, at: dt.datetime, by: User | None = None
) -> PublishedDay:
    """Give the day's packages to shops, publish a manifest to each shop that got some, and answer
    how the day stands then. A second run finds nothing to do and answers the same."""
    plan_day(station=station, service_day=service_day, at=at, by=by)
    publish_day(station=station, service_day=service_day, at=at, by=by)
    if by is not None:
        audit.record(at=at, by=by, action="plan_day", subject=station, day=str(service_day))
    return published_day(station, service_day)


@transaction.atomic
def publish_day(
    *, station: Station, service_day: dt.date, at: dt.datetime, by: User | None = None
) -> int:
    """Put every assigned package of the day on its shop's manifest; how many that were.

    A shop-day without a manifest gets one; one that has it gets a new version, in which earlier
    stops keep their numbers. Packages for one door share a stop. Holds the station, its shops and
    the day's packages (docs/locking.md). Costs a handful of statements, whatever the number of
    shops, and the time to order each tour.
    """
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    shops = {
        shop.pk: shop
        for shop in Shop.objects.filter(station=station)
        .select_for_update(no_key=True)
        .order_by("pk")
    }
    packages = list(
        Package.objects.of_day(station, service_day)
        .filter(state=State.ASSIGNED)
        .select_for_update(no_key=True)
        .order_by("pk")
    )
    by_shop: dict[int, list[Package]] = defaultdict(list)
    for package in packages:
        by_shop[package.shop_id].append(package)
    manifests = open_versions(
        [shops[shop_id] for shop_id in sorted(by_shop)], station, service_day, at
    )
    doors = doors_of(manifests.values())
    lines = [
        line
        for shop_id, manifest in manifests.items()
        for line in new_lines(manifest, shops[shop_id], by_shop[shop_id], doors[manifest.pk])
    ]
    ManifestLine.objects.bulk_create(lines, batch_size=ROWS_A_WRITE)
    move_custody(moves=[manifested(one, at=at, by=by) for one in packages], at=at)
    return len(lines)


def open_versions(
    shops: Sequence[Shop], station: Station, service_day: dt.date, at: dt.datetime
) -> dict[int, Manifest]:
    """By shop: a first version, or the next version of the manifest it has."""
    known = {
        manifest.shop_id: manifest
        for manifest in Manifest.objects.filter(shop__in=shops, service_day=service_day)
    }
    for manifest in known.values():
        manifest.version, manifest.published_at = manifest.version + 1, at
    Manifest.objects.bulk_update(known.values(), ["version", "published_at"])
    new = [
        Manifest(
            shop=shop,
            service_day=service_day,
            number=f"{station.code}-{service_day}-{shop.slug}",
            published_at=at,
        )
        for shop in shops
        if shop.pk not in known
    ]
    Manifest.objects.bulk_create(new, batch_size=ROWS_A_WRITE)
    return known | {manifest.shop_id: manifest for manifest in new}


def manifested(package: Package, *, at: dt.datetime, by: User | None) -> Move:
    """The event that puts a package on its shop's manifest."""
    return Move(
        package_id=package.pk,
        kind=EventKind.MANIFESTED,
        to_state=State.MANIFESTED,
        shop_id=package.shop_id,
        happened_at=at,
        by_id=by.pk if by else None,
    )
