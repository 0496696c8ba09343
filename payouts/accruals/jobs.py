"""Jobs of the fees."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to fees in the background."""

    SWEEP = "accruals.sweep"
    TOP_UP = "accruals.top_up"
