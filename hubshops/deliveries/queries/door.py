"""What a shop's people have to do with at doors, sorted by what is next."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import F, FilteredRelation, Q, QuerySet

from hubshops.deliveries.models import Delivery
from hubshops.manifests.models import Tour
from hubshops.manifests.rules import door_key, short_name, split_street
from hubshops.packages.models import HELD, LOOKS, Look, Package, Requirement
from hubshops.packages.rules import FINISHED, IN_CUSTODY, NOT_TAKEN, State
from hubshops.shops.models import Shop
from hubshops.shops.queries import days_off_of
from hubshops.shops.rules import DAYS_AHEAD, next_day
from kernel import clock
from kernel.accounts.models import User

TO_DELIVER = IN_CUSTODY - {State.RETURN_PENDING}
COMING = {State.ASSIGNED, State.MANIFESTED}


@dataclass(frozen=True, slots=True)
class DoorPackage:
    """A package as a door page or a phone shows it: without phone number, full name or money."""

    id: int
    tracking_id: str
    service_day: dt.date
    stop: int | None
    name: str
    address1: str
    address2: str
    city: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    instructions: str
    requires: str
    state: str
    attempts: int
    last_event_at: dt.datetime
    tour: int | None = None
    is_placed_by_zip: bool = False  # its place is the middle of a ZIP code
    helper: str = ""  # whose tour it is in, of a day that is shared

    @property
    def look(self) -> Look:
        """Its state in words, with icon and tone."""
        return LOOKS[self.state]

    @property
    def tail(self) -> str:
        """The end of the tracking id, as people read it from a label."""
        return self.tracking_id[-4:]

    @property
    def house_number(self) -> str:
        """What to look for from the street."""
        return split_street(self.address1)[0]

    @property
    def street(self) -> str:
        """The street without the house number."""
        return split_street(self.address1)[1]

    @property
    def place(self) -> str:
        """Where it goes, as a map's address wants it."""
        return f"{self.latitude},{self.longitude}"

    @property
    def is_to_deliver(self) -> bool:
        """Whether it is with the shop and may be delivered."""
        return self.state in TO_DELIVER

    @property
    def demand(self) -> str:
        """What the recipient has to give, in words; nothing for most packages."""
        return str(Requirement(self.requires).label) if self.requires else ""


@dataclass(frozen=True)
class DoorStop:
    """One door and the packages that are left for it."""

    number: int | None
    address1: str
    packages: tuple[DoorPackage, ...]

    @property
    def helper(self) -> str:
        """Whose tour it is in, of a day that is shared."""
        return self.packages[0].helper

    @property
    def house_number(self) -> str:
        """What to look for from the street."""
        return split_street(self.address1)[0]

    @property
    def street(self) -> str:
        """The street without the house number."""
        return split_street(self.address1)[1]


@dataclass(frozen=True)
class DoorDay:
    """What a shop's people have to do with on one day, sorted by what is to be done next.
    `has_tour`: the day is shared, and who looks has a tour; `is_mine`: only that one's packages
    are here, and what is still to be counted in, which is everybody's."""

    day: dt.date
    zone: str
    packages: list[DoorPackage]
    has_tour: bool = False
    is_mine: bool = False

    @cached_property
    def coming(self) -> list[DoorPackage]:
        """To be counted in when the van comes."""
        return [one for one in self.packages if one.state in COMING]

    @cached_property
    def stops(self) -> list[DoorStop]:
        """To be delivered, by door; packages of earlier days come first."""
        kept = {one.id for one in self.kept}
        to_deliver = (one for one in self.packages if one.state in TO_DELIVER)
        return door_stops(one for one in to_deliver if one.id not in kept)

    @cached_property
    def kept(self) -> list[DoorPackage]:
        """Tried in vain today: kept for another day."""
        tried = (one for one in self.packages if one.state == State.ATTEMPTED)
        return [one for one in tried if clock.local_day(one.last_event_at, self.zone) == self.day]

    @cached_property
    def left(self) -> int:
        """How many are to be delivered, of those counted in."""
        return sum(len(stop.packages) for stop in self.stops)

    @cached_property
    def at_shop(self) -> list[DoorPackage]:
        """To be delivered and not yet taken along."""
        left = (package for stop in self.stops for package in stop.packages)
        return [one for one in left if one.state != State.OUT_FOR_DELIVERY]

    @property
    def problems(self) -> list[DoorPackage]:
        """What did not go as planned: kept, to give back, missing; and what the shop never got."""
        return [*self.needs_you, *self.not_taken]

    @property
    def needs_you(self) -> list[DoorPackage]:
        """Problems with which the shop still has to do something."""
        return [*self.to_give_back, *self.missing, *self.kept]

    @cached_property
    def not_taken(self) -> list[DoorPackage]:
        """Did not come with the van, or was not taken from it."""
        return [one for one in self.packages if one.state in NOT_TAKEN]

    def ending_in(self, last: str) -> list[DoorPackage]:
        """Packages whose tracking id ends like this."""
        return [one for one in self.packages if one.tracking_id.upper().endswith(last.upper())]

    @cached_property
    def to_give_back(self) -> list[DoorPackage]:
        """For the driver of the next drop."""
        return [one for one in self.packages if one.state == State.RETURN_PENDING]

    @cached_property
    def missing(self) -> list[DoorPackage]:
        """Not found."""
        return [one for one in self.packages if one.state == State.MISSING]

    @cached_property
    def done(self) -> list[DoorPackage]:
        """Delivered or given back; the latest first."""
        done = [one for one in self.packages if one.state in FINISHED]
        return sorted(done, key=lambda one: one.last_event_at, reverse=True)

    @cached_property
    def delivered(self) -> int:
        """How many reached their doors."""
        return sum(one.state == State.DELIVERED for one in self.packages)

    @cached_property
    def earlier(self) -> list[DoorPackage]:
        """Still to be delivered or given back, of earlier days."""
        held = (one for one in self.packages if one.state in IN_CUSTODY)
        return [one for one in held if one.service_day < self.day]

    @property
    def from_earlier(self) -> int:
        """How many of them belong to earlier days: staff count those with their own day."""
        return sum(one.service_day < self.day for one in self.packages)

    @property
    def total(self) -> int:
        """All packages of the day and those of earlier days that are part of it, without those that
        the shop never got."""
        return len(self.packages) - len(self.not_taken)


def door_stops(packages: Iterable[DoorPackage]) -> list[DoorStop]:
    """Packages gathered by door, in the order in which their doors come."""
    doors: dict[tuple[str, str], list[DoorPackage]] = {}
    for package in packages:
        doors.setdefault(door_key(package.address1, package.postal_code), []).append(package)
    return [DoorStop(group[0].stop, group[0].address1, tuple(group)) for group in doors.values()]


def door_day(shop: Shop, day: dt.date, *, user: User | None = None, whose: str = "") -> DoorDay:
    """A shop's day at the door; for a `user` who has a tour of it, only that tour unless `whose` is
    `all`. One query, two with a user."""
    packages = at_the_door(shop, day)
    if user is None:
        return DoorDay(day, shop.station.zone, packages)
    tours = tours_on(shop, {one.service_day for one in packages})
    packages = [with_helper(one, tours) for one in packages]
    mine = {key for key, helper in tours.items() if helper == user}
    theirs = [one for one in packages if (one.service_day, one.tour) in mine]
    if not theirs or whose == "all":
        return DoorDay(day, shop.station.zone, packages, has_tour=bool(theirs))
    shown = [one for one in packages if one in theirs or is_for_all(one, tours)]
    return DoorDay(day, shop.station.zone, shown, has_tour=True, is_mine=True)


Tours = dict[tuple[dt.date, int | None], User]


def tours_on(shop: Shop, days: Collection[dt.date]) -> Tours:
    """Who has which tour on these days, of those that are shared. One query."""
    found = Tour.objects.filter(manifest__shop=shop, manifest__service_day__in=days)
    rows = found.select_related("manifest", "helper")
    return {(tour.manifest.service_day, tour.number): tour.helper for tour in rows}


def with_helper(package: DoorPackage, tours: Tours) -> DoorPackage:
    """The package with the name of who takes it, when its day is shared."""
    helper = tours.get((package.service_day, package.tour))
    return replace(package, helper=short_name(str(helper))) if helper else package


def is_for_all(package: DoorPackage, tours: Tours) -> bool:
    """Whether everybody has to do with it: it is in nobody's tour, or still to be counted in."""
    return package.state in COMING or (package.service_day, package.tour) not in tours


def at_the_door(shop: Shop, day: dt.date) -> list[DoorPackage]:
    """What a shop's people have to do with on `day`, in tour order: the day's packages, those of
    earlier days that the shop still holds, and those of earlier days that it delivered on this
    day. Earlier days come first. One query."""
    held = Q(service_day__lt=day, state__in=HELD)
    late = Delivery.objects.standing().filter(shop=shop, delivered_on=day).values("package_id")
    mine = Package.objects.filter(shop=shop)
    return door_packages(
        mine.filter(Q(service_day=day) | held | Q(service_day__lt=day, pk__in=late)).exclude(
            state=State.CANCELLED
        )
    )


def to_carry_along(shop: Shop, day: dt.date) -> list[DoorPackage]:
    """What a phone carries of a day, each with who has its tour. Two queries."""
    packages = at_the_door(shop, day)
    tours = tours_on(shop, {one.service_day for one in packages})
    return [with_helper(one, tours) for one in packages]


def packages_of(shop: Shop, ids: Collection[int]) -> list[DoorPackage]:
    """Those of these packages that are the shop's own. One query."""
    return door_packages(Package.objects.filter(shop=shop, pk__in=ids)) if ids else []


def next_drop(shop: Shop, day: dt.date) -> tuple[dt.datetime | None, dt.datetime | None]:
    """From when until when the next van after `day` comes, where its station said so; else nothing.
    One query, none without the station's hours."""
    station = shop.station
    if station.drops_from is None or station.drops_until is None:
        return None, None
    off = days_off_of(shop, day, day + dt.timedelta(days=DAYS_AHEAD))
    coming = next_day(day, shop.weekdays, off)
    if coming is None:
        return None, None
    zone = ZoneInfo(shop.zone)
    return (
        dt.datetime.combine(coming, station.drops_from, zone),
        dt.datetime.combine(coming, station.drops_until, zone),
    )


def door_packages(packages: QuerySet[Package]) -> list[DoorPackage]:
    """These packages as a door page or a phone shows them, in tour order."""
    line = FilteredRelation("manifest_lines", condition=Q(manifest_lines__withdrawn_in=None))
    rows = (
        packages.annotate(line=line, stop=F("line__stop"), tour=F("line__tour"))
        .order_by("service_day", F("stop").asc(nulls_last=True), "address1", "tracking_id")
        .values_list(*COLUMNS)
    )
    return [door_package(*row) for row in rows]


COLUMNS = (
    "id",
    "tracking_id",
    "service_day",
    "stop",
    "recipient_name",
    "address1",
    "address2",
    "city",
    "postal_code",
    "latitude",
    "longitude",
    "instructions",
    "requires",
    "state",
    "attempts",
    "last_event_at",
    "tour",
    "is_placed_by_zip",
)


def door_package(id, tracking_id, service_day, stop, recipient_name, *rest) -> DoorPackage:
    """One row of `COLUMNS` with the recipient's name cut to what a door needs."""
    return DoorPackage(id, tracking_id, service_day, stop, short_name(recipient_name), *rest)
