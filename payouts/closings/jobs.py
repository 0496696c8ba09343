"""Jobs of closings."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to shops that leave, in the background."""

    CLOSE = "closings.close"
