"""Jobs of the doors."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to a shop's day in the background."""

    CHECK_SWEEP = "deliveries.check_sweep"
    CHECK = "deliveries.check"
