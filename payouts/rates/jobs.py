"""Jobs of the fees."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to cards in the background."""

    SWEEP = "rates.sweep"
