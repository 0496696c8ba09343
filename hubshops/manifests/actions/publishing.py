"""Publishing manifests: a numbered list a shop-day, and its versions."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q

from hubshops.assignment.actions import plan_day, raise_board
from hubshops.assignment.models import BoardChange
from hubshops.manifests.actions.ordering import doors_of, known_streets, new_lines
from hubshops.manifests.actions.telling import tell_shops
from hubshops.manifests.actions.watching import close_rings
from hubshops.manifests.models import Manifest, ManifestLine, ManifestVersion
from hubshops.manifests.queries import PublishedDay, lines_gone, published_day, sizes_of
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
    """Bring every manifest of the day up to date; how many packages were put on one.

    A shop-day without a manifest gets one when it has packages. One that has it gets a new version
    when packages came (assigned), or went (withdrawn by the station, or given to another shop);
    earlier stops keep their numbers, and a line taken off stays readable. Nothing changed: nothing
    is written. The shop's people get a letter with each version, in this transaction. Holds the
    station, its shops and the day's packages (docs/locking.md). Costs a handful of statements,
    whatever the number of shops, and the time to order each tour.
    """
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    locked = Shop.objects.filter(station=station).select_for_update(no_key=True).order_by("pk")
    shops = {shop.pk: shop for shop in locked}
    for shop in locked:
        shop.station = station  # known: one query less a shop
    packages = list(
        Package.objects.of_day(station, service_day)
        .filter(state=State.ASSIGNED)
        .select_for_update(no_key=True)
        .order_by("pk")
    )
    gone, stay = lines_gone(station, service_day, packages)
    by_shop: dict[int, list[Package]] = defaultdict(list)
    for package in packages:
        if package.pk not in stay:
            by_shop[package.shop_id].append(package)
    manifests = open_versions(
        [shops[shop_id] for shop_id in sorted(by_shop)], gone, station, service_day, at
    )
    withdraw(gone, manifests)
    lines = added_lines(manifests, by_shop, service_day)
    ManifestLine.objects.bulk_create(lines, batch_size=ROWS_A_WRITE)
    move_custody(moves=[manifested(one, at=at, by=by) for one in packages], at=at)
    versions = record_versions(manifests, lines, gone, at=at, by=by)
    tell_shops(versions=versions, at=at)
    close_rings(station=station, day=service_day, at=at)
    if packages or gone:
        raise_board(
            station=station,
            service_day=service_day,
            change=BoardChange.PUBLISHED,
            packages=len(packages) + len(gone),
            at=at,
            by=by,
        )
    return len(lines)


def open_versions(
    shops: Sequence[Shop],
    gone: Iterable[ManifestLine],
    station: Station,
    service_day: dt.date,
    at: dt.datetime,
) -> dict[int, Manifest]:
    """By key: a first version for a shop without a manifest, or the next version of the manifests
    that gain or lose packages."""
    theirs = Q(shop__in=shops, service_day=service_day)
    theirs |= Q(pk__in={line.manifest_id for line in gone})
    known = list(Manifest.objects.filter(theirs).select_related("shop__station").order_by("pk"))
    for manifest in known:
        manifest.version, manifest.published_at = manifest.version + 1, at
    Manifest.objects.bulk_update(known, ["version", "published_at"])
    have = {one.shop_id for one in known if one.service_day == service_day}
    new = [
        Manifest(
            shop=shop,
            service_day=service_day,
            number=f"{station.code}-{service_day}-{shop.slug}",
            published_at=at,
        )
        for shop in shops
        if shop.pk not in have
    ]
    Manifest.objects.bulk_create(new, batch_size=ROWS_A_WRITE)
    return {manifest.pk: manifest for manifest in [*known, *new]}


def withdraw(gone: Sequence[ManifestLine], manifests: dict[int, Manifest]) -> None:
    """Take lines off in the version that was just opened."""
    for line in gone:
        line.withdrawn_in = manifests[line.manifest_id].version
    ManifestLine.objects.bulk_update(gone, ["withdrawn_in"], batch_size=ROWS_A_WRITE)


def added_lines(
    manifests: dict[int, Manifest], by_shop: dict[int, list[Package]], service_day: dt.date
) -> list[ManifestLine]:
    """The new lines of all shops."""
    growing = {
        one.shop_id: one
        for one in manifests.values()
        if one.shop_id in by_shop and one.service_day == service_day
    }
    doors = doors_of(growing.values())
    streets = known_streets(growing.values())
    return [
        line
        for shop_id, manifest in growing.items()
        for line in new_lines(
            manifest, manifest.shop, by_shop[shop_id], doors[manifest.pk], streets[shop_id]
        )
    ]


def record_versions(
    manifests: dict[int, Manifest],
    lines: Iterable[ManifestLine],
    gone: Iterable[ManifestLine],
    *,
    at: dt.datetime,
    by: User | None,
) -> list[ManifestVersion]:
    """Write what each version brought and took, in the book of versions."""
    added, withdrawn = count_by_manifest(lines), count_by_manifest(gone)
    sizes = sizes_of(manifests)
    versions = [
        ManifestVersion(
            manifest=manifest,
            version=manifest.version,
            published_at=at,
            published_by=by,
            added=added[key],
            withdrawn=withdrawn[key],
            packages=sizes[key].packages,
            stops=sizes[key].stops,
        )
        for key, manifest in manifests.items()
    ]
    return ManifestVersion.objects.bulk_create(versions, batch_size=ROWS_A_WRITE)


def count_by_manifest(lines: Iterable[ManifestLine]) -> dict[int, int]:
    """How many lines each manifest has among these."""
    counts: dict[int, int] = defaultdict(int)
    for line in lines:
        counts[line.manifest_id] += 1
    return counts


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
