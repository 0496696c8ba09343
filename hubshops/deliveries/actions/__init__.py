"""What is written at the door: acts, proofs, conflicts, and how a day ends."""

from hubshops.deliveries.actions.closing import (
    Closed,
    CloseIdUsed,
    NoSuchDay,
    check_day,
    close_day,
    promise_checks,
)
from hubshops.deliveries.actions.proving import (
    ActOfAnotherShop,
    EnoughPictures,
    keep_proof,
    set_proof_rules,
)
from hubshops.deliveries.actions.recording import record_acts
from hubshops.deliveries.actions.replaying import replay_acts

__all__ = [
    "ActOfAnotherShop",
    "CloseIdUsed",
    "Closed",
    "EnoughPictures",
    "NoSuchDay",
    "check_day",
    "close_day",
    "keep_proof",
    "promise_checks",
    "record_acts",
    "replay_acts",
    "set_proof_rules",
]
