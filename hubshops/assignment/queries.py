"""A station's day as it is planned now."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from hubshops.assignment import rules
from hubshops.assignment.models import Assignment
from hubshops.assignment.rules import Cause, Door, Obstacle, ShopRoom
from hubshops.packages.models import Package
from hubshops.shops.models import DayOff, Shop, ShopStatus
from hubshops.stations.models import Station
from kernel.geo import distance_m

CAUSE_WORDS = {
    Cause.OUT_OF_REACH: _("No shop goes as far as this door."),
    Cause.FULL: _("Every shop near this door is full."),
    Cause.CLOSED_TODAY: _("The shops near this door are closed on this day."),
    Cause.NO_SHOP: _("The station has no live shop."),
}


@dataclass(frozen=True, slots=True)
class ShopLoad:
    """What one shop has of one day: packages, the cap it agreed to, metres from its counter to each
    door summed."""

    shop: Shop
    is_open: bool
    count: int
    total_m: float

    @property
    def room(self) -> int:
        """How many more packages fit under the cap."""
        return max(0, self.shop.daily_cap - self.count)

    @property
    def mean_m(self) -> float | None:
        """Metres from the counter to a door on average."""
        return self.total_m / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class DayPlan:
    """How a station's day stands. `loads` counts what has a shop; `waiting` are packages that would
    get one if the day were planned now; `unplaced` can't get one, each with its cause."""

    loads: list[ShopLoad]
    waiting: int
    unplaced: dict[str, Cause]

    @property
    def assigned(self) -> int:
        """Packages that have a shop."""
        return sum(load.count for load in self.loads)

    @property
    def total_m(self) -> int:
        """Metres from shop to door, summed over all placed packages."""
        return round(sum(load.total_m for load in self.loads))


def day_plan(station: Station, day: dt.date) -> DayPlan:
    """The station's day as it stands, worked out again. Three queries; writes nothing."""
    shops = list(Shop.objects.filter(station=station).order_by("name", "pk"))
    counts, metres = loads_of(station, day)
    loads = [
        ShopLoad(
            shop=shop,
            is_open=shop.status == ShopStatus.LIVE
            and rules.is_open_on(shop.weekdays, day.isoweekday()),
            count=counts[shop.pk],
            total_m=metres[shop.pk],
        )
        for shop in shops
    ]
    rooms = [
        room_of(shop, day, counts[shop.pk]) for shop in shops if shop.status == ShopStatus.LIVE
    ]
    plan = rules.plan(unplaced_doors(station, day), rooms)
    return DayPlan(loads, len(plan.placed), plan.unplaced)


def loads_of(station: Station, day: dt.date) -> tuple[dict[int, int], dict[int, float]]:
    """Packages and metres by shop, of one station's day."""
    counts: dict[int, int] = defaultdict(int)
    metres: dict[int, float] = defaultdict(float)
    rows = Assignment.objects.filter(package__station=station, service_day=day).values_list(
        "shop_id",
        "shop__latitude",
        "shop__longitude",
        "package__latitude",
        "package__longitude",
    )
    for shop_id, *places in rows.order_by("shop_id", "slot"):
        counts[shop_id] += 1
        if None not in places:
            metres[shop_id] += distance_m(*places)
    return counts, metres


def unplaced_doors(station: Station, day: dt.date) -> list[Door]:
    """Where the day's packages without a shop go."""
    rows = Package.objects.of_day(station, day).unplaced().order_by("tracking_id")
    return [Door(*row) for row in rows.values_list("tracking_id", "latitude", "longitude")]


def room_of(shop: Shop, day: dt.date, taken: int) -> ShopRoom:
    """A live shop as the rules see it."""
    return ShopRoom(
        slug=shop.slug,
        latitude=shop.latitude,
        longitude=shop.longitude,
        radius_m=shop.radius_m,
        room=max(0, shop.daily_cap - taken),
        is_open=rules.is_open_on(shop.weekdays, day.isoweekday()),
    )


OBSTACLE_WORDS = {
    Obstacle.UNDER_WAY: _("A package that is at a shop already can't be moved here."),
    Obstacle.NOT_LIVE: _("The shop takes no packages now."),
    Obstacle.FULL: _("The shop has no room left, and it did not agree to take more than its cap."),
    Obstacle.CLOSED: _("The shop is closed on this day."),
    Obstacle.TOO_FAR: _("The door lies beyond the shop's radius."),
    Obstacle.TOO_LARGE: _("The package is heavier or longer than the shop takes."),
    Obstacle.KIND_NOT_TAKEN: _("The shop does not take packages that need this proof."),
}


@dataclass(frozen=True, slots=True)
class MoveFacts:
    """A shop on one day as a person who moves packages must know it."""

    shop: Shop
    taken: int
    is_open: bool

    @property
    def room(self) -> int:
        """How many more packages fit under the cap."""
        return max(0, self.shop.daily_cap - self.taken)

    def obstacles(self, package: Package) -> set[Obstacle]:
        """What stands in the way of one package, the shop's room aside."""
        found = rules.obstacles_of(self.shop, package)
        if self.shop.status != ShopStatus.LIVE:
            found.add(Obstacle.NOT_LIVE)
        if not self.is_open:
            found.add(Obstacle.CLOSED)
        return found


def move_facts(shops: Sequence[Shop], day: dt.date) -> dict[int, MoveFacts]:
    """By key: how full each shop is on a day, and whether it works then. Two queries."""
    rows = Assignment.objects.filter(shop__in=shops, service_day=day).order_by()
    taken = dict(rows.values_list("shop_id").annotate(number=Count("pk")))
    off = set(DayOff.objects.filter(shop__in=shops, day=day).values_list("shop_id", flat=True))
    return {
        shop.pk: MoveFacts(
            shop,
            taken.get(shop.pk, 0),
            shop.pk not in off and rules.is_open_on(shop.weekdays, day.isoweekday()),
        )
        for shop in shops
    }
