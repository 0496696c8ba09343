"""The order in which the stops of a new version are visited."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from hubshops.manifests import rules
from hubshops.manifests.gateways.solver import better_tour
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.manifests.queries import place_of, streets_known, visit_of
from hubshops.packages.models import Package
from hubshops.shops.models import Shop

Key = tuple[str, str]


@dataclass(slots=True)
class Doors:
    """The stops a manifest has: number and tour by door, and where the last one is."""

    numbers: dict[Key, tuple[int, int]]
    last_number: int = 0
    last_tour: int = 1
    last_place: rules.Place | None = None


def doors_of(manifests: Iterable[Manifest]) -> dict[int, Doors]:
    """The stops each manifest has already."""
    found: dict[int, Doors] = defaultdict(lambda: Doors({}))
    lines = ManifestLine.objects.filter(
        manifest__in=[one.pk for one in manifests if one.version > 1]
    ).select_related("package")
    for line in lines.order_by("manifest", "stop", "pk"):
        doors, package = found[line.manifest_id], line.package
        key = rules.door_key(package.address1, package.postal_code)
        if line.withdrawn_in is None:
            doors.numbers.setdefault(key, (line.stop, line.tour))
            doors.last_tour = max(doors.last_tour, line.tour)
        doors.last_number = max(doors.last_number, line.stop)
        doors.last_place = place_of(package) or doors.last_place
    return found


def new_lines(
    manifest: Manifest,
    shop: Shop,
    packages: Sequence[Package],
    doors: Doors,
    known: Sequence[str] = (),
) -> list[ManifestLine]:
    """Lines for a version's packages: at the stop their door has, or at new ones after the last, in
    the last tour. `known` are the streets whose sequence the shop taught us."""
    by_door: dict[Key, list[Package]] = defaultdict(list)
    for package in sorted(packages, key=lambda one: one.tracking_id):
        by_door[rules.door_key(package.address1, package.postal_code)].append(package)
    fresh = [key for key in sorted(by_door) if key not in doors.numbers]
    groups = [by_door[key] for key in fresh]
    if doors.last_number:
        start = doors.last_place or (shop.latitude, shop.longitude)
        order = rules.order_stops(start, places_of(groups, start), better_tour)
    else:
        order = order_groups(shop, groups, known)
    for number, place in enumerate(order, doors.last_number + 1):
        doors.numbers[fresh[place]] = number, doors.last_tour
    return [
        ManifestLine(
            manifest=manifest,
            package=package,
            stop=doors.numbers[key][0],
            tour=doors.numbers[key][1],
            added_in=manifest.version,
        )
        for key, group in by_door.items()
        for package in group
    ]


def order_groups(
    shop: Shop, groups: Sequence[Sequence[Package]], known: Sequence[str]
) -> list[int]:
    """In which order to visit doors (each its packages) from the shop and back: the shortest tour,
    with remembered streets in the remembered sequence, then with as few as can be too late."""
    start = shop.latitude, shop.longitude
    places = places_of(groups, start)
    order = rules.order_stops(start, places, better_tour)
    streets = [rules.street_key(group[0].address1) for group in groups]
    order = rules.by_streets(order, streets, known)
    visits = [visit_of(group) for group in groups]
    leaves = rules.leaving(shop.busy_from, shop.busy_until)
    metres = rules.metres_between([start, *places])
    return rules.in_time(metres, visits, order, shop.travel_mode, leaves)


def places_of(groups: Collection[Sequence[Package]], otherwise: rules.Place) -> list[rules.Place]:
    """Where each door is; one whose place is not known is visited on the way out."""
    return [next(filter(None, map(place_of, group)), otherwise) for group in groups]


def known_streets(manifests: Iterable[Manifest]) -> dict[int, list[str]]:
    """The remembered streets of the shops of these manifests. One query."""
    return streets_known([manifest.shop_id for manifest in manifests])
