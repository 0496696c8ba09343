"""Jobs of the pay runs."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to pay runs in the background."""

    SEND = "payruns.send"
    SWEEP = "payruns.sweep"
    DRAFT_WEEKLY = "payruns.draft_weekly"
    REVERSE = "payruns.reverse"
    RECONCILE = "payruns.reconcile"
