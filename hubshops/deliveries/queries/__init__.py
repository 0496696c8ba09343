"""What is known of packages at the door, read for actions, pages and phones."""

from hubshops.deliveries.queries.acts import (
    STRAY,
    KnownAct,
    acts_on,
    histories,
    known_acts,
    latest_tries,
    locked_packages,
    memberships_ever,
    people_by_email,
    people_ever,
    reasons,
    rulebook,
    shops_by_slug,
    standing_deliveries,
)
from hubshops.deliveries.queries.codes import recipient_code, right_codes
from hubshops.deliveries.queries.disputes import stray_acts, undecided_conflicts
from hubshops.deliveries.queries.door import (
    DoorDay,
    DoorPackage,
    DoorStop,
    at_the_door,
    door_day,
    packages_of,
    to_carry_along,
)
from hubshops.deliveries.queries.paper import (
    PaperStop,
    paper_stop,
)
from hubshops.deliveries.queries.proofs import (
    Evidence,
    evidence_of,
    is_act_of_another,
    levels_for,
    own_levels,
    picture_of,
    shops_with_rules,
)

__all__ = [
    "STRAY",
    "DoorDay",
    "DoorPackage",
    "DoorStop",
    "Evidence",
    "KnownAct",
    "PaperStop",
    "acts_on",
    "at_the_door",
    "door_day",
    "evidence_of",
    "histories",
    "is_act_of_another",
    "known_acts",
    "latest_tries",
    "levels_for",
    "locked_packages",
    "memberships_ever",
    "own_levels",
    "packages_of",
    "paper_stop",
    "people_by_email",
    "people_ever",
    "picture_of",
    "reasons",
    "recipient_code",
    "right_codes",
    "rulebook",
    "shops_by_slug",
    "shops_with_rules",
    "standing_deliveries",
    "stray_acts",
    "to_carry_along",
    "undecided_conflicts",
]
