"""Which shop takes which package. Pure: places in, pairs and reasons out."""

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from kernel.geo import EARTH_RADIUS_M, distance_m

METRES_A_DEGREE = math.pi * EARTH_RADIUS_M / 180
SLACK = 1.001  # a box around a circle is drawn a little too large, never too small
NOTED_SHOPS = 3  # how many nearer shops without room an explanation names


class Cause(StrEnum):
    """Why a package has no shop."""

    OUT_OF_REACH = "out_of_reach"
    FULL = "full"
    CLOSED_TODAY = "closed_today"
    NO_SHOP = "no_shop"


@dataclass(frozen=True, slots=True)
class ShopRoom:
    """A live shop on one day: where it is, how far it goes, how many packages it still takes."""

    slug: str
    latitude: float
    longitude: float
    radius_m: int
    room: int
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Door:
    """Where one package goes; no place at all when the coordinates are unknown."""

    tracking_id: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Placement:
    """One package goes to one shop; `nearer_full` are nearer shops that had no room left."""

    tracking_id: str
    slug: str
    distance_m: float
    nearer_full: tuple[tuple[str, int], ...] = ()
    reachable: int = 1


@dataclass(slots=True)
class Plan:
    """Every package with its shop, or with the reason why it has none."""

    placed: list[Placement] = field(default_factory=list)
    unplaced: dict[str, Cause] = field(default_factory=dict)


def is_open_on(weekdays: str, isoweekday: int) -> bool:
    """Whether a shop works on a weekday; `weekdays` holds digits, Monday is 1."""
    return str(isoweekday) in weekdays


def plan(doors: Iterable[Door], shops: Sequence[ShopRoom]) -> Plan:
    """Give every package the nearest open shop within its radius that has room.

    The nearest pair of all goes first; of two pairs equally near, the one whose shop's slug, then
    whose tracking id comes first. The order of what comes in does not matter. Costs about
    packages x shops within reach; a package off every shop's box costs almost nothing.
    """
    result = Plan()
    boxes = [box_of(shop) for shop in sorted(shops, key=lambda shop: shop.slug)]
    reach: dict[str, list[tuple[float, str]]] = {}
    for door in doors:
        near = shops_in_reach(door, boxes)
        candidates = [(metres, shop.slug) for metres, shop in near if shop.is_open]
        if candidates:
            reach[door.tracking_id] = sorted(candidates)
        else:
            result.unplaced[door.tracking_id] = why_nowhere(shops, near)
    settle(reach, {shop.slug: shop.room for shop in shops}, result)
    result.placed.sort(key=lambda one: one.tracking_id)
    result.unplaced = dict(sorted(result.unplaced.items()))
    return result


def settle(reach: dict[str, list[tuple[float, str]]], room: dict[str, int], result: Plan) -> None:
    """Hand out room, nearest pair first: each package queues with its best shop, and with its next
    one when that is full by the time its turn comes."""
    queue = [(*candidates[0], name, 0) for name, candidates in reach.items()]
    heapq.heapify(queue)
    while queue:
        metres, slug, name, rank = heapq.heappop(queue)
        candidates = reach[name]
        if room[slug] > 0:
            room[slug] -= 1
            nearer = tuple((full, round(m)) for m, full in candidates[:rank][:NOTED_SHOPS])
            result.placed.append(Placement(name, slug, metres, nearer, len(candidates)))
        elif rank + 1 < len(candidates):
            heapq.heappush(queue, (*candidates[rank + 1], name, rank + 1))
        else:
            result.unplaced[name] = Cause.FULL


Box = tuple[float, float, float, ShopRoom]


def box_of(shop: ShopRoom) -> Box:
    """The shop with half the height and width, in degrees, of the box around its circle. Near the
    poles, and where the box would cross the date line, the width is the whole globe."""
    height = shop.radius_m / METRES_A_DEGREE * SLACK
    widest = abs(shop.latitude) + height
    width = 360.0 if widest >= 89 else height / math.cos(math.radians(widest))
    if abs(shop.longitude) + width > 180:
        width = 360.0
    return height, width, shop.radius_m, shop


def shops_in_reach(door: Door, boxes: Sequence[Box]) -> list[tuple[float, ShopRoom]]:
    """The shops, open or closed, whose radius covers the door, each with its distance."""
    latitude, longitude = door.latitude, door.longitude
    if latitude is None or longitude is None:
        return []
    near = []
    for height, width, radius_m, shop in boxes:
        if abs(latitude - shop.latitude) <= height and abs(longitude - shop.longitude) <= width:
            metres = distance_m(shop.latitude, shop.longitude, latitude, longitude)
            if metres <= radius_m:
                near.append((metres, shop))
    return near


def why_nowhere(shops: Sequence[ShopRoom], near: Sequence[tuple[float, ShopRoom]]) -> Cause:
    """The cause for a door that no open shop covers."""
    if not shops:
        return Cause.NO_SHOP
    return Cause.CLOSED_TODAY if near else Cause.OUT_OF_REACH


def free_slots(cap: int, taken: Iterable[int]) -> list[int]:
    """The slots from one to the cap that nobody has, in order."""
    gone = set(taken)
    return [slot for slot in range(1, cap + 1) if slot not in gone]


class Obstacle(StrEnum):
    """What stands in the way of giving one package to one shop by hand."""

    UNDER_WAY = "under_way"
    NOT_LIVE = "not_live"
    FULL = "full"
    CLOSED = "closed"
    TOO_FAR = "too_far"
    TOO_LARGE = "too_large"
    KIND_NOT_TAKEN = "kind_not_taken"


# A person may decide against these, with a reason. The cap and what a shop takes are its own word.
OVERRIDABLE = frozenset({Obstacle.CLOSED, Obstacle.TOO_FAR})


class Taker(Protocol):
    """What is read of a shop."""

    latitude: float
    longitude: float
    radius_m: int
    max_weight_g: int | None
    max_side_mm: int | None
    takes_signature: bool
    takes_code: bool


class Parcel(Protocol):
    """What is read of a package; None is unknown."""

    latitude: float | None
    longitude: float | None
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    requires: str


def metres_to(shop: Taker, package: Parcel) -> float | None:
    """From the shop's counter to the package's door; None when the door's place is unknown."""
    if package.latitude is None or package.longitude is None:
        return None
    return distance_m(shop.latitude, shop.longitude, package.latitude, package.longitude)


def obstacles_of(shop: Taker, package: Parcel) -> set[Obstacle]:
    """What of a shop's promises and limits a package does not fit. A door whose place is unknown is
    beyond every radius; a measure that is unknown fits."""
    metres = metres_to(shop, package)
    found = set()
    if metres is None or metres > shop.radius_m:
        found.add(Obstacle.TOO_FAR)
    sides = (package.length_mm, package.width_mm, package.height_mm)
    longest = max((side for side in sides if side is not None), default=0)
    if (package.weight_g or 0) > (shop.max_weight_g or math.inf) or longest > (
        shop.max_side_mm or math.inf
    ):
        found.add(Obstacle.TOO_LARGE)
    takes = {"signature": shop.takes_signature, "code": shop.takes_code}
    if not takes.get(package.requires, True):
        found.add(Obstacle.KIND_NOT_TAKEN)
    return found
