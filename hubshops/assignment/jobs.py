"""Jobs of assignments."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to assignments later."""

    LAPSE = "assignment.lapse"
