"""Which icon stands for which place and which reason, on pages and phones alike."""

from hubshops.deliveries.models import Outcome

OUTCOME_ICONS = {
    Outcome.HANDED_TO_RESIDENT: "handshake",
    Outcome.FRONT_DOOR: "door-closed",
    Outcome.MAIL_ROOM: "mailbox",
    Outcome.RECEPTIONIST: "concierge-bell",
    Outcome.NEIGHBOUR: "users-round",
    Outcome.SAFE_PLACE: "shield-check",
}
REASON_ICONS = {
    "NOT_HOME": "bell-off",
    "REFUSED": "hand",
    "BAD_ADDRESS": "map-pin-off",
    "CANT_FIND": "map-pin",
    "NO_ACCESS": "lock",
    "NO_SAFE_PLACE": "shield-off",
    "BUSINESS_CLOSED": "store",
    "LATER_REQUESTED": "calendar-clock",
    "DAMAGED": "package-x",
    "MISSING": "package-search",
    "WEATHER": "cloud-rain",
    "ROAD": "construction",
    "OUT_OF_TIME": "timer-off",
    "VEHICLE": "car",
}
