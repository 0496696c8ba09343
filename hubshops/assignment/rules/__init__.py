"""Which shop takes which package, and why. Pure: plain values in, pairs and reasons out.

`plan` needs numpy and OR-tools, which weigh 35 MB in memory: they are loaded when a day is planned,
not when a page is shown.
"""

from collections.abc import Iterable

from hubshops.assignment.rules.facts import (
    NOTED_SHOPS,
    Cause,
    Door,
    Nearer,
    Placement,
    Plan,
    ShopRoom,
    Why,
    free_slots,
    is_open_on,
)
from hubshops.assignment.rules.obstacles import (
    OVERRIDABLE,
    Obstacle,
    metres_to,
    obstacles_of,
)
from hubshops.assignment.rules.offers import answer_by, shares

__all__ = [
    "NOTED_SHOPS",
    "OVERRIDABLE",
    "Cause",
    "Door",
    "Nearer",
    "Obstacle",
    "Placement",
    "Plan",
    "ShopRoom",
    "Why",
    "answer_by",
    "free_slots",
    "is_open_on",
    "metres_to",
    "obstacles_of",
    "plan",
    "shares",
]


def plan(doors: Iterable[Door], shops: Iterable[ShopRoom]) -> Plan:
    """The best plan for these doors and shops: see `best.plan`."""
    from hubshops.assignment.rules import best

    return best.plan(doors, shops)
