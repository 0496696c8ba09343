"""Jobs of referrals."""

from enum import StrEnum


class Jobs(StrEnum):
    """What is noticed in the background."""

    SWEEP = "referrals.sweep"
