"""What planning is told and what it answers."""

from dataclasses import dataclass, field
from enum import StrEnum

NOTED_SHOPS = 3  # how many nearer shops an explanation names


class Cause(StrEnum):
    """Why a package has no shop."""

    OUT_OF_REACH = "out_of_reach"
    FULL = "full"
    CLOSED_TODAY = "closed_today"
    NO_SHOP = "no_shop"
    TOO_LARGE = "too_large"
    KIND_NOT_TAKEN = "kind_not_taken"


class Why(StrEnum):
    """Why a nearer shop did not get a package."""

    FULL = "full"  # before this planning began
    GIVEN = "given"  # its room went to other packages of this planning
    MINIMUM = "minimum"  # it has room, but the farther shop was promised packages
    FAMILIAR = "familiar"  # it has room, but the farther shop knows the door
    CLOSED = "closed"
    TOO_LARGE = "too_large"
    KIND_NOT_TAKEN = "kind_not_taken"


@dataclass(frozen=True, slots=True)
class ShopRoom:
    """A live shop on one day: where it is, how far it goes, how many packages it still takes and of
    which size and kind (None: any size). `minimum` is how many of its room it was promised."""

    slug: str
    latitude: float
    longitude: float
    radius_m: int
    room: int
    is_open: bool = True
    minimum: int = 0
    max_weight_g: int | None = None
    max_side_mm: int | None = None
    takes_signature: bool = True
    takes_code: bool = True


@dataclass(frozen=True, slots=True)
class Door:
    """Where one package goes and what it is; no place at all when the coordinates are unknown, and
    a measure that is unknown fits everywhere. `known_to` are shops that delivered to this door in
    the last days."""

    tracking_id: str
    latitude: float | None
    longitude: float | None
    weight_g: int | None = None
    side_mm: int | None = None
    requires: str = ""
    known_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Nearer:
    """A shop nearer than the one that got a package, and why it did not."""

    slug: str
    distance_m: int
    why: Why


@dataclass(frozen=True, slots=True)
class Placement:
    """One package goes to one shop, one of `reachable` open ones that take such a package; `nearer`
    names the nearest shops that did not get it."""

    tracking_id: str
    slug: str
    distance_m: float
    nearer: tuple[Nearer, ...] = ()
    reachable: int = 1


@dataclass(slots=True)
class Plan:
    """Every package with its shop, or with the reason why it has none."""

    placed: list[Placement] = field(default_factory=list)
    unplaced: dict[str, Cause] = field(default_factory=dict)


def is_open_on(weekdays: str, isoweekday: int) -> bool:
    """Whether a shop works on a weekday; `weekdays` holds digits, Monday is 1."""
    return str(isoweekday) in weekdays


def free_slots(cap: int, taken: set[int]) -> list[int]:
    """The slots from one to the cap that nobody has, in order."""
    return [slot for slot in range(1, cap + 1) if slot not in taken]
