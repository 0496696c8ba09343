"""Jobs of the agreements."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to agreements in the background."""

    SEND = "agreements.send"
