"""Jobs of reviews."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to background checks in the background."""

    ORDER = "reviews.order"
