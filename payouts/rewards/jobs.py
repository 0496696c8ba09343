"""Jobs of rewards."""

from enum import StrEnum


class Jobs(StrEnum):
    """What is booked in the background."""

    BOOK = "rewards.book"
