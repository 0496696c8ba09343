"""The order in which a manifest's stops are visited."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hubshops.manifests import rules
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.packages.models import Package
from hubshops.shops.models import Shop


@dataclass(slots=True)
class Doors:
    """The stops a manifest has: their numbers by door, and where the last one is."""

    numbers: dict[tuple[str, str], int]
    last_number: int = 0
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
            doors.numbers.setdefault(key, line.stop)
        doors.last_number = max(doors.last_number, line.stop)
        doors.last_place = place_of(package) or doors.last_place
    return found


def new_lines(
    manifest: Manifest, shop: Shop, packages: Sequence[Package], doors: Doors
) -> list[ManifestLine]:
    """Lines for a version's packages: at the stop their door has, or at new ones after the last."""
    by_door: dict[tuple[str, str], list[Package]] = defaultdict(list)
    for package in sorted(packages, key=lambda one: one.tracking_id):
        by_door[rules.door_key(package.address1, package.postal_code)].append(package)
    fresh = [key for key in sorted(by_door) if key not in doors.numbers]
    counter = (shop.latitude, shop.longitude)
    start = doors.last_place or counter
    places = [place_of(by_door[key][0]) or counter for key in fresh]
    for number, place in enumerate(rules.order_stops(start, places), doors.last_number + 1):
        doors.numbers[fresh[place]] = number
    return [
        ManifestLine(
            manifest=manifest,
            package=package,
            stop=doors.numbers[key],
            added_in=manifest.version,
        )
        for key, group in by_door.items()
        for package in group
    ]


def place_of(package: Package) -> rules.Place | None:
    """Where a package goes, when that is known."""
    if package.latitude is None or package.longitude is None:
        return None
    return package.latitude, package.longitude
