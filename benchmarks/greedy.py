"""The planner that an optimum is held against: the nearest pair of all goes first."""

import heapq

from hubshops.assignment.rules import Door, ShopRoom
from kernel.geo import distance_m


def greedy(doors: list[Door], shops: list[ShopRoom]) -> dict[str, tuple[str, float]]:
    """By tracking id, slug and metres. Each package queues with its nearest open shop, and with its
    next one when that is full by the time its turn comes. Knows no sizes and kinds."""
    room = {shop.slug: shop.room for shop in shops}
    reach = {door.tracking_id: in_reach(door, shops) for door in doors}
    queue = [(*near[0], name, 0) for name, near in reach.items() if near]
    heapq.heapify(queue)
    placed = {}
    while queue:
        metres, slug, name, rank = heapq.heappop(queue)
        if room[slug] > 0:
            room[slug] -= 1
            placed[name] = (slug, metres)
        elif rank + 1 < len(reach[name]):
            heapq.heappush(queue, (*reach[name][rank + 1], name, rank + 1))
    return placed


def in_reach(door: Door, shops: list[ShopRoom]) -> list[tuple[float, str]]:
    """The open shops whose radius covers a door, the nearest first."""
    near = []
    for shop in shops:
        height = shop.radius_m / 111_000
        if shop.is_open and abs(shop.latitude - door.latitude) <= height:
            metres = distance_m(shop.latitude, shop.longitude, door.latitude, door.longitude)
            if metres <= shop.radius_m:
                near.append((metres, shop.slug))
    return sorted(near)
