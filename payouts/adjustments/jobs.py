"""Jobs of the adjustments."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to adjustments in the background."""

    LAPSE = "adjustments.lapse"
