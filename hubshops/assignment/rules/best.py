"""Which shop takes which package: the best day for the whole network, and why each got its shop."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from hubshops.assignment.rules import flow
from hubshops.assignment.rules.facts import (
    NOTED_SHOPS,
    Cause,
    Door,
    Nearer,
    Placement,
    Plan,
    ShopRoom,
    Why,
)
from hubshops.assignment.rules.reach import Ints, Reach, Town, neighbourhoods, reach_of, town_of

# A package may go this much farther so that a shop gets what it was promised: about six minutes'
# walk. Farther than that, the promise costs more than the shop gains by it.
FAIR_METRES = 500
# Between two shops as near as this, the one that knows the door delivers: less than the width of a
# city block, so nobody walks farther for it.
FAMILIAR_METRES = 15
# What familiarity may add to all metres of a day; more, and it counts for half until it fits.
MOST_FOR_FAMILIARITY = 0.001
MOST_HALVINGS = 4


def plan(doors: Iterable[Door], shops: Iterable[ShopRoom]) -> Plan:
    """Give as many packages as possible a shop that is open, has room, takes such a package and
    reaches its door; of all ways to do that, the one with the fewest metres from shop to door.

    Two things may go before metres, within bounds: a promised minimum (`FAIR_METRES` a package) and
    a shop that knows the door (`FAMILIAR_METRES`, and never more than `MOST_FOR_FAMILIARITY` in
    all). The order of what comes in does not matter. Costs about 0.3 s for 10,000 packages and 300
    shops; needs numpy and OR-tools, which are loaded on first use.
    """
    town = town_of(
        sorted(doors, key=lambda one: one.tracking_id), sorted(shops, key=lambda one: one.slug)
    )
    reach = reach_of(town, flow.NEAREST)
    chosen = choose(town, reach)
    return Plan(list(placements(town, reach, chosen)), causes(town, chosen))


def choose(town: Town, reach: Reach) -> Ints:
    """The pair of `reach` that each door takes, or -1."""
    minimum = np.array([one.minimum for one in town.shops], np.int64)
    extra = FAIR_METRES * flow.UNITS_A_METRE if minimum.any() else 0
    best, costs = flow.solve_for_all(town, reach, minimum, extra)
    strange = strange_pairs(town, reach)
    if not strange.any():
        return best
    most = metres_of(reach, best) * (1 + MOST_FOR_FAMILIARITY)
    everything = np.arange(len(reach.door))
    for halving in range(MOST_HALVINGS):
        more = FAMILIAR_METRES * flow.UNITS_A_METRE >> halving
        dearer = flow.Costs(costs.pairs + more * strange, minimum, extra)
        taken = flow.solve(town, reach, dearer, everything)
        chosen = np.full_like(best, -1)
        chosen[reach.door[taken]] = taken
        if metres_of(reach, chosen) <= most:
            return chosen
    return best


def strange_pairs(town: Town, reach: Reach) -> Ints:
    """1 for each pair whose shop does not know the door, while another one in reach does."""
    known = np.zeros(len(reach.door), np.int64)
    place = {shop.slug: number for number, shop in enumerate(town.shops)}
    familiar = [
        number * len(town.shops) + place[slug]
        for number, door in enumerate(town.doors)
        for slug in door.known_to
        if slug in place
    ]
    if familiar:
        known[np.isin(reach.door * len(town.shops) + reach.shop, familiar)] = 1
    has_friend = np.bincount(reach.door, known, minlength=len(town.doors)) > 0
    return has_friend[reach.door] * (1 - known)


def metres_of(reach: Reach, chosen: Ints) -> float:
    """The way from shop to door, summed."""
    return float(reach.metres[chosen[chosen >= 0]].sum())


def placements(town: Town, reach: Reach, chosen: Ints) -> Iterator[Placement]:
    """Every placed package, by tracking id."""
    nearer = nearer_shops(town, reach, chosen)
    rows = np.flatnonzero(chosen >= 0)
    taken = chosen[rows]
    for row, shop, metres, reachable in zip(
        rows.tolist(),
        reach.shop[taken].tolist(),
        reach.metres[taken].tolist(),
        reach.reachable[rows].tolist(),
        strict=True,
    ):
        tracking_id, slug = town.doors[row].tracking_id, town.shops[shop].slug
        yield Placement(tracking_id, slug, metres, nearer.get(row, ()), reachable)


def nearer_shops(town: Town, reach: Reach, chosen: Ints) -> dict[int, tuple[Nearer, ...]]:
    """By door, the nearest shops that are nearer than its own, each with why it is not the one."""
    placed = chosen >= 0
    own_m = np.where(placed, reach.metres[chosen], -1) if len(reach.door) else chosen
    taken = np.bincount(reach.shop[chosen[placed]], minlength=len(town.shops))
    has_room = taken < town.room
    found: dict[int, list[tuple[float, str, Why]]] = defaultdict(list)
    pairs = np.flatnonzero(reach.metres < own_m[reach.door])
    for door, shop, metres, full, own in zip(
        reach.door[pairs].tolist(),
        reach.shop[pairs].tolist(),
        reach.metres[pairs].tolist(),
        ~has_room[reach.shop[pairs]],
        reach.shop[chosen[reach.door[pairs]]].tolist(),
        strict=True,
    ):
        why = Why.GIVEN if full else why_not_given(town.doors[door], town.shops[own])
        found[door].append((metres, town.shops[shop].slug, why))
    for door, place in np.argwhere(reach.blocked_m < own_m[:, None]).tolist():
        blocked = town.shops[reach.blocked[door, place]]
        why = why_blocked(town.doors[door], blocked)
        found[door].append((float(reach.blocked_m[door, place]), blocked.slug, why))
    return {
        door: tuple(
            Nearer(slug, round(metres), why) for metres, slug, why in sorted(ones)[:NOTED_SHOPS]
        )
        for door, ones in found.items()
    }


def why_not_given(door: Door, own: ShopRoom) -> Why:
    """Why a farther shop got a package although a nearer one has room."""
    return Why.FAMILIAR if own.slug in door.known_to else Why.MINIMUM


def why_blocked(door: Door, shop: ShopRoom) -> Why:
    """Why a shop could not take a package whatever the others get."""
    if not shop.is_open:
        return Why.CLOSED
    if not takes_kind(door, shop):
        return Why.KIND_NOT_TAKEN
    return Why.FULL if takes_size(door, shop) else Why.TOO_LARGE


def takes_kind(door: Door, shop: ShopRoom) -> bool:
    """Whether a shop takes what a package requires."""
    return {"signature": shop.takes_signature, "code": shop.takes_code}.get(door.requires, True)


def takes_size(door: Door, shop: ShopRoom) -> bool:
    """Whether a package is as light and short as a shop takes them; unknown measures pass."""
    pairs = ((door.weight_g, shop.max_weight_g), (door.side_mm, shop.max_side_mm))
    return all(one is None or most is None or one <= most for one, most in pairs)


def causes(town: Town, chosen: Ints) -> dict[str, Cause]:
    """Every package without a shop, by tracking id, with what would have to change."""
    rows = np.flatnonzero(chosen < 0)
    nobody = Cause.OUT_OF_REACH if town.shops else Cause.NO_SHOP
    found = dict.fromkeys(rows.tolist(), nobody)
    for some in neighbourhoods(town, rows):
        near = np.isfinite(some.metres)
        is_open = near & town.is_open[some.columns]
        of_kind = is_open & some.taking_kind(town)
        for cause, before, after in (
            (Cause.CLOSED_TODAY, near, is_open),
            (Cause.KIND_NOT_TAKEN, is_open, of_kind),
            (Cause.TOO_LARGE, of_kind, of_kind & some.taking_size(town)),
            (Cause.FULL, near & some.fitting(town), np.zeros_like(near)),
        ):
            these = some.rows[before.any(axis=1) & ~after.any(axis=1)]
            found.update(dict.fromkeys(these.tolist(), cause))
    return {town.doors[row].tracking_id: found[row] for row in rows.tolist()}
