"""Jobs of recipients' messages."""

from enum import StrEnum


class Jobs(StrEnum):
    """What is said to recipients later."""

    SWEEP = "recipients.sweep"
