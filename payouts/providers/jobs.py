"""Jobs about how shops are paid."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens here in the background."""

    REVIEW_HOLDS = "providers.review_holds"
