"""Jobs of the ramps."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to new shops' caps in the background."""

    GROW = "ramps.grow"
