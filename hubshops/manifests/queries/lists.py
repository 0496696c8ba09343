"""A shop's list of stops, as its pages show it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hubshops.manifests import rules
from hubshops.manifests.models import (
    Manifest,
    ManifestLine,
)
from hubshops.manifests.queries.papers import KEEP_PAPER
from hubshops.packages.models import Package
from hubshops.packages.rules import FINISHED, NOT_TAKEN, State
from hubshops.shops.models import Shop
from kernel.accounts.models import User
from kernel.refusals import Refusal
from kernel.web import maps


@dataclass(frozen=True, slots=True)
class Stop:
    """One door of a manifest and what goes there. `address1` is the street as its first package
    says it; a package keeps its own unit."""

    number: int
    address1: str
    city: str
    state_code: str
    postal_code: str
    packages: tuple[Package, ...]
    tour: int = 1
    helper: str = ""  # whose tour it is in, of a day that is shared

    @property
    def house_number(self) -> str:
        """What to look for from the street."""
        return rules.split_street(self.address1)[0]

    @property
    def street(self) -> str:
        """The street without the house number."""
        return rules.split_street(self.address1)[1]

    @property
    def left(self) -> int:
        """Packages here that are not done yet."""
        return sum(package.state not in FINISHED | NOT_TAKEN for package in self.packages)

    @property
    def place(self) -> rules.Place | None:
        """Where the door is; None when its packages came without a place."""
        places = ((one.latitude, one.longitude) for one in self.packages)
        return next((place for place in places if None not in place), None)

    @property
    def is_placed_by_zip(self) -> bool:
        """Whether only the middle of its ZIP code is known."""
        return bool(self.place) and all(one.is_placed_by_zip for one in self.packages)

    @property
    def map_links(self) -> list[tuple[str, str]]:
        """Map programs that can show the way here."""
        return maps.outside_links(*(self.place or (None, None)))

    @property
    def people(self) -> list[tuple[str, Package]]:
        """Each package with the first name and initial of its recipient."""
        return [(rules.short_name(package.recipient_name), package) for package in self.packages]


class NoManifest(Refusal):
    code = "no_manifest"
    message = _("{shop} has no manifest for {day}.")


def manifest_of(shop: Shop, day: dt.date) -> Manifest | None:
    """The manifest of one shop-day, its shop and station with it, or None."""
    return Manifest.objects.of_day(shop, day).select_related("shop__station").first()


def get_manifest(shop: Shop, day: dt.date) -> Manifest:
    """The manifest of one shop-day. Refuses a day without one."""
    manifest = manifest_of(shop, day)
    if manifest is None:
        raise NoManifest(shop=shop.name, day=day)
    return manifest


def stops_of(manifest: Manifest) -> list[Stop]:
    """The manifest's doors in the order of the tour, each with its packages. What was given to
    another shop since the list was published is not this shop's to see any more. One query."""
    lines = (
        ManifestLine.objects.filter(manifest=manifest, withdrawn_in=None)
        .filter(package__shop=manifest.shop_id)
        .select_related("package")
        .order_by("stop", "package__address1", "package__address2", "package__tracking_id")
    )
    return list(stops_from((line.stop, line.tour, line.package) for line in lines))


def stops_from(lines: Iterable[tuple[int, int, Package]]) -> Iterable[Stop]:
    """Packages with their stop's number and tour, in order, gathered by door. A package whose
    address moved after planning keeps the number but stands apart."""

    def door(line: tuple[int, int, Package]) -> tuple[int, tuple[str, str]]:
        number, _tour, package = line
        return number, rules.door_key(package.address1, package.postal_code)

    for (number, _key), group in groupby(sorted(lines, key=door), key=door):
        together = list(group)
        first = together[0][2]
        yield Stop(
            number=number,
            address1=first.address1,
            city=first.city,
            state_code=first.state_code,
            postal_code=first.postal_code,
            packages=tuple(package for _number, _tour, package in together),
            tour=together[0][1],
        )


@dataclass(frozen=True, slots=True)
class StopList:
    """The doors of a manifest as a page lists them: all, those left, or those done; of all tours,
    or of one's own (`mine`, None for who has none)."""

    all_stops: list[Stop]
    show: str
    destroy_by: dt.date  # for who prints it
    mine: int | None = None
    is_mine: bool = False

    @property
    def everything(self) -> list[Stop]:
        """The stops that count here: all, or those of one's own tour."""
        if not self.is_mine:
            return self.all_stops
        return [stop for stop in self.all_stops if stop.tour == self.mine]

    @property
    def keep(self) -> str:
        """What a link to this list has to say so that it stays with all stops."""
        return "whose=all&" if self.mine and not self.is_mine else ""

    @property
    def left(self) -> list[Stop]:
        """Stops with something to do."""
        return [stop for stop in self.everything if stop.left]

    @property
    def done(self) -> list[Stop]:
        """Stops where every package is done."""
        return [stop for stop in self.everything if not stop.left]

    @property
    def shown(self) -> list[Stop]:
        """The stops that were asked for."""
        return {"left": self.left, "done": self.done}.get(self.show, self.everything)

    @property
    def without_a_place(self) -> list[Stop]:
        """The stops shown that a map can't show."""
        return [stop for stop in self.shown if not stop.place]

    @property
    def packages(self) -> int:
        """All packages of the day."""
        return sum(len(stop.packages) for stop in self.everything)

    @property
    def packages_to_try_again(self) -> int:
        """Those of the packages left that were tried today and wait for another day."""
        return sum(
            package.state == State.ATTEMPTED
            for stop in self.everything
            for package in stop.packages
        )

    @property
    def packages_left(self) -> int:
        """Packages that are not done yet."""
        return sum(stop.left for stop in self.everything)


def stop_list(
    manifest: Manifest, show: str, *, user: User | None = None, whose: str = ""
) -> StopList:
    """The manifest's doors, and which of them to show: `left`, `done`, or all; for a `user` who has
    a tour, only that one unless `whose` is `all`. Two queries."""
    tours = list(manifest.tours.select_related("helper"))
    names = {tour.number: rules.short_name(str(tour.helper)) for tour in tours}
    stops = [replace(stop, helper=names.get(stop.tour, "")) for stop in stops_of(manifest)]
    mine = next((tour.number for tour in tours if tour.helper == user), None)
    if not any(stop.tour == mine for stop in stops):
        mine = None  # nothing is left on it: show what the others do
    is_mine = mine is not None and whose != "all"
    show = show if show in {"left", "done"} else ""
    return StopList(stops, show, manifest.service_day + KEEP_PAPER, mine, is_mine)


def map_of_stops(shop: Shop, stops: StopList) -> dict[str, object]:
    """The stops that are shown, as pins in their order; a stop without a place has none."""
    counter = maps.Counter(shop.name, shop.latitude, shop.longitude, shop.radius_m)
    pins = [pin_of(stop) for stop in stops.shown if stop.place]
    return maps.map_of([counter], pins, has_way=True)


def pin_of(stop: Stop) -> maps.Pin:
    """A stop on the map: what its line in the list says."""
    states = {package.state for package in stop.packages}
    troubles = {State.ATTEMPTED, State.RETURN_PENDING, State.MISSING, *NOT_TAKEN}
    return maps.Pin(
        mark=str(stop.number) if stop.left else f"✓{stop.number}",
        latitude=stop.place[0],
        longitude=stop.place[1],
        kind="problem" if states & troubles else "left" if stop.left else "done",
        title=stop.address1,
        lines=[
            f"{name} · {package.look.text}" if stop.left else name for name, package in stop.people
        ]
        + ([gettext("Place known by ZIP code only")] if stop.is_placed_by_zip else []),
        url=f"#stop-{stop.number}",
    )


@dataclass(frozen=True, slots=True)
class DaysNearby:
    """The shop's days with a manifest just before and just after one day."""

    earlier: dt.date | None
    later: dt.date | None


def days_nearby(shop: Shop, day: dt.date) -> DaysNearby:
    """Where to go from a day. Two queries."""
    mine = Manifest.objects.filter(shop=shop).order_by("service_day")
    days = mine.values_list("service_day", flat=True)
    return DaysNearby(
        earlier=days.filter(service_day__lt=day).last(),
        later=days.filter(service_day__gt=day).first(),
    )
