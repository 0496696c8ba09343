"""Jobs of shops."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to shops later."""

    TURN = "shops.turn"
