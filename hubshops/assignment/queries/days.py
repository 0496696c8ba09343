"""A station's day: as planning needs it, and as it is planned now."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass

from hubshops.assignment import rules
from hubshops.assignment.models import Answer, Assignment, OverflowOffer
from hubshops.assignment.rules import Cause, Door, ShopRoom
from hubshops.packages.models import Package
from hubshops.shops.models import Shop, ShopStatus
from hubshops.shops.queries import caps_on, closed_on
from hubshops.stations.models import Station
from kernel.geo import EARTH_RADIUS_M
from kernel.rows import hashed_joins, rows

FAMILIAR_DAYS = 7  # a week holds each weekday's helper once; older habits say little

# Metres from shop to door are summed by the places of now: a corrected address counts corrected.
# What is withdrawn, or announced anew since, counts no more, though its slot is freed only by the
# next plan or move.
LOADS = """
SELECT a.shop_id, count(*) AS count, coalesce(sum(2 * %(earth)s * asin(least(1, sqrt(
    power(sin(radians(p.latitude - s.latitude) / 2), 2)
    + cos(radians(s.latitude)) * cos(radians(p.latitude))
    * power(sin(radians(p.longitude - s.longitude) / 2), 2)
)))), 0) AS metres
FROM assignment a JOIN package p ON p.id = a.package_id JOIN shop s ON s.id = a.shop_id
WHERE p.station_id = %(station)s AND a.service_day = %(day)s
  AND p.state NOT IN ('CANCELLED', 'ANNOUNCED')
GROUP BY a.shop_id
"""
KNOWN_DOORS = """
SELECT DISTINCT new.tracking_id, shop.slug
FROM package new JOIN package old
  ON old.station_id = new.station_id AND old.state = 'DELIVERED'
 AND translate(lower(old.address1), '., ', '') = translate(lower(new.address1), '., ', '')
 AND left(old.postal_code, 5) = left(new.postal_code, 5)
JOIN shop ON shop.id = old.shop_id
WHERE new.station_id = %(station)s AND new.service_day = %(day)s AND new.state = 'ANNOUNCED'
  AND old.service_day >= %(first)s AND old.service_day < %(day)s
"""


@dataclass(frozen=True, slots=True)
class ShopLoad:
    """What one shop has of one day: packages, the cap that holds then, metres from its counter to
    each door summed. `extra` is what it said yes to beyond its cap."""

    shop: Shop
    is_open: bool
    count: int
    total_m: float
    extra: int = 0
    day_cap: int | None = None

    @property
    def cap(self) -> int:
        """The most it takes on this day."""
        own = self.shop.daily_cap if self.day_cap is None else self.day_cap
        return own + self.extra

    @property
    def room(self) -> int:
        """How many more packages it takes."""
        return max(0, self.cap - self.count)

    @property
    def mean_m(self) -> float | None:
        """Metres from the counter to a door on average."""
        return self.total_m / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class DayPlan:
    """How a station's day stands. `loads` counts what has a shop; `waiting` packages came, or their
    chances changed, since the day was planned; `unplaced` can't get a shop, each with its cause.
    `released` packages lost their shop in this planning, because they are off the list."""

    loads: list[ShopLoad]
    waiting: int
    unplaced: dict[str, Cause]
    released: int = 0

    @property
    def assigned(self) -> int:
        """Packages that have a shop."""
        return sum(load.count for load in self.loads)

    @property
    def total_m(self) -> int:
        """Metres from shop to door, summed over all placed packages."""
        return round(sum(load.total_m for load in self.loads))


def day_plan(station: Station, day: dt.date) -> DayPlan:
    """The station's day as it stands. Six queries; solves and writes nothing.

    What the last planning found about a package holds as long as neither the package nor the shops'
    room changed since; otherwise it counts as waiting.
    """
    shops = list(Shop.objects.filter(station=station).order_by("name", "pk"))
    found = {one["shop_id"]: one for one in loads_of(station, day)}
    counts = {shop_id: one["count"] for shop_id, one in found.items()}
    off = days_off(shops, day)
    extra = extra_room(shops, day)
    caps = caps_on(shops, day)
    loads = [
        ShopLoad(
            shop=shop,
            is_open=shop.status == ShopStatus.LIVE and is_open_on(shop, day, off),
            count=counts.get(shop.pk, 0),
            total_m=found[shop.pk]["metres"] if shop.pk in found else 0.0,
            extra=extra.get(shop.pk, 0),
            day_cap=caps[shop.pk],
        )
        for shop in shops
    ]
    live = [shop for shop in shops if shop.status == ShopStatus.LIVE]
    rooms = [
        room_of(shop, day, counts.get(shop.pk, 0), off, caps[shop.pk] + extra.get(shop.pk, 0))
        for shop in live
    ]
    waiting, unplaced = unplaced_of(station, day, fingerprint(rooms))
    return DayPlan(loads, waiting, unplaced)


def loads_of(station: Station, day: dt.date) -> list[dict]:
    """Packages and metres by shop, of one station's day."""
    return rows(LOADS, {"station": station.pk, "day": day, "earth": EARTH_RADIUS_M})


def unplaced_of(station: Station, day: dt.date, rooms: str) -> tuple[int, dict[str, Cause]]:
    """How many packages without a shop wait for a planning, and what it found about the others."""
    found = (
        Package.objects.of_day(station, day)
        .unplaced()
        .order_by("tracking_id")
        .values_list(
            "tracking_id",
            "last_event_at",
            "unplaced__cause",
            "unplaced__rooms",
            "unplaced__found_at",
        )
    )
    waiting, unplaced = 0, {}
    for tracking_id, changed_at, cause, seen, found_at in found:
        if cause is None or seen != rooms or changed_at > found_at:
            waiting += 1
        else:
            unplaced[tracking_id] = Cause(cause)
    return waiting, unplaced


def days_off(shops: Sequence[Shop], day: dt.date) -> set[int]:
    """The ids of the shops that have this day off, pause or left."""
    return closed_on(shops, day)


def is_open_on(shop: Shop, day: dt.date, off: set[int]) -> bool:
    """Whether a shop works on a day: one of its weekdays, and not taken off."""
    return shop.pk not in off and rules.is_open_on(shop.weekdays, day.isoweekday())


def accepted_offers(shops: Sequence[Shop], day: dt.date) -> dict[int, OverflowOffer]:
    """By a shop's key: the offer for a day to which it said yes. One query."""
    found = OverflowOffer.objects.filter(
        shop__in=[shop.pk for shop in shops], service_day=day, answer=Answer.YES
    )
    return {one.shop_id: one for one in found}


def extra_room(shops: Sequence[Shop], day: dt.date) -> dict[int, int]:
    """By a shop's key: how many packages beyond its cap it said yes to. One query."""
    return {key: one.extra for key, one in accepted_offers(shops, day).items()}


def slots_taken(shops: Sequence[Shop], day: dt.date) -> dict[int, set[int]]:
    """The slots in use on one day, by shop."""
    taken: dict[int, set[int]] = defaultdict(set)
    used = Assignment.objects.filter(shop__in=[shop.pk for shop in shops], service_day=day)
    for shop_id, slot in used.values_list("shop_id", "slot"):
        taken[shop_id].add(slot)
    return taken


def rooms_of(
    shops: Sequence[Shop], day: dt.date, taken: Mapping[int, int], most: Mapping[int, int]
) -> list[ShopRoom]:
    """Live shops as the rules see them, with how many packages each has already and how many it
    takes at most on this day. One query."""
    off = days_off(shops, day)
    return [room_of(shop, day, taken.get(shop.pk, 0), off, most[shop.pk]) for shop in shops]


def room_of(shop: Shop, day: dt.date, taken: int, off: set[int], most: int) -> ShopRoom:
    """A live shop as the rules see it; it takes `most` packages on this day."""
    return ShopRoom(
        slug=shop.slug,
        latitude=shop.latitude,
        longitude=shop.longitude,
        radius_m=shop.radius_m,
        room=max(0, most - taken),
        is_open=is_open_on(shop, day, off),
        minimum=max(0, min(shop.daily_minimum, most) - taken),
        max_weight_g=shop.max_weight_g,
        max_side_mm=shop.max_side_mm,
        takes_signature=shop.takes_signature,
        takes_code=shop.takes_code,
    )


def fingerprint(rooms: Iterable[ShopRoom]) -> str:
    """What the shops could take, in 32 letters: the same as long as no new plan is worth a try."""
    facts = repr(sorted(astuple(room) for room in rooms))
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def doors_to_place(station: Station, day: dt.date, packages: Iterable[tuple]) -> list[Door]:
    """Where packages go and what they are, with the shops that know their doors. One query.

    `packages` are rows of `DOOR_FIELDS`.
    """
    known = known_doors(station, day)
    return [
        Door(
            tracking_id=tracking_id,
            latitude=latitude,
            longitude=longitude,
            weight_g=weight_g,
            side_mm=max((side for side in sides if side is not None), default=None),
            requires=requires,
            known_to=known.get(tracking_id, frozenset()),
        )
        for tracking_id, latitude, longitude, requires, weight_g, *sides in packages
    ]


DOOR_FIELDS = (
    "tracking_id",
    "latitude",
    "longitude",
    "requires",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
)


def known_doors(station: Station, day: dt.date) -> dict[str, frozenset[str]]:
    """By tracking id, the slugs of shops that delivered to the same street and ZIP code in the days
    before."""
    first = day - dt.timedelta(days=FAMILIAR_DAYS)
    known: dict[str, set[str]] = defaultdict(set)
    with hashed_joins():
        for row in rows(KNOWN_DOORS, {"station": station.pk, "day": day, "first": first}):
            known[row["tracking_id"]].add(row["slug"])
    return {tracking_id: frozenset(slugs) for tracking_id, slugs in known.items()}
