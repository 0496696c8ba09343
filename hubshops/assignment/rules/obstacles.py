"""What stands in the way of a move by hand."""

import math
from enum import StrEnum
from typing import Protocol

from kernel.geo import distance_m


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
