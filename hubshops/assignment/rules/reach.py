"""Which shops reach which doors.

Doors are looked at a neighbourhood at a time: the shops that could reach any door of it are few,
and their distances to all its doors are one multiplication.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hubshops.assignment.rules.facts import NOTED_SHOPS, Door, ShopRoom
from kernel.geo import EARTH_RADIUS_M

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KINDS = ("", "signature", "code")
CELL_DEGREES = 0.02  # a neighbourhood is about 2 km wide
MOST_CELLS = 1_000_000  # distances held at once: 8 MB
EDGE_M = 0.01  # so near a circle's line the exact formula decides


@dataclass(slots=True)
class Town:
    """All doors and shops as columns, in the order of their names."""

    doors: Sequence[Door]
    shops: Sequence[ShopRoom]
    door_at: Floats  # latitude, longitude in radians; not a number where the place is unknown
    shop_at: Floats
    door_on: Floats  # the same places as points on a ball of radius one
    shop_on: Floats
    radius_m: Floats
    room: Ints
    is_open: NDArray[np.bool_]
    takes: NDArray[np.bool_]  # shop x kind
    most: Floats  # shop x (weight, side); infinite when any is taken
    kind: Ints
    size: Floats  # door x (weight, side); not a number when unknown


def town_of(doors: Sequence[Door], shops: Sequence[ShopRoom]) -> Town:
    """The columns of these doors and shops."""
    door_at = radians([(one.latitude, one.longitude) for one in doors])
    shop_at = radians([(one.latitude, one.longitude) for one in shops])
    return Town(
        doors=doors,
        shops=shops,
        door_at=door_at,
        shop_at=shop_at,
        door_on=on_the_ball(door_at),
        shop_on=on_the_ball(shop_at),
        radius_m=np.array([one.radius_m for one in shops], float),
        room=np.array([one.room for one in shops], np.int64),
        is_open=np.array([one.is_open for one in shops], bool),
        takes=np.array(
            [(True, one.takes_signature, one.takes_code) for one in shops], bool
        ).reshape(-1, len(KINDS)),
        most=numbers([(one.max_weight_g, one.max_side_mm) for one in shops], np.inf),
        kind=np.array([KINDS.index(one.requires) for one in doors], np.int64),
        size=numbers([(one.weight_g, one.side_mm) for one in doors], np.nan),
    )


def numbers(pairs: Sequence[tuple[float | None, float | None]], unknown: float) -> Floats:
    """Pairs as two columns, with a number for what is unknown."""
    return np.array(
        [[unknown if one is None else one for one in pair] for pair in pairs], float
    ).reshape(-1, 2)


def radians(places: Sequence[tuple[float | None, float | None]]) -> Floats:
    """Places in degrees as columns in radians."""
    return np.radians(numbers(places, np.nan))


def on_the_ball(at: Floats) -> Floats:
    """Points on a ball of radius one: straight lines between them are as near as arcs are, also
    across the date line and at the poles."""
    latitude, longitude = at[:, 0], at[:, 1]
    flat = np.cos(latitude)
    return np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=1)


def metres_between(a: Floats, b: Floats) -> Floats:
    """Great-circle distances of pairs of places: the formula of `kernel.geo`, by column."""
    half = np.sin((b[:, 0] - a[:, 0]) / 2) ** 2
    half += np.cos(a[:, 0]) * np.cos(b[:, 0]) * np.sin((b[:, 1] - a[:, 1]) / 2) ** 2
    return 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(half)))


@dataclass(slots=True)
class Neighbourhood:
    """Some doors, the shops that could reach one of them, and the metres between: infinite where a
    door lies outside a shop's radius."""

    rows: Ints
    columns: Ints
    metres: Floats

    def fitting(self, town: Town) -> NDArray[np.bool_]:
        """Who is open and takes a package of this size and kind, whether it has room or not."""
        return town.is_open[self.columns] & self.taking_kind(town) & self.taking_size(town)

    def taking_kind(self, town: Town) -> NDArray[np.bool_]:
        """Which shops take what these doors require."""
        return town.takes[self.columns].T[town.kind[self.rows]]

    def taking_size(self, town: Town) -> NDArray[np.bool_]:
        """Which shops take packages as heavy and long as these; unknown measures pass."""
        fits = np.ones(self.metres.shape, bool)
        for measure in (0, 1):
            most = town.most[self.columns, measure]
            if np.isfinite(most).any():
                fits &= ~(town.size[self.rows, measure, None] > most)
        return fits


def neighbourhoods(town: Town, rows: Ints | None = None) -> Iterator[Neighbourhood]:
    """The doors (all, or those in `rows`) a neighbourhood at a time, those without a place left
    out. Costs about the pairs within reach."""
    rows = np.arange(len(town.doors)) if rows is None else rows
    rows = rows[~np.isnan(town.door_on[rows, 0])]
    if not len(rows) or not len(town.shops):
        return
    cells = np.floor(np.degrees(town.door_at[rows]) / CELL_DEGREES).astype(np.int64)
    order = np.lexsort((rows, cells[:, 1], cells[:, 0]))
    rows, cells = rows[order], cells[order]
    starts = np.flatnonzero((cells[1:] != cells[:-1]).any(axis=1)) + 1
    size = max(1, MOST_CELLS // len(town.shops))
    for group in np.split(rows, starts):
        for first in range(0, len(group), size):
            yield neighbourhood(town, group[first : first + size])


def neighbourhood(town: Town, rows: Ints) -> Neighbourhood:
    """Distances from the shops that may reach these doors. Places are taken from the middle of the
    neighbourhood, so that the squares of small differences stay exact to a tenth of a
    millimetre."""
    doors = town.door_on[rows]
    middle = doors.mean(axis=0)
    doors, shops = doors - middle, town.shop_on - middle
    away = np.sqrt((shops**2).sum(axis=1))
    widest = np.sqrt((doors**2).sum(axis=1).max())
    arcs = np.minimum(town.radius_m / EARTH_RADIUS_M, np.pi)
    columns = np.flatnonzero(away <= 2 * np.sin(arcs / 2) + widest + 1e-9)
    shops = shops[columns]
    squares = (doors**2).sum(axis=1)[:, None] + (shops**2).sum(axis=1) - 2 * doors @ shops.T
    half = np.sqrt(np.clip(squares, 0, 4)) / 2
    metres = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(half, 1.0))
    radius = town.radius_m[columns]
    row, column = np.nonzero(np.abs(metres - radius) < EDGE_M)
    metres[row, column] = metres_between(town.door_at[rows[row]], town.shop_at[columns[column]])
    metres[metres > radius] = np.inf
    return Neighbourhood(rows, columns, metres)


@dataclass(slots=True)
class Reach:
    """The nearest shops with room of each door, as pairs in the order of the doors, and what is
    known of the others: `beyond` is how near the nearest one left out can be, `reachable` counts
    open shops that take the package, `blocked` are the nearest shops that can't take it."""

    door: Ints
    shop: Ints
    metres: Floats
    beyond: Floats
    reachable: Ints
    blocked: Ints  # door x NOTED_SHOPS, -1 where there is none
    blocked_m: Floats


def reach_of(town: Town, nearest: int) -> Reach:
    """The `nearest` shops that each door could go to."""
    count = len(town.doors)
    found = Reach(
        *(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)),
        beyond=np.full(count, np.inf),
        reachable=np.zeros(count, np.int64),
        blocked=np.full((count, NOTED_SHOPS), -1, np.int64),
        blocked_m=np.full((count, NOTED_SHOPS), np.inf),
    )
    pairs = []
    for some in neighbourhoods(town):
        if not len(some.columns):
            continue
        fits = some.fitting(town)
        near = np.isfinite(some.metres)
        found.reachable[some.rows] = (near & fits).sum(axis=1)
        open_to = fits & (town.room[some.columns] > 0)
        note_blocked(found, some, near & ~open_to)
        some.metres[~open_to] = np.inf
        pairs.append(nearest_pairs(found, some, nearest))
    if pairs:
        door, shop = (np.concatenate(column) for column in zip(*pairs, strict=True))
        add_pairs(found, town, door, shop)
    return found


def note_blocked(found: Reach, some: Neighbourhood, blocked: NDArray[np.bool_]) -> None:
    """Remember the nearest shops in reach that can't take a door's package."""
    if not blocked.any():
        return
    metres = np.where(blocked, some.metres, np.inf)
    place = np.argsort(metres, axis=1, kind="stable")[:, :NOTED_SHOPS]
    least = np.take_along_axis(metres, place, axis=1)
    width = place.shape[1]
    found.blocked[some.rows, :width] = np.where(np.isfinite(least), some.columns[place], -1)
    found.blocked_m[some.rows, :width] = least


def nearest_pairs(found: Reach, some: Neighbourhood, nearest: int) -> tuple[Ints, Ints]:
    """The nearest shops of each door of a neighbourhood, as pairs."""
    metres = some.metres
    if metres.shape[1] > nearest:
        place = np.argpartition(metres, nearest, axis=1)[:, : nearest + 1]
        least = np.take_along_axis(metres, place, axis=1)
        found.beyond[some.rows] = least[:, nearest]
        place, least = place[:, :nearest], least[:, :nearest]
    else:
        place, least = np.broadcast_to(np.arange(metres.shape[1]), metres.shape), metres
    row, column = np.nonzero(np.isfinite(least))
    return some.rows[row], some.columns[place[row, column]]


def add_pairs(found: Reach, town: Town, door: Ints, shop: Ints) -> int:
    """Put pairs to those that are known, each once and in order; how many were new."""
    width = len(town.shops)
    known = found.door * width + found.shop
    keys = np.unique(door * width + shop)
    place = np.searchsorted(known, keys)
    if len(known):
        is_new = known[np.minimum(place, len(known) - 1)] != keys
        keys, place = keys[is_new], place[is_new]
    door, shop = keys // width, keys % width
    found.metres = np.insert(
        found.metres, place, metres_between(town.door_at[door], town.shop_at[shop])
    )
    found.door = np.insert(found.door, place, door)
    found.shop = np.insert(found.shop, place, shop)
    return len(keys)
