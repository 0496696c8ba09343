"""What is known of packages at the door, read for actions, pages and phones."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import F, FilteredRelation, Q, QuerySet

from hubshops.deliveries import rules
from hubshops.deliveries.models import Delivery, Outcome, Reason
from hubshops.deliveries.rules import Rulebook
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.manifests.rules import door_key, read_stop_code, short_name, split_street
from hubshops.packages.models import HELD, LOOKS, Look, Package, PackageEvent, Requirement
from hubshops.packages.rules import FINISHED, IN_CUSTODY, EventKind, State
from hubshops.shops.models import Membership, Shop
from kernel import clock
from kernel.accounts.models import User

TO_DELIVER = IN_CUSTODY - {State.RETURN_PENDING}


def rulebook() -> Rulebook:
    """What staff may change about the door without a release. One query."""
    return Rulebook(
        outcomes=frozenset(Outcome.values),
        next_steps=dict(Reason.objects.values_list("code", "next_step")),
        most_attempts=settings.MOST_ATTEMPTS,
    )


@dataclass(frozen=True, slots=True)
class KnownAct:
    """An act that is an event already."""

    shop_id: int | None
    tracking_id: str
    kind: str
    to_state: str
    first_delivered_at: dt.datetime | None = None


def known_acts(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, KnownAct]:
    """Which of these acts are events already, whoever sent them. One query."""
    rows = PackageEvent.objects.filter(act_id__in=ids).values_list(
        "act_id",
        "shop_id",
        "package__tracking_id",
        "kind",
        "to_state",
        "amends__delivery__delivered_at",
    )
    return {row[0]: KnownAct(*row[1:]) for row in rows}


def standing_deliveries(package_ids: Collection[int]) -> dict[int, Delivery]:
    """The standing delivery of each package that has one. One query."""
    rows = Delivery.objects.standing().filter(package_id__in=package_ids)
    return {delivery.package_id: delivery for delivery in rows}


def histories(package_ids: Collection[int]) -> Iterable[PackageEvent]:
    """Every event of these packages, oldest first. One query."""
    return PackageEvent.objects.filter(package_id__in=package_ids).order_by("pk")


def locked_packages(shop: Shop, tracking_ids: Collection[str]) -> dict[str, Package]:
    """The shop's own packages with these tracking ids, locked in the order of their keys. Packages
    of other shops are neither locked nor told apart from unknown ones."""
    mine = Package.objects.filter(
        station_id=shop.station_id, shop_id=shop.pk, tracking_id__in=tracking_ids
    )
    columns = ("tracking_id", "service_day", "state", "attempts")
    rows = mine.select_for_update().only(*columns).order_by("pk")
    return {package.tracking_id: package for package in rows}


def moved_away(shop: Shop, tracking_ids: Collection[str]) -> frozenset[str]:
    """Which of these packages, none of them this shop's now, were on its manifest once: they were
    moved to another shop or taken off. Tells nothing of packages the shop never saw. One query,
    none without ids."""
    if not tracking_ids:
        return frozenset()
    lines = ManifestLine.objects.filter(
        manifest__shop=shop,
        package__station_id=shop.station_id,
        package__tracking_id__in=tracking_ids,
    )
    return frozenset(lines.values_list("package__tracking_id", flat=True))


def shops_by_slug(slugs: Collection[str]) -> dict[str, Shop]:
    """These shops with their stations. One query."""
    rows = Shop.objects.filter(slug__in=slugs).select_related("station")
    return {shop.slug: shop for shop in rows}


def people_by_email(emails: Collection[str]) -> dict[str, User]:
    """People by their address in lower case. One query."""
    rows = User.objects.filter(email__in={email.lower() for email in emails})
    return {user.email: user for user in rows}


def memberships_ever(people: Collection[User]) -> set[tuple[int, int]]:
    """(shop, person) of everybody who works or worked for a shop. One query."""
    rows = Membership.objects.filter(user__in=people)
    return set(rows.values_list("shop_id", "user_id"))


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
    def house_number(self) -> str:
        """What to look for from the street."""
        return split_street(self.address1)[0]

    @property
    def street(self) -> str:
        """The street without the house number."""
        return split_street(self.address1)[1]


@dataclass(frozen=True)
class DoorDay:
    """What a shop's people have to do with on one day, sorted by what is to be done next."""

    day: dt.date
    zone: str
    packages: list[DoorPackage]

    @cached_property
    def coming(self) -> list[DoorPackage]:
        """To be counted in when the van comes."""
        return [one for one in self.packages if one.state in (State.ASSIGNED, State.MANIFESTED)]

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
        """What did not go as planned: kept, to give back, missing."""
        return [*self.to_give_back, *self.missing, *self.kept]

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
        """All packages of the day and those of earlier days that are part of it."""
        return len(self.packages)


def door_stops(packages: Iterable[DoorPackage]) -> list[DoorStop]:
    """Packages gathered by door, in the order in which their doors come."""
    doors: dict[tuple[str, str], list[DoorPackage]] = {}
    for package in packages:
        doors.setdefault(door_key(package.address1, package.postal_code), []).append(package)
    return [DoorStop(group[0].stop, group[0].address1, tuple(group)) for group in doors.values()]


def door_day(shop: Shop, day: dt.date) -> DoorDay:
    """A shop's day at the door. One query."""
    return DoorDay(day, shop.station.zone, at_the_door(shop, day))


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


def packages_of(shop: Shop, ids: Collection[int]) -> list[DoorPackage]:
    """Those of these packages that are the shop's own. One query."""
    return door_packages(Package.objects.filter(shop=shop, pk__in=ids)) if ids else []


@dataclass(frozen=True)
class PaperStop:
    """The stop that a QR code on a printed manifest means, as it stands now. `number_on_paper`
    differs from the stop's number when the tour was numbered anew since."""

    manifest: Manifest
    number: int
    number_on_paper: int
    packages: list[DoorPackage]
    taken_off: int

    @property
    def is_renumbered(self) -> bool:
        """Whether the paper has another number for this door."""
        return self.number != self.number_on_paper

    @cached_property
    def stop(self) -> DoorStop:
        """The door, as the list of doors shows it."""
        return DoorStop(self.number, self.packages[0].address1, tuple(self.packages))

    @cached_property
    def to_deliver(self) -> list[DoorPackage]:
        """What can be delivered here now."""
        return [one for one in self.packages if one.is_to_deliver]

    @cached_property
    def to_count_in(self) -> list[DoorPackage]:
        """What the van brings and nobody counted in yet."""
        coming = (State.ASSIGNED, State.MANIFESTED)
        return [one for one in self.packages if one.state in coming]

    @cached_property
    def others(self) -> list[DoorPackage]:
        """What is done, or waits for something else."""
        rest = {*self.to_deliver, *self.to_count_in}
        return [one for one in self.packages if one not in rest]


def paper_stop(user: User, code: str) -> PaperStop | None:
    """The stop of a paper's code, when the person works for its shop; else None. Three queries."""
    named = read_stop_code(code)
    if named is None:
        return None
    theirs = Membership.objects.current().filter(user=user).values("shop")
    line = (
        ManifestLine.objects.filter(pk=named[0], manifest__shop__in=theirs)
        .select_related("manifest__shop__station", "package")
        .first()
    )
    if line is None:
        return None
    door = door_of(line)
    beside = ManifestLine.objects.filter(manifest=line.manifest).select_related("package")
    here = [one for one in beside.order_by("pk") if door_of(one) == door]
    standing = [one for one in here if one.withdrawn_in is None]
    return PaperStop(
        manifest=line.manifest,
        number=standing[0].stop if standing else named[1],
        number_on_paper=named[1],
        packages=packages_of(line.manifest.shop, [one.package_id for one in standing]),
        taken_off=len(here) - len(standing),
    )


def door_of(line: ManifestLine) -> tuple[str, str]:
    """What lines for one door share, whatever number it has."""
    return door_key(line.package.address1, line.package.postal_code)


def door_packages(packages: QuerySet[Package]) -> list[DoorPackage]:
    """These packages as a door page or a phone shows them, in tour order."""
    line = FilteredRelation("manifest_lines", condition=Q(manifest_lines__withdrawn_in=None))
    rows = (
        packages.annotate(line=line, stop=F("line__stop"))
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
)


def door_package(id, tracking_id, service_day, stop, recipient_name, *rest) -> DoorPackage:
    """One row of `COLUMNS` with the recipient's name cut to what a door needs."""
    return DoorPackage(id, tracking_id, service_day, stop, short_name(recipient_name), *rest)


def acts_on(package_id: int) -> list[PackageEvent]:
    """What people did with a package, the latest first. One query."""
    kinds = [*rules.ACTS, EventKind.AMENDED, EventKind.DELIVERED_AGAIN]
    events = PackageEvent.objects.filter(package_id=package_id, kind__in=kinds)
    return list(events.select_related("by").order_by("-pk"))


def reasons() -> list[Reason]:
    """Why a package may not be delivered, in the order in which people are asked. One query."""
    return list(Reason.objects.all())
