"""Planned days, and why a package has its shop or none."""

from hubshops.assignment.queries.days import (
    DOOR_FIELDS,
    DayPlan,
    ShopLoad,
    accepted_offers,
    day_plan,
    doors_to_place,
    fingerprint,
    rooms_of,
    slots_taken,
)
from hubshops.assignment.queries.moving import OBSTACLE_WORDS, MoveFacts, move_facts
from hubshops.assignment.queries.offers import Askable, Candidate, askable, open_offer_of
from hubshops.assignment.queries.reasons import CAUSE_WORDS, Placing, placing_of, reason_words

__all__ = [
    "CAUSE_WORDS",
    "DOOR_FIELDS",
    "OBSTACLE_WORDS",
    "Askable",
    "Candidate",
    "DayPlan",
    "MoveFacts",
    "Placing",
    "ShopLoad",
    "accepted_offers",
    "askable",
    "day_plan",
    "doors_to_place",
    "fingerprint",
    "move_facts",
    "open_offer_of",
    "placing_of",
    "reason_words",
    "rooms_of",
    "slots_taken",
]
