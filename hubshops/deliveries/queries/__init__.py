"""What is known of packages at the door, read for actions, pages and phones."""

from hubshops.deliveries.queries.acts import (
    KnownAct,
    acts_on,
    histories,
    known_acts,
    locked_packages,
    memberships_ever,
    moved_away,
    people_by_email,
    reasons,
    rulebook,
    shops_by_slug,
    standing_deliveries,
)
from hubshops.deliveries.queries.door import (
    DoorDay,
    DoorPackage,
    DoorStop,
    at_the_door,
    door_day,
    packages_of,
)
from hubshops.deliveries.queries.paper import (
    PaperStop,
    paper_stop,
)

__all__ = [
    "DoorDay",
    "DoorPackage",
    "DoorStop",
    "KnownAct",
    "PaperStop",
    "acts_on",
    "at_the_door",
    "door_day",
    "histories",
    "known_acts",
    "locked_packages",
    "memberships_ever",
    "moved_away",
    "packages_of",
    "paper_stop",
    "people_by_email",
    "reasons",
    "rulebook",
    "shops_by_slug",
    "standing_deliveries",
]
