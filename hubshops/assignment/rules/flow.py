"""The cheapest way to give as many packages as possible a shop: a flow from doors through shops.

Only the nearest shops of each door take part at first. The prices of room that follow from the
solution (how many metres the network would save with one more slot at a shop) then tell which shop
that was left out could make it better: it is put in, and the flow is solved again, until there is
none. So the answer is the best over all shops in reach, though most pairs were never looked at.
"""

import math
from dataclasses import dataclass

import numpy as np

from hubshops.assignment.rules.reach import Floats, Ints, Reach, Town, add_pairs, neighbourhoods
from kernel.geo import EARTH_RADIUS_M

UNITS_A_METRE = 100  # the solver counts whole centimetres
HALF_ROUND_M = math.pi * EARTH_RADIUS_M
NEAREST = 8  # shops a door begins with: more cost memory and time, fewer cost rounds
MOST_MISSED = 4  # shops a round adds to one door


@dataclass(slots=True)
class Costs:
    """What the flow pays: by pair in centimetres, and by shop for what lies above its minimum."""

    pairs: Ints
    minimum: Ints  # packages a shop takes before the extra is due
    extra: int


def solve(town: Town, reach: Reach, costs: Costs, asked: Ints) -> Ints:
    """For each door of the `asked` pairs the pair it takes. The most packages possible find a shop,
    and of all ways to do that this is the cheapest."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    starts, door = np.unique(reach.door[asked], return_inverse=True)
    shops, shop = np.unique(reach.shop[asked], return_inverse=True)
    sink = len(starts) + len(shops)
    counters, ends = np.arange(len(starts), sink), np.full(len(shops), sink)
    room = town.room[shops]
    first = np.minimum(costs.minimum[shops], room)
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        door, shop + len(starts), np.ones(len(asked), np.int64), costs.pairs[asked]
    )
    flow.add_arcs_with_capacity_and_unit_cost(counters, ends, first, np.zeros_like(first))
    flow.add_arcs_with_capacity_and_unit_cost(
        counters, ends, room - first, np.full(len(shops), costs.extra)
    )
    flow.set_nodes_supplies(np.arange(len(starts)), np.ones(len(starts), np.int64))
    flow.set_node_supply(sink, -len(starts))
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow has no solution: {status}")
    return asked[flow.flows(arcs) > 0]


def towns_apart(shops: int, reach: Reach) -> Ints:
    """By shop, the number of its part of the map: shops of two parts share no door."""
    part = np.arange(shops)
    while True:
        at_door = np.full(reach.door.max(initial=0) + 1, shops)
        np.minimum.at(at_door, reach.door, part[reach.shop])
        least = part.copy()
        np.minimum.at(least, reach.shop, at_door[reach.door])
        least = least[least]
        if (least == part).all():
            return part
        part = least


def prices(town: Town, reach: Reach, costs: Costs, chosen: Ints) -> tuple[Ints, Ints]:
    """What a slot is worth at each shop and what a place costs each door, so that no pair in
    `reach` would be cheaper than the one taken: the proof that the flow is the best."""
    placed = chosen >= 0
    at_shop = np.where(placed, reach.shop[chosen], -1)
    count = np.bincount(at_shop[placed], minlength=len(town.shops))
    farthest = int(min(town.radius_m.max(), HALF_ROUND_M) + 1) * UNITS_A_METRE
    unplaced_cost = (farthest + costs.extra) * 2 * (len(town.shops) + 1)  # above any chain of moves
    first = np.minimum(costs.minimum, town.room)
    price = np.where((count > first) | (first == 0), costs.extra, 0)
    lonely = ~placed[reach.door]
    np.maximum.at(price, reach.shop[lonely], unplaced_cost - costs.pairs[lonely])
    source, target, less = exchanges(len(town.shops), reach, costs, chosen, at_shop)
    while len(source):
        before = price.copy()
        np.maximum.at(price, target, before[source] - less)
        if (price == before).all():
            break
    due = np.where(placed, costs.pairs[chosen] + price[at_shop], unplaced_cost)
    return price, due


def exchanges(
    shops: int, reach: Reach, costs: Costs, chosen: Ints, at_shop: Ints
) -> tuple[Ints, Ints, Ints]:
    """For each two shops, what it costs at least to move a package from one to the other."""
    own = at_shop[reach.door]
    other = np.flatnonzero((own >= 0) & (own != reach.shop))
    source, target = own[other], reach.shop[other]
    more = costs.pairs[other] - costs.pairs[chosen[reach.door[other]]]
    order = np.lexsort((more, source * shops + target))
    keys = (source * shops + target)[order]
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else keys
    return source[order][first], target[order][first], more[order][first]


def missed_pairs(
    town: Town, reach: Reach, price: Ints, due: Ints, asked: Ints
) -> tuple[Ints, Ints]:
    """Pairs of the `asked` doors that were left out and would be cheaper than what their door pays
    now."""
    nearest = reach.beyond[asked] * UNITS_A_METRE + price.min(initial=0)
    open_question = asked[nearest < due[asked]]
    doors, shops = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for some in neighbourhoods(town, open_question):
        gain = some.metres * UNITS_A_METRE + price[some.columns] - due[some.rows, None]
        gain[~(some.fitting(town) & (town.room[some.columns] > 0))] = np.inf
        gain[gain > -1] = np.inf  # within rounding
        width = min(MOST_MISSED, gain.shape[1])
        if width:
            place = np.argpartition(gain, width - 1, axis=1)[:, :width]
            row, column = np.nonzero(np.isfinite(np.take_along_axis(gain, place, axis=1)))
            doors.append(some.rows[row])
            shops.append(some.columns[place[row, column]])
    return np.concatenate(doors), np.concatenate(shops)


def in_units(metres: Floats) -> Ints:
    """Metres as the solver's whole centimetres."""
    return np.rint(metres * UNITS_A_METRE).astype(np.int64)


def solve_for_all(town: Town, reach: Reach, minimum: Ints, extra: int) -> tuple[Ints, Costs]:
    """The best plan over all shops in reach: the pair each door takes, as a place in `reach`, or
    -1. `reach` then holds every pair that matters. Only parts of the map that got new pairs are
    solved again."""
    chosen = np.full(len(town.doors), -1, np.int64)
    if not len(reach.door):
        return chosen, Costs(in_units(reach.metres), minimum, extra)
    is_new = np.ones(len(town.shops), bool)
    while True:
        costs = Costs(in_units(reach.metres), minimum, extra)
        part = towns_apart(len(town.shops), reach)
        asked = np.flatnonzero(np.isin(part, part[is_new])[reach.shop])
        chosen[reach.door[asked]] = -1
        taken = solve(town, reach, costs, asked)
        chosen[reach.door[taken]] = taken
        price, due = prices(town, reach, costs, chosen)
        door, shop = missed_pairs(town, reach, price, due, np.unique(reach.door[asked]))
        taker = np.where(chosen >= 0, reach.shop[chosen], -1)
        if not add_pairs(reach, town, door, shop):
            return chosen, costs
        chosen = places_of(reach, taker, len(town.shops))
        is_new = np.zeros(len(town.shops), bool)
        is_new[shop] = True


def places_of(reach: Reach, taker: Ints, shops: int) -> Ints:
    """Where in `reach` each door's pair with the shop that takes it stands, or -1."""
    keys = reach.door * shops + reach.shop
    doors = np.arange(len(taker))
    return np.where(taker >= 0, np.searchsorted(keys, doors * shops + taker), -1)
